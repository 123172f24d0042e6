"""Real shapes of HubSpot come into a fresh repository with the counts that somebody else counted; the check has no error, the site is built."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from exported_by_hubspot import fates, why

DATA = Path(os.environ.get("SALESOPS_DATA") or Path(__file__).parents[4] / "shared/data") / "hubspot_shapes"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"there is no {DATA}: name the folder of data sets in SALESOPS_DATA"
)
STAGES = {
    "f66ca9bc5a02c2f1513ce83f0a0e117d": "enrichment",
    "09a969da1d61b38bd3746f0f49c1475a": "outreach",
    "6e81db225a3757a3fc20cc9b1b3d9e1b": "proposal",
}
WHOLE = {"title": "Imported", "member": "Not said by the export", "type": "new business", "owner": "jim", **STAGES}


@pytest.fixture(scope="module")
def answers():
    return json.loads((DATA / "answers.json").read_text())


def brought(hub, *names, **more):
    """Files of the shapes, looked at, answered and written."""
    for name in names:
        hub.repo.write(f"../exports/{name}", (DATA / name).read_bytes())
    hub.look(*names)
    hub.answer(**WHOLE, **more)
    found = hub.go()
    before = hub.files()
    hub.go()
    hub.look(*names)
    assert hub.files() == before, "a second run changes no byte"
    assert hub.errors() == []
    assert hub.site_is_built() == (0, "")
    return found


def test_the_tables_of_a_pipeline_tool_are_one_export(hub, answers):
    """14 deals with the day of their stage, 14 merges into 6, 71 stages of 6 pipelines."""
    found = brought(
        hub, "fivetran_deal_stage_data.csv", "fivetran_merged_deal_data.csv", "fivetran_deal_pipeline_stage_data.csv"
    )
    assert fates(found, "fivetran_deal_stage_data.csv") == (answers["deal_stage_rows"], 0, 0)
    merges = answers["merges"]
    assert fates(found, "fivetran_merged_deal_data.csv") == (merges["rows"], 0, 0)
    assert (len(found["merged"]), len(set(found["merged"].values()))) == (
        merges["merged_away_deals"],
        merges["surviving_deals"],
    )
    pipelines = answers["pipeline_stages"]
    assert fates(found, "fivetran_deal_pipeline_stage_data.csv") == (pipelines["rows"], 0, 0)
    assert found["pipelines"] == pipelines["pipelines"]
    said = hub.text()
    assert f"71 rows · UTF-8 · times as 2020-07-09 15:25:37.054, zone not said: taken as UTC · {pipelines['pipelines']} pipelines, {pipelines['closed_won_stages']} stages closed won" in said  # fmt: skip
    assert "Merged  14 deals into 6: not counted twice" in said
    deals = hub.book().deals.values()
    assert len(deals) == answers["deals_with_stage_rows"]
    told = {stage: sum(deal.stages[-1].stage == STAGES[stage] for deal in deals) for stage in STAGES}
    assert told == answers["stage_value_counts"]
    assert {deal.stages[-1].entered.year for deal in deals} == {2021}


def test_a_hundred_meetings_come_in_and_the_seven_of_1970_are_asked(hub, answers):
    found = brought(hub, "fivetran_deal_stage_data.csv", "fivetran_engagement_meeting_data.csv", deal="3954699413")
    suspicious = answers["meetings_by_iso_week"]["1970-W04"]
    assert fates(found, "fivetran_engagement_meeting_data.csv") == (answers["meetings"] - suspicious, suspicious, 0)
    asked = [one for one in found["rows"] if one["file"].startswith("fivetran_engagement") and one["becomes"] == "asks"]
    assert all("as a time in seconds that was read as milliseconds is" in one["why"][0] for one in asked)
    entries = hub.book().deals["3954699413"].activity
    weeks = {week: 0 for week in answers["meetings_by_iso_week"] if not week.startswith("1970")}
    for entry in entries:
        year, week, _ = entry.date.isocalendar()
        weeks[f"{year}-W{week:02d}"] += 1
    assert weeks == {
        week: count for week, count in answers["meetings_by_iso_week"].items() if not week.startswith("1970")
    }
    assert len(weeks) == answers["iso_weeks_with_meetings"] - 1
    assert len({entry.id for entry in entries}) == answers["distinct_engagement_ids"] - suspicious


def test_a_meeting_of_1970_comes_in_once_the_mapping_says_its_day(hub, answers):
    brought(hub, "fivetran_deal_stage_data.csv", "fivetran_engagement_meeting_data.csv", deal="3954699413")
    table = [line.split(",") for line in (DATA / "fivetran_engagement_meeting_data.csv").read_text().splitlines()]
    row = next(at for at, cells in enumerate(table, 1) if cells[7] == "1970-01-19 07:11:34.800")
    asked = why(hub.run(), row, "fivetran_engagement_meeting_data.csv")
    meant = asked.partition("is it ")[2].partition("?")[0]
    hub.change_mapping(
        "date: {column: start_time}", f'date: {{column: start_time, values: {{"1970-01-19 07:11:34.800": "{meant}"}}}}'
    )
    assert fates(hub.go(), "fivetran_engagement_meeting_data.csv")[:2] == (94, 6)
    assert any(str(entry.date) == "2020-02-07" for entry in hub.book().deals["3954699413"].activity)


def test_an_answer_of_the_older_interface_comes_with_the_day_of_its_stage(hub, answers):
    hub.repo.write("../exports/v1.json", (DATA / "v1_deal_paged_with_history.json").read_bytes())
    hub.look("v1.json")
    hub.change_mapping("owner: {column: Deal owner}", 'owner: {column: Deal owner, ids: {"71": jim}}')
    hub.answer(**{**WHOLE, "presentationscheduled": "discovery"})
    found = hub.go(code=0)
    assert fates(found, "v1.json") == (answers["v1_history"]["deals"], 0, 0)
    deal = next(iter(hub.book().deals.values()))
    history = answers["v1_history"]
    assert str(deal.stages[-1].entered) == history["dealstage_entered_utc"][:10]
    assert str(deal.value.one_off) == f"{history['amount']} USD"
    closed, created = history["closedate_utc"][:10], history["createdate_utc"][:10]
    assert found["days"] == [f"row 2, deal 931633510: Close Date {closed} is before Create Date {created}"]
    assert hub.errors() == []
    assert hub.site_is_built() == (0, "")


def test_an_answer_of_the_newer_interface_has_no_day_of_the_stage_and_asks(hub):
    hub.repo.write("../exports/v3.json", (DATA / "v3_deals_results.json").read_bytes())
    hub.look("v3.json")
    hub.change_mapping("owner: ?", "owner: jim")
    hub.answer(**{**WHOLE, "qualifiedtobuy": "outreach"})
    assert fates(hub.go(), "v3.json") == (0, 2, 0)
    hub.change_mapping("day: ?", "day: Create Date")
    assert fates(hub.go(code=0), "v3.json") == (2, 0, 0)
    assert [str(deal.stages[0].entered) for deal in hub.book().deals.values()] == ["2023-02-24"] * 2
    assert hub.errors() == []
