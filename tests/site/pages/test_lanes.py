"""A deal's life as a drawing: the band of its stages, a lane for each kind of activity, today, and what is ahead."""

from datetime import date

import pytest

from salesops.book.status import Standing, standings
from salesops.site.pages.lanes import drawn

NAMED = {"a-smith": "A. Smith, Director"}


@pytest.fixture
def lanes(repo):
    """``lanes(stages, more, day)``: the drawing of a deal with these moves."""

    def of(stages, more="", day="2026-11-20"):
        file = repo.deal(f"stages: [{stages}]\n{more}")
        file.write_text("".join(it for it in file.read_text().splitlines(True) if "2099" not in it or it in more))
        snapshot = repo.book().on(date.fromisoformat(day))
        standing = Standing(snapshot, snapshot.history("acme"))
        return drawn(standing, list(standing.deal.activity), NAMED)

    return of


def places(found):
    return [(it.start, it.width) for it in found]


def test_the_visits_of_an_open_deal_fill_its_life_without_a_gap(lanes):
    found = lanes("enrichment: 2026-01-01, outreach: 2026-01-11, discovery: 2026-01-31", day="2026-02-10")
    assert places(found.band) == [(0, 25), (25, 50), (75, 25)]
    assert [it.look for it in found.band] == ["even", "odd", "now"]
    assert found.today == 100


def test_the_drawing_of_a_closed_deal_ends_with_it_and_has_no_today(lanes):
    found = lanes(
        "enrichment: 2026-01-01, outreach: 2026-01-11, closed lost: 2026-01-21", "next: {action: Call, due: 2026-12-01}"
    )
    assert places(found.band) == [(0, 50), (50, 50), (100, 0)]
    assert found.band[-1].look == "lost"
    assert found.today is None
    assert found.ahead == ()
    assert found.caption == "20 days from Thu 1 Jan to Wed 21 Jan."


def test_a_life_of_one_day_can_be_drawn(lanes):
    found = lanes("enrichment: 2026-01-01, outreach: 2026-01-01", day="2026-01-01")
    assert places(found.band) == [(0, 0), (0, 0)]
    assert found.today == 0
    assert found.caption == "0 days since Thu 1 Jan."


def test_a_loss_between_two_attempts_is_quiet_and_opening_again_is_an_arrow(lanes):
    found = lanes(
        "enrichment: 2026-01-01, closed lost: 2026-01-11, enrichment: 2026-02-10",
        "reopened: [{date: 2026-02-10, why: New dean}]",
        "2026-02-20",
    )
    assert [it.look for it in found.band] == ["even", "closed", "now"]
    assert [(it.place, it.says) for it in found.back] == [(80, "Opened again to Enrichment on Tue 10 Feb")]


def test_a_move_back_is_an_arrow_at_its_day(lanes):
    found = lanes("enrichment: 2026-01-01, outreach: 2026-01-11, enrichment: 2026-01-21", day="2026-02-10")
    assert [(it.place, it.says) for it in found.back] == [(50, "Back to Enrichment on Wed 21 Jan")]


def test_a_name_stands_where_there_is_room_for_it(lanes):
    found = lanes("enrichment: 2026-01-01, outreach: 2026-01-02, discovery: 2026-01-12", day="2026-04-11")
    assert [(it.name, it.room) for it in found.band] == [("", ""), ("Outreach", "so-widest"), ("Discovery", "")]
    assert found.band[0].says == "Enrichment from Thu 1 Jan for 1 day"


def test_parked_days_are_a_strip_of_their_own_up_to_the_day_of_return(lanes):
    found = lanes(
        "enrichment: 2026-01-01",
        "parked: [{since: 2026-01-31, until: 2026-03-02, why: Grant}]\nnext: {action: Ask, due: 2026-04-11}",
        "2026-03-02",
    )
    assert [(it.start, it.width, it.says) for it in found.parked] == [
        (33.33, 33.34, "Parked from Sat 31 Jan to Mon 2 Mar")
    ]
    assert found.caption == "60 days since Thu 1 Jan, 30 of them parked."


ACTIVITY = """
activity:
  - {date: 2026-01-11, kind: email, replied: 2026-01-15}
  - {date: 2026-01-21, kind: call, outcome: no answer}
  - {date: 2026-01-31, kind: meeting, about: discovery, status: held, with: [a-smith]}
  - {date: 2026-02-10, kind: meeting, status: no-show}
  - {date: 2026-03-02, kind: meeting, about: proposal, status: scheduled}
"""


