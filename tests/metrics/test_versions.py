"""The conversions under a version of the process: attempts that began under it beside those of the version before."""

from datetime import date, timedelta

import pytest
from booking import book_of

from salesops.metrics import read_metric
from salesops.metrics.statistics import difference
from salesops.metrics.versions import apart_in_words, impacts, share_in_words
from salesops.records.deal import Deal

DAY = date(2026, 11, 20)
CHANGED = date(2026, 4, 1)


@pytest.fixture
def two(process):
    """Two versions that are alike: one from the beginning, one from April 2026."""
    return {
        "v3": process,
        "v4": process.model_copy(update={"version": "v4", "in_force": CHANGED}),
    }


def met_or_not(prefix, since, went):
    """Attempts that entered Outreach a day after ``since``: those that are True went on, the others were lost."""
    for at, on in enumerate(went):
        days = [since + timedelta(days=day) for day in (0, 1, 9)]
        stages = dict(zip(("enrichment", "outreach", "discovery" if on else "closed lost"), days, strict=True))
        yield (
            f"{prefix}-{at:03d}",
            Deal.model_validate(
                {
                    "title": "General Membership",
                    "member": "acme",
                    "type": "new business",
                    "tier": "general",
                    "owner": "jim",
                    "stages": [{stage: str(day)} for stage, day in stages.items()],
                }
            ),
        )


@pytest.fixture
def found(two):
    def make(before, under):
        deals = dict([*met_or_not("a", date(2026, 2, 1), before), *met_or_not("b", date(2026, 5, 1), under)])
        told = impacts(book_of(versions=two, deals=deals).on(DAY))["v4"]
        return next(impact for impact in told if impact.metric.id == "outreach-to-discovery")

    return make


def test_each_version_has_the_attempts_that_entered_the_stage_while_it_was_in_force(found):
    impact = found([True] * 48 + [False] * 32, [True] * 56 + [False] * 14)
    assert (share_in_words(impact.under), share_in_words(impact.before)) == (
        "56 of 70 (80 %, 69–88 %)",
        "48 of 80 (60 %, 49–70 %)",
    )
    assert impact.apart == difference(56, 70, 48, 80)
    assert (apart_in_words(impact), impact.verdict) == ("+20.0 points (+5.2 to +33.4)", "better")


def test_it_is_better_or_worse_only_where_the_interval_leaves_out_nought(found):
    assert found([True] * 56 + [False] * 14, [True] * 48 + [False] * 32).verdict == "worse"
    assert found([True] * 30 + [False] * 10, [True] * 32 + [False] * 10).verdict == "cannot tell yet"


def test_of_fewer_than_ten_nothing_is_said(found):
    impact = found([True] * 30, [False] * 9)
    assert (impact.apart, impact.verdict) == (None, "cannot tell yet")
    assert (share_in_words(impact.under), apart_in_words(impact)) == ("0 of 9", "")


def test_the_first_version_has_none_before_it_and_one_to_come_has_no_attempts(two):
    later = two["v4"].model_copy(update={"version": "v5", "in_force": date(2027, 1, 1)})
    told = impacts(book_of(versions={**two, "v5": later}, deals={}).on(DAY))
    assert list(told) == ["v3", "v4"]
    assert {(impact.before, impact.verdict) for impact in told["v3"]} == {(None, "")}


@pytest.mark.parametrize("seed", range(10))
def test_over_all_versions_the_attempts_are_those_of_the_conversion(random_deals, book, two, seed):
    snapshot = book(random_deals(seed, 30), versions=two).on(DAY)
    told = impacts(snapshot)
    for at, impact in enumerate(told["v3"]):
        whole = read_metric(snapshot, impact.metric.id)
        parts = [told[version][at].under for version in two]
        for name in ("hits", "out_of", "open", "parked"):
            assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
