"""A mapping guessed from a table: what is certain is written, what is not is asked, and the import waits for the answer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabling import adds_up, reasons

from salesops.imports.csv.columns import TableColumn, table_as_it_looks
from salesops.imports.csv.detect import mapping_for
from salesops.imports.csv.mapping_mistakes import read_mapping
from salesops.records.yaml_reader import read
from salesops.store.load import load

DATA = Path(os.environ.get("SALESOPS_DATA") or Path(__file__).parents[4] / "shared/data")
HUBSPOT = """\
\ufeffRecord ID;Deal Name;Deal Stage;Close Date;Deal owner;Amount;Deal Type;Associated Company;Date entered "Talking (Sales Pipeline)";Country/Region;Next step;Size
9001;General;Closed Won;2026-03-02 09:30;Jim;1250,50;New Business;Elm;2026-01-05 10:00;Canada;(No value);big
9002;Premier;Talking;;april;;Existing Business;Ash;2026-02-05 10:00;Chile;Call;small
9003;General;Closed Lost;2026-04-25 09:30;Jim;(No value);New Business;Oak;2026-01-09 10:00;Narnia;(No value);big
"""


def detected(desk, table, name="table.csv"):
    desk.repo.write(f"../{name}", table if isinstance(table, bytes) else table.encode())
    ran = desk.repo.run("import", "csv", f"../{name}", "--detect")
    assert ran.code == 0, ran.out + ran.err
    return ran.out


def answered(mapping, **answers):
    """The mapping with an answer in place of each question mark, by the keys, in their order."""
    lines = mapping.splitlines()
    for key, answer in answers.items():
        key = key.replace("_", " ").strip()
        at = next(at for at, line in enumerate(lines) if line.strip().removeprefix("- ").startswith(f"{key}: ?"))
        lines[at] = lines[at].partition("?")[0] + answer
    return "\n".join([*lines, ""])


def test_an_export_of_another_program_is_read_but_for_what_nobody_can_know(desk):
    mapping = detected(desk, HUBSPOT)
    for line in (
        "  delimiter: semicolon",
        "  dates: YYYY-MM-DD HH:MM",
        "  decimal: comma",
        "  empty: [(No value)]",
        "  id: {column: Record ID}",
        "  title: {column: Deal Name}",
        "  member: {column: Associated Company}",
        "  type: {column: Deal Type, values: {New Business: new business, Existing Business: existing business}}",
        "  owner: {column: Deal owner}",
        "    value.one_off: {column: Amount}",
        "    country: {column: Country/Region}",
        "    # left as unknown, unless values: says which country it is: Narnia",
        "  # x.size: {column: Size}",
    ):
        assert line in mapping.splitlines(), line
    questions = [line.strip().partition(": ?")[0] for line in mapping.splitlines() if ": ?" in line]
    assert questions == ["currency", "tier", "- stage", "kind"]


def test_the_import_refuses_the_mapping_until_every_question_is_answered_and_then_takes_every_row(desk):
    mapping = detected(desk, HUBSPOT)
    found = desk.run(table=HUBSPOT.encode(), map=mapping, code=2)
    assert {problem["code"] for problem in found["problems"]} == {"placeholder-left"}
    mapping = answered(mapping, currency="USD", tier="general", stage="outreach", kind="university")
    found = desk.run(table=HUBSPOT.encode(), map=mapping)
    assert (found["taken"], found["rejected"]) == (3, [])
    assert "value: {one_off: 1250.50 USD}" in desk.holds("deals/9001.yaml")
    assert "  - closed won: 2026-03-02\n" in desk.holds("deals/9001.yaml")
    assert "  - outreach: 2026-02-05\n" in desk.holds("deals/9002.yaml")
    assert desk.holds("members/oak.yaml").endswith("country: unknown\n")


def test_days_that_can_be_read_in_two_ways_and_people_nobody_knows_are_asked(desk):
    mapping = detected(desk, "Deal ID,Stage,Owner,Closed\n1,Won,Zoe,05/01/2026\n2,Won,Jim,06/02/2026\n")
    assert "  dates: ?  # DD/MM/YYYY or MM/DD/YYYY: no day in the table says which" in mapping
    assert "    people: ?  # known or add; not in the team: Zoe\n" in mapping
    assert "dates: DD/MM/YYYY" in detected(desk, "Deal ID,Stage,Owner,Closed\n1,Won,Zoe,25/01/2026\n")


def test_a_table_of_institutions_becomes_a_mapping_of_members_and_one_of_meetings_of_activities(desk):
    mapping = detected(desk, "name,country,web pages,size\nElm,CA,,3\n")
    assert "members:\n  name: {column: name}\n" in mapping
    assert "deal:" not in mapping
    meetings = detected(desk, "deal id,activity type,start time,meeting outcome\nA-1,MEETING,2026-01-05,held\n")
    assert "activities:\n  deal: {column: deal id}\n  date: {column: start time}\n" in meetings
    assert "  kind: {column: activity type, values: {MEETING: meeting}}\n" in meetings
    assert "?" not in meetings.split("\n", 1)[1]


def test_nothing_is_written_and_what_was_asked_for_wrongly_is_said(desk):
    before = desk.files()
    detected(desk, HUBSPOT)
    assert desk.files() == before
    desk.repo.write("../map.yaml", "a: b\n")
    ran = desk.repo.run("import", "csv", "../table.csv", "--detect", "--map", "../map.yaml")
    assert (ran.code, "give one of the two" in ran.err) == (2, True)
    desk.repo.write("../empty.csv", b"")
    assert desk.repo.run("import", "csv", "../empty.csv", "--detect").code == 2
    ran = desk.repo.run("import", "csv", "../table.csv", "--detect", "--format", "json")
    assert json.loads(ran.out)["mapping"].startswith("# A mapping for ../table.csv")


@pytest.mark.parametrize(
    ("held", "looks"),
    [
        (["2026-01-05", "2026-02-06"], "day"),
        (["5", "1250.50", "$7"], "amount"),
        (["Yes", "no"], "yes or no"),
        (["a", "b"], "text"),
        ([], "nothing"),
        (["1970-01-19 07:11:34"], "day"),
    ],
)
def test_a_column_is_what_all_of_its_cells_are(held, looks):
    assert TableColumn("x", tuple(held)).looks == looks


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    root = tmp_path_factory.mktemp("books")
    (root / "playbook").mkdir()
    (root / "playbook/team.yaml").write_text(
        "organisation: T\ntime_zone: UTC\ncurrency: USD\npeople: {jim: {name: Jim}}\n"
    )
    return load(root)[0]


cell = st.text(alphabet="ab ?:#{}[]-'\"&*!|>%@`,\\é\u200d\u202e\x1b=~0123456789/.", max_size=12)
heading = st.one_of(cell, st.sampled_from(["Deal ID", "Stage", "Owner", "Amount", "Account", "Country", "Start time"]))


@given(
    st.lists(heading, min_size=1, max_size=6, unique_by=str.strip),
    st.lists(st.lists(cell, min_size=6, max_size=6), max_size=4),
)
def test_whatever_a_table_holds_the_mapping_is_one_that_can_be_read(book, head, rows):
    lines = [",".join('"' + part.replace('"', '""') + '"' for part in row[: len(head)]) for row in [head, *rows]]
    table, shape, problems = table_as_it_looks("t.csv", "\n".join(lines).encode())
    if table is None:
        assert problems
        return
    mapping = mapping_for(table, shape, book, None)
    document, faults = read("map.yaml", mapping.encode())
    assert {problem.code for problem in faults} <= {"placeholder-left", "unseen-character"}, mapping
    if document is not None:
        _, mistakes = read_mapping(document, book)
        known = {
            "placeholder-left",
            "currency-missing",
            "stages-empty",
            "field-missing",
            "mapping-empty",
            "unseen-character",
        }
        assert {problem.code for problem in mistakes} <= known, (mapping, mistakes)


@pytest.mark.proof
@pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}: name the folder of data sets in SALESOPS_DATA")
def test_a_real_table_of_opportunities_becomes_a_mapping_that_takes_every_row(desk):
    raw = (DATA / "maven_crm/sales_pipeline.csv.gz").read_bytes()
    mapping = detected(desk, raw)
    assert "- stage: ?  # what Prospecting is" in mapping
    mapping = answered(
        mapping, currency="USD", type="new business", tier="general", people="add", kind="other", country="US"
    )
    mapping = mapping.replace("{column: account}", "{column: account, missing: No account}")
    for word, stage in (("Engaging", "outreach"), ("Prospecting", "enrichment")):
        mapping = mapping.replace(f"stage: ?  # what {word} is", f"stage: {stage}  # what {word} is")
        mapping = mapping.replace(
            f"day: ?  # since when it is in {word}", f"day: engage_date  # since when it is in {word}"
        )
    found = desk.run("--dry-run", table=raw, map=mapping, code=1)
    assert found["became"] == {"taken": 8300, "rejected": 500, "asked": 0, "skipped": 0}
    assert {column for _, column, _, _ in reasons(found)} == {"engage_date"}
    assert adds_up(found)
