"""Conditions, cases, sets and days in several ways: what a mapping can say of a real table."""

from __future__ import annotations

import pytest
from tabling import IN_PLACE, adds_up, reasons, row

STAGES = " [{stage: enrichment, day: opened}]"


def mapped(stages=STAGES, fields=""):
    return IN_PLACE.replace(STAGES, stages) + (f"  fields: {fields}\n" if fields else "")


TWO_PIPELINES = """
    - stage: enrichment
      day: opened
      when: [{column: product, is: Sales}, {column: stage, is: [Open, Talking]}]
    - stage: renewals
      day: opened
      when: [{column: product, is: Renewals}, {column: stage, is: [Open, Talking]}]
    - {stage: closed lost, day: closed, when: {column: stage, is: Lost}}"""


def test_in_the_pipeline_of_renewals_every_early_stage_is_renewals(desk):
    rows = (
        row(1, product="Sales")
        + row(2, product="Renewals", stage="Talking")
        + row(3, product="Renewals", stage="Lost", closed="2026-02-02")
    )
    desk.run(rows=rows, map=mapped(TWO_PIPELINES))
    stages = [desk.holds(f"deals/a-{number}.yaml").split("stages:\n")[1].splitlines()[0] for number in (1, 2, 3)]
    assert stages == ["  - enrichment: 2026-01-05", "  - renewals: 2026-01-05", "  - closed lost: 2026-02-02"]


def test_a_word_that_no_line_foresees_is_rejected_in_each_column_that_decides(desk):
    rows = row(1, product="Sales") + row(2, product="Other") + row(3, product="Sales", stage="Frozen")
    found = desk.run(rows=rows, map=mapped(TWO_PIPELINES), code=1)
    assert [(at, column, value) for at, column, _, value in reasons(found)] == [
        (3, "product", "Other"),
        (4, "stage", "Frozen"),
    ]


LABELS = """
    - {stage: enrichment, day: opened}
    - - {stage: closed won, day: closed, when: {column: note, split: ",", is: won}}
      - {stage: closed lost, day: closed, when: {column: note, split: ",", is: [lost, declined]}}
      - {stage: outreach, day: called, when: {column: note, split: ",", is: contacted}}"""


@pytest.mark.parametrize(
    ("labels", "last"),
    [
        ("contacted, won", "closed won: 2026-03-01"),
        ("declined,contacted", "closed lost: 2026-03-01"),
        ("contacted,lead", "outreach: 2026-02-01"),
        ("lead", "enrichment: 2026-01-05"),
        ("", "enrichment: 2026-01-05"),
    ],
)
def test_of_the_labels_of_a_row_the_first_line_that_fits_holds(desk, labels, last):
    desk.run(rows=row(1, note=labels, called="2026-02-01", closed="2026-03-01"), map=mapped(LABELS))
    moves = desk.holds("deals/a-1.yaml").split("stages:\n")[1].split("imported:")[0].splitlines()
    assert moves[-1] == f"  - {last}"
    assert len(moves) == (1 if last.startswith("enrichment") else 2)


def test_the_first_case_that_fits_gives_the_value_and_the_last_is_for_all_others(desk):
    type = "[{constant: existing business, when: {column: product, is: Renewals}}, new business]"
    map = mapped(fields="{x.size: [{column: amount, when: {column: rep, is: Jim}}, {column: note, missing: small}]}")
    map = map.replace("type: new business", f"type: {type}")
    desk.run(rows=row(1, product="Renewals", amount="5") + row(2, rep="April"), map=map)
    assert "type: existing business\n" in desk.holds("deals/a-1.yaml")
    assert "x: {size: 5}\n" in desk.holds("deals/a-1.yaml")
    assert "type: new business\n" in desk.holds("deals/a-2.yaml")
    assert "x: {size: small}\n" in desk.holds("deals/a-2.yaml")


def test_a_row_that_fits_none_of_the_cases_of_what_is_needed_is_rejected(desk):
    map = mapped().replace("tier: general", "tier: [{constant: premier, when: {column: product, is: Gold}}]")
    found = desk.run(rows=row(1), map=map, code=1)
    assert reasons(found) == [(2, "", "fits none of the cases", "")]


def test_a_cell_with_several_values_is_a_set_whatever_their_order(desk):
    map = mapped(
        fields="{x.status: {column: note, split: ',', values: {Acq: Acquired}}, win.signals: {column: rep, split: ;}}"
    )
    one, other = row(1, note="Active,Acquired", rep="a; b"), row(1, note=" Acq , Active", rep="b;a")
    assert desk.run(rows=one + other, map=map)["deals"]["new"] == 1
    assert "win: {signals: [a, b]}\nx: {status: [Acquired, Active]}\n" in desk.holds("deals/a-1.yaml")
    assert desk.run(rows=other, map=map)["deals"]["unchanged"] == 1


