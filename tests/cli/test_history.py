"""`history`: who changed what and when, of every record or of those named, for people and for machines."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from gitting import Git

MOVED = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"


@pytest.fixture
def git(repo):
    """A deal that Jim began and April moved."""
    git = Git(repo.root)
    git.begin()
    repo.deal("stages: [{enrichment: 2026-01-05}]\n")
    commit(git, "Acme is new", "Jim", "2026-11-02")
    repo.deal(MOVED)
    commit(git, "Acme: on to outreach", "April", "2026-11-03")
    return git


def commit(git, subject, by="Jim", day="2026-11-04"):
    git("add", "-A")
    git("commit", "-q", "-m", subject, GIT_AUTHOR_NAME=by, GIT_COMMITTER_DATE=f"{day}T12:00:00Z")
    return git("rev-parse", "HEAD")


def told(repo, *words):
    ran = repo.run("history", *words, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_commits_stand_with_the_newest_first_each_with_its_sentences(repo, git):
    ran = repo.run("history", "acme")
    first, second = (part.splitlines() for part in ran.out.split("\n\n")[:2])
    short = git("rev-parse", "--short=12", "HEAD")
    assert first[0] == f"2026-11-03 April: Acme: on to outreach ({short})"
    assert first[1] == "  Cascadia University, acme"
    assert first[2].startswith("    Enrichment → Outreach on 12 January, ")
    assert second[0].startswith("2026-11-02 Jim: Acme is new (")
    assert second[1] == "  Cascadia University, acme"
    assert second[2].startswith("    new deal, General Membership (new business), in")
    assert (ran.code, ran.err) == (0, "")


def test_two_deals_of_one_member_are_told_apart_by_their_titles_of_today(repo, git):
    repo.deal("title: Second campus\n" + MOVED)
    commit(git, "Acme has a title of its own")
    said = repo.run("history").out
    second, first = (
        "  Cascadia University, Second campus (acme)\n",
        "  Cascadia University, General Membership (cascadia-2025)\n",
    )
    assert f"{second}    title Second campus, was General Membership\n" in said
    assert f"{second}    Enrichment → Outreach" in said
    assert f"{first}    new deal (new business)" in said


@pytest.mark.parametrize(
    ("clock", "is_told"), [("y", True), ("99999999999999 +0000", False), ("-99999999999999 +0000", True)]
)
def test_a_commit_whose_clock_is_broken_or_off_the_calendar(repo, git, clock, is_told):
    repo.deal("owner: april\n" + MOVED)
    git("add", "-A")
    tree, parent = git("write-tree"), git("rev-parse", "HEAD")
    raw = f"tree {tree}\nparent {parent}\nauthor Jim <jim@example.org> 1 +0000\ncommitter Jim <> {clock}\n\nOdd\n"
    git("reset", "-q", "--hard", git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw))
    ran = repo.run("history", "acme")
    assert ran.code == 0
    assert ("  Cascadia University, acme\n    owner April, was Jim\n" in ran.out) is is_told
    for words in (["integrity"], ["metrics", "--known", "2026-11-20"], ["explain", "open-deals"], ["history"]):
        assert repo.run(*words).code == 0
    assert repo.run("history", "--format", "atom").code == 0


def test_machines_read_the_same(repo, git):
    found = told(repo, "acme")
    assert [(one["day"], one["author"], one["subject"]) for one in found["commits"]] == [
        ("2026-11-03", "April", "Acme: on to outreach"),
        ("2026-11-02", "Jim", "Acme is new"),
    ]
    (moved,) = found["commits"][0]["changes"]
    assert {key: moved[key] for key in ("deal", "kind", "from", "to", "date")} == {
        "deal": "acme",
        "kind": "moved",
        "from": "enrichment",
        "to": "outreach",
        "date": "2026-01-12",
    }
    assert found["commits"][0]["commit"] == git("rev-parse", "HEAD")


def test_without_a_name_it_is_of_every_record(repo, git):
    assert {
        next(iter(set(change) - {"kind", "from", "to", "date", "sentence"}))
        for one in told(repo)["commits"]
        for change in one["changes"]
    } >= {"deal", "member", "team"}


def test_days_narrow_it_at_both_ends(repo, git):
    assert [one["day"] for one in told(repo, "--since", "2026-11-03")["commits"]] == ["2026-11-03"]
    assert [one["day"] for one in told(repo, "acme", "--as-of", "2026-11-02")["commits"]] == ["2026-11-02"]
    ran = repo.run("history", "acme", "--as-of", "2026-11-01")
    assert (ran.code, ran.out) == (0, "no changes by 2026-11-01\n")


def test_a_renamed_deal_keeps_its_history_under_both_names(repo, git):
    (repo.root / "deals/acme.yaml").rename(repo.root / "deals/acme-general.yaml")
    commit(git, "A better name")
    assert len(told(repo, "acme-general")["commits"]) == 3
    assert told(repo, "acme") == told(repo, "acme-general")
    assert "renamed to acme-general, was acme" in repo.run("history", "acme").out


def test_a_deal_that_is_gone_still_has_a_history(repo, git):
    (repo.root / "deals/acme.yaml").unlink()
    commit(git, "Entered twice")
    removed, *_ = told(repo, "acme")["commits"]
    assert removed["changes"][0]["kind"] == "removed"


def test_a_new_deal_that_is_not_committed_has_nothing_to_tell_yet(repo, git):
    repo.deal(id="new")
    ran = repo.run("history", "new")
    assert (ran.code, ran.out) == (0, "no changes by 2026-11-20\n")
    assert "new has no committed changes yet" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["acne"], "there never was a deal or member 'acne'; did you mean 'acme'?"),
        (["zzzzzzzz"], "there never was a deal or member 'zzzzzzzz'"),
        (["deals/acme.yaml"], "there never was a deal or member 'deals/acme.yaml'"),
        (["\x1b[2J"], "there never was a deal or member '"),
        (["acme", "acne"], "there never was a deal or member 'acne'"),
        (["--since", "soon"], "--since"),
        (["--as-of", "2026-02-30"], "--as-of"),
        (["--format", "xml"], "--format"),
    ],
)
def test_called_wrongly(repo, git, words, said):
    ran = repo.run("history", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "\x1b" not in ran.err


def test_where_git_cannot_tell_it_says_what_to_do(repo, tmp_path):
    ran = repo.run("history")
    assert (ran.code, ran.out) == (3, "")
    assert "create one with git init" in ran.err
    git = Git(repo.root)
    git("init", "-q", "-b", "main")
    assert "there is no commit yet" in repo.run("history").err
    git.commit()
    git.commit()
    git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "cut"))
    ran = type(repo)(tmp_path / "cut").run("history")
    assert (ran.code, ran.out) == (3, "")
    assert "fetch-depth: 0" in ran.err


def test_hostile_commits_reach_the_terminal_as_text(repo, git):
    repo.deal(MOVED + "owner: april\n")
    commit(git, "\x1b[31m::error::x\u202e\x07", by="\x1b]0;title\x07")
    for format in ("text", "json", "atom"):
        ran = repo.run("history", "--format", format)
        assert ran.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(ran.out) or format != "text", format
    ElementTree.fromstring(repo.run("history", "--format", "atom").out.encode())


def test_what_looks_like_a_secret_in_a_subject_is_not_printed(repo, git):
    secret = "ghp_" + "a1B2" * 9
    repo.deal(MOVED + "owner: april\n")
    commit(git, f"token {secret}")
    for format in ("text", "json", "atom"):
        assert secret not in repo.run("history", "--format", format).out


def test_the_same_commits_print_the_same_bytes(demo):
    ran = [
        demo.spawn("history", env={"PYTHONHASHSEED": seed, "TZ": zone})
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "UTC"))
    ]
    assert ran[0].stdout == ran[1].stdout != ""


def test_history_is_told_in_a_repository_that_cannot_be_read_in_part(repo, git):
    repo.write("deals/acme.yaml", "title: [\n")
    assert len(told(repo, "acme")["commits"]) == 2


def test_a_spreadsheet_takes_the_history_a_row_for_each_change(repo, git):
    ran = repo.run("history", "acme", "--format", "csv")
    head, *rows = list(csv.reader(io.StringIO(ran.out)))
    assert head == ["commit", "day", "author", "subject", "record", "id", "kind", "from", "to", "date", "sentence"]
    assert rows
    assert {(row[4], row[5]) for row in rows} == {("deal", "acme")}
