"""Thousands of random histories: what the checks say of them is what a second reading of the rules says.

The second reading stands in this file and knows nothing of how the checks work. It was made from the rules alone:
which moves there are (the stages of playbook/process/v3.yaml), and what may be said of the past. It reads them so:

- The moves of an earlier commit are the first of the moves of a later one, or every difference is named by a new
  correction of its own. Lines are paired in the way that suits the corrections best. A line that says something else is
  named by where it stood or where it stands, one that was taken out by where it stood, one that was put in by where it
  stands; ``was`` is its old day, its old stage or both, and 'none' (or so) for one that was put in.
- A correction is new as often as it stands there more often than before; its reason does not count.
- A deal is the same by its id, whatever its folder. With another id it is the same where at least half of its fields
  say the same, unless somebody signed for a deletion.
- A deal that was deleted before and is back goes on from what it said last.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from gitting import CLEAN, Git

from salesops.book.book import Book
from salesops.changes.compare import Comparison
from salesops.checks import check_book, check_past
from salesops.problems import Problem
from salesops.store.load import DirEntry, FoundFile, Is, ReadFile, load_from, read_file

IN_MEMORY, IN_GIT, TOGETHER = 4_000, 500, 500
LONG = 16_000
TODAY = date(2026, 11, 20)
FIRST = date(2026, 1, 5)
NEW, EXISTING = "new business", "existing business"

Line = tuple[str, str]
"""A stage and its day."""
Entry3 = tuple[str, str, str]
"""A correction: field, what it was, why."""


# ── the rules ─────────────────────────────────────────────────────────────────────────────────────────────────────────

WAYS = {
    "enrichment": ("outreach", "closed lost"),
    "outreach": ("discovery", "closed lost"),
    "discovery": ("proposal", "closed lost"),
    "renewals": ("proposal", "closed lost"),
    "proposal": ("closed won", "closed lost"),
    "closed won": (),
    "closed lost": (),
}
PATHS = {NEW: ("enrichment", "outreach", "discovery", "proposal"), EXISTING: ("renewals", "proposal")}
LEFT_OUT = ("none", "nothing", "missing", "not there")


def comes_to(stage: str) -> set[str]:
    """Every stage that lies ahead."""
    return {further for step in WAYS[stage] for further in ({step} | comes_to(step))}


def move(type: str, before: str | None, stage: str) -> str:
    """What the rules say of one move: the code of the finding that it must have, or what it needs."""
    path = PATHS[type]
    if stage not in WAYS:
        return "stage-unknown"
    if before is None:
        return "" if stage == path[0] else "start-wrong"
    if before not in WAYS:
        return ""  # nobody can say what comes after a stage that is none
    if stage in WAYS[before]:
        return ""
    if before == "closed lost" and stage in path:
        return "reopened"
    if not WAYS[before] or stage == before:
        return "move-not-allowed"
    if before in path and stage in path and path.index(stage) < path.index(before):
        return "moved_back"
    return "stage-skipped" if stage in comes_to(before) else "move-not-allowed"


def faulty_moves(deal: Deal) -> Iterator[str]:
    """The codes of what the rules forbid, one for each line that is to blame."""
    reasons = {"reopened": Counter(deal.reopened), "moved_back": Counter(deal.moved_back)}
    codes = {"reopened": "reopened-without-reason", "moved_back": "moved-back-without-reason"}
    before: str | None = None
    for at, (stage, day) in enumerate(deal.stages):
        said = move(deal.type, before, stage)
        if said in reasons:
            if reasons[said][day]:
                reasons[said][day] -= 1
            else:
                yield codes[said]
        elif said:
            yield said
        if at and day < deal.stages[at - 1][1]:
            yield "stage-dates-go-back"
        before = stage


def may_say(line: Line) -> set[str]:
    stage, day = line
    return {day, stage, f"{stage}: {day}", f"- {stage}: {day}"}


def demands(old: list[Line], new: list[Line], kept: tuple[int, ...], into: tuple[int, ...]) -> Iterator[set[Line]]:
    """What must be signed where the lines ``kept`` of the old moves became the lines ``into`` of the new ones."""
    became = dict(zip(kept, into, strict=True))
    for at, line in enumerate(old):
        if at not in became:
            yield {(str(at), word) for word in may_say(line)}
        elif new[became[at]] != line:
            yield {(str(number), word) for number in (at, became[at]) for word in may_say(line)}
    for at in range(max(into, default=-1)):
        if at not in into:
            yield {(str(at), word) for word in LEFT_OUT}


def can_be_met(wanted: list[set[Line]], signed: list[Line]) -> bool:
    """Whether each demand can have a signature of its own."""
    if not wanted:
        return True
    first, *rest = wanted
    return any(entry in first and can_be_met(rest, signed[:at] + signed[at + 1 :]) for at, entry in enumerate(signed))


def is_altered(old: list[Line], new: list[Line], corrections: list[Entry3]) -> bool:
    """Whether the past was altered and the new corrections do not say so."""
    signed = [
        (parts[1], was) for name, was, _ in corrections if (parts := name.split("."))[0] == "stages" and parts[1:]
    ]
    for count in range(min(len(old), len(new)), -1, -1):
        for kept in combinations(range(len(old)), count):
            for into in combinations(range(len(new)), count):
                wanted = list(demands(old, new, kept, into))
                if len(wanted) <= len(signed) and can_be_met(wanted, signed):
                    return False
    return True


def more(before: Iterable[Entry3], after: Iterable[Entry3]) -> list[Entry3]:
    """The entries that were added."""
    counts = Counter(entry[:2] for entry in before)
    found = []
    for entry in after:
        counts[entry[:2]] -= 1
        if counts[entry[:2]] < 0:
            found.append(entry)
    return found


def of_the_past(old: Deal, new: Deal) -> Iterator[str]:
    """The codes of what may not have become of an earlier deal."""
    added = more(old.corrections, new.corrections)
    if is_altered(old.stages, new.stages, added):
        yield "past-altered"
    if old.type != new.type and ("type", old.type) not in {entry[:2] for entry in added}:
        yield "type-changed"
    if more(new.corrections, old.corrections):
        yield "signature-removed"
    was_closed = old.stages[-1][0] in ("closed lost", "closed won")
    names = {"loss", "loss.reason"} if new.reason else {"loss"}  # without a reason the whole loss is gone
    signed = {entry[0] for entry in added}
    another_reason = old.reason and old.reason != new.reason and not names & signed
    another_owner = old.owner != new.owner and "owner" not in signed
    was_lost = any(stage == "closed lost" for stage, _ in old.stages)  # also where it was opened again
    if (was_lost and another_reason) or (was_closed and another_owner):
        yield "past-fact-named"


def same_fields(old: Deal, new: Deal) -> bool:
    """Whether at least half of the fields say the same."""
    one, other = old.data(), new.data()
    names = one.keys() | other.keys()
    return 2 * sum(one.get(name) == other.get(name) for name in names) >= len(names)


def verdict(history: History) -> Counter[str]:
    """Everything that must be found in a history."""
    old, new = history.before or history.deleted, history.after
    codes = Counter(faulty_moves(new)) if new else Counter()
    if old is None:
        return codes
    gone = history.before is not None and (new is None or new.id != old.id)
    is_signed = history.tombstone == old.id
    if gone and (new is None or is_signed or not same_fields(old, new)):
        return codes + Counter([] if is_signed else ["record-deleted"])
    if new and (new.id == old.id or gone):
        codes += Counter(set(of_the_past(old, new)))
    return codes


# ── the histories ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Deal:
    """A deal as the files say it."""

    id: str
    member: str
    stages: list[Line]
    type: str = NEW
    title: str = "General Membership"
    owner: str = "jim"
    folder: str = ""
    corrections: tuple[Entry3, ...] = ()
    reopened: tuple[str, ...] = ()
    moved_back: tuple[str, ...] = ()
    reason: str = ""
    more: tuple[Line, ...] = (("expected_close", "2099-01-01"), ("renews", "cascadia-2025"))

    def data(self) -> dict[str, str]:
        """Its fields, each as YAML in one line."""
        stages = ", ".join(f"{{{stage}: {day}}}" for stage, day in self.stages)
        found = {
            "title": self.title, "member": self.member, "type": self.type, "tier": "general", "owner": self.owner,
            "stages": f"[{stages}]", **dict(self.more),
        }  # fmt: skip
        for name in ("reopened", "moved_back"):
            if days := getattr(self, name):
                found[name] = f"[{', '.join(f'{{date: {day}, why: So it was}}' for day in days)}]"
        if self.corrections:
            entries = (f'{{field: "{f}", was: "{was}", by: jim, date: 2026-03-01, why: {why}}}' for f, was, why in self.corrections)  # fmt: skip
            found["corrections"] = f"[{', '.join(entries)}]"
        if self.reason:
            found["loss"] = f"{{reason: {self.reason}, learning: Much, verdict: icp, reengage: never}}"
        return found

    @property
    def path(self) -> str:
        return f"deals/{self.folder}{self.id}.yaml"

    def text(self, style: random.Random) -> str:
        """The file: the order of its keys, its quotes, remarks and line ends say nothing."""
        lines = [f"{name}: {value}" for name, value in self.data().items()]
        if style.random() < 0.3:
            style.shuffle(lines)
        if style.random() < 0.2:
            lines.insert(style.randrange(len(lines)), "# A remark: stages: []")
        return ("\r\n" if style.random() < 0.1 else "\n").join((*lines, ""))


@dataclass(frozen=True)
class History:
    """What a deal said in an earlier commit and says now; ``deleted`` where it had been deleted before that commit."""

    before: Deal | None
    after: Deal | None
    deleted: Deal | None = None
    tombstone: str = ""


def day(count: int) -> str:
    return str(FIRST + timedelta(count))


@dataclass
class Author:
    """Somebody who makes histories, half of them sound."""

    dice: random.Random
    number: int = 0

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def history(self) -> History:
        self.number += 1
        old = self.deal()
        if self.chance(0.05):
            return History(None, old)
        new = self.later(old)
        if self.chance(0.15):
            return History(None, new, deleted=old)
        if self.chance(0.15):
            return History(old, None, tombstone=self.tombstone(old))
        if self.chance(0.2):
            new = self.renamed(new)
        return History(old, new, tombstone=self.tombstone(old) if new.id != old.id and self.chance(0.3) else "")

    def deal(self) -> Deal:
        """A deal with some moves, most of them as the process has them."""
        type = self.dice.choice((NEW, NEW, NEW, EXISTING))
        stages, reasons = self.moves([], type, self.dice.randrange(1, 5))
        corrections = tuple(self.correction(stages, stages) for _ in range(self.dice.choice((0, 0, 0, 1, 2))))
        return Deal(
            f"d{self.number}", f"m{self.number}", stages, type, corrections=corrections, **reasons,
            reason="price" if self.chance(0.3) or stages[-1][0] == "closed lost" else "",
        )  # fmt: skip

    def moves(self, stages: list[Line], type: str, count: int) -> tuple[list[Line], dict[str, tuple[str, ...]]]:
        """So many moves more, and the reasons that some of them need."""
        stages = list(stages)
        reasons: dict[str, tuple[str, ...]] = {}
        for _ in range(count):
            before = stages[-1][0] if stages else None
            options = [stage for stage in WAYS if move(type, before, stage) in ("", "reopened", "moved_back")]
            if self.chance(0.06) or not options:
                options = [*WAYS, "enrichmnet"]
            stage = self.dice.choice(options)
            last = (date.fromisoformat(stages[-1][1]) - FIRST).days if stages else 0
            when = day(last + self.dice.choice((0, 1, 7, 7, 7, -1 if self.chance(0.1) else 3)))
            said = move(type, before, stage)
            if said in ("reopened", "moved_back") and self.chance(0.8):
                reasons[said] = (*reasons.get(said, ()), when)
            stages.append((stage, when))
        return stages, reasons

    def later(self, old: Deal) -> Deal:
        """The deal in a later commit: moves were added, and now and then the past is another."""
        stages = list(old.stages)
        for _ in range(self.dice.choice((0, 0, 0, 0, 1, 1, 2, 3))):
            stages = self.altered(stages)
        signed = [self.correction(old.stages, stages) for _ in range(self.dice.choice((0, 1, 1, 2, 3)))] if stages != old.stages else []  # fmt: skip
        if stages != old.stages and self.chance(0.5):
            signed = list(self.honest(old.stages, stages))
            if self.chance(0.2) and signed:
                signed.pop(self.dice.randrange(len(signed)))
        new = replace(
            old, folder=self.dice.choice(("", "", "2026/", "a/b/")), corrections=(*self.kept(old.corrections), *signed)
        )
        if self.chance(0.5):
            grown, reasons = self.moves(stages, old.type, self.dice.randrange(1, 3))
            stages = grown
            new = replace(new, **{name: (*getattr(new, name), *days) for name, days in reasons.items()})
        if self.chance(0.08):
            new = replace(new, type=EXISTING if old.type == NEW else NEW)
            if self.chance(0.6):
                was = self.dice.choice((old.type, old.type, new.type))
                new = replace(new, corrections=(*new.corrections, ("type", was, "Mistaken")))
        if self.chance(0.1) and old.reason:
            new = replace(new, reason=self.dice.choice(("timing", "")))
            if self.chance(0.5):
                new = replace(
                    new,
                    corrections=(*new.corrections, (self.dice.choice(("loss", "loss.reason", "win")), "price", "No")),
                )
        if self.chance(0.2):
            new = replace(new, owner="april")
        order = list(new.corrections)
        if self.chance(0.3):
            self.dice.shuffle(order)
        return replace(new, stages=stages, corrections=tuple(order))

    def altered(self, stages: list[Line]) -> list[Line]:
        """Moves with one of them another."""
        stages = list(stages)
        if not stages:
            return [("enrichment", day(0))]
        at = self.dice.randrange(len(stages))
        stage, when = stages[at]
        match self.dice.randrange(7):
            case 0 | 1:
                stages[at] = (stage, day((date.fromisoformat(when) - FIRST).days + self.dice.choice((-1, 1, 7))))
            case 2:
                stages[at] = (self.dice.choice(list(WAYS)), when)
            case 3:
                stages.pop(at)
            case 4:
                stages.insert(at, (self.dice.choice(list(WAYS)), when))
            case 5:
                stages = stages[:at]
            case 6:
                other = self.dice.randrange(len(stages))
                stages[at], stages[other] = stages[other], stages[at]
        return stages or [("enrichment", day(1))]

    def honest(self, old: list[Line], new: list[Line]) -> Iterator[Entry3]:
        """Corrections for the lines that differ, as somebody would write them who looks at both lists."""
        if len(old) == len(new) + 1:
            at = next((at for at in range(len(new)) if old[at] != new[at]), len(new))
            if old[at + 1 :] == new[at:]:
                yield (f"stages.{at}", self.words(old[at]), "Never was")
                return
        if len(new) == len(old) + 1:
            at = next((at for at in range(len(old)) if old[at] != new[at]), len(old))
            if new[at + 1 :] == old[at:]:
                yield (f"stages.{at}", self.dice.choice(LEFT_OUT), "Left out")
                return
        for at, line in enumerate(old):
            if at >= len(new) or new[at] != line:
                yield (f"stages.{at}", self.words(line), "Mistyped")

    def correction(self, old: list[Line], new: list[Line]) -> Entry3:
        """A correction of some line, fitting or not."""
        line = self.dice.choice([*old, *new])
        was = self.dice.choice(LEFT_OUT) if self.chance(0.2) else self.words(line)
        number = self.dice.randrange(len(old) + 1)
        name = self.dice.choice(
            (f"stages.{number}", f"stages.{number}", f"stages.{number}.{line[0]}", "stages", "type")
        )
        return (name, was, self.dice.choice(("Mistyped", "Misheard")))

    def words(self, line: Line) -> str:
        return self.dice.choice(sorted(may_say(line)))

    def kept(self, corrections: tuple[Entry3, ...]) -> Iterator[Entry3]:
        """Old corrections, most of them as they were."""
        for name, was, why in corrections:
            if not self.chance(0.05):
                yield (name, was, "Reworded" if self.chance(0.2) else why)

    def renamed(self, deal: Deal) -> Deal:
        """The deal under another id, and now and then beyond recognition."""
        deal = replace(deal, id=f"{deal.id}-b")
        if self.chance(0.3):
            deal = replace(
                deal, title="Another", owner="april", more=(("expected_close", "2098-01-01"), ("renews", "x"))
            )
        return deal

    def tombstone(self, deal: Deal) -> str:
        return self.dice.choice((deal.id, deal.id, "", f"{deal.id}-c"))


# ── the files ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Memory:
    """Files by path, for the reader that otherwise reads disks and commits."""

    texts: dict[str, str]
    folders: dict[str, dict[str, Is]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.texts:
            what = Is.FILE
            while path:
                folder, _, name = path.rpartition("/")
                self.folders.setdefault(folder, {}).setdefault(name, what)
                path, what = folder, Is.FOLDER

    def entries(self, folder: str) -> list[DirEntry]:
        return [DirEntry(*entry) for entry in self.folders.get(folder, {}).items()]

    def what_is(self, path: str) -> Is | None:
        folder, _, name = path.rpartition("/")
        return self.folders.get(folder, {}).get(name)

    def read_all(self, files: list[FoundFile]) -> Iterator[ReadFile]:
        return (read_file(file, self.texts[file.path].encode()) for file in files)


def texts(deals: Iterable[Deal | None], style: random.Random) -> dict[str, str]:
    return {deal.path: deal.text(style) for deal in deals if deal}


def removed(ids: Iterable[str]) -> dict[str, str]:
    lines = "".join(
        f"  - {{kind: deal, id: {id}, date: 2026-03-01, by: jim, why: Twice}}\n" for id in sorted(ids) if id
    )
    return {"playbook/removed.yaml": f"removed:\n{lines}" if lines else "removed: []\n"}


def book_of(files: dict[str, str]) -> tuple[Book, list[Problem]]:
    return load_from(Memory(files))


OURS = frozenset(
    "past-altered type-changed signature-removed record-deleted past-fact-named stage-unknown start-wrong stage-skipped "
    "move-not-allowed reopened-without-reason moved-back-without-reason stage-dates-go-back".split()
)
ONCE = ("past-altered", "type-changed", "signature-removed", "past-fact-named", "record-deleted")


def sorted_out(found: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    """Codes by the number of their history; of the past each counts once, of moves each line."""
    by_number: dict[str, Counter[str]] = {}
    for path, code in found:
        if code in OURS and path.startswith("deals/"):
            number = path.rpartition("/")[2].removesuffix(".yaml").partition("-")[0]
            by_number.setdefault(number, Counter())[code] += 1
    for counts in by_number.values():
        for code in ONCE:
            counts[code] = min(counts[code], 1)
    return by_number


def disagreements(
    histories: list[History], found: dict[str, Counter[str]]
) -> list[tuple[History, Counter[str], Counter[str]]]:
    """Where the checks and the rules differ: the history, what the rules say, what was found."""
    wrong = []
    for history in histories:
        one = history.before or history.after or history.deleted
        assert one is not None
        said, saw = verdict(history), found.get(one.id.partition("-")[0], Counter())
        if +said != +saw:
            wrong.append((history, +said, +saw))
    return wrong


# ── the proof ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def judged_in_memory(histories: list[History], base: dict[str, str], style: random.Random) -> dict[str, Counter[str]]:
    """What is found in many histories at once, each with deals of its own."""
    before, _ = book_of({**base, **texts((each.before for each in histories), style)})
    last, _ = book_of({**base, **texts((each.deleted for each in histories), style)})
    after, problems = book_of({**base, **removed(each.tombstone for each in histories), **texts((each.after for each in histories), style)})  # fmt: skip
    assert not [problem for problem in problems if problem.place.path.startswith("deals/")]
    returned = {each.deleted.id: last.deals[each.deleted.id] for each in histories if each.deleted}
    found = [*check_book(after, TODAY), *check_past(Comparison(before, after, returned), TODAY)]
    return sorted_out((problem.place.path, problem.code) for problem in found)


@pytest.fixture
def base(repo) -> dict[str, str]:
    """The sound repository's files, without its deal."""
    paths = (path for path in repo.root.rglob("*.yaml") if "deals" not in path.parts)
    return {path.relative_to(repo.root).as_posix(): path.read_text() for path in paths}


