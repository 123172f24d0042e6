"""Every field of every kind of record is explained, and its examples are ones that it would take."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import TypeAdapter

from salesops.records.kinds import KINDS
from salesops.records.model_fields import lists_of
from salesops.records.record import Record, is_given, value_at


def records_in(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from records_in(part)


def with_parts(model: type[Record], found: dict[type[Record], None]) -> dict[type[Record], None]:
    if model not in found:
        found[model] = None
        for field in model.model_fields.values():
            for part in records_in(field.annotation):
                with_parts(part, found)
    return found


MODELS = list({model: None for kind in KINDS.values() for model in with_parts(kind.model, {})})
FIELDS = [pytest.param(model, name, id=f"{model.__name__}.{name}") for model in MODELS for name in model.model_fields]


def test_all_kinds_of_records_are_looked_at():
    assert len(KINDS) >= 11
    assert len(MODELS) > 50
    assert len(FIELDS) > 250


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_a_field_says_what_it_means(model, name):
    description = model.model_fields[name].description
    assert description
    assert description.strip() == description
    assert description[0].isupper() or description.startswith(("e-mail", "'"))
    assert description[-1] in ".?"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_record_says_what_it_is(model):
    assert model.__doc__
    assert model.__doc__ is not Record.__doc__


@pytest.mark.parametrize(("model", "name"), [case for case in FIELDS if case.id != "Deal.stages"])
def test_an_example_is_one_that_the_field_takes(model, name):
    field = model.model_fields[name]
    adapter = TypeAdapter(field.rebuild_annotation())
    for example in field.examples or []:
        if isinstance(example, str) and example != "https://…":  # for a person to fill in
            adapter.validate_python((example,) if is_list(field.annotation) else example)


def is_list(annotation: Any) -> bool:
    parts = get_args(annotation) if get_origin(annotation) is types.UnionType else (annotation,)
    return any(get_origin(part) is tuple for part in parts)


def test_a_kind_says_where_its_files_are():
    assert KINDS["deal"].pattern == "deals/**/<id>.yaml"
    assert KINDS["icp"].pattern == "playbook/icp/<id>.yaml"
    assert KINDS["team"].pattern == "playbook/team.yaml"
    assert [name for name, kind in KINDS.items() if kind.is_single] == [
        "team",
        "targets",
        "removed",
        "rates",
        "corrections",
        "knowledge",
    ]


def test_lists_of_one_name_tell_their_entries_apart_alike():
    known: dict[str, Any] = {}
    for kind in KINDS.values():
        for name, entries in lists_of(kind.model):
            assert known.setdefault(name, entries) == entries, name


@pytest.fixture
def deal(repo):
    repo.deal("""
        activity: [{date: 2026-01-20, kind: call, outcome: spoke, with: [a-smith]}]
        x: {asana: '1203', empty: '', none: [], deep: {list: [a, b]}}
    """)
    return repo.book().deals["acme"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "General Membership"),
        ("maniac_t.money.status", "met"),
        ("activity.0.with.0", "a-smith"),
        ("x.asana", "1203"),
        ("x.deep.list.1", "b"),
        ("stages.0.0", "enrichment"),
        ("activity.7", None),
        ("activity.first", None),
        ("maniac_t.timeline.status", None),
        ("no.such.field", None),
        ("__class_", None),
        ("__dict_.title", None),
        ("value.amounts", None),
        ("title.0", None),
        ("", None),
    ],
)
def test_a_value_is_found_by_its_dotted_path(deal, path, value):
    assert value_at(deal, path) == value


def test_false_is_given_and_an_empty_text_or_list_is_not(deal):
    assert [is_given(value_at(deal, f"x.{key}")) for key in ("asana", "empty", "none", "deep")] == [
        True,
        False,
        False,
        True,
    ]
    assert is_given(False)
    assert is_given(0)
    assert not is_given(None)
