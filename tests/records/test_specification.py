"""A configurator's link: what its state specifies, and where the link, its copy and the order do not agree."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from salesops.records.contract import Hub, Order
from salesops.records.specification import Specification, Unreadable, differences, frozen_copy, specified


def link(state, place="?"):
    raw = state if isinstance(state, bytes) else json.dumps(state).encode()
    return f"https://configure.example/{place}state={urlsafe_b64encode(raw).decode().rstrip('=')}"


TEACHING = {"name": "teaching", "environment": "Python", "authentication": "campus", "storage": "10 GB"}


@pytest.mark.parametrize("place", ["?", "?a=1&", "#", "#a=1&"])
def test_the_state_is_read_wherever_it_stands(place):
    found = specified(link({"catalogue": "2026-03", "hubs": [TEACHING, {"name": "research", "storage": 20}]}, place))
    assert found == Specification("2026-03", (Hub(**TEACHING), Hub(name="research", storage="20")))


def test_a_link_without_a_state_specifies_nothing():
    assert specified("https://configure.example/") is None
    assert specified("https://configure.example/?x=1") is None


@pytest.mark.parametrize(
    "state",
    [
        b"not json", b"\xff\xfe", [], {}, {"hubs": []}, {"hubs": "teaching"}, {"hubs": [{"storage": "10"}]}, {"hubs": [[]]},
        {"hubs": [{"name": {"a": 1}}]}, {"hubs": [{"name": "a\u202eb"}]}, {"hubs": [{"name": "x" * 501}]}, b"[" * 1200,
        {"hubs": [{"name": "a"}] * 101}, {"hubs": [{"name": "a b"}, {"name": "a  b"}]}, b'{"hubs": [{"name": "a", "storage": NaN}]}', {"hubs": [{"name": "a", "storage": True}]},
    ],
)  # fmt: skip
def test_a_state_that_says_nothing_sound_is_refused_and_is_no_crash(state):
    with pytest.raises(Unreadable):
        specified(link(state))


def test_a_state_that_is_no_base64_is_refused():
    with pytest.raises(Unreadable):
        specified("https://configure.example/?state=%%%")


@pytest.mark.parametrize("address", ["https://[", "https://[::1/?state=e30", "https://exa\u2100mple/?state=e30"])
def test_what_is_no_address_cannot_be_read(address):
    with pytest.raises(Unreadable, match="no address"):
        specified(address)


def order(said, **more):
    fields = {"configurator": link({"catalogue": "2026-03", "hubs": said}), **more}
    return Order.model_validate(fields)


def test_a_copy_that_was_just_made_differs_in_nothing():
    said = [TEACHING, {"name": "research"}]
    made = frozen_copy(specified(link({"catalogue": "2026-03", "hubs": said})), "2026-03-30")
    assert list(differences(order(said, frozen=made, hubs=made["hubs"]))) == []


@pytest.mark.parametrize(
    ("hubs", "found"),
    [
        ([{"name": "teaching"}], ["the link specifies a hub 'research', which the order does not have"]),
        ([{**TEACHING, "storage": "1 TB"}, {"name": "research"}], ["storage of 'teaching' is '1 TB', and '10 GB' in the link"]),
        ([{"name": "teaching"}, {"name": "reserch"}], ["the order has a hub 'reserch', which the link does not specify", "the link specifies a hub 'research', which the order does not have"]),
        ([{"name": "teaching"}, {"name": "research", "storage": "5 GB"}], []),
    ],
)  # fmt: skip
def test_each_difference_between_the_link_and_the_hubs_that_were_typed_is_named(hubs, found):
    assert [said for _, said in differences(order([TEACHING, {"name": "research"}], hubs=hubs))] == found


def test_a_link_that_says_something_else_than_its_copy_is_named():
    copy = {"date": "2026-03-30", "catalogue": "2025-09", "hubs": [{**TEACHING, "storage": "1 GB"}]}
    said = [text for _, text in differences(order([TEACHING], frozen=copy))]
    assert said == [
        "the copy is of catalogue 2025-09, and the link of 2026-03",
        "storage of 'teaching' is '1 GB', and '10 GB' in the link",
    ]
