"""What an issue on GitHub asks for: who wrote it, and the one fenced list of changes in its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from salesops.edits.change_list import Wanted
from salesops.problems import Problem
from salesops.records.yaml_reader import MAX_BYTES

MAX_EVENT = 4 * 1024 * 1024
"""Bytes; an event of GitHub with the longest issue is a small part of it."""
MAY_ASK = ("OWNER", "MEMBER", "COLLABORATOR")
"""Whose issues become changes: how GitHub calls the members of a repository."""
MAY_CHANGE = ("deal", "member")
"""What an issue may be about; the rules in the playbook are changed in a pull request that somebody writes."""
WORD = "salesops"
"""The word behind the opening fence of a list."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_LOGIN = re.compile(r"[A-Za-z0-9-]{1,60}", re.ASCII)


@dataclass(frozen=True)
class Issue:
    """An issue: its number, its text, the account of its author, and when it was written."""

    number: int
    body: str
    login: str
    account: int
    association: str
    written: str = ""

    @property
    def is_of_member(self) -> bool:
        """Whether its author belongs to the repository."""
        return self.association in MAY_ASK

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"issue-{self.number}"

    def day_in(self, zone: str) -> str | None:
        """The day on which it was written: days in its text, such as Thursday, are meant from there."""
        try:
            return str(datetime.fromisoformat(self.written).astimezone(ZoneInfo(zone)).date())
        except (ValueError, OverflowError):
            return None

    @property
    def email(self) -> str:
        """The address by which GitHub knows its author in a commit."""
        return f"{self.account}+{self.login}@users.noreply.github.com"


class Fenced(NamedTuple):
    """A fenced block: the line of the text after which it begins, the word behind its fence, its lines, and whether it ends."""

    line: int
    word: str
    lines: list[str]
    is_closed: bool


def issue_in(event: bytes) -> Issue | None:
    """The issue of an event as GitHub hands it over; None where it is not the event of an issue."""
    try:
        said = json.loads(event)
        issue, author = said["issue"], said["issue"]["user"]
        found = Issue(
            issue["number"],
            issue["body"] or "",
            author["login"],
            author["id"],
            issue["author_association"],
            issue.get("created_at") or "",
        )
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return found if _is_sound(found) and "pull_request" not in issue else None


def _is_sound(issue: Issue) -> bool:
    numbers: tuple[Any, ...] = (issue.number, issue.account)
    texts: tuple[Any, ...] = (issue.body, issue.login, issue.association, issue.written)
    return (
        all(type(number) is int and number > 0 for number in numbers)
        and all(isinstance(text, str) for text in texts)
        and bool(_LOGIN.fullmatch(issue.login.removesuffix("[bot]")))
    )


def list_in(body: str) -> bytes | str:
    """The list of changes in a text, at the lines where it stands there; else a sentence that says why there is none."""
    if len(body.encode("utf-8", "replace")) > MAX_BYTES:
        return f"The text is longer than {MAX_BYTES // 1024} KiB. Make several issues of it."
    found = [block for block in fenced(body) if block.word == WORD]
    if not found:
        return f"There is no list of changes in it. It stands between a line ```{WORD} and a line ```."
    if len(found) > 1:
        return f"There are {len(found):,} lists of changes in it, and only one is taken: put all changes into one."
    if not found[0].is_closed:
        return "The list of changes has no end: a line ``` closes it."
    return ("\n" * found[0].line + "\n".join([*found[0].lines, ""])).encode("utf-8", "surrogatepass")


def fenced(body: str) -> Iterator[Fenced]:
    """The fenced blocks of a text in Markdown; what stands in one block begins no other."""
    block: Fenced | None = None
    fence = ""
    for number, line in enumerate(lines_of(body), 1):
        match = _FENCE.fullmatch(line)
        word = match[2].strip() if match else ""
        if block is None and match and not (match[1][0] == "`" and "`" in word):
            fence, block = match[1], Fenced(number, word, [], False)
        elif block is not None and match and match[1].startswith(fence) and not word:
            yield block._replace(is_closed=True)
            block = None
        elif block is not None:
            block.lines.append(line)
    if block is not None:
        yield block


def lines_of(body: str) -> list[str]:
    """The lines of a text as a browser sends it."""
    return body.replace("\r\n", "\n").split("\n")


def not_allowed(wanted: list[Wanted]) -> list[Problem]:
    """The changes of a list that an issue may not ask for."""
    return [_refused(each, kind) for each in wanted if (kind := _kind(each)) not in MAY_CHANGE]


def _refused(wanted: Wanted, kind: str) -> Problem:
    message = f"an issue changes deals and members, and this is about the {kind} '{wanted.record}'"
    way_out = "change the playbook in a pull request: it decides how every deal is judged"
    return wanted.problem("change-not-by-issue", message, "new" if wanted.verb == "new" else "kind", help=way_out)


def _kind(wanted: Wanted) -> str:
    """The kind of record that a change is about; a deal or a member where it does not say."""
    said = wanted.change.new if wanted.verb == "new" else getattr(wanted.change, "kind", None)
    return str(said or MAY_CHANGE[0]) if wanted.verb in ("new", "set", "clear", "add") else MAY_CHANGE[0]