# ── days ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

SEVERAL = "format: {dates: [YYYY-MM-DD, DD/MM/YYYY, MM/DD/YYYY]}\n"


@pytest.mark.parametrize("cell", ["2026-01-25", "25/01/2026", "01/25/2026"])
def test_a_table_with_days_in_several_ways_is_read_where_each_has_one_reading(desk, cell):
    desk.run(rows=row(1, opened=cell), map=SEVERAL + IN_PLACE)
    assert "  - enrichment: 2026-01-25\n" in desk.holds("deals/a-1.yaml")


def test_a_day_that_can_be_read_in_two_ways_asks_and_the_mapping_answers_for_its_column(desk):
    rows = row(1, opened="05/01/2026") + row(2, opened="05/05/2026", closed="01/02/2026")
    map = SEVERAL + mapped(fields="{expected_close: {column: closed}}")
    found = desk.run(rows=rows, map=map, code=1)
    assert reasons(found, "asked") == [
        (2, "opened", "is a day that can be read in more than one way", "05/01/2026: 2026-01-05 or 2026-05-01"),
        (3, "closed", "is a day that can be read in more than one way", "01/02/2026: 2026-01-02 or 2026-02-01"),
    ]
    assert adds_up(found)
    assert found["written"] == []
    map = map.replace("day: opened", "day: opened, dates: DD/MM/YYYY").replace(
        "column: closed", "column: closed, dates: MM/DD/YYYY"
    )
    assert desk.run(rows=rows, map=map)["taken"] == 2
    assert "expected_close: 2026-01-02\n" in desk.holds("deals/a-2.yaml")


# ── two tables of deals ───────────────────────────────────────────────────────────────────────────────────────────────

JOIN = """\
joins:
  contracts: {file: contracts.csv, key: Deal, to: id, format: {delimiter: semicolon, dates: DD.MM.YYYY, decimal: comma}}
currency: USD
"""
SIGNED = "{contract.signed: {column: contracts.Signed}, contract.one_off: {column: contracts.Sum}}"


def test_two_tables_of_deals_are_joined_by_a_key_each_in_its_own_way_of_writing(desk):
    desk.repo.write("../contracts.csv", "Deal;Signed;Sum\nA-1;03.02.2026;1250,50\nA-9;01.01.2026;5\n")
    found = desk.run(rows=row(1) + row(2), map=JOIN + mapped(fields=SIGNED))
    assert "contract: {signed: 2026-02-03, one_off: 1250.50 USD}\n" in desk.holds("deals/a-1.yaml")
    assert "contract" not in desk.holds("deals/a-2.yaml")
    assert reasons(found, "skipped") == [(3, "Deal", "belongs to no row of ../table.csv", "A-9")]
    assert found["became"] == {"taken": 2, "rejected": 0, "asked": 0, "skipped": 0}
    assert found["beside"][0]["became"] == {"taken": 1, "rejected": 0, "asked": 0, "skipped": 1}
    assert adds_up(found)


def test_rows_of_one_key_that_contradict_each_other_in_a_column_that_is_used_ask(desk):
    desk.repo.write(
        "../contracts.csv", "Deal;Signed;Sum;Who\nA-1;03.02.2026;;x\nA-1;;5;y\nA-2;03.02.2026;1;\nA-2;03.02.2026;2;\n"
    )
    found = desk.run(rows=row(1) + row(2), map=JOIN + mapped(fields=SIGNED), code=1)
    assert "contract: {signed: 2026-02-03, one_off: 5 USD}\n" in desk.holds("deals/a-1.yaml")
    said = "stands in several rows of contracts.csv that contradict each other"
    assert reasons(found, "asked") == [(3, "id", said, "A-2, rows 4 and 5: contracts.Sum")]
    assert adds_up(found)


@pytest.mark.parametrize(
    ("right", "wrong"), [("key: Deal", "key: Dea"), ("to: id", "to: idd"), ("contracts.Sum", "contracts.Su")]
)
def test_a_column_of_a_join_that_is_not_there_is_named(desk, right, wrong):
    desk.repo.write("../contracts.csv", "Deal;Signed;Sum\n")
    found = desk.run(map=(JOIN + mapped(fields=SIGNED)).replace(right, wrong), code=2)
    assert [problem["code"] for problem in found["problems"]] == ["column-unknown"]
