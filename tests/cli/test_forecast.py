"""``salesops forecast``: the months, the deals with where their chances come from, and those that are left out."""

import csv
import io
import json

import pytest

SURE = "probability: {value: 100%, date: 2026-11-02, why: Signed by both}"
DAY = ("--as-of", "2026-11-20")


@pytest.fixture
def expecting(repo):
    """A sure deal of next month, one without a day, one whose day has passed."""
    value = "value: {one_off: 1000 USD}\n"
    stages = "stages: [enrichment: 2026-10-05, outreach: 2026-10-12]\n"
    repo.deal(stages + value + SURE + "\nexpected_close: 2026-12-15", id="sure")
    repo.deal(stages + value + SURE, id="some-day")
    repo.deal(stages + value + "expected_close: 2026-11-01", id="stale")
    return repo


def test_each_month_has_its_band_and_each_deal_its_reason(expecting):
    ran = expecting.run("forecast", *DAY)
    assert ran.code == 0
    assert "2026-12   1,000  1,000  1,000     1,000      1" in ran.out
    assert "no month" in ran.out
    assert "said on 2026-11-02: Signed by both" in ran.out
    assert "left out: stale: its expected close was 2026-11-01, and nobody wrote a new day" in ran.out


def test_machines_read_money_as_text(expecting):
    data = json.loads(expecting.run("forecast", "--format", "json", *DAY).out)
    assert (data["schema_version"], data["as_of"], data["currency"]) == (1, "2026-11-20", "USD")
    sure = {"p10": "1000.00", "p50": "1000.00", "p90": "1000.00", "expected": "1000.00"}
    assert data["months"] == [{"month": "2026-12", **sure}, {"month": "no month", **sure}]
    assert data["total"] == {"p10": "2000.00", "p50": "2000.00", "p90": "2000.00"}
    assert [left["deal"] for left in data["excluded"]] == ["stale"]


def test_a_spreadsheet_has_a_line_for_each_deal(expecting):
    rows = list(csv.DictReader(io.StringIO(expecting.run("forecast", "--format", "csv", *DAY).out)))
    assert [(row["deal"], row["probability"], row["expected"], row["expected_close"]) for row in rows] == [
        ("some-day", "1", "1000.00", ""),
        ("sure", "1", "1000.00", "2026-12-15"),
    ]


def test_nothing_open_is_a_forecast_of_nothing(repo):
    ran = repo.run("forecast", "--as-of", "2020-01-01")
    assert ran.code == 0
    assert "0 deals" in ran.out


def test_what_was_said_of_deals_is_shown_with_what_came(expecting):
    said = "outlook: [{date: 2026-11-02, says: commit}]"
    stages = "stages: [enrichment: 2026-10-05, closed lost: 2026-11-10]"
    expecting.deal(f"{stages}\n{said}", id="broken-promise")
    assert "said commit: 0 of 1 won 0–79 %, 0 undecided" in expecting.run("forecast", *DAY).out


def test_past_forecasts_are_scored_by_what_was_known_then(demo):
    ran = demo.run("forecast", "--past", "--weeks", "70", "--as-of", "2026-11-20")
    assert ran.code == 0
    assert "bands held what came (four of five should)" in ran.out
    assert "plain shares of the stages" in ran.out


def test_another_seed_is_another_draw_and_the_same_one_the_same(expecting):
    expecting.deal("stages: [enrichment: 2026-10-05, outreach: 2026-10-12]\nvalue: {one_off: 77 USD}", id="maybe")
    once, again, other = (expecting.run("forecast", "--seed", seed, *DAY).out for seed in ("1", "1", "2"))
    assert once == again
    assert once.splitlines()[0] == other.splitlines()[0]


def test_a_seed_below_0_is_a_wrong_call(expecting):
    assert expecting.run("forecast", "--seed", "-1").code == 2
