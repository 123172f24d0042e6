"""What holds for every metric: its id and its manual, the evidence it gives, and that nothing but the day moves it."""

import json
import re
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from salesops.metrics import Metric, as_data, measure, metrics_of, read_metric
from salesops.metrics.metric import add
from salesops.metrics.readings import Amounts, Count, Days, MoneyShare, Share
from salesops.output import as_json

CONVERSIONS = ("enrichment-to-outreach", "outreach-to-discovery", "discovery-to-proposal", "proposal-to-won")
OPEN_STAGES = ("enrichment", "outreach", "discovery", "renewals", "proposal")
DAYS_IN = {f"days-in-{stage}" for stage in OPEN_STAGES}
AGE_IN = {f"age-in-{stage}" for stage in OPEN_STAGES}
OF_DEALS = {
    *"open-deals sqd sqd-net-new sqd-exits stalled days-in-pipeline pipeline-value weighted-pipeline won-value mrr arr".split(),
    *"existing-business-active renewal-overdue renewal-0-30 renewal-31-90 renewal-91-180 renewal-later".split(),
    *"renewal-open-ended contracts-not-started contracts-superseded contracts-ended".split(),
    *AGE_IN,
}
"""The metrics whose number is one of deals; elsewhere a deal may stand on both sides, with an attempt each."""
IDS = {
    *OF_DEALS,
    *CONVERSIONS,
    *DAYS_IN,
    *"meetings-per-week email-open-rate win-rate days-to-loss sales-velocity red-lines".split(),
    *"gross-retention net-retention renewal-6 forecast-mrr-6 lead-qualification-rate learning-coverage".split(),
    *"handoff-lead-time contract-renewal-rate".split(),
}
"""The ids that the command line promises; no other number may come in unsaid."""
NEW_BUSINESS_ONLY = {*CONVERSIONS, "days-in-pipeline", "days-to-loss", "email-open-rate", "lead-qualification-rate"}

SHAPES = {"count": Count, "share": (Share, MoneyShare), "days": Days, "money": Amounts}
SEEDS = range(10)


def some_days(seed, days, count=20):
    return Random(seed).sample(days("2026-01-01", "2026-12-31"), count)


def test_the_metrics_are_those_of_the_command_line(process):
    assert set(metrics_of(process)) == IDS
    assert all(metric.id == id for id, metric in metrics_of(process).items())


def test_what_is_planned_comes_last(process):
    statuses = [metric.status for metric in metrics_of(process).values()]
    assert statuses == sorted(statuses)
    assert set(statuses) <= {"implemented", "planned"}


def test_a_planned_metric_reads_not_yet_and_never_0(process, demonstration):
    snapshot = demonstration.on(date(2026, 6, 1))
    for id, metric in metrics_of(process).items():
        if metric.status == "planned":
            assert measure(snapshot, [metric]) == {id: None}
            assert as_data(metric, None)["value"] is None
            with pytest.raises(KeyError):
                read_metric(snapshot, id)
        else:
            assert measure(snapshot, [metric])[id] == read_metric(snapshot, id)


def test_a_metric_that_nobody_can_measure_yet_is_planned():
    idea = Metric("idea", "Idea", "count", "Sales Sync, WHY", "new business", "How many ideas there are.")
    assert (idea.status, idea.subject) == ("planned", "planned")


def test_two_metrics_cannot_have_one_id():
    with pytest.raises(ValueError, match="two metrics are called sqd"):
        add(Metric("sqd", "Something else", "count", "Sales Sync, WHY", "new business", "Something else."))


def test_an_unknown_metric_is_not_guessed(demonstration):
    with pytest.raises(KeyError):
        read_metric(demonstration.on(date(2026, 6, 1)), "sqdd")


