"""What ``salesops propose`` does: the records are checked, committed on a branch, pushed, and the pull request is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from salesops.book.status import person_name
from salesops.changes.change import Change
from salesops.changes.compare import Comparison
from salesops.changes.report import Report, Side
from salesops.cli.gate import brought, checked, past_checked
from salesops.cli.hands import ME, Desk, agreed, desk_of
from salesops.cli.printing import say, style
from salesops.edits.fix import difference
from salesops.edits.yaml_writer import FileChange
from salesops.output import SCHEMA_VERSION, as_json, counted, markdown, masked, problem_as_data, problems_as_text, show
from salesops.problems import CannotDecide, Problem, errors, in_order
from salesops.records.scalars import slug
from salesops.site.pages.hosts import compare_address, web_address
from salesops.store.branches import commit_at, main_branch, remote_of
from salesops.store.commits import CommitBooks, against
from salesops.store.git import setting
from salesops.store.git_call import asks
from salesops.store.journal import finish
from salesops.store.load import load
from salesops.store.sending import (
    LocalChanges,
    NotSent,
    Standpoint,
    committed,
    fetched,
    free_name,
    is_in,
    local_changes,
    needs_name,
    on_top_of,
    opened_by_gh,
    or_back,
    pushed,
    settled,
    where,
)

MAX_SUBJECT = 100
"""So many characters of the sentence are the first line of the commit; the body has it all."""
MAX_NAME = 60
REMOTE = (
    "there is no remote to send it to: make an empty repository on GitHub, GitLab or a host of your own, then "
    "git remote add origin ADDRESS and git push -u origin {branch}"
)


@dataclass(frozen=True)
class Sending:
    """What is to be sent: from where to where, the files, what they change, and what the check found."""

    here: Standpoint
    remote: str
    target: str
    tip: str
    branch: str
    local: LocalChanges
    own: Report
    whole: Report
    found: Sequence[Problem]
    words: str | None

    @property
    def is_new(self) -> bool:
        """Whether the branch is made now."""
        return self.branch != self.here.branch

    @cached_property
    def message(self) -> str:
        """The message of the commit: a sentence, and each change as a line where there is more to say."""
        return message_of(self.own.changes or self.whole.changes, self.words)

    @property
    def title(self) -> str:
        """The title of the pull request."""
        return message_of(self.whole.changes, self.words).split("\n")[0]

    @property
    def body(self) -> str:
        """What the pull request says, as Markdown in which the words of records are only words."""
        return "\n".join(f"- {markdown(sentence)}" for sentence in _sentences(self.whole.changes))


class Ending(NamedTuple):
    """How it ended: the last line, the same as data, and the exit code."""

    line: str
    data: dict[str, Any]
    code: int = 0

    @property
    def is_sent(self) -> bool:
        """Whether anything was sent."""
        return bool(self.data["sent"])


def run(folder: str, **how: Any) -> int:
    """Send it; 1 where it is refused."""
    message, to = how.pop("message"), how.pop("to")
    desk = desk_of(folder, **how)
    is_json = desk.writing.output_format == "json"
    ended = proposed(desk, message, to, (lambda _: None) if is_json else say)
    data = {"schema_version": SCHEMA_VERSION, "as_of": desk.day, **ended.data}
    say(masked(as_json(data)) if is_json else ended.line)
    return ended.code


def proposed(desk: Desk, message: str | None, to: str | None, tells: Callable[[str], None]) -> Ending:
    """Send what was written for review; what is about to be sent is told, line by line, before it is."""
    finish(desk.root)
    proposal = _proposal(desk, message, to)
    if proposal is None:
        return Ending("Nothing to send: the records are as they were merged, or sent, last.", {"sent": False})
    for line in _lines(proposal):
        tells(line)
    if any(True for _ in errors(proposal.found)):
        return Ending(style("Nothing was sent: mend the errors first.", "error"), _as_data(proposal, None), 1)
    if desk.writing.dry_run or (desk.writing.asks and not agreed("Send it?", lambda: _differences(proposal))):
        return Ending("Nothing was sent.", _as_data(proposal, None))
    try:
        address = _sent(proposal)
    except NotSent as refused:
        last = f"{show_lines(str(refused))}\n{style('Nothing was sent.', 'error')}"
        return Ending(last, {"sent": False, "reason": str(refused)}, 1)
    return Ending(f"pushed; {_way_on(proposal, *address)}", {**_as_data(proposal, address[1]), "sent": True})


def _way_on(proposal: Sending, is_open: bool, address: str | None) -> str:
    """What is left to do."""
    if not address:
        return f"open a pull request for it on the page of {show(proposal.remote)}"
    return f"{'the pull request is' if is_open else 'open the pull request'} here: {show(address)}"


def show_lines(text: str) -> str:
    """Several lines of foreign text."""
    return "\n".join(map(show, text.splitlines()))


# ── what is to be sent ────────────────────────────────────────────────────────────────────────────────────────────────


def _proposal(desk: Desk, words: str | None, to: str | None) -> Sending | None:
    here = where(desk.root)
    remote = remote_of(desk.root)
    if remote is None:
        raise CannotDecide(REMOTE.format(branch=here.branch))
    needs_name(desk.root, _own_name(desk))
    if not desk.writing.dry_run:
        fetched(here, remote)
    target = to or main_branch(desk.root, remote)
    tip = commit_at(desk.root, f"refs/remotes/{remote}/{target}") if target else None
    if target is None or tip is None:
        raise CannotDecide(
            f"{remote} has no branch {target or 'main'} to which this could go: git push -u {remote} {target or 'main'} "
            "sends the first one; --to names another"
        )
    local = local_changes(desk.root, here)
    is_merged = is_in(here, here.head, tip)
    own, whole, found = _looked_at(desk, here, tip)
    whole = own if is_merged else whole
    if not local.records and not whole.changes:
        return None
    wanted = slug(name_of(whole.changes))[:MAX_NAME].strip("-") or "change"
    branch = free_name(here, remote, wanted) if is_merged or here.branch == target else here.branch
    return Sending(here, remote, target, tip, branch, local, own, whole, found, words)


def _own_name(desk: Desk) -> str:
    me = setting(desk.root, ME)
    return person_name(desk.snapshot, me) if me else ""


def _looked_at(desk: Desk, here: Standpoint, tip: str) -> tuple[Report, Report, list[Problem]]:
    """What was written since the last commit, since the main branch, and what the check finds in the latter."""
    book, problems = load(desk.root)
    compared = replace(against(desk.root, book, tip), beside=())
    found = in_order([*problems, *checked(book, desk.day), *past_checked(compared, desk.day)])
    last, _ = CommitBooks(desk.root).book(here.head)
    now = Side(book, desk.day, "now")
    own = Report(Side(last, desk.day, "before"), now, Comparison(last, book))
    comparison = compared.comparison
    whole = Report(Side(comparison.before, desk.day, "before"), now, comparison)
    return own, whole, brought(found, compared, desk.day)[0]


def name_of(changes: Sequence[Change]) -> str:
    """A name for a branch: the first record, what happened to it, and how many more there are."""
    if not changes:
        return "change"
    records = list(dict.fromkeys(change.ref for change in changes))
    more = f" and {len(records) - 1} more" if records[1:] else ""
    return f"{records[0][1]} {changes[0].kind}{more}"


def _sentences(changes: Sequence[Change]) -> Iterator[str]:
    """What happened, record by record, each on one line."""
    records: dict[str, list[str]] = {}
    for change in changes:
        records.setdefault(change.who, []).append(change.what)
    yield from (" ".join(show(f"{who}: {'; '.join(what)}").split()) for who, what in records.items())


def message_of(changes: Sequence[Change], words: str | None) -> str:
    """The message of a commit: no line of it begins as a comment or as a signature of git would."""
    sentences = list(_sentences(changes))
    subject = " ".join(words.split()) if words and words.strip() else " · ".join(sentences) or "Records"
    is_whole = len(subject) <= MAX_SUBJECT and len(sentences) <= 1 and not words
    short = subject if len(subject) <= MAX_SUBJECT or words else f"{subject[: MAX_SUBJECT - 1].rpartition(' ')[0]} …"
    body = "" if is_whole else "\n\n" + "\n".join(f"- {sentence}" for sentence in sentences)
    return f"{short}{body}\n"


# ── sending it ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sent(proposal: Sending) -> tuple[bool, str | None]:
    """Commit, push, and open the pull request; whether it is open, and its address, or the one at which it is opened."""
    here, branch = proposal.here, proposal.branch
    with or_back(here, branch):
        commit = committed(here, branch, proposal.local.records, proposal.message)
        sent = on_top_of(here, commit, proposal.tip, _is_alone(proposal), proposal.message)
        pushed(here, proposal.remote, sent, branch)
    settled(here, proposal.remote, branch, commit, sent)
    opened = opened_by_gh(here, branch, proposal.target, proposal.title, proposal.body)
    if opened:
        return True, opened
    home = _home(here, proposal.remote)
    return False, compare_address(home, proposal.target, branch) if home else None


def _home(here: Standpoint, remote: str) -> str | None:
    """The page of the remote, by its address as it was written, else as the settings of git say it."""
    written, meant = setting(here.top, f"remote.{remote}.url"), asks(here.top, "remote", "get-url", remote)
    return next((page for address in (written, meant) if address and (page := web_address(address))), None)


def _is_alone(proposal: Sending) -> bool:
    """Whether what is sent is one new commit, all before it having been merged."""
    return proposal.is_new and is_in(proposal.here, proposal.here.head, proposal.tip)


def _lines(proposal: Sending) -> Iterator[str]:
    begun = f"new, from {proposal.target} of today" if proposal.is_new else f"goes on, to {proposal.target}"
    yield f"branch    {show(proposal.branch)} ({show(begun)})"
    if proposal.local.records:
        yield f"commit    {show(proposal.message.split(chr(10))[0])}"
        yield style(f"          {', '.join(map(show, proposal.local.records))}", "faint")
    elif _is_sent(proposal):
        yield "commit    nothing new: it is there as it was sent last"
    for path in proposal.local.others_staged:
        yield f"          {show(path)} is staged and no record: it stays as it is"
    found = list(errors(proposal.found))
    warned = len(proposal.found) - len(found)
    advice = f", {counted(warned, 'warning')}" if warned else ""
    yield f"check     {counted(len(found), 'error') if found else 'no errors'}{advice}"
    yield from problems_as_text(found, style)


def _is_sent(proposal: Sending) -> bool:
    """Whether the remote has all that there is."""
    here = proposal.here
    return commit_at(here.top, f"refs/remotes/{proposal.remote}/{proposal.branch}") == here.head


def _differences(proposal: Sending) -> Iterator[str]:
    before = {document.path: document.text for document in proposal.own.before.book.documents.values()}
    after = {document.path: document.text for document in proposal.own.after.book.documents.values()}
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield from difference(FileChange(path, after.get(path, ""), before.get(path)))


def _as_data(proposal: Sending, address: str | None) -> dict[str, Any]:
    return {
        "sent": False,
        "branch": proposal.branch,
        "is_new": proposal.is_new,
        "to": proposal.target,
        "message": proposal.message,
        "files": list(proposal.local.records),
        "address": address,
        "changes": [change.as_data() for change in proposal.whole.changes],
        "problems": [problem_as_data(problem) for problem in proposal.found],
    }
