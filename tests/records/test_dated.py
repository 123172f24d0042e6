"""What lies within some days of a record, and the record and its text without the rest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.records.dated import Span, data_without, every_day, is_within, outside, without
from salesops.records.deal import Deal
from salesops.records.kinds import KINDS
from salesops.records.member import Member
from salesops.records.model_fields import inside
from salesops.records.record import dated_fields


def day(text):
    return date.fromisoformat(text)


DATA = {
    "title": "General Membership",
    "member": "cascadia-university",
    "type": "new business",
    "tier": "general",
    "owner": "jim",
    "stages": [{"enrichment": "2026-01-05"}],
    "activity": [
        {"date": "2026-01-07", "kind": "email", "replied": "2026-01-14"},
        {"date": "2026-03-02", "kind": "call"},
        {"date": "2026-05-04", "kind": "meeting", "status": "scheduled"},
    ],
    "proposal": {"requested": "2026-02-20", "presented": "2026-03-02", "template": "general@3"},
    "contract": {"mrr": "900 USD", "signed": "2026-04-06", "start": "2020-01-01", "service_ended": "2026-08-03"},
    "order": {"hubs": [{"name": "teaching"}]},
}
DEAL = Deal.model_validate(DATA)


def until(text):
    return Span(None, day(text))


@pytest.mark.parametrize(
    ("on", "paths"),
    [
        ("2026-12-31", []),
        ("2026-08-02", [("contract", "service_ended")]),
        ("2026-03-01", [("proposal", "presented"), ("contract",), ("activity", 1)]),
        ("2026-01-13", [("proposal",), ("contract",), ("activity", 0, "replied"), ("activity", 1)]),
        ("2026-01-06", [("proposal",), ("contract",), ("activity", 0), ("activity", 1)]),
    ],
)
def test_what_is_later_than_a_day_is_named_by_its_path(on, paths):
    assert sorted(outside(DEAL, until(on)), key=str) == sorted(paths, key=str)


def test_within_a_span_what_is_of_an_earlier_time_is_outside_too():
    span = Span(day("2026-03-01"), day("2026-12-31"))
    assert sorted(outside(DEAL, span), key=str) == [("activity", 0), ("proposal", "requested")]


def test_a_part_that_reaches_into_the_days_is_within_them():
    assert is_within(DEAL.proposal, Span(day("2026-03-01"), day("2026-03-31")))
    assert not is_within(DEAL.proposal, Span(day("2026-03-03"), day("2026-03-31")))
    assert not is_within(DEAL.proposal, Span(None, day("2026-02-19")))


def test_what_has_no_day_and_what_is_planned_is_always_within():
    long_ago = Span(day("1990-01-01"), day("1990-01-02"))
    assert is_within(DEAL.order, long_ago)
    assert is_within(DEAL.activity[2], long_ago)


def test_the_days_of_a_record_are_those_on_which_something_happened():
    assert sorted(map(str, every_day(DEAL))) == [
        "2026-01-07",
        "2026-01-14",
        "2026-02-20",
        "2026-03-02",
        "2026-03-02",
        "2026-04-06",
        "2026-08-03",
    ]


def test_a_record_without_nothing_is_itself():
    assert without(DEAL, []) is DEAL


def test_a_record_and_its_text_lose_the_same():
    paths = list(outside(DEAL, until("2026-01-13")))
    less = without(DEAL, paths)
    assert less == Deal.model_validate(data_without(DATA, paths))
    assert [entry.kind for entry in less.activity] == ["email", "meeting"]
    assert (less.activity[0].replied, less.proposal, less.contract) == (None, None, None)


@given(st.dates(day("2025-12-01"), day("2026-12-31")), st.dates(day("2025-12-01"), day("2026-12-31")))
def test_nothing_later_is_left_and_cutting_twice_is_cutting_at_the_earlier_day(one, other):
    cut = without(DEAL, outside(DEAL, Span(None, one)))
    assert not list(outside(cut, Span(None, one)))
    assert max(every_day(cut), default=one) <= one
    twice = without(cut, outside(cut, Span(None, other)))
    assert twice == without(DEAL, outside(DEAL, Span(None, min(one, other))))


def test_text_in_which_one_loss_stands_without_a_list_loses_it_whole():
    assert data_without({"loss": {"reason": "price"}, "title": "A"}, [("loss", 0)]) == {"title": "A"}


def test_an_invoice_keeps_the_steps_of_the_days_gone_by():
    member = Member.model_validate(
        {
            "name": "Cascadia University",
            "kind": "university",
            "country": "US",
            "invoices": [{"month": "2026-02", "prepared": "2026-03-02", "paid": "2026-04-10"}],
        }
    )
    (invoice,) = without(member, outside(member, until("2026-03-31"))).invoices
    assert (invoice.prepared, invoice.paid) == (day("2026-03-02"), None)


PLANS = {
    "due", "expected_close", "until", "reengage", "event", "start", "end", "in_force", "deferred_until", "by", "since",
}  # fmt: skip


def test_every_field_of_a_day_says_whether_it_happened_or_is_a_plan_or_a_bound():
    """A new field that takes a day must be marked as one that happened, or be named here as one that is not."""
    seen = {}
    for kind in KINDS.values():
        _collect(kind.model, seen)
    plain = {name for name, happened in seen.items() if not happened}
    assert {name.split(".")[-1] for name in plain} <= PLANS | {"date"}
    assert {name for name in plain if name.endswith(".date")} <= {"Imported.date"}


def _collect(model, seen):
    for name, field in model.model_fields.items():
        for held in (inside(field.annotation), *getattr(inside(field.annotation), "__args__", ())):
            if isinstance(held, type) and hasattr(held, "model_fields"):
                _collect(held, seen)
            elif held is date:
                seen[f"{model.__name__}.{name}"] = name in dated_fields(model)
