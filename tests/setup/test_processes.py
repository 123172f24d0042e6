"""The processes that `init` offers: a deal goes from its first stage to won and to lost by commands, with nothing but what they ask for."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import date, timedelta

import pytest
from gitting import Git
from terminal import typed

from salesops.store.load import load

PROCESSES = ("memberships", "services", "plain")
WHO = ("--name", "Ours", "--zone", "UTC", "--currency", "USD", "--person", "Ada")
LEAD = ("--kind", "edu", "--country", "canada", "--with", "dean", "--next", "Call, 2026-12-31")
SAID = {
    "DAY": "2026-11-19",
    "AMOUNT": "1200",
    "NUMBER": "3",
    "LINK": "https://docs.example/1",
    "WORDS": "As they said it",
}
"""What is answered where a day, an amount, a number, a link, or words are asked for."""
ASKED = re.compile(r"^  (?P<option>\S.*?)  +(?P<why>\S.*)$")
BEGUN = date(2026, 10, 1)


class Walk:
    """A deal on its way; each step is a command, and what it asks for is what is said."""

    def __init__(self, crm) -> None:
        self.crm = crm
        self.day = BEGUN
        self.asked: list[tuple[str, str]] = []

    def says(self, *words: str) -> str:
        """What a command ends well with."""
        ran = self.crm.run(*words, SALESOPS_AS_OF=str(self.day))
        assert ran.code == 0, f"{' '.join(words)}\n{ran.out}{ran.err}"
        return ran.out

    def step(self, *words: str) -> None:
        """A command, with all that it asks for."""
        self.day += timedelta(days=3)
        for _ in range(5):
            ran = self.crm.run(*words, SALESOPS_AS_OF=str(self.day))
            if ran.code == 0:
                self.sound()
                return
            words = (*words, *self._answers(ran.err))
        pytest.fail(f"still asks: {ran.err}")

    def sound(self) -> None:
        """The records have no error."""
        self.says("check")

    def _answers(self, said: str) -> list[str]:
        found = [
            match for line in said.splitlines()[1:] if (match := ASKED.match(line)) and not line.startswith("  or sign")
        ]
        assert found, said
        self.asked += [(match["option"], match["why"]) for match in found]
        for command in (match["option"] for match in found if match["option"].startswith("salesops ")):
            self.says(*shlex.split(command)[1:], "They told us what they need")
        return [word for match in found for word in self._answer(match["option"])]

    def _answer(self, option: str) -> list[str]:
        if option.startswith("salesops "):
            return []
        head, value = re.fullmatch(r"(--set \"?[\w.]+=|--[\w-]+ )(.*)", option).groups()
        value = value.strip('"').split("|")[0]
        said = str(self.day) if value == "DAY" else SAID.get(value, value)
        name = head.removeprefix("--set ").strip('"')
        return ["--set", f"{name}{said}"] if head.startswith("--set") else [head.strip(), said]


@pytest.fixture(params=PROCESSES)
def walk(request, repo, tmp_path):
    """A new repository with one of the processes, and its first deal."""
    assert repo.run("-C", str(tmp_path), "init", "ours", *WHO, "--process", request.param).code == 0
    walk = Walk(type(repo)(tmp_path / "ours"))
    tier = next(iter(load(walk.crm.root)[0].processes[0].tiers))
    walk.says("new", "deal", "Pinecrest College", *LEAD, "--tier", tier)
    return walk


def deal(walk: Walk) -> str:
    return next((walk.crm.root / "deals").iterdir()).stem


def ways(walk: Walk) -> list[str]:
    """The stages on the way to the signature, in the order of the process."""
    process = load(walk.crm.root)[0].processes[0]
    first = process.starts["new business"]
    found = [first]
    while onward := [
        way.to for way in process.stages[found[-1]].exits if process.stages[way.to].is_open and way.to not in found
    ]:
        found.append(onward[0])
    return found[1:]


@pytest.mark.samples(1)
def test_a_deal_is_won_and_renewed_and_the_renewal_is_won_too(walk):
    for stage in ways(walk):
        walk.step("move", deal(walk), stage)
    walk.step("close", deal(walk), "won")
    first = deal(walk)
    walk.step("renew", first)
    [renewal] = [it.stem for it in (walk.crm.root / "deals").iterdir() if it.stem != first]
    process = load(walk.crm.root)[0].processes[0]
    start = process.stages[process.starts["existing business"]]
    walk.step("move", renewal, next(way.to for way in start.exits if process.stages[way.to].is_open))
    walk.step("close", renewal, "won")


@pytest.mark.samples(3)
@pytest.mark.parametrize("steps", range(4))
def test_from_every_stage_a_deal_can_be_lost_and_opened_again(walk, steps):
    for stage in ways(walk)[:steps]:
        walk.step("move", deal(walk), stage)
    walk.step("close", deal(walk), "lost")
    walk.step("reopen", deal(walk))


@pytest.mark.samples(1)
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
@pytest.mark.parametrize("process", PROCESSES)
def test_every_question_of_a_loss_at_a_terminal_has_words_and_a_why(repo, tmp_path, process):
    assert repo.run("-C", str(tmp_path), "init", "ours", *WHO, "--process", process).code == 0
    walk = Walk(type(repo)(tmp_path / "ours"))
    walk.says(
        "new", "deal", "Pinecrest College", *LEAD, "--tier", next(iter(load(walk.crm.root)[0].processes[0].tiers))
    )
    Git(walk.crm.root).begin()
    first = load(walk.crm.root)[0].processes[0]
    loss = next(
        way for way in first.stages[first.starts["new business"]].exits if first.stages[way.to].outcome == "lost"
    )
    more = first.stages[loss.to].completion
    asked = [*loss.needs, *(need for need in (more.needs if more else ()) if need not in loss.needs)]
    answers = [
        {"loss.reason": "price", "loss.verdict": "exec", "loss.reengage": "never"}.get(it.field, "None needed")
        for it in asked
    ]
    code, screen = typed(
        walk.crm.root,
        ["close", deal(walk), "lost"],
        [*dict(zip([it.name for it in asked], answers, strict=True)).values(), "y"],
        "2026-10-04",
    )
    assert code == 0
    for number, need in enumerate({it.name: it for it in asked}.values(), 1):
        assert re.search(rf"(?m)^{number}  \S.+: {re.escape(need.why)}", screen), need
    walk.sound()


@pytest.mark.parametrize("process", PROCESSES)
def test_every_need_says_in_the_process_why_it_is_asked_for(repo, tmp_path, process):
    assert repo.run("-C", str(tmp_path), "init", "ours", *WHO, "--process", process).code == 0
    stages = load(tmp_path / "ours")[0].processes[0].stages
    needs = [(name, need) for name, stage in stages.items() for way in stage.exits for need in way.needs]
    needs += [(name, need) for name, stage in stages.items() if stage.completion for need in stage.completion.needs]
    assert [(name, need.name) for name, need in needs if not need.why] == []
