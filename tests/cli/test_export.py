"""``salesops export`` and ``import json`` as somebody types them."""

from __future__ import annotations

import json
import sqlite3
from filecmp import dircmp
from pathlib import Path

import pytest
from running import run

HOME = Path(__file__).parents[2]


def test_the_sqlite_file_answers_a_plain_question(repo):
    ran = repo.run("export", "sqlite")
    assert (ran.code, ran.out.startswith("build/export/sales.db: ")) == (0, True), ran.err
    con = sqlite3.connect(repo.root / "build/export/sales.db")
    assert con.execute('SELECT value FROM "existing-business-active"').fetchall() == [(1,)]
    assert con.execute("SELECT name FROM members").fetchall() == [("Cascadia University",)]
    con.close()
    assert repo.run("export", "sqlite").code == 0, "a second one takes its place"
    assert [file.name for file in (repo.root / "build/export").iterdir()] == ["sales.db"]


@pytest.mark.parametrize(("what", "file"), [("csv", "deals_stages.csv"), ("hubspot", "companies.csv"), ("ics", "renewals.ics"), ("parquet", "deals.parquet")])  # fmt: skip
def test_a_folder_of_files_holds_what_is_asked_for(repo, what, file):
    ran = repo.run("export", what, "-o", "out/there")
    assert (ran.code, (repo.root / "out/there" / file).is_file()) == (0, True), ran.err
    (repo.root / "out/there/of-somebody-who-left.ics").write_text("old")
    assert repo.run("export", what, "-o", "out/there").code == 0, "it takes the place of an earlier one"
    assert not (repo.root / "out/there/of-somebody-who-left.ics").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("excel", "is not one of"),
        ("sqlite -o deals/x.db", "where records are"),
        ("json -o playbook/../playbook/x", "where records are"),
        ("json -o members", "where records are"),
        ("sqlite -o build", "is a folder"),
        ("csv -o README.md", "is a file, where a folder"),
        ("json -o README.md", "no earlier export"),
        ("csv -o deals-of-hubspot", "holds other files"),
    ],
)
def test_a_wrong_call_is_told_and_writes_nothing(repo, words, says):
    (repo.root / "build").mkdir(exist_ok=True)
    repo.write("README.md", "mine\n")
    repo.write("deals-of-hubspot/deals.csv", "theirs\n")
    before = sorted(repo.root.rglob("*"))
    ran = repo.run("export", *words.split())
    assert (ran.code, says in ran.err) == (2, True), ran.err
    assert sorted(repo.root.rglob("*")) == before
    assert (repo.root / "README.md").read_text() == "mine\n"


def test_a_disk_that_refuses_is_told(repo):
    (repo.root / "locked").write_text("no folder")
    ran = repo.run("export", "sqlite", "-o", "locked/x/sales.db")
    assert (ran.code, "nothing was exported" in ran.err) == (3, True), ran.err


def test_a_file_that_cannot_be_counted_is_named_and_stands_in_the_json_as_it_is(repo):
    torn = (repo.root / "deals/cascadia-2025.yaml").read_text() + "proposal: {presented: …}\n"
    repo.write("deals/torn.yaml", torn)
    ran = repo.run("export", "json")
    assert (ran.code, "deals/torn.yaml" in ran.err) == (1, True), ran.err
    found = json.loads((repo.root / "build/export/records.json").read_text())
    assert next(each["text"] for each in found["records"] if each["id"] == "torn") == torn


def test_without_the_package_for_parquet_it_says_what_to_install(repo, monkeypatch):
    monkeypatch.setattr("salesops.cli.actions.export.find_spec", lambda name: None)
    ran = repo.run("export", "parquet")
    assert (ran.code, "pip install duckdb" in ran.err) == (1, True), ran.err
    assert not (repo.root / "build/export/parquet").exists()


def test_out_into_an_empty_folder_and_out_again_gives_the_same_bytes(tmp_path):
    (tmp_path / "new").mkdir()
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert run(HOME, "export", "json", "-o", str(first)).code == 0
    ran = run(tmp_path / "new", "import", "json", str(first))
    assert ran.code == 0, ran.out + ran.err
    assert run(tmp_path / "new", "export", "json", "-o", str(second)).code == 0
    assert first.read_bytes() == second.read_bytes()
    for folder in ("deals", "members", "playbook"):
        same = dircmp(HOME / folder, tmp_path / "new" / folder, ignore=["README.md"])
        assert (same.left_only, same.right_only, same.diff_files) == ([], [], []), folder
    again = run(tmp_path / "new", "import", "json", str(first), "--format", "json")
    assert (again.code, json.loads(again.out)["written"]) == (0, [])


def test_an_import_of_everything_keeps_what_is_there_and_names_it(repo, tmp_path):
    assert repo.run("export", "json", "-o", str(tmp_path / "all.json")).code == 0
    repo.member("website: https://cascadia.example\n")
    mine = (repo.root / "members/cascadia-university.yaml").read_bytes()
    ran = repo.run("import", "json", str(tmp_path / "all.json"))
    assert (ran.code, "members/cascadia-university.yaml" in ran.out) == (1, True)
    assert (repo.root / "members/cascadia-university.yaml").read_bytes() == mine


def test_an_import_of_everything_begins_in_an_empty_folder_or_a_repository_only(tmp_path, repo):
    assert repo.run("export", "json", "-o", str(tmp_path / "all.json")).code == 0
    (tmp_path / "home" / "photos").mkdir(parents=True)
    for words, says in (
        (["all.json"], "neither a repository"),
        (["none.json"], "there is no"),
        (["photos"], "is a folder"),
    ):
        ran = run(
            tmp_path / "home",
            "import",
            "json",
            *(str(Path("..") / word) if word == "all.json" else word for word in words),
        )
        assert (ran.code, says in ran.err) == (2, True), ran.err
