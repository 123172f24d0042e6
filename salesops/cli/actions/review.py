"""What ``salesops review`` shows and writes: the agenda of a week, the review of a month, the record of a meeting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.waiting_playbook import OpenAction, open_actions
from salesops.cli import names
from salesops.cli.form import Form
from salesops.cli.hands import Asked, Desk, NoWay, desk_of, send
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.cli.repository import Records, records_of
from salesops.output import SCHEMA_VERSION, as_json, masked, show
from salesops.problems import CannotDecide
from salesops.records.team import Meeting
from salesops.reports.agenda import MOST_EXPERIMENTS, agenda, mark
from salesops.reports.monthly import MonthlyReview, in_sections, last_day_of, month_over, monthly_review
from salesops.reports.sections import Paper, as_markdown, as_text
from salesops.reports.weekly import WeeklyReview, since, weekly_review
from salesops.store.commits import CommitBooks, books_on
from salesops.store.git import commit_of

LAST = "last"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def run(folder: str, *, record: bool, month: str | None, known: str | None, **options: Any) -> int:
    """Print a review, or write down that one was held; 1 where a file could not be counted, or where it is refused."""
    if record and (month or known):
        raise Usage("--record writes down a meeting of today: it goes with neither --month nor --known")
    if record:
        return _record(folder, **options)
    _only_with_record(options)
    records = records_of(folder, options["as_of"], known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    records.say_whose()
    found = _weekly(records) if month is None else _monthly(records, month)
    _print(found, records, options["output_format"])
    return 0 if whole else 1


def _only_with_record(options: Mapping[str, Any]) -> None:
    said = [name for name in ("attended", "notes", "experiment", "yes", "dry_run") if options[name]]
    if said:
        raise Usage(f"--{said[0].replace('_', '-')} belongs to --record")


def _print(found: WeeklyReview | MonthlyReview, records: Records, output_format: str) -> None:
    if output_format == "json":
        known = records.point.as_data() if records.point else None
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "known": known, **found.as_data()})))
        return
    if output_format == "markdown" and isinstance(found, WeeklyReview):
        say(mark(found))
    paper: Paper = agenda(found) if isinstance(found, WeeklyReview) else in_sections(found)
    for line in as_markdown(paper) if output_format == "markdown" else as_text(paper, style):
        say(line)


# ── the agenda ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _weekly(records: Records) -> WeeklyReview:
    earlier, is_as_known = _earlier(records)
    return weekly_review(records.snapshot, earlier, is_as_known=is_as_known)


def _earlier(records: Records) -> tuple[Snapshot | None, bool]:
    """The records at the last review as they were known then; by what is known of it now where git cannot tell."""
    day = since(records.snapshot.book, records.day)
    try:
        archive = CommitBooks(records.root)
        archive.knows(records.book)
        head = records.point.commit if records.point else "HEAD"
        known = dict(books_on(archive, [day], records.book, head))
    except CannotDecide:
        return records.book.on(day), False
    return (known[day][1].on(day) if day in known else None), True


def _monthly(records: Records, month: str) -> MonthlyReview:
    first = month_over(records.day) if month == LAST else _first_day(month)
    if first > records.day:
        raise Usage(f"--month: {month} has not begun on {records.day}")
    return monthly_review(records.book.on(min(last_day_of(first), records.day)), first)


def _first_day(month: str) -> date:
    match = _MONTH.fullmatch(month)
    if match is None or int(match[1]) < 1:
        raise Usage(f"--month: '{show(month)}' is no month: write it as 2026-10")
    return date(int(match[1]), int(match[2]), 1)


# ── its record ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _record(
    folder: str,
    *,
    attended: tuple[str, ...],
    notes: str | None,
    experiment: tuple[str, ...],
    as_of: str | None,
    yes: bool,
    dry_run: bool,
    output_format: str,
) -> int:
    """Write down that a review was held: who was there, what was agreed before and is open still; once a day."""
    if output_format == "markdown":
        raise Usage("--record tells what it wrote as text or as JSON")
    form = Form(desk_of(folder, as_of, yes=yes, dry_run=dry_run, output_format=output_format))
    there = form.desk.book.reviews.get(str(form.desk.day))
    if there is not None:
        return _is_there(form.desk, there.attended, attended)
    meeting = form.desk.book.team.review if form.desk.book.team else None
    said: Asked = {
        "owner": meeting.owner if meeting else None,
        "attended": form.needed(
            "--attended PERSON,PERSON",
            ",".join(attended) or None,
            "Who is here",
            lambda words: _people(form.desk, words),
            hint=f"{', '.join(person.id for person in names.people(form.desk.book.team))}; nobody else can know",
            why="who was there; the program does not guess it",
        ),
        "attendance": _attendance(meeting),
        "commit": _commit(form.desk),
        "notes": form.open("--notes", notes, "What was said", str, hint="in a sentence or two; Enter for nothing"),
        "experiments": list(experiment) or _running(form.desk.snapshot),
        "actions": [_carried(each) for each in open_actions(form.desk.snapshot, form.desk.day)],
        "links": [{"kind": link.kind, "url": link.url} for link in meeting.links] if meeting else [],
    }
    form.complete()
    return send(form.desk, [{"new": "review", "id": str(form.desk.day), **{key: it for key, it in said.items() if it}}])


def _is_there(desk: Desk, attended: tuple[str, ...], asked: tuple[str, ...]) -> int:
    """Nothing is written twice; whoever says that others were there is told how to say so."""
    path = f"playbook/reviews/{desk.day}.yaml"
    if asked and {*_people(desk, ",".join(asked))} != {*attended}:
        raise NoWay(f"{path} says that {', '.join(map(show, attended)) or 'nobody'} attended: change that file")
    say(f"There already: {path}. Nothing to write.")
    return 0


def _people(desk: Desk, words: str) -> list[str]:
    return list(dict.fromkeys(desk.person(name.strip()) for name in words.split(",") if name.strip()))


def _attendance(meeting: Meeting | None) -> list[Asked]:
    """Who was asked, as the team has it today: it may be another one next year."""
    asked = meeting.people if meeting else ()
    return [{"person": each.person, "role": each.role, **({"why": each.why} if each.why else {})} for each in asked]


def _commit(desk: Desk) -> str | None:
    """The commit that lies here; nothing where there is none."""
    try:
        return commit_of(desk.root, "HEAD")[:12]
    except CannotDecide:
        return None


def _running(snapshot: Snapshot) -> list[str]:
    """The one or two experiments that run; where there are more, somebody has to say which were chosen."""
    found = [name for name, it in sorted(snapshot.book.experiments.items()) if it.status == "running"]
    return found if len(found) <= MOST_EXPERIMENTS else []


def _carried(each: OpenAction) -> Asked:
    """An open action as the next review lists it: the same deal and the same words, so that it is one."""
    action = each.action
    said = {"deal": action.deal, "action": action.action, "owner": action.owner}
    return {key: it for key, it in said.items() if it} | ({"due": str(action.due)} if action.due else {})
