"""What people type for a command, a record, a stage, a person or a metric is understood where one thing fits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gitting import Git


@pytest.fixture
def git(books):
    return Git(books.root)


@pytest.fixture
def books(repo):
    """Two members with deals of their own, and two people; Île-Perrée has an open and a closed deal."""
    repo.write(
        "playbook/team.yaml",
        """\
        organisation: Test
        time_zone: UTC
        currency: USD
        people:
          jim: {name: Jim, roles: [business development lead]}
          april: {name: April Fröhlich, roles: [delivery manager], github: spring-cat}
        """,
    )
    repo.member("name: Université Île-Perrée", id="ile-perree")
    repo.member("name: Otter Lake College", id="otter-lake")
    repo.deal("member: ile-perree\nstages: [enrichment: 2026-01-05, closed lost: 2026-02-01]", id="perree-2025")
    repo.deal("member: ile-perree\nowner: april", id="perree-2026")
    repo.deal("member: otter-lake\ntitle: Data School", id="otter-school")
    repo.deal("member: otter-lake", id="otter-general")
    return repo


def first_line(ran) -> str:
    return ran.out.splitlines()[0]


def test_a_misspelt_command_is_offered_in_its_right_spelling(repo):
    ran = repo.run("chekc")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no command 'chekc'; did you mean 'check'?" in ran.err


def test_what_is_like_no_command_is_refused_without_a_guess(repo):
    ran = repo.run("\x1b[2J")
    assert ran.code == 2
    assert "there is no command '\\x1b[2J'\n" in ran.err


@pytest.mark.parametrize(
    "asked",
    ["perree-2026", "PERREE-2026", "perree", "Perrée", "perree universite", "2026"],
)
def test_a_deal_is_found_by_a_part_of_its_id_or_member_and_an_open_one_comes_first(books, asked):
    ran = books.run("show", asked)
    assert (ran.code, first_line(ran)) == (0, "General Membership · Université Île-Perrée")
    assert "owner April Fröhlich" in ran.out


def test_a_deal_is_found_by_words_of_its_title_and_its_member(books):
    assert first_line(books.run("show", "otter school")) == "Data School · Otter Lake College"


def test_a_members_own_id_shows_the_member_whatever_its_case(books):
    for asked in ("otter-lake", "Otter-Lake", "otter lake"):
        assert first_line(books.run("show", asked)) == "Otter Lake College"


def test_where_two_deals_fit_both_are_listed_and_none_is_taken(books):
    ran = books.run("show", "otter")
    assert (ran.code, ran.out) == (2, "")
    assert "'otter' fits 2; which one?" in ran.err
    assert "   1  otter-general  Otter Lake College · General Membership, Enrichment\n" in ran.err
    assert "   2  otter-school   Otter Lake College · Data School, Enrichment\n" in ran.err


def test_of_many_that_fit_the_first_are_listed(repo):
    for at in range(20):
        repo.deal(id=f"acme-{at:02}")
    ran = repo.run("show", "acme")
    assert "'acme' fits 20; which one?" in ran.err
    assert "… and 8 more" in ran.err


@pytest.mark.parametrize(("asked", "meant"), [("oter-school", "otter-school"), ("Perrré", "perree-2025")])
def test_where_nothing_fits_the_nearest_is_offered(books, asked, meant):
    ran = books.run("show", asked)
    assert ran.code == 2
    assert f"there is no deal or member '{asked}'; did you mean '{meant}'?" in ran.err


@pytest.mark.parametrize("asked", ["", " ", "-"])
def test_nothing_at_all_fits_nothing(books, asked):
    assert books.run("show", "--", asked).code == 2


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--stage", "Enrich"], ["otter-general", "otter-school", "perree-2026"]),
        (["--stage", "Closed Lost"], ["perree-2025"]),
        (["--stage", "closed-lost"], ["perree-2025"]),
        (["--owner", "frohlich"], ["perree-2026"]),
        (["--owner", "Spring-Cat"], ["perree-2026"]),
        (["--member", "OTTER"], ["otter-general", "otter-school"]),
        (["--type", "New", "--member", "perree", "--open"], ["perree-2026"]),
    ],
)
def test_filters_take_a_part_of_a_name_in_any_case(books, filters, found):
    ran = books.run("list", *filters)
    assert (ran.code, [line.split()[0] for line in ran.out.splitlines()[1:]]) == (0, found)


def test_a_filter_that_fits_two_stages_lists_both(books):
    ran = books.run("list", "--stage", "closed")
    assert (ran.code, ran.out) == (2, "")
    assert "   1  closed won   Closed Won\n   2  closed lost  Closed Lost\n" in ran.err


def test_metrics_are_named_by_a_part_of_their_id_or_title(repo):
    assert first_line(repo.run("metrics", "WIN")).startswith("Win rate (win-rate)")
    assert first_line(repo.run("metrics", "Sales Qualified Deals")).startswith("Sales Qualified Deals (sqd)")
    ran = repo.run("metrics", "renewal")
    assert ran.code == 2
    assert "renewal-overdue" in ran.err


def test_explain_understands_a_part_of_a_name(repo):
    assert first_line(repo.run("explain", "Win-Rate")).startswith("Win rate (win-rate)")
    assert first_line(repo.run("explain", "stage skipped")) == "stage-skipped (error)"
    assert first_line(repo.run("explain", "Closed Won")).startswith("Closed Won (closed won")
    assert "which one?" in repo.run("explain", "renewal-").err


def test_history_understands_a_part_of_a_name_also_of_what_is_gone(books, git):
    git.begin()
    (books.root / "deals/otter-school.yaml").unlink()
    git.commit("Not ours")
    assert "(otter-general)" in books.run("history", "Otter", "--since", "2026-11-01").out
    assert "(otter-school)" in books.run("history", "School").out


def completions(repo, line: str) -> list[str]:
    """What a shell offers for the last word of a line."""
    words = line.split(" ")
    env = {"_SALESOPS_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return [answer.removeprefix("plain,") for answer in repo.run(*words[1:], **env).out.split()]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("salesops che", ["check"]),
        ("salesops show otter-", ["otter-general", "otter-school", "otter-lake"]),
        ("salesops show SCHOOL", ["otter-school"]),
        ("salesops history perree-", ["perree-2025", "perree-2026"]),
        ("salesops list --stage closed", ["closed-won", "closed-lost"]),
        ("salesops list --owner ", ["jim", "april"]),
        ("salesops list --owner spring", ["april"]),
        ("salesops list --member otter", ["otter-lake"]),
        ("salesops metrics win", ["win-rate"]),
        ("salesops explain proposal-to", ["proposal-to-won"]),
        ("salesops check otter-s", ["otter-school"]),
        ("salesops log otter-s", ["otter-school"]),
        ("salesops log otter-school e", ["email", "event"]),
        ("salesops move otter-school prop", ["proposal"]),
        ("salesops close otter-school l", ["lost"]),
        ("salesops close otter-school won --by ap", ["april"]),
        ("salesops schema te", ["team"]),
        ("salesops log otter-school meeting --about d", ["discovery"]),
        ("salesops log otter-school call --outcome no", ["no-answer"]),
        (
            "salesops move otter-school prop --set maniac_t.timeline.status",
            [f"maniac_t.timeline.status={it}" for it in ("met", "partial", "unmet", "unknown")],
        ),
        ("salesops move otter-school prop --set proposal.requ", ["proposal.requested="]),
        ("salesops log cascadia-2025 call --with a", ["a-smith"]),
        ("salesops log nobody call --with ", []),
        ("salesops move otter-school prop --waive maniac_t.nee", ["maniac_t.need"]),
    ],
)
def test_a_shell_completes_what_is_on_file(books, line, offered):
    assert completions(books, line) == offered


def test_what_a_shell_is_given_can_do_no_harm(books):
    books.write("deals/$(rm -rf x).yaml", "title: x\n")
    books.write("playbook/process/v3.yaml", "stages: [\n")
    assert "$" not in " ".join(completions(books, "salesops show "))
    assert completions(books, "salesops list --stage ") == []


def test_outside_of_a_repository_a_shell_is_offered_what_the_program_knows(repo, tmp_path):
    assert completions(repo, f"salesops -C {tmp_path} metrics win") == ["win-rate"]
    assert completions(repo, f"salesops -C {tmp_path} show ") == []


ASKED = {
    "bash": 'eval "$(salesops completion bash)"; COMP_WORDS=({line} ""); COMP_CWORD={at}; _salesops_completion salesops; printf "%s\\n" "${{COMPREPLY[@]}}"',
    "fish": "salesops completion fish | source; complete --do-complete '{line} '",
    "zsh": 'compdef() {{ :; }}; compadd() {{ print -l -- $completions }}; _describe() {{ print -l -- ${{(P)4}} }}; eval "$(salesops completion zsh)"; '
    'words=({line} ""); CURRENT={at}+1; _salesops_completion',
}
"""What a shell is told, so that it completes a line as it does at its prompt."""


@pytest.mark.parametrize("shell", ASKED)
def test_a_real_shell_offers_ids_and_runs_nothing_of_what_is_on_file(books, shell):
    if not (program := shutil.which(shell)):
        pytest.skip(f"there is no {shell} here")
    books.write(
        "members/otter-lake.yaml",
        "name: Otter\nkind: university\ncountry: US\ncontacts:\n  - {id: dean, role: '$(touch pwned) `touch pwned`; touch pwned'}\n",
    )
    books.write("members/$(touch pwned);`touch pwned`.yaml", "name: x\n")
    line = "salesops log otter-school call --with"
    said = ASKED[shell].format(line=line, at=len(line.split()))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        [program, *(["-f"] if shell == "zsh" else []), "-c", said], cwd=books.root, capture_output=True, text=True,
        env={**os.environ, "PATH": path, "HOME": str(books.root)}, check=False, timeout=120,
    )  # fmt: skip
    assert ran.stdout.split()[:1] == ["dean"], ran.stdout + ran.stderr
    assert "touch" not in ran.stdout
    assert list(books.root.rglob("pwned")) == []
