"""``salesops bundle`` as a team writes it and as a funder verifies it."""

from __future__ import annotations

import json
import zipfile

import pytest
from running import run

from salesops.exports.bundle import RESULTS, SUMS, packed


@pytest.fixture
def bundle(repo, tmp_path):
    ran = repo.run("bundle", "-o", str(tmp_path / "b.zip"))
    assert ran.code == 0, ran.err
    return tmp_path / "b.zip"


def test_a_funder_computes_it_again_far_from_any_repository(bundle, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    ran = run(tmp_path / "elsewhere", "bundle", "--verify", "../b.zip")
    assert (ran.code, "whole, every number as of 2026-11-20 comes out again" in ran.out) == (0, True), ran.out + ran.err
    assert "sha256 " in ran.out


def test_a_changed_record_fails_by_its_name(bundle, tmp_path):
    raw = bundle.read_bytes()
    at = raw.index(b"cascadia-university", raw.index(b"records/deals/") + 200)
    bundle.write_bytes(raw[:at] + b"X" + raw[at + 1 :])
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    assert (ran.code, "records/" in ran.out, "not what it says" in ran.out) == (1, True, True), ran.out


def test_results_that_do_not_follow_from_the_records_fail_by_the_number(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as there:
        files = {name: there.read(name) for name in there.namelist() if name != SUMS}
    assert b'"existing-business-active"' in files[RESULTS]
    files[RESULTS] = files[RESULTS].replace(b'"value": 1,', b'"value": 2,')
    bundle.write_bytes(packed(files))
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    assert (ran.code, "existing-business-active: it was 2, and comes out as 1" in ran.out) == (1, True), ran.out


def test_other_definitions_fail_though_their_digest_was_made_anew(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as there:
        files = {name: there.read(name) for name in there.namelist() if name != SUMS}
    bundle.write_bytes(packed(files | {"definitions.md": files["definitions.md"].replace(b"deals", b"wishes", 1)}))
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    assert (ran.code, "definitions.md: it does not define the numbers as" in ran.out) == (1, True), ran.out
    of_another = files["about.json"].replace(b'"salesops": "', b'"salesops": "9')
    changed = {"about.json": of_another, "definitions.md": b"# Others"}
    bundle.write_bytes(packed(files | changed))
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    assert (ran.code, "a definition may have changed" in ran.err) == (0, True), ran.out + ran.err


def test_a_number_that_rests_on_other_deals_names_that_and_not_the_same_value_twice(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as there:
        files = {name: there.read(name) for name in there.namelist() if name != SUMS}
    told = json.loads(files[RESULTS])
    name = next(name for name, each in told.items() if each["included"])
    told[name]["included"] = []
    bundle.write_bytes(packed(files | {RESULTS: json.dumps(told).encode()}))
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    said = f"{name}: its value comes out again, and what it rests on does not: included"
    assert (ran.code, said in ran.out) == (1, True), ran.out


def test_a_sentence_in_other_words_of_another_version_is_no_other_number(repo, tmp_path):
    repo.deal(id="without-amount")
    assert repo.run("bundle", "-o", str(tmp_path / "b.zip")).code == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as there:
        files = {name: there.read(name) for name in there.namelist() if name != SUMS}
    told = json.loads(files[RESULTS])
    left = [one for each in told.values() for one in each["excluded"]]
    assert left
    for one in left:
        one["why"] = "In other words"
    files[RESULTS] = json.dumps(told).encode()
    (tmp_path / "b.zip").write_bytes(packed(files))
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    assert (ran.code, "what it rests on does not: excluded" in ran.out) == (1, True), "this version would not say so"
    files["about.json"] = files["about.json"].replace(b'"salesops": "', b'"salesops": "9')
    (tmp_path / "b.zip").write_bytes(packed(files))
    ran = run(tmp_path, "bundle", "--verify", "b.zip")
    assert (ran.code, "a definition may have changed" in ran.err) == (0, True), ran.out


def test_one_changed_byte_is_one_difference(bundle, tmp_path):
    raw = bundle.read_bytes()
    at = raw.index(b"cascadia-university", raw.index(b"records/deals/") + 200)
    bundle.write_bytes(raw[:at] + b"X" + raw[at + 1 :])
    assert "not what it says: 1 difference" in run(tmp_path, "bundle", "--verify", "b.zip").out


def test_records_with_errors_prove_nothing(repo, tmp_path):
    repo.write("deals/torn.yaml", "title: [\n")
    ran = repo.run("bundle", "-o", str(tmp_path / "b.zip"))
    assert (ran.code, "proves nothing" in ran.err, (tmp_path / "b.zip").exists()) == (1, True, False)


@pytest.mark.parametrize(("words", "says"), [("--verify none.zip", "there is no"), ("--verify .", "is a folder"), ("--verify x -o y", "stands alone"), ("-o deals/b.zip", "where records are")])  # fmt: skip
def test_a_wrong_call_is_told(repo, words, says):
    ran = repo.run("bundle", *words.split())
    assert (ran.code, says in ran.err) == (2, True), ran.err


def test_any_other_file_is_no_bundle(repo):
    repo.write("x.zip", "words")
    ran = repo.run("bundle", "--verify", "x.zip")
    assert (ran.code, "x.zip is no bundle" in ran.err) == (2, True), ran.err