def judged(base: dict[str, str], seed: int, batches: int) -> tuple[int, int, Counter[str], str]:
    """Many batches of histories under one seed: how many, how many were sound, which faults came up, where nobody agreed."""
    author = Author(random.Random(seed))
    codes: Counter[str] = Counter()
    sound = 0
    for _ in range(batches):
        histories = [author.history() for _ in range(TOGETHER)]
        wrong = disagreements(histories, judged_in_memory(histories, base, author.dice))
        if wrong:
            return author.number, sound, codes, str(wrong)
        verdicts = [verdict(history) for history in histories]
        sound += sum(not each for each in verdicts)
        codes.update(code for each in verdicts for code in each)
    return author.number, sound, codes, ""


@pytest.mark.parametrize(
    ("count", "seed"),
    [
        pytest.param(IN_MEMORY, 20_261_120, marks=pytest.mark.proof),
        pytest.param(LONG, 20_261_121, marks=pytest.mark.long),
    ],
)
def test_the_checks_and_the_rules_agree_on_random_histories(base, count, seed):
    number, sound, codes, wrong = judged(base, seed, count // TOGETHER)
    assert (number, wrong) == (count, "")
    assert 0.3 < sound / count < 0.7
    assert codes.keys() == OURS, "every kind of fault came up"
    assert min(codes.values()) > 30


@pytest.mark.proof
def test_the_checks_and_the_rules_agree_on_random_histories_through_real_commits(repo, base, monkeypatch):
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    author = Author(random.Random(500))
    histories = [author.history() for _ in range(IN_GIT)]
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    git = Git(repo.root)

    def lie(deals: Iterable[Deal | None], ids: Iterable[str]) -> str:
        """A commit with these deals and removals, and no others."""
        for file in (repo.root / "deals").rglob("*.yaml"):
            file.unlink()
        for path, text in {**removed(ids), **texts(deals, author.dice)}.items():
            repo.write(path, text.encode())
        return git.commit()

    git.begin()
    had = [each.deleted.id for each in histories if each.deleted]
    lie((each.before or each.deleted for each in histories), [])
    lie((each.before for each in histories), had)
    git.branch()
    for _ in range(3):  # on the way there, everything says something else
        lie((author.later(each.after) if each.after and author.chance(0.7) else each.before for each in histories), had)
    git("checkout", "-q", "main")
    repo.write("site/note.md", "main went on")
    git.commit()
    git("checkout", "-q", "change")
    git("merge", "-q", "--no-edit", "main")
    lie((each.after for each in histories), (each.tombstone for each in histories))
    ran = repo.run("check", "--against=main", "--format=json", f"--as-of={TODAY}")
    assert ran.code == 1
    problems = json.loads(ran.out)["problems"]
    found = sorted_out((problem["path"], problem["code"]) for problem in problems)
    assert "removal-erased" not in {problem["code"] for problem in problems}
    assert disagreements(histories, found) == []


def test_the_rules_know_an_altered_past():
    past = [("enrichment", day(0)), ("outreach", day(7)), ("discovery", day(14))]
    assert not is_altered(past, past, [])
    assert not is_altered(past, [*past, ("proposal", day(20))], [])
    assert is_altered(past, past[:2], [])
    assert not is_altered(past, past[:2], [("stages.2", "discovery", "")])
    assert is_altered(past, [past[0], past[2]], [("stages.2", "outreach", "")])
    assert not is_altered(past, [past[0], past[2]], [("stages.1", "outreach", "")])
    assert not is_altered(past, [past[0], ("proposal", day(1)), *past[1:]], [("stages.1", "none", "")])
    assert is_altered(past, [past[1], past[0], past[2]], [("stages.0", "enrichment", "")])


@pytest.mark.parametrize(
    ("type", "before", "stage", "said"),
    [
        (NEW, None, "enrichment", ""),
        (NEW, None, "renewals", "start-wrong"),
        (EXISTING, None, "renewals", ""),
        (NEW, "enrichment", "discovery", "stage-skipped"),
        (NEW, "discovery", "enrichment", "moved_back"),
        (NEW, "closed lost", "outreach", "reopened"),
        (EXISTING, "closed lost", "outreach", "move-not-allowed"),
        (NEW, "closed won", "renewals", "move-not-allowed"),
        (NEW, "outreach", "outreach", "move-not-allowed"),
        (EXISTING, "proposal", "renewals", "moved_back"),
        (NEW, "proposal", "renewals", "move-not-allowed"),
    ],
)
def test_the_rules_know_the_moves(type, before, stage, said):
    assert move(type, before, stage) == said
