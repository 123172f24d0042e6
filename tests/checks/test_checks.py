"""Every check says what it finds on the guilty line and nothing else; the checks together blame nobody twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from pasting import facts, pasted

from salesops.book.book import Book
from salesops.changes.compare import Comparison
from salesops.checks import CHECKS, SUBJECTS, check_past
from salesops.checks.check import EVERY, GONE, GUILTY, Check, check
from salesops.problems import Problem, Severity, in_order
from salesops.records.kinds import KINDS

TODAY = date(2026, 11, 20)

# A sound record of each kind to hold the examples: where it lives, and its keys. A process is called v9, so that an
# example can give its version.
PLACES = {
    "deal": "deals/acme.yaml",
    "member": "members/cascadia-university.yaml",
    "process": "playbook/process/v9.yaml",
    "icp": "playbook/icp/teaching-led.yaml",
    "experiment": "playbook/experiments/subject-lines.yaml",
    "decision": "playbook/decisions/2026-04-outreach.yaml",
    "review": "playbook/reviews/2026-11-16.yaml",
    "team": "playbook/team.yaml",
    "targets": "playbook/targets.yaml",
    "removed": "playbook/removed.yaml",
    "rates": "playbook/rates.yaml",
    "corrections": "playbook/corrections.yaml",
    "prices": "playbook/prices/2025.yaml",
    "outreach": "playbook/outreach/intro-2.yaml",
    "knowledge": "playbook/knowledge.yaml",
}
OTHERS = {
    "decision": "date: 2026-04-06\nverdict: hold\nwhy: Too early to say.\n",
    "review": "owner: jim\nattended: [jim]\nexperiments: [subject-lines]\n",
    "targets": "targets: [{id: twelve, metric: sqd, at_least: '12', by: 2026-12-31}]\n",
    "removed": "removed: [{kind: deal, id: twice, date: 2026-03-01, by: jim, why: Entered twice}]\n",
    "corrections": "corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2026-03-01, why: Mistyped}]\n",
    "prices": "since: 2025-01-01\nfees: {general: 1000 USD}\nusage: [{to: 10, fee: 10.00 USD}, {to: 100, fee: 5.00 USD}]\n",
    "outreach": "message: intro@2\nresults: [{date: 2026-03-02, sent: 40, bounced: 2}]\n",
    "knowledge": "answers: [{question: needs, date: 2026-03-02, answer: Teaching without installs}]\n",
    "rates": "rates: [{date: 2026-01-02, from: CAD, to: USD, rate: 0.7312}]\n",
}
IMPORT = "version: imported\nin_force: 2026-01-05\n"
"""What an import leaves beside the deals that it marks."""
ALL = [pytest.param(check, id=check.code) for check in CHECKS.values()]
SHOWN = [pytest.param(check, id=check.code) for check in CHECKS.values() if check.bad]
UNSHOWN = {"process-deleted", "changed-there-too", "record-renamed"}
"""Checks that a fragment of one record cannot show; their behaviour is tested in test_past.py."""


@pytest.fixture
def write(repo, sound, instead):
    """Writes a fragment into a sound record of its kind, beside a sound open deal."""

    def written(kind: str, fragment: str, beside: Mapping[str, str] | None = None) -> None:
        bases = {**sound, **OTHERS}
        repo.deal()
        if "imported:" in fragment:
            repo.process(IMPORT, "imported")
        for path, text in (beside or {}).items():
            repo.write(
                path,
                instead(
                    text,
                    next((bases[kind] for kind, at in PLACES.items() if Path(at).parent == Path(path).parent), ""),
                ),
            )
        repo.write(
            PLACES[kind], instead(GUILTY.sub("", fragment), bases[kind].replace("version: v3\n", "version: v9\n"))
        )

    return written


@pytest.fixture
def example(repo, write):
    """What is found in a fragment of a kind of record; for a check that compares, against what its example said before."""

    def found(kind: str, fragment: str, beside: Mapping[str, str] | None = None) -> list[Problem]:
        if kind == "process":
            (repo.root / "playbook/process/v3.yaml").unlink(missing_ok=True)
        write("deal" if kind == EVERY else kind, fragment, beside)
        return repo.problems()

    def compared(check: Check, fragment: str) -> list[Problem]:
        repo.deal()
        if check.kind != "process":  # its examples are a new version beside the one in force
            write("deal" if check.kind in (GONE, EVERY) else check.kind, check.before, check.beside)
        before = repo.book()
        write({GONE: "removed", EVERY: "deal"}.get(check.kind, check.kind), fragment, check.beside)
        if check.kind == GONE:
            (repo.root / PLACES["deal"]).unlink()
        return in_order([*repo.problems(), *past(before)])

    def past(before: Book) -> list[Problem]:
        return check_past(Comparison(before, repo.book()), TODAY)

    def problems(of: Check | str, fragment: str, beside: Mapping[str, str] | None = None) -> list[Problem]:
        if isinstance(of, Check) and of.compares:
            return compared(of, fragment)
        return found(of.kind if isinstance(of, Check) else of, fragment, beside)

    return problems


def said(problems: list[Problem]) -> list[str]:
    """Findings as ``deals/acme.yaml:7 stage-skipped``."""
    return [f"{found.place.path}:{found.place.line} {found.code}" for found in problems]


def guilty_place(check: Check) -> str:
    """Where the bad example is to be blamed; a record that is gone is blamed as a whole."""
    if check.kind == GONE:
        return f"{PLACES['deal']}:1"
    return f"{PLACES['deal' if check.kind == EVERY else check.kind]}:{guilty_line(check.bad)}"


def guilty_line(fragment: str) -> int:
    lines = [number for number, line in enumerate(fragment.split("\n"), 1) if "# <--" in line]
    assert len(lines) == 1, "an example marks one line with # <--"
    return lines[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_record_is_sound(example, kind):
    assert kind in PLACES, "give the kind its place in PLACES, and a sound record in OTHERS"
    assert said(example(kind, "")) == []


def test_every_check_shows_what_it_finds_but_those_that_one_record_cannot_show():
    assert {check.code for check in CHECKS.values() if not (check.bad and check.good)} == UNSHOWN


@pytest.mark.parametrize("check", SHOWN)
def test_the_bad_example_is_found_on_its_line_and_nothing_else_is(example, check):
    assert said(example(check, check.bad, check.beside)) == [f"{guilty_place(check)} {check.code}"]


@pytest.mark.parametrize("check", SHOWN)
def test_the_good_example_is_good(example, check):
    assert check.good != GUILTY.sub("", check.bad)
    assert said(example(check, check.good, check.beside if check.beside_good is None else check.beside_good)) == []


@pytest.mark.parametrize("check", SHOWN)
def test_a_finding_reads_well(example, check):
    (found,) = example(check, check.bad, check.beside)
    assert not found.message.endswith((".", "!", "?"))
    assert found.message.strip() == found.message
    assert "\n" not in found.message
    assert found.severity is check.severity
    assert found.help or found.fix
    assert found.excerpt or check.kind == GONE
    assert "?" not in found.fix.partition("  # ")[0], "inside of braces YAML does not take a question mark for a text"


OTHERS_FIX = {"need-not-met"}
"""Checks whose fix is what the process asks for, in its own words."""


@pytest.mark.parametrize("check", [case for case in SHOWN if case.id not in OTHERS_FIX])
def test_a_fix_when_pasted_leaves_its_problem_gone_and_no_new_one(repo, example, check):
    """But for the placeholders that it leaves to a person."""
    (found,) = example(check, check.bad, check.beside)
    if not found.fix or check.compares:
        return
    file = repo.root / found.place.path
    file.write_text(pasted(file.read_text(), found, "deal" if check.kind == EVERY else check.kind))
    assert {problem.code for problem in repo.problems()} <= {"placeholder-left"}


@pytest.mark.parametrize("check", [case for case in SHOWN if case.id not in OTHERS_FIX])
def test_a_fix_states_nothing_that_is_not_on_file(repo, example, check):
    (found,) = example(check, check.bad, check.beside)
    known = "\n".join(f"{file.stem}\n{file.read_text()}" for file in repo.root.rglob("*.yaml"))
    signed = {str(TODAY)} if "by: " in found.fix else set()
    if not check.compares:
        assert {said for said in facts(found.fix) if said not in known} <= signed


@pytest.mark.parametrize("check", ALL)
def test_the_manual_is_a_fact_then_why_then_what_to_do(check):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", check.code)
    summary, *rest = check.manual.split("\n\n")
    assert "\n" not in summary
    assert summary == check.summary
    assert re.match(r"[A-Z`]", summary)
    assert summary.endswith(".")
    assert rest
    assert rest[-1].endswith(".")
    assert check.source
    assert check.kind in {*KINDS, EVERY, GONE}
    assert check.subject in {subject.__name__.rsplit(".", 1)[-1] for subject in SUBJECTS}


def test_some_checks_only_advise():
    advice = {check.code for check in CHECKS.values() if check.severity is Severity.WARNING}
    assert {"next-step-missing", "next-step-overdue", "waiver-idle"} <= advice
    assert "stage-skipped" not in advice


def test_two_checks_cannot_share_a_code():
    with pytest.raises(ValueError, match="two checks are called stage-skipped"):
        check("stage-skipped")(lambda case: iter(()))


# No cascades


@pytest.mark.parametrize(
    "broken", ["name: [", "kind: palace\n", "name: Cascadia\nname: Cascadia\n", b"name: \xff\n", "<<<<<<< HEAD\n"]
)
def test_a_member_whose_file_is_broken_is_the_only_one_to_blame(repo, broken):
    repo.deal(
        "activity: [{date: 2026-01-20, kind: call, outcome: spoke, with: [a-smith]}]\nsource: {referred_by: cascadia-university}"
    )
    file = repo.root / "members/cascadia-university.yaml"
    file.write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    assert {found.place.path for found in repo.problems()} == {"members/cascadia-university.yaml"}


@pytest.mark.parametrize(
    "name",
    [
        "members/cascadia-university.yml",
        "members/cascadia-university.yaml.bak",
        "members/Cascadia-University.yaml",
        "members/cascadia university.yaml",
    ],
)
def test_a_member_whose_file_is_misnamed_is_the_only_one_to_blame(repo, name):
    (repo.root / "members/cascadia-university.yaml").rename(repo.root / name)
    assert {found.place.path for found in repo.problems()} == {name}


def test_a_broken_deal_is_not_missed_by_its_renewal_its_hub_or_its_evidence(repo):
    repo.deal("type: existing business\nstages: [{renewals: 2026-01-05}]\nrenews: cascadia-2025")
    repo.member("hubs: [{name: teaching, deal: cascadia-2025}]")
    repo.write(
        "playbook/reviews/2026-11-16.yaml",
        "experiments: [subject-lines]\nactions: [{deal: cascadia-2025, action: Call, owner: jim}]\n",
    )
    repo.write("deals/cascadia-2025.yaml", "title: [")
    assert {found.place.path for found in repo.problems()} == {"deals/cascadia-2025.yaml"}


@pytest.mark.parametrize("path", ["playbook/icp/teaching-led.yaml", "playbook/experiments/subject-lines.yaml"])
def test_a_broken_page_of_the_playbook_is_the_only_one_to_blame(repo, path):
    repo.deal("activity: [{date: 2026-01-20, kind: email, experiment: subject-lines}]")
    repo.write(path, "claim: [")
    assert {found.place.path for found in repo.problems()} == {path}


@pytest.mark.parametrize("path", ["playbook/team.yaml", "playbook/process/v3.yaml"])
def test_without_a_team_or_a_process_the_deals_are_not_blamed(repo, path):
    repo.deal("stages: [{proposal: 2026-01-05}]")
    repo.write(path, "people: [")
    blamed = {found.place.path for found in repo.problems()}
    assert path in blamed
    assert blamed <= ({path} if "process" in path else {path, "deals/acme.yaml"})


def test_a_process_whose_start_does_not_exist_is_not_held_against_the_deals(repo):
    repo.process("starts: {new business: nowhere, existing business: renewals}")
    repo.deal()
    assert repo.said() == ["playbook/process/v3.yaml:1 process-stage-unknown"]


def test_a_deal_with_two_faults_in_one_move_is_told_both_but_not_what_follows_from_them(repo):
    repo.deal("""
        stages:
          - enrichment: 2026-01-05
          - qualified: 2026-01-12
          - outreach: 2026-01-19
    """)
    assert repo.said() == ["deals/acme.yaml:3 stage-unknown"]


# All of it, in one run and in order


def test_all_problems_of_all_files_come_in_one_run_by_file_and_line(repo):
    repo.deal("stages: [{proposal: 2026-01-05}]\nowner: nobody\ntier: gold")
    repo.deal("member: [a]\ntype: lease", "broken")
    repo.write("deals/unreadable.yaml", "a: b: c")
    repo.write("deals/Upper.yaml", "")
    repo.member("contacts: [{id: a-smith}, {id: a-smith}]")
    repo.write("playbook/reviews/2026-11-16.yaml", "attended: [nobody]\nexperiments: [subject-lines]\n")
    assert repo.said() == [
        "deals/Upper.yaml:1 file-name",
        "deals/acme.yaml:1 start-wrong",
        "deals/acme.yaml:2 person-unknown",
        "deals/acme.yaml:3 tier-unknown",
        "deals/broken.yaml:1 wrong-shape",
        "deals/broken.yaml:2 not-a-choice",
        "deals/unreadable.yaml:1 not-yaml",
        "members/cascadia-university.yaml:1 contact-twice",
        "playbook/reviews/2026-11-16.yaml:1 review-names-unknown",
    ]


def test_each_problem_is_said_once(repo):
    repo.deal("owner: nobody")
    found = repo.problems()
    assert len(found) == len(set(found)) == 1


def test_the_same_records_on_the_same_day_are_judged_the_same(repo):
    repo.deal("next: {action: Call, due: 2026-11-19}")
    assert repo.said("2026-11-19") == []
    assert repo.said("2026-11-20") == ["deals/acme.yaml:1 next-step-overdue"]
    assert repo.said("2026-11-20") == ["deals/acme.yaml:1 next-step-overdue"]


def test_while_one_version_of_the_process_cannot_be_read_no_move_is_blamed(repo):
    repo.write(
        "playbook/process/v1.yaml",
        repo.root.joinpath("playbook/process/v3.yaml")
        .read_text(encoding="utf-8")
        .replace("version: v3", "version: v1")
        .replace("in_force: 2025-01-01", "in_force: 2020-01-01"),
    )
    repo.write("playbook/process/v3.yaml", "version: [")
    repo.deal("stages: [{brand new stage: 2026-01-05}]\ntier: brand-new")
    assert {found.place.path for found in repo.problems()} == {"playbook/process/v3.yaml"}
