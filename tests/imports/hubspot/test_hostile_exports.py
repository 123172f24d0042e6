"""Whatever an export holds: a message or the right record, never a traceback, nothing half-written, every row accounted for."""

from __future__ import annotations

import json
from datetime import date

import pytest
from exported_by_hubspot import HEAD, deal, fates, table
from hypothesis import given, settings
from hypothesis import strategies as st

from salesops.imports.hubspot.api import read_answer
from salesops.imports.hubspot.draft import draft
from salesops.imports.hubspot.files import ExportFile, read_export_file
from salesops.imports.hubspot.mapping import read_hubspot_mapping
from salesops.imports.hubspot.tables import put_together
from salesops.records.yaml_reader import MAX_BYTES
from salesops.setup.new_repository import files
from salesops.store.load import load

TWO = table([deal(), deal("102", title="Other")])
HOSTILE = {
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "only headings": table([], HEAD).encode(),
    "utf-16": TWO.encode("utf-16"),
    "windows letters": TWO.replace("Teaching", "Überraschung").encode("cp1252"),
    "semicolons": table([deal()], delimiter=";").encode(),
    "tabs": table([deal()], delimiter="\t").encode(),
    "bare line ends": table([deal()], end="\n").encode(),
    "old line ends": table([deal()], end="\r").encode(),
    "a quote never closed": (TWO + '"103,x').encode(),
    "text behind a quote": (TWO + '"103"x,"y"\r\n').encode(),
    "ragged rows": (TWO + "1,2\r\n" + ",".join(["9"] * 40) + "\r\n").encode(),
    "a NUL": TWO.replace("Teaching", "Tea\0ching").encode(),
    "turned text": TWO.replace("Teaching", "Tea\u202eching").encode(),
    "an escape": TWO.replace("Teaching", "Tea\x1b[31mching").encode(),
    "a formula": table([deal(title="=HYPERLINK(1)"), deal("102", company="@SUM(A1)")]).encode(),
    "a note of many lines": table([deal(**{"Associated Note": 'one\r\ntwo "three", four'})]).encode(),
    "a cell of a megabyte": table([deal(title="x" * 1_000_000)]).encode(),
    "a name of pipes and brackets": table([deal(title="| ] } # : ? <b>")]).encode(),
    "two headings of one name": TWO.replace("Deal owner", "Amount", 1).encode(),
    "an unseen mark in a heading": TWO.replace("Deal owner", "Deal\u200b owner", 1).encode(),
    "a heading like a path": TWO.replace("Deal Type", "../../etc", 1).encode(),
    "a heading like YAML": TWO.replace("Deal Type", "{a: [b", 1).encode(),
    "the same number twice, otherwise": table([deal(), deal(amount="5")]).encode(),
    "the same row twice": table([deal(), deal()]).encode(),
    "no number": table([deal(""), deal("102")]).encode(),
    "numbers that are words": table([deal("../x"), deal("con"), deal("山东")]).encode(),
    "names in another script": table([deal(company="山东大学", title="会员")]).encode(),
    "a name of marks only": table([deal(company="???", title="!!!")]).encode(),
    "days of no calendar": table([deal(sent="2026-02-30 10:00"), deal("102", sent="9999-01-01 10:00")]).encode(),
    "days in two ways": table([deal(sent="03/02/2026"), deal("102", sent="05/04/2026")]).encode(),
    "amounts of all kinds": table([deal(str(at), title=f"T{at}", amount=cell) for at, cell in enumerate(["-5", "1e5", "1.234,50", "€5", "12.345", "0x10", "５", "1,2,3", "∞", "250K", "1 000"])]).encode(),
    "stages of all kinds": table([deal(str(at), title=f"T{at}", stage=cell) for at, cell in enumerate(["", "?", "closed won", "Closed  Won", "null", "~", "enrichment: x"])]).encode(),
    "json of nothing": b"{}",
    "json of a list": b"[]",
    "json that is cut": b'{"deals": [{"dealId": 1',
    "json too deep": b"[" * 100_000,
    "json of odd kinds": json.dumps({"deals": [None, 1, "x", [], {"dealId": {"a": 1}, "properties": {"dealname": {"value": [1]}, "dealstage": 5, "amount": {"value": True}, "": "x"}}]}).encode(),
    "json with properties that are none": b'{"results": [{"id": 1, "properties": []}]}',
    "json of odd times": json.dumps({"deals": [{"dealId": 1, "properties": {"dealname": {"value": "x"}, "dealstage": {"value": "a", "versions": [{"value": "a", "timestamp": 10**14}, {"value": "a", "timestamp": "-5"}, None, {"value": None}]}, "closedate": {"value": "999999999999999"}}}]}).encode(),
    "json of huge numbers": b'{"results": [{"id": ' + b"9" * 10_000 + b', "properties": {"dealname": "x", "amount": 1e999}}]}',
    "json in windows letters": '{"results": [{"id": "1", "properties": {"dealname": "Über"}}]}'.encode("cp1252"),
    "json of associations that are none": b'{"deals": [{"dealId": 1, "properties": {"dealname": {"value": "x"}}, "associations": [1]}, {"dealId": 2, "properties": {}, "associations": {"associatedCompanyIds": [1, null], "companies": {"results": 5}}}]}',
    "gzip that is none": b"\x1f\x8b\x08damaged",
    "a workbook that is none": b"PK\x03\x04damaged",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
}  # fmt: skip


