"""What ``salesops from-issue`` does: an issue's list is tried, and its answer and the proposal are written for a workflow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click

from salesops.changes.rendering import MARK
from salesops.cli import salesops
from salesops.cli.door import Trial, tried_on, what_it_does
from salesops.cli.hands import collected
from salesops.cli.options import Usage
from salesops.cli.printing import say
from salesops.cli.repository import root_of
from salesops.edits.change_list import as_list, changes_in
from salesops.edits.issue_forms import IssueForm, answers_in, as_words, form_in, forms, labelled
from salesops.edits.sent_issue import MAX_EVENT, MAY_CHANGE, Issue, issue_in, list_in, not_allowed
from salesops.output import counted, markdown, problems_as_markdown, show, unlinked
from salesops.problems import Problem
from salesops.records.kinds import kind_at_path
from salesops.records.team import Team
from salesops.store.load import load

MAX_ANSWER = 50_000
"""Characters; a comment on GitHub holds 65,536, and the workflow adds a line."""
MAX_PROBLEMS = 50
OWNER = "--owner"
MAX_FORM = 65_536
"""Characters that GitHub lets an issue have."""
MAX_SENTENCE, MAX_TITLE, MAX_LINE = 2_000, 200, 72
"""Characters of the sentence in an answer, of the title of a pull request, of the first line of a commit."""
OUTSIDER = "Only members of this repository change records by an issue. Nothing in it was read."
AGAIN = "Edit the issue, and it is read again."


def run(folder: str, event: str, out: str, as_of: str | None) -> int:
    """Write the answer, and the proposal where there is one; 1 where nothing can come of the issue."""
    root = root_of(folder)
    issue = _issue(event)
    said = _list(root, issue, as_of) if issue.is_of_member else OUTSIDER
    if isinstance(said, str):
        first, *more = said.splitlines() or [""]
        found = [f"- {markdown(line)}" for line in more]
        return _answer(
            out, [f"**Nothing was changed.** {markdown(first)}", *([""] if more else []), *found], refused=True
        )
    problems = not_allowed(changes_in(issue.name, said)[0])
    if problems:
        return _answer(out, _messages(problems), refused=True)
    tried = tried_on(root, issue.name, said, as_of)
    if tried.is_refused:
        return _answer(out, _messages([each for each in tried.problems if each.is_error]), refused=True)
    if not tried.result.files:
        return _answer(out, ["**There already.** The records say all of it: there is nothing to propose."])
    _only_deals_and_members(tried)
    told = [*_told(tried)]
    _write(out, "proposal.json", json.dumps(_proposal(issue, tried, told)))
    return _answer(out, told)


def _issue(event: str) -> Issue:
    try:
        with Path(event).open("rb") as opened:
            raw = opened.read(MAX_EVENT + 1)
    except OSError as fault:
        raise Usage(f"{show(event)}: {fault.strerror}") from None
    found = issue_in(raw) if len(raw) <= MAX_EVENT else None
    if found is None:
        raise Usage(f"{show(event)} is not what GitHub says of an issue")
    return found


def _list(root: Path, issue: Issue, as_of: str | None) -> bytes | str:
    """The list of changes of an issue, or of the command that its form stands for; else why there is none."""
    book, _ = load(root, ("team", "process"))
    known = forms(book.processes[-1], book.team) if book.processes and len(issue.body) <= MAX_FORM else ()
    form = form_in(issue.body, known)
    if form is None:
        return list_in(issue.body)
    said = answers_in(form, issue.body)
    if isinstance(said, str):
        return said
    words = as_words(form, _by_author(form, said, issue, book.team), *_from_day(issue.day_in(book.zone) or as_of))
    try:
        with collected() as changes:
            salesops.main(["-C", str(root), *words], "salesops", standalone_mode=False)
    except click.ClickException as wrong:
        return labelled(form, wrong.format_message())
    return as_list(changes).encode("utf-8")


def _from_day(day: str | None) -> list[str]:
    return [f"--as-of={day}"] if day else []


def _by_author(form: IssueForm, said: dict[str, str], issue: Issue, team: Team | None) -> dict[str, str]:
    """What was said, and the author of the issue as the one who leads the deal where nobody else was named."""
    people = team.people.items() if team else ()
    author = next((key for key, person in people if (person.github or "").casefold() == issue.login.casefold()), None)
    is_open = author and any(asked.gives == OWNER for asked in form.fields) and OWNER not in said
    return said | {OWNER: author} if author and is_open else said


def _only_deals_and_members(tried: Trial) -> None:
    """The last wall: whatever the list said, no other file is handed on."""
    kinds = [kind_at_path(file.path) for file in tried.result.files]
    if not all(kind and kind.name in MAY_CHANGE for kind in kinds):
        raise AssertionError("an issue changes deals and members, and nothing else")


# ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(tried: Trial) -> Iterator[str]:
    """What changes, what it does to the numbers, what comes next, and what should be looked at."""
    yield f"**{markdown(cut(tried.sentence, MAX_SENTENCE))}**"
    for line in what_it_does(tried):
        yield from ("", markdown(line))
    if tried.problems:
        yield from ("", "To look at:", "", *problems_as_markdown(tried.problems, MAX_PROBLEMS))


def _messages(problems: Sequence[Problem]) -> list[str]:
    said = "one thing stands" if len(problems) == 1 else f"{len(problems):,} things stand"
    return [
        f"**Nothing was changed:** {said} against it. {AGAIN}",
        "",
        *problems_as_markdown(problems, MAX_PROBLEMS),
    ]


def _answer(out: str, lines: list[str], *, refused: bool = False) -> int:
    """Write what is to be answered, and say it here, too."""
    kept = _fitting(lines)
    _write(out, "answer.md", "\n".join([MARK, *kept, ""]))
    for line in kept:
        say(show(line))
    return 1 if refused else 0


def _fitting(lines: list[str]) -> list[str]:
    """The first lines that fit into an answer, and how many there were more."""
    room, kept = MAX_ANSWER, 0
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept += 1
    first, more = [*islice(lines, kept)], len(lines) - kept
    open_block = sum(line.lstrip().startswith("```") for line in first) % 2
    return [*first, *(["  ```"] if open_block else []), *(["", f"… and {counted(more, 'more line')}."] if more else [])]


def cut(text: str, most: int) -> str:
    """A text of at most so many characters; an ellipsis says that there was more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# ── what is proposed ──────────────────────────────────────────────────────────────────────────────────────────────────


def _proposal(issue: Issue, tried: Trial, told: Sequence[str]) -> dict[str, Any]:
    """The files as they would be, and how the pull request and its commit are called."""
    sentence = unlinked(tried.sentence)
    body = [f"Closes #{issue.number}, by {markdown(issue.login)}.", "", *told]
    return {
        "files": [{"path": file.path, "content": file.text} for file in tried.result.files],
        "title": cut(sentence, MAX_TITLE),
        "body": "\n".join([*_fitting(body), ""]),
        "message": f"{cut(sentence, MAX_LINE)}\n\n{_trailer(issue)}\n",
        "author": {"name": issue.login, "email": issue.email},
    }


def _trailer(issue: Issue) -> str:
    """The line of a commit by which the workflow knows its own."""
    return f"Issue: {issue.number}"


def _write(out: str, name: str, text: str) -> None:
    Path(out).mkdir(parents=True, exist_ok=True)
    Path(out, name).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
