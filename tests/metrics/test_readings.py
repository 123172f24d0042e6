"""What a metric returns: nothing counted is "no data" and never 0, and the evidence stands beside the number."""

import json
import re
from decimal import Decimal

import pytest

from salesops.book.book import Cause, LeftOut
from salesops.metrics.readings import Amounts, AttemptKey, Count, Days, MoneyShare, Share, tally
from salesops.metrics.wording import attempts_in_words, by_kind, counted_in_words, detail, headline, percent

LEFT = (LeftOut("birch", "parked until 2026-07-01", Cause.PARKED),)


def test_a_share_of_nothing_is_no_data():
    share = Share(hits=0, out_of=0)
    assert (share.value, share.interval, share.is_enough) == (None, None, False)
    assert share.as_data()["value"] is None
    assert share.as_data()["to_date"] is None


def test_a_share_of_which_all_missed_is_0_and_not_no_data():
    assert Share(hits=0, out_of=3).value == 0


@pytest.mark.parametrize(
    ("hits", "out_of", "said"),
    [(0, 20, "0 %"), (20, 20, "100 %"), (1, 20, "5 %"), (1, 3, "33 %"), (2, 3, "67 %"), (1, 30, "3.3 %"), (1, 400, "0.2 %"), (399, 400, "99.8 %"), (24, 25, "96 %")],
)  # fmt: skip
def test_a_share_is_told_in_whole_per_cent_unless_that_would_hide_what_is_rare(hits, out_of, said):
    assert percent(hits / out_of) == said


@pytest.mark.parametrize(
    ("written", "said"), [("0.125", "12.5 %"), ("0.6", "60 %"), ("1", "100 %"), ("0", "0 %"), ("0.005", "0.5 %")]
)
def test_a_share_that_somebody_wrote_is_told_as_it_was_written(written, said):
    assert percent(Decimal(written)) == said


def test_beside_a_line_it_is_seen_on_which_side_a_share_is():
    assert percent(7 / 48, to_a_tenth=True) == "14.6 %"
    assert percent(3 / 20, to_a_tenth=True) == "15 %"


def test_the_share_to_date_counts_the_open_ones_as_misses():
    data = Share(hits=3, out_of=4, open=2).as_data()
    assert (data["value"], data["to_date"]) == (0.75, 0.5)


def test_days_of_nothing_are_no_data():
    days = Days(values=())
    assert (days.n, days.value, days.median, days.p80, days.interval) == (0, None, None, None, None)
    data = days.as_data()
    assert [data[name] for name in ("value", "mean", "median", "p80", "median_interval")] == [None] * 5


def test_days_are_averaged_whatever_their_order():
    days = Days(values=(30, 0, 10, 20, 40, 50))
    assert (days.n, days.value, days.median, days.p80, days.interval) == (6, 25, 25, 40, (0, 50))


@pytest.mark.parametrize(("n", "enough"), [(9, False), (10, True)])
def test_below_ten_values_an_average_is_too_few_to_say(n, enough):
    assert Days(values=(1,) * n).is_enough == enough
    assert Share(hits=1, out_of=n).is_enough == enough
    assert Share(hits=1, out_of=n).as_data()["enough"] == enough


def test_of_values_that_are_all_there_are_no_interval_is_estimated():
    days = Days(values=(3, 1, 2), is_sample=False)
    assert (days.value, days.median, days.interval, days.is_enough) == (2, 2, None, True)
    assert Days(values=tuple(range(6)), is_sample=False).interval is None


def test_a_share_of_what_there_is_today_has_no_interval_and_is_never_too_small():
    share = Share(hits=1, out_of=4, is_sample=False)
    assert (share.value, share.interval, share.is_enough) == (0.25, None, True)
    assert (headline(share), detail(share)) == ("25 %", "1 of 4")


def test_a_count_of_nothing_is_0():
    assert Count(value=0).as_data()["value"] == 0


def test_money_of_nothing_is_no_data():
    assert Amounts(sums={}, n=0).value is None
    assert Amounts(sums={"USD": Decimal(0)}, n=1).value == {"USD": "0.00"}


@pytest.mark.parametrize(
    "reading",
    [
        Count(
            value=1, included=("aspen",), excluded=LEFT, parts={"by_stage": {"outreach": 1}}, series=({"week": "W1"},)
        ),
        Share(hits=1, out_of=2, included=("aspen",), excluded=LEFT, parts={"split": {"won": 1}}),
        Days(values=(3,), included=("aspen",), excluded=LEFT, variants={"oldest": 3}),
        Amounts(sums={"USD": Decimal("1.5")}, n=1, included=("aspen",), excluded=LEFT, parts={"at_risk": {}}),
        MoneyShare(part=Decimal(1), whole=Decimal(2), currency="USD", members=1, included=("aspen",), excluded=LEFT),
    ],
)
def test_every_kind_of_reading_shows_its_evidence_as_json(reading):
    data = json.loads(json.dumps(reading.as_data()))
    assert data["kind"] == reading.kind
    assert data["included"] == ["aspen"]
    assert data["excluded"] == [{"deal": "birch", "why": "parked until 2026-07-01", "reason": "parked"}]


def test_words_are_counted_in_alphabetical_order():
    assert list(tally(["b", "a", "b"]).items()) == [("a", 1), ("b", 2)]


def test_what_was_left_out_is_grouped_by_the_kind_of_reason():
    left_out = [
        LeftOut("ash", "parked until 2026-07-01", Cause.PARKED),
        LeftOut("elm", "still open", Cause.OPEN),
        LeftOut("fir", "parked with no return date", Cause.PARKED),
    ]
    found = [(kind, [one.deal for one in group]) for kind, group in by_kind(left_out)]
    assert found == [("parked", ["ash", "fir"]), ("still open", ["elm"])]


@pytest.mark.parametrize(
    "reading",
    [
        Count(value=13_000, split={"new business": 7_500, "existing business": 5_500}),
        Share(hits=4_200, out_of=9_100, open=3_900),
        Days(values=tuple(range(4_000))),
        Amounts(sums={"USD": Decimal(13_250_000)}, n=12_000, without=1_100),
        MoneyShare(part=Decimal(1_200), whole=Decimal(13_250_000), currency="USD", members=12_000),
    ],
)
def test_thousands_are_marked_alike_in_a_whole_line(reading):
    assert not re.search(r"\d{4}", f"{headline(reading)} {detail(reading)}")


def test_of_fewer_than_ten_values_no_quantile_is_told_but_the_least_and_the_greatest():
    assert detail(Days(values=(3, 12, 40))) == "median 12.0 · from 3 to 40 · n = 3 · too few to say"
    assert detail(Days(values=(3,))) == "median 3.0 · n = 1 · too few to say"
    assert "80 % within" in detail(Days(values=tuple(range(10))))
    assert (Days(values=(3, 40)).as_data()["least"], Days(values=()).as_data()["least"]) == (3, None)


def test_a_rate_names_the_attempts_where_a_deal_counts_twice():
    attempts = (AttemptKey("a", 1), AttemptKey("a", 2), AttemptKey("b", 1))
    twice = Share(hits=0, out_of=3, included=("a", "b"), attempts_counted=attempts)
    assert counted_in_words(twice) == "3 attempts of 2 deals"
    assert (attempts_in_words(twice, "a"), attempts_in_words(twice, "b")) == ("attempts 1 and 2", "")
    assert twice.as_data()["attempts_counted"][1] == {"deal": "a", "attempt": 2}
    assert counted_in_words(Share(hits=0, out_of=1, included=("a",))) == "1 deal"