@pytest.mark.samples(12)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_export_is_a_message_or_the_right_record(hub, what):
    hub.give(deals=HOSTILE[what])
    before = {path: text for path, text in hub.files().items() if not path.startswith("imports/")}
    ran = hub.repo.run("import", "hubspot", "../exports/deals.csv", "--format", "json")
    assert ran.code in (0, 1, 2), ran.err
    assert "\x1b" not in ran.out
    assert {path: text for path, text in hub.files().items() if not path.startswith("imports/")} == before
    said = json.loads(ran.out)
    if ran.code == 2:
        assert said["problems"], "it says why"
        assert "imports/hubspot.yaml" not in hub.files()
        return
    fates(said, "deals.csv")
    day = {"day": "Close Date"} if "Close Date" in said["headings"]["deals"] else {}
    hub.answer(title="T", member="M", type="new business", owner="jim", stage="enrichment", **day)
    went = hub.repo.run("import", "hubspot", "--go", "--format", "json")
    assert went.code in (0, 1, 2), went.err
    assert went.code != 2, went.out
    fates(json.loads(went.out), "deals.csv")
    assert hub.errors() == []
    after = hub.files()
    hub.run("--go")
    assert hub.files() == after, "a second run changes no byte"


def test_a_hundred_deals_of_one_name_are_a_hundred_deals(hub):
    hub.give(deals=table([deal(str(number)) for number in range(1, 101)]))
    found = hub.bring("deals")
    assert fates(found, "deals.csv") == (100, 0, 0)
    assert len(hub.book().deals) == 100
    assert hub.book().documents["deal", "pinecrest-college-teaching"].data["x"] == {"hubspot": "1"}
    assert hub.book().documents["deal", "pinecrest-college-teaching-100"].data["x"] == {"hubspot": "100"}


@pytest.mark.proof
def test_an_export_larger_than_any_record_is_remembered_and_can_be_taken_back(hub):
    hub.give(deals=table([deal(str(number), title=f"Deal {number} {'x' * 900}") for number in range(250)]))
    hub.look("deals")
    hub.answer()
    hub.look()
    before = hub.files()
    assert fates(hub.go(), "deals.csv") == (250, 0, 0)
    assert len(hub.files()["imports/hubspot.last.json"]) > MAX_BYTES
    after = hub.files()
    hub.go()
    assert hub.files() == after
    assert hub.repo.run("undo", "--yes").code == 0
    assert hub.files() == before


def test_a_disk_that_refuses_leaves_all_as_it_was(hub, monkeypatch):
    hub.give(deals=TWO)
    hub.look("deals")
    hub.answer()
    before = hub.files()
    (hub.repo.root / "deals").rename(hub.repo.root / "elsewhere")
    (hub.repo.root / "deals").write_text("no folder")
    ran = hub.repo.run("import", "hubspot", "--go")
    assert ran.code in (1, 2, 3), ran.out
    assert "Traceback" not in ran.err
    (hub.repo.root / "deals").unlink()
    (hub.repo.root / "elsewhere").rename(hub.repo.root / "deals")
    assert {path: text for path, text in hub.files().items() if path in before} == before
    assert not [path for path in hub.files().keys() - before.keys() if path.startswith(("deals/", "members/"))]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    root = tmp_path_factory.mktemp("books")
    for path, data in files(date(2026, 11, 20)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return load(root)[0]


cell = st.text(alphabet="ab ?:#{}[]-'\"&*!|>%@`,\\é\u200d\u202e\x1b=~0123456789/.;()", max_size=14)
heading = st.one_of(
    cell,
    st.sampled_from([*HEAD, "Tier", "Currency", "Closed Lost Reason", "Next step", 'Date entered "a"', "dealname"]),
)


@pytest.mark.proof
@settings(max_examples=200)
@given(
    st.lists(heading, min_size=1, max_size=8, unique_by=str.strip),
    st.lists(st.lists(cell, min_size=10, max_size=10), max_size=5),
)
def test_whatever_a_table_holds_its_mapping_can_be_read(book, head, rows):
    raw = table(
        [dict(zip(["Deal Stage", *head], row, strict=False)) for row in rows],
        ["Deal Stage", *(name for name in head if name.strip() != "Deal Stage")],
    )
    found = read_export_file("deals.csv", raw.encode())
    if not isinstance(found, ExportFile):
        assert found
        return
    export = put_together({found.role: found})
    text = draft(export, ["deals.csv"], book, book.processes[-1])
    _, mapping, problems = read_hubspot_mapping("m", text.encode(), book)
    assert {problem.code for problem in problems} <= {"unseen-character"}, (text, problems)
    assert mapping is not None or problems


json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["deals", "results", "properties", "value", "versions", "timestamp", "dealstage", "closedate", "dealId", "associations", "companies", "id"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300)
@given(json_value)
def test_whatever_the_interface_answers_is_a_table_or_a_message(answer):
    found, problems = read_answer("x.json", json.dumps(answer).encode())
    assert (found is None) == bool(problems)
    if found:
        assert all(len(row.cells) == len(found.header) for row in found.rows)
