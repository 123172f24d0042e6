"""Two branches that both import: what each of them took is known after the merge, and nothing is taken for ours that never was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tabling import IN_PLACE, row

from salesops.imports.hubspot.mapping import NAME
from salesops.imports.last_files import PROGRAMS, is_last_path
from salesops.imports.last_import_merge import last_imports_merged
from salesops.imports.sources import SOURCES

MAP = IN_PLACE + "  fields: {value.one_off: {column: amount}, loss.learning: {column: note}, x.rep: {column: rep}}\n"
MAP = "currency: USD\n" + MAP
FILE = "imports/map.last.json"


@pytest.fixture
def git(desk):
    """Run git in the repository, in which the merge is set up as the guide says."""
    mail = {f"GIT_{who}_{what}": "ann@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    none = dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), os.devnull)
    env = {**os.environ, **mail, **none, "PATH": path}

    def run(*words, code=0):
        ended = subprocess.run(
            ["git", *words], cwd=desk.repo.root, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    return run


@pytest.fixture
def branches(desk, git, home):
    """One branch imported a newer file, the other another one, and both wait to be merged."""
    desk.repo.write(".gitattributes", (home / "salesops/setup/starter/gitattributes").read_bytes())
    git("init", "--quiet", "--initial-branch=main")
    git("config", "merge.salesops.driver", "salesops merge-driver %O %A %B %P")

    def imported(branch, *rows):
        if branch != "main":
            git("checkout", "--quiet", "-b", branch, "main")
        desk.run("--update", rows="".join(rows), map=MAP)
        git("add", "--all")
        git("commit", "--quiet", "--message", branch)

    def run(base, ours, theirs):
        imported("main", *base)
        imported("theirs", *theirs)
        imported("ours", *ours)

    return run


BASE = [row(1, amount="1000", note="One"), row(2, amount="1000")]
OURS = [row(1, amount="2000", note="One"), row(2, amount="1000"), row(3, amount="300")]
THEIRS = [row(1, amount="1000", note="Two"), row(2, amount="5000"), row(4, amount="400")]


def test_what_each_branch_took_is_known_after_the_merge(desk, git, branches):
    branches(BASE, OURS, THEIRS)
    git("merge", "--no-edit", "theirs")
    assert git("status", "--porcelain") == ""
    newest = [row(1, amount="2000", note="Two"), row(2, amount="5000"), row(3, amount="300"), row(4, amount="400")]
    before = desk.files()
    found = desk.run("--update", rows="".join(newest), map=MAP)
    assert (found["deals"]["unchanged"], found["written"]) == (4, [])
    assert desk.files() == before, "it is the same memory as if one branch had taken both"


def test_a_value_that_goes_back_after_the_merge_is_theirs_and_not_ours(desk, git, branches):
    branches(BASE, OURS, THEIRS)
    git("merge", "--no-edit", "theirs")
    back = [row(1, amount="1000", note="One"), row(2, amount="1000")]
    found = desk.run("--update", rows="".join(back), map=MAP)
    assert found["deals"]["updated"] == 2
    assert "1000 USD" in desk.holds("deals/a-2.yaml")
    assert "learning: One" in desk.holds("deals/a-1.yaml")


def test_what_both_took_otherwise_is_forgotten_and_asked(desk, git, branches):
    theirs = [row(1, amount="3000", note="One"), row(2, amount="1000")]
    branches(BASE, OURS, theirs)
    said = git("merge", "--no-edit", "theirs", code=1)
    assert "deals/a-1.yaml: value.one_off: 2000 USD here, 3000 USD there" in said
    assert git("diff", "--name-only", "--diff-filter=U") == "deals/a-1.yaml\n", "the memory itself is merged"
    git("checkout", "--ours", "deals/a-1.yaml")
    found = desk.run("--update", rows="".join(theirs), map=MAP)
    assert found["kept"][0]["asked"] == [{"field": "value.one_off", "record": "2000 USD", "table": "3000 USD"}]


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_without_the_set_up_either_side_will_do_and_the_newest_file_is_imported_again(desk, git, branches, side):
    branches(BASE, OURS, THEIRS)
    git("config", "--unset", "merge.salesops.driver")
    git("config", "merge.default", "binary")
    git("merge", "--no-edit", "theirs", code=1)
    git("checkout", side, FILE)
    git("checkout", "--ours", "deals/a-1.yaml")
    a1 = desk.holds("deals/a-1.yaml")
    assert a1.count("learning: One") == 1
    desk.repo.write("deals/a-1.yaml", a1.replace("learning: One", "learning: Two").encode())
    git("checkout", "--theirs", "deals/a-2.yaml")
    newest = [row(1, amount="2000", note="Two"), row(2, amount="5000"), row(3, amount="300"), row(4, amount="400")]
    found = desk.run("--update", rows="".join(newest), map=MAP)
    assert [entry["asked"] for entry in (*found["kept"], *found["updated"]) if entry["asked"]] == []
    assert [path for path in desk.files() if path.startswith("deals/a-")] == [
        f"deals/a-{at}.yaml" for at in (1, 2, 3, 4)
    ]
    before = desk.files()
    assert desk.run("--update", rows="".join(newest), map=MAP)["written"] == []
    assert desk.files() == before


def test_a_file_with_markers_is_refused_by_name(desk):
    desk.run(map=MAP, rows=row(1))
    desk.repo.write(FILE, f"<<<<<<< HEAD\n{desk.holds(FILE)}=======\n{{}}\n>>>>>>> theirs\n".encode())
    problem = desk.run(map=MAP, rows=row(1), code=2)["problems"][0]
    assert (problem["path"], problem["code"]) == (FILE, "not-json")


def text(**records):
    """A file that remembers these deals."""

    return json.dumps({"format": "1", "headings": {"file": ["a"]}, "deals": records})


def test_each_side_counts_where_it_changed_something_and_lists_hold_what_is_left_of_both():
    def call(day, note):
        return {"date": day, "kind": "call", "note": note}

    was = text(a={"title": "A", "activity": [call("1", "x"), call("2", "x")]}, gone={"title": "G"})
    here = text(a={"title": "A", "activity": [call("1", "x"), call("2", "y")]}, b={"title": "B", "owner": "jim"})
    there = text(
        a={"title": "AA", "activity": [call("1", "x"), call("2", "x"), call("3", "x")]},
        b={"title": "B", "owner": "april"},
        gone={"title": "G"},
    )
    found = last_imports_merged(FILE, was, here, there)
    expected = text(a={"title": "AA", "activity": [call("1", "x"), call("2", "y"), call("3", "x")]}, b={"title": "B"})
    assert found == last_imports_merged(FILE, "", expected, expected)
    assert found is not None


@pytest.mark.parametrize("damaged", ["{", "[]", '{"format": "1"}', "<<<<<<< HEAD\n"])
def test_a_side_that_cannot_be_read_is_said_and_ours_left_as_it_is(repo, damaged):
    for name, held in (("o", ""), ("a", text()), ("b", damaged)):
        repo.write(name, held.encode())
    ran = repo.run("merge-driver", "o", "a", "b", FILE)
    assert ran.code == 1
    assert "take the other one, and import the newest file again" in ran.err
    assert (repo.root / "a").read_text() == text()


def test_which_files_these_are():
    paths = (
        FILE,
        "imports/airtable-hubs.last.json",
        "imports/map.yaml",
        "deals/map.last.json",
        "imports/a/b.last.json",
    )
    assert [is_last_path(path) for path in paths] == [True, True, False, False, False]


def test_every_program_whose_imports_are_remembered_is_known_by_name():
    assert {*SOURCES, NAME} == PROGRAMS


def test_git_merges_a_record_without_what_imports_need(tmp_path):
    asked = "import sys, salesops.cli.actions.merge_driver; print([name for name in ('icalendar', 'sqlite3') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout == "[]\n"