def test_each_kind_of_activity_has_a_lane_and_a_mark_says_whether_they_were_reached(lanes):
    found = lanes("enrichment: 2026-01-01", ACTIVITY, "2026-02-20")
    assert [(lane.title, [(mark.place, mark.look) for mark in lane.marks]) for lane in found.lanes] == [
        ("E-mails", [(17, "reached")]),
        ("Calls", [(33, "tried")]),
        ("Meetings", [(50, "reached"), (67, "tried"), (100, "planned")]),
    ]
    assert [mark.says for mark in found.lanes[2].marks] == [
        "Sat 31 Jan: discovery meeting with A. Smith, Director",
        "Tue 10 Feb: meeting (no-show)",
        "Mon 2 Mar: proposal meeting (scheduled)",
    ]
    assert found.caption == "50 days since Thu 1 Jan: 1 e-mail, 1 call and 3 meetings."


def test_what_would_cover_each_other_is_one_mark_that_tells_all_of_it(lanes):
    entries = ", ".join(f"{{date: 2026-02-0{day}, kind: call, outcome: spoke}}" for day in range(2, 5))
    [lane] = lanes("enrichment: 2025-01-01", f"activity: [{entries}]", "2026-11-20").lanes
    assert [mark.says for mark in lane.marks] == ["Mon 2 Feb: call; Tue 3 Feb: call; Wed 4 Feb: call"]


def test_however_much_was_logged_a_lane_stays_light(lanes):
    entries = ", ".join(
        f"{{date: 2026-{1 + at % 10:02}-{1 + at % 28:02}, kind: note, note: More}}" for at in range(2000)
    )
    [lane] = lanes("enrichment: 2026-01-01", f"activity: [{entries}]").lanes
    assert len(lane.marks) <= 101


def test_the_next_step_and_the_expected_end_are_ahead_and_a_late_step_is_behind(lanes):
    ahead = "next: {action: Call the dean, due: %s}\nexpected_close: 2026-02-20"
    found = lanes("enrichment: 2026-01-01", ahead % "2026-02-10", "2026-01-31").ahead
    assert [(it.place, it.look, it.says, it.words) for it in found] == [
        (80, "step", "Next step: Call the dean", "Tue 10 Feb"),
        (100, "expected", "Expected to close on Fri 20 Feb", ""),
    ]
    assert lanes("enrichment: 2026-01-01", ahead % "2026-01-16", "2026-01-31").ahead[0].look == "late"


def test_a_step_in_far_years_does_not_squeeze_what_happened(lanes):
    found = lanes("enrichment: 2026-01-01", "next: {action: Call, due: 2098-01-01}", "2026-03-02")
    assert found.today == pytest.approx(100 * 60 / 90, abs=0.01)
    assert (found.ahead[0].place, found.ahead[0].words) == (100, "Wed 1 Jan 2098 →")


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("2026-11-18", ["18 Nov", "19 Nov", "20 Nov"]),
        ("2026-05-20", ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]),
        ("2025-11-20", ["2026", "Mar", "May", "Jul", "Sep", "Nov"]),
        ("2010-11-20", ["2013", "2016", "2019", "2022", "2025"]),
    ],
)
def test_the_days_along_the_edge_are_few_enough_to_read(lanes, first, words):
    assert [tick.words for tick in lanes(f"enrichment: {first}").ticks] == words


def test_everything_drawn_is_within_the_drawing_and_is_read_where_nobody_sees(demo):
    deals = [path for path in demo if path.startswith("deals/")]
    standing_of = {it.id: drawn(it, [], {}) for it in standings(demo.snapshot)}
    for path in deals:
        figure = demo.article(path).one("figure", class_="so-lanes")
        for it in figure.every():
            across = [
                float(it[name].rstrip("%"))
                for name in ("x", "cx", "x1")
                if it.has(name, True) and it[name].endswith("%")
            ]
            ends = (
                [across[0] + float(it["width"].rstrip("%"))]
                if across and it.attributes.get("width", "").endswith("%")
                else []
            )
            assert all(0 <= place <= 100.01 for place in (*across, *ends)), path
        told = standing_of[path.removeprefix("deals/")].band
        assert figure.one("svg", role="img")["aria-label"].startswith(told[0].says), path
        assert [title.text for title in figure.every("title")][: len(told)] == [it.says for it in told], path
    assert len(deals) > 40


@pytest.mark.proof
@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1440])
def test_no_name_on_the_band_is_cut_off(browser, demo_served, demo, width):
    cut = """[...document.querySelectorAll(".so-lanes svg svg > rect + text")]
      .filter(it => it.checkVisibility() && it.getBoundingClientRect().right > it.previousElementSibling.getBoundingClientRect().right)
      .map(it => it.textContent)"""
    with browser.tab(width=width) as tab:
        for path in [path for path in demo if path.startswith("deals/")][::4]:
            tab.go(f"{demo_served}/{path}.html")
            assert tab.run(cut) == [], path
