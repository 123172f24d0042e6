"""What ``gh issue list --json`` prints, as a table with one row for each issue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from salesops.book.book import Book
from salesops.imports.csv import cells
from salesops.imports.csv.detect import stage_words
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import MAX_TABLE, Table, TableRow
from salesops.imports.github.forms import FilledForm, form_in
from salesops.imports.github.titles import NEW_HUB, Lead, is_left_by_template, lead_in
from salesops.imports.move_history import NO_DAY, TAKEN_AWAY
from salesops.imports.names import one_address, sameness
from salesops.imports.remarks import Remark, Verdict, Wrong
from salesops.problems import Place, Problem
from salesops.records.yaml_reader import UNSEEN

TIME = "YYYY-MM-DDTHH:MM:SSZ"
FIXED = "organisation lead person title url created author assignee labels history deal_id text text_day".split()
"""The columns that every such table has; those of the answers to forms come after them."""
MAX_ANSWERS = 200
"""Labels of forms that become columns of their own; answers to more of them stay in the text."""
MAX_TITLE = 1_000
_BEFORE = re.compile(r"\s*(?:stage|status|phase|pipeline)\s*[:/=-]\s*", re.IGNORECASE)
BETWEEN = "|"
"""What stands between the labels of an issue."""
CLOSED = "closed"
"""The word for the end of an issue, which does not say how it ended."""
ASK = "gh issue list --state all --limit 1000 --json number,title,body,labels,createdAt,closedAt,url,author,assignees,state"


def issues_table(name: str, raw: bytes, book: Book) -> tuple[Table | None, Format, list[Problem]]:
    """The leads among the issues of a file; ``refused`` says of the others why they are none."""
    entries = _entries(name, raw)
    if isinstance(entries, Problem):
        return None, Format(), [entries]
    reading = _IssueFile(name, book)
    found = [issue for at, entry in enumerate(entries, 1) if (issue := reading.issue(at, entry))]
    found = list(_with_common(found))
    labels = dict.fromkeys(islice(dict.fromkeys(label for issue in found for label in issue.answers), MAX_ANSWERS))
    rows = tuple(TableRow(issue.at, issue.at, issue.cells(labels)) for issue in found)
    shape = Format.model_validate({"dates": TIME})
    return Table(name, (*FIXED, *labels), rows, tuple(reading.refused)), shape, []


def _entries(name: str, raw: bytes) -> list[Any] | Problem:
    """The issues as plain data, or why the file holds none."""
    if len(raw) > MAX_TABLE:
        way_out = "take fewer issues at a time: --limit, or --search with a span of days"
        return Problem(
            "file-too-large", f"the file has more than {MAX_TABLE // 1024 // 1024} MiB", Place(name), help=way_out
        )
    way_out = f"make the file with: {ASK}"
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as fault:
        said = f"the file is not JSON: {fault.msg}"
        return Problem("not-json", said, Place(name, fault.lineno, fault.colno), help=way_out)
    except (ValueError, RecursionError):
        return Problem("not-json", "the file is not JSON in UTF-8", Place(name), help=way_out)
    if not isinstance(data, list):
        return Problem("not-json", "the file is not a list of issues", Place(name), help=way_out)
    return data


@dataclass(frozen=True)
class LeadIssue:
    """An issue that tells of a lead: its place in the file, its cells, and the answers by their columns."""

    at: int
    lead: Lead
    fixed: Mapping[str, str]
    answers: Mapping[str, str]

    def cells(self, labels: Mapping[str, None]) -> list[str]:
        """Its row of the table; answers that have no column of their own are part of the text."""
        more = [f"{label}: {words}" for label, words in self.answers.items() if label not in labels]
        text = "\n\n".join(part for part in (self.fixed["text"], *more) if part)
        fixed = {**self.fixed, "text": text}
        fixed["text_day"] = self.fixed["text_day"] or (self.fixed["created"] if text else "")
        return [*(fixed[column] for column in FIXED), *(self.answers.get(label, "") for label in labels)]


class _IssueFile:
    """One file being read; what is not taken is in ``refused``."""

    def __init__(self, name: str, book: Book) -> None:
        self.name = name
        self.zone = book.team.time_zone if book.team else "UTC"
        people = book.team.people if book.team else {}
        self.people = {person.github.casefold(): person_id for person_id, person in people.items() if person.github}
        self.book = book
        self.deals = {str(deal.x["hubspot"]): deal_id for deal_id, deal in book.deals.items() if "hubspot" in deal.x}
        self.stages = {same: name for process in book.processes for same, name in stage_words(process).items()}
        self.refused: list[Remark] = []

    def refuse(self, verdict: Verdict, at: int, wrong: Wrong, value: str) -> None:
        """Say why an issue is not taken."""
        self.refused.append(Remark(verdict, self.name, at, at, "title", wrong.code, wrong.reason, value))

    def issue(self, at: int, entry: Any) -> LeadIssue | None:
        """The lead that an issue tells of; None where it tells of none."""
        title = _words(entry, "title").strip()
        if not title:
            self.refuse(Verdict.REJECTED, at, Wrong("not-an-issue", "has no title"), "")
            return None
        lead = lead_in(title) if len(title) <= MAX_TITLE else None
        if is_left_by_template(title[:MAX_TITLE]):
            wrong = Wrong("placeholder-left", "still holds the template's words in place of a name")
            self.refuse(Verdict.REJECTED, at, wrong, title)
        elif lead is None:
            wrong = Wrong("no-lead", "names no lead: '[Organisation / Person] - [Title]' or '[New Hub] … - community'")
            self.refuse(Verdict.SKIPPED, at, wrong, title)
        elif known := self._on_file(lead, form := form_in(_words(entry, "body")), _words(entry, "url")):
            wrong = Wrong("deal-known", "asks for the hub of a deal on file, by its number: put a link to it there")
            self.refuse(Verdict.SKIPPED, at, wrong, f"{known}: {_words(entry, 'url') or title}")
        else:
            return self._lead(at, entry, title, lead, form)
        return None

    def _on_file(self, lead: Lead, form: FilledForm, url: str) -> str:
        """The deal on file that a form names by its number; not the one that an earlier import made of this issue or request."""
        deal_id = self.deals.get(_deal_id(form), "")
        deal = self.book.deals.get(deal_id)
        member = self.book.members.get(deal.member) if deal else None
        is_own = deal and member and deal.title == lead.what and sameness(member.name) == sameness(lead.organisation)
        came_of_it = deal and "github" in deal.x and one_address(url) in {one_address(link.url) for link in deal.links}
        return "" if is_own or came_of_it else deal_id

    def _lead(self, at: int, entry: Mapping[str, Any], title: str, lead: Lead, form: FilledForm) -> LeadIssue:
        labels = _named(entry.get("labels"))
        assignees = _named(entry.get("assignees"), "login")
        fixed = {
            "organisation": lead.organisation,
            "lead": lead.what,
            "person": lead.person,
            "title": title,
            "url": _words(entry, "url"),
            "created": _words(entry, "createdAt"),
            "author": next(iter(_named([entry.get("author")], "login")), ""),
            "assignee": self.people.get(assignees[0].casefold(), assignees[0]) if assignees else "",
            "labels": BETWEEN.join(label for label in labels if not stage_meant(label, self.stages)),
            "history": "\n".join(self._history(entry, labels)),
            "deal_id": _deal_id(form),
            "text": f"{title}\n\n{form.text}".strip() if lead.what == NEW_HUB else form.text,
        }
        fixed["text_day"] = fixed["created"] if fixed["text"] else ""
        prefix = lead.phase or "form"
        return LeadIssue(at, lead, fixed, {f"{prefix}: {label}": words for label, words in form.answers.items()})

    def _history(self, entry: Mapping[str, Any], labels: list[str]) -> Iterator[str]:
        """The labels over time, and the end of the issue; a label of which the file tells no time has no day."""
        events = entry.get("timeline")
        told = [event for event in events if isinstance(event, dict)] if isinstance(events, list) else None
        if told is None:
            yield from (f"{NO_DAY} {label}" for label in labels)
        for event in sorted(told or (), key=_time_of):
            kind, label = _words(event, "event"), _in_one_line(_words(event.get("label"), "name"))
            if label and kind in ("labeled", "unlabeled"):
                yield f"{'' if kind == 'labeled' else TAKEN_AWAY}{self._day(_time_of(event))} {label}"
        if _words(entry, "state").casefold() == CLOSED:
            yield f"{self._day(_words(entry, 'closedAt'))} {CLOSED}"

    def _day(self, time: str) -> str:
        found = cells.day(time, (TIME,), self.zone)
        return NO_DAY if isinstance(found, Wrong) else found


def stage_meant(label: str, stages: Mapping[str, str]) -> str:
    """The stage that a label is called as, with ``stage:`` before it or without; nothing where it is called as none."""
    return stages.get(sameness(_BEFORE.sub("", label, count=1)), "")


def _time_of(event: Mapping[str, Any]) -> str:
    return _words(event, "created_at") or _words(event, "createdAt")


def _words(entry: Any, key: str) -> str:
    """A text of an issue; nothing where there is none."""
    value = entry.get(key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""


def _named(entries: Any, key: str = "name") -> list[str]:
    """The names of labels or people, each in one line."""
    found = (_words(entry, key) for entry in (entries if isinstance(entries, list) else ()))
    names = (_in_one_line(words) for words in found)
    return list(dict.fromkeys(name for name in names if name))


def _in_one_line(words: str) -> str:
    """A name without what nobody sees."""
    return " ".join(UNSEEN.sub("", words).split())


def _deal_id(form: FilledForm) -> str:
    """The number of the deal: the last one in the address that a form asks for."""
    address = next((words for label, words in form.answers.items() if "dealurl" in sameness(label)), "")
    parts = re.split(r"[?#]", address)[0].split("/")
    return next((part for part in reversed(parts) if part.isascii() and part.isdecimal()), "")


def _with_common(issues: list[LeadIssue]) -> list[LeadIssue]:
    """The issues; those of one request for a hub agree in what they are about."""
    requests: dict[str, list[LeadIssue]] = {}
    for issue in issues:
        if issue.lead.what == NEW_HUB:
            requests.setdefault(sameness(issue.lead.organisation), []).append(issue)
    common = {key: _common(request) for key, request in requests.items()}
    return [
        replace(issue, fixed={**issue.fixed, **common[sameness(issue.lead.organisation)]})
        if issue.lead.what == NEW_HUB
        else issue
        for issue in issues
    ]


def _common(request: list[LeadIssue]) -> dict[str, str]:
    """What the issues of one request say together: it began with the oldest, and has ended when all of them have."""
    oldest = min(request, key=lambda issue: issue.fixed["created"])
    labels = dict.fromkeys(label for issue in request for label in issue.fixed["labels"].split(BETWEEN) if label)
    told = (line for issue in request for line in issue.fixed["history"].split("\n") if line)
    lines = sorted(dict.fromkeys(told), key=lambda line: line.partition(" ")[0].removeprefix(TAKEN_AWAY))
    ends = [line for line in lines if line.endswith(f" {CLOSED}")]
    has_ended = all(issue.fixed["history"].endswith(f" {CLOSED}") for issue in request)
    history = [*(line for line in lines if line not in ends), *(ends[-1:] if has_ended else ())]
    of_oldest = {key: oldest.fixed[key] for key in ("organisation", "created", "author", "assignee")}
    return {**of_oldest, "labels": BETWEEN.join(labels), "history": "\n".join(history)}
