"""Which metrics move, and by which deals: all that do, none that do not."""

from __future__ import annotations

from datetime import date

import pytest
from booking import book_of
from changes.books import DAYS, books, of_any
from hypothesis import strategies as st

from salesops.book.book import Book
from salesops.changes.effects import effects
from salesops.metrics import measure, metrics_of
from salesops.metrics.wording import detail, headline

TODAY = date(2026, 11, 20)
PAIRS = st.tuples(books(), books(), DAYS).map(lambda three: (three[0].on(three[2]), three[1].on(three[2])))


def seen(snapshot):
    """Every metric as people see it, with the deals that it counts."""
    known = metrics_of(snapshot.process)
    readings = measure(snapshot, known.values())
    return {
        id: (headline(reading), detail(reading), sorted(set(reading.included)))
        for id, reading in readings.items()
        if reading is not None
    }


@of_any(PAIRS)
def test_every_metric_that_people_see_move_is_told(pair):
    before, after = pair
    old, new = seen(before), seen(after)
    told = {effect.metric.id for effect in effects(before, after)}
    assert {id for id in old if old[id] != new[id]} <= told


@of_any(PAIRS)
def test_the_deals_responsible_are_those_that_it_counts_now_and_did_not(pair):
    before, after = pair
    old, new = seen(before), seen(after)
    for effect in effects(before, after, changed=after.book.deals):
        then, now = set(old[effect.metric.id][2]), set(new[effect.metric.id][2])
        assert set(effect.joined) == now - then
        assert set(effect.left) == then - now
        assert not {*effect.joined, *effect.left} & set(effect.altered)
        assert effect.joined or effect.left or effect.altered, f"{effect.metric.id} moves, and nobody did it"


@of_any(books(), DAYS)
def test_nothing_moves_where_nothing_happened(book, day):
    assert effects(book.on(day), book.on(day)) == []


@of_any(books(), DAYS)
def test_a_new_name_moves_no_metric(book, day):
    names = {id: f"{id}-hub" for id in book.deals}
    renamed = book_of(
        versions=book.versions,
        deals={names[id]: deal for id, deal in book.deals.items()},
        broken=frozenset((kind, names.get(id, id)) for kind, id in book.broken),
    )
    assert effects(book.on(day), renamed.on(day), (), names) == []


@of_any(PAIRS)
def test_before_and_after_are_never_worded_alike_unless_only_the_deals_are_others(pair):
    for effect in effects(*pair):
        before, after = effect.words
        assert before != after or effect.joined or effect.left, effect.metric.id


MOVED = "stages: [enrichment: 2026-01-05, outreach: 2026-01-19]"


def told(story):
    return {
        effect.metric.id: (*effect.words, effect.joined, effect.left, effect.altered)
        for effect in story.report().effects
    }


def test_a_move_into_outreach_makes_a_sales_qualified_deal(story):
    story.repo.deal(MOVED)
    found = told(story)
    assert found["sqd"] == ("0", "1", ("acme",), (), ())
    assert "open-deals" not in found
    assert "pipeline-value" not in found


def test_a_new_price_moves_the_money_and_names_the_deal(story):
    story.repo.deal("value: {mrr: 1000 USD, months: 12}")
    before, after, *deals = told(story)["pipeline-value"]
    assert after == "12,000 USD"
    assert before != after
    assert deals == [(), (), ("acme",)]


@pytest.mark.parametrize("fragment", ["next: {action: Other, due: 2099-01-01}", "owner: april", "title: Other"])
def test_what_no_metric_counts_moves_none(story, fragment):
    story.repo.deal(fragment)
    assert told(story) == {}


def test_a_deal_that_cannot_be_read_leaves_the_numbers(story):
    story.repo.write("deals/acme.yaml", "]]: {\n")
    assert told(story)["open-deals"] == ("1", "0", (), ("acme",), ())


def test_the_first_records_of_a_repository_move_from_nothing(story):
    report = story.report()
    from_nothing = effects(Book().on(TODAY), report.after.snapshot)
    assert {effect.words[0] for effect in from_nothing} == {"no data"}
    assert "open-deals" in {effect.metric.id for effect in from_nothing}


def test_a_metric_that_one_process_alone_names_is_no_move_where_it_has_no_data(story):
    story.repo.process("in_force: 2030-01-01\nversion: v9\nconversions: []\n", id="v9")
    story.begins()
    (story.repo.root / "playbook/process/v9.yaml").unlink()
    after = story.repo.book()
    late = date(2031, 1, 1)
    found = effects(story.before.on(late), after.on(late))
    assert [effect.metric.id for effect in found if effect.words[0] == effect.words[1]] == []


@of_any(PAIRS)
def test_no_wording_of_a_number_ends_in_a_semicolon_with_nothing_behind_it(pair):
    assert [words for effect in effects(*pair) for words in effect.words if words.rstrip().endswith(";")] == []