@pytest.mark.parametrize("id", sorted(IDS))
def test_every_metric_has_a_manual(process, id):
    metric = metrics_of(process)[id]
    first, *rest = metric.definition.split("\n")
    assert re.fullmatch(r"[A-Z][^.]*\.", first), "the first line is one sentence"
    assert not rest or rest[0] == ""
    assert metric.definition == metric.definition.strip()
    assert metric.definition.endswith(".")
    assert metric.summary == first
    assert metric.title
    assert metric.source
    assert metric.kind in SHAPES
    assert metric.types == ("new business" if id in NEW_BUSINESS_ONLY else "new and existing business")


def test_no_two_metrics_have_one_title(process):
    titles = [metric.title for metric in metrics_of(process).values()]
    assert len(set(titles)) == len(titles)


def test_a_reading_is_of_the_kind_that_the_metric_says(implemented, random_book):
    snapshot = random_book(1, size=30).on(date(2026, 8, 1))
    for id, metric in implemented.items():
        found = metric.measure(snapshot)
        assert isinstance(found, SHAPES[metric.kind]), id
        assert found.kind == metric.kind


@pytest.mark.parametrize("seed", SEEDS)
def test_every_reading_is_json_with_its_evidence(implemented, random_book, days, seed):
    book = random_book(seed)
    for on in some_days(seed, days):
        for id, metric in implemented.items():
            data = metric.measure(book.on(on)).as_data()
            assert json.loads(json.dumps(data)) == json.loads(as_json(data))
            assert {"kind", "value", "included", "excluded"} <= set(data), id
            assert all(
                set(left) == {"deal", "why", "reason"} and left["why"] and left["reason"] != "other"
                for left in data["excluded"]
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_deal_is_both_counted_and_left_out(implemented, random_book, days, seed):
    book = random_book(seed, size=20)
    for on in some_days(seed, days):
        for id in sorted(OF_DEALS):
            found = implemented[id].measure(book.on(on))
            assert not {*found.included} & {left.deal for left in found.excluded}, (id, on)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_evidence_is_deals_of_the_book_and_as_many_as_were_counted(implemented, random_book, days, seed):
    book = random_book(seed, size=20)
    for on in some_days(seed, days):
        for id, metric in implemented.items():
            found = metric.measure(book.on(on))
            assert {*found.included, *(left.deal for left in found.excluded)} <= set(book.deals), id
            if id in OF_DEALS:
                counted = found.value if isinstance(found, Count) else found.n
                assert len(set(found.included)) == len(found.included) == counted, (id, on)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_split_by_type_adds_up(implemented, random_book, days, seed):
    book = random_book(seed, size=20)
    for on in some_days(seed, days):
        for id, metric in implemented.items():
            found = metric.measure(book.on(on))
            if isinstance(found, Count | Days):
                assert sum(found.split.values()) == (found.value if isinstance(found, Count) else found.n), (id, on)


def test_a_metric_counts_the_deal_types_that_it_names(implemented, random_book, days):
    book = random_book(3, size=100)
    every_fortnight = [book.on(on) for on in days("2026-01-01", "2027-12-31")[::14]]
    for id, metric in implemented.items():
        if id == "red-lines":
            continue  # the types of whatever the lines of a team watch
        counted = {deal for snapshot in every_fortnight for deal in metric.measure(snapshot).included}
        types = {book.deals[deal].type for deal in counted}
        assert types == ({"new business"} if id in NEW_BUSINESS_ONLY else {"new business", "existing business"}), id


@pytest.mark.samples(4)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_files_changes_nothing(implemented, book, random_deals, days, seed):
    deals = list(random_deals(seed, size=20).items())
    known = book(dict(deals))
    Random(seed).shuffle(deals)
    shuffled = book(dict(deals))
    assert list(shuffled.deals) != list(known.deals)
    for on in some_days(seed, days):
        for id, metric in implemented.items():
            assert metric.measure(known.on(on)).as_data() == metric.measure(shuffled.on(on)).as_data(), (id, on)


@pytest.mark.samples(4)
@pytest.mark.parametrize("seed", SEEDS)
def test_measuring_leaves_no_trace(implemented, random_book, days, seed):
    known, untouched = random_book(seed), random_book(seed)
    for on in some_days(seed, days):
        snapshot = known.on(on)
        once = {id: metric.measure(snapshot).as_data() for id, metric in implemented.items()}
        again = {id: implemented[id].measure(replace(snapshot)).as_data() for id in reversed(implemented)}
        assert once == again
    assert known.deals == untouched.deals


def without_what_comes_after(deals, on):
    """The same deals as their files would have stood at the end of a day."""
    known = {}
    for id, fields in deals.items():
        moves = [move for move in fields["stages"] if max(move.values()) <= str(on)]
        if moves:
            known[id] = {
                **fields,
                "stages": moves,
                "activity": [entry for entry in fields["activity"] if entry["date"] <= str(on)],
                "parked": [span for span in fields["parked"] if span["since"] <= str(on)],
                "contract": _known_of(fields.get("contract", {}), on) if "closed won" in moves[-1] else None,
            }
    return known


def _known_of(contract, on):
    return {name: value for name, value in contract.items() if name != "service_ended" or value <= str(on)}


@pytest.mark.samples(6)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("since", [None, date(2026, 3, 1)])
def test_nothing_that_happens_after_the_day_moves_a_number(implemented, book, random_deals, days, seed, since):
    deals = random_deals(seed, size=20)
    known = book(deals)
    for on in some_days(seed, days):
        as_it_stood = book(without_what_comes_after(deals, on))
        for id, metric in implemented.items():
            later = metric.measure(known.on(on, since=since)).as_data()
            assert later == metric.measure(as_it_stood.on(on, since=since)).as_data(), (id, on)


BACKWARDS = """
    bad:  {stages: [enrichment: 2026-02-05, outreach: 2026-01-05]}
    fine: {stages: [enrichment: 2026-01-05, outreach: 2026-01-12]}
"""


def test_a_deal_that_cannot_be_followed_is_left_out_of_every_metric_and_named(implemented, reading, why):
    for id in implemented:
        found = reading(id, "2026-06-01", BACKWARDS)
        assert "bad" not in found.included
        assert why(found).get("bad") == "its stages are not in date order", id


def test_a_deal_whose_file_is_broken_is_left_out_of_every_metric_and_named(implemented, reading, why):
    torn = "torn: {stages: [outreach: 2026-01-05, proposal: 2026-02-02]}"
    for id in implemented:
        found = reading(id, "2026-06-01", torn, broken=("torn", "unread"))
        assert found.included == ()
        reasons = {
            "torn": "its file has errors: run salesops check",
            "unread": "its file cannot be read: run salesops check",
        }
        assert why(found) == reasons, id


def test_of_an_empty_book_a_count_is_0_and_everything_else_no_data(implemented, reading):
    for id in implemented:
        found = reading(id, "2026-06-01", {})
        assert found.value == (0 if isinstance(found, Count) else None), id
        assert (found.included, found.excluded) == ((), ())


def test_a_process_names_its_own_conversions_and_stages(process):
    shorter = process.model_copy(
        update={
            "stages": {name: stage for name, stage in process.stages.items() if name != "renewals"},
            "conversions": process.conversions[:1],
        }
    )
    gone = {"days-in-renewals", "age-in-renewals", *CONVERSIONS[1:]}
    assert set(metrics_of(shorter)) == IDS - gone


def test_a_conversion_between_stages_that_the_process_lacks_is_no_metric(process):
    shorter = process.model_copy(
        update={"stages": {name: stage for name, stage in process.stages.items() if name != "proposal"}}
    )
    assert {"discovery-to-proposal", "proposal-to-won"} & set(metrics_of(shorter)) == set()


def test_a_stage_of_two_words_has_ids_without_a_blank(process):
    stages = {**process.stages, "legal review": process.stages["proposal"]}
    ids = set(metrics_of(process.model_copy(update={"stages": stages})))
    assert {"days-in-legal-review", "age-in-legal-review"} <= ids
