"""What was said of days gone by holds in git as it does in memory: one commit says it all, each branch alters one field of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import get_args

import pytest
from altering import (
    CORRECTION,
    FIELDS,
    FILED,
    NAMED,
    RECORDS,
    SIGNED,
    TODAY,
    as_yaml,
    older_versions,
    two_states,
    verdict,
)
from gitting import CLEAN, Git

from salesops.checks import check_past
from salesops.records.building_on import BUILDS_ON
from salesops.records.corrections import CorrectableKind
from salesops.records.kinds import KINDS, id_of
from salesops.records.record import past_of
from salesops.store.commits import CommitBooks, side_by_side

SIGNABLE = {SIGNED, NAMED, "process-changed", "type-changed"}
"""The findings that a correction answers; the others are answered only by restoring what is gone."""
CORRECTABLE = ("deal", *get_args(CorrectableKind))
ALL = [param.values for param in FIELDS]
# Of the version that another builds on, it is the rules that come with it which are signed.
TO_SIGN = [
    pytest.param(kind, name, id=f"{kind}.{name}")
    for kind, name in ALL
    if verdict(kind, name) in SIGNABLE and kind in CORRECTABLE and name not in BUILDS_ON
]


def first_states() -> dict[str, str]:
    """A record of every kind, each come as far as it can."""
    return {path: as_yaml({key: pair[0] for key, pair in fields.items()}) for path, fields in RECORDS.values()}


def in_words(value: object) -> str:
    """A value as a person says what stood there."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {said}" for key, said in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def signed(kind: str, name: str) -> dict[str, str]:
    """The files of the second state, with a correction that signs for the field."""
    path, fields = RECORDS[kind]
    _, _, after = two_states(kind, name)
    entry = {"field": name, "was": in_words(fields[name][0]), "by": "jim", "date": "2026-11-20", "why": "It was wrong"}
    if kind == "deal":
        before = {key: pair[0] for key, pair in fields.items()}
        return {path: as_yaml({**before, name: fields[name][1], "corrections": [CORRECTION, entry]})}
    filed = {"corrections": [FILED, {**entry, "kind": kind, "id": id_of(path)}]}
    return {path: after, "playbook/corrections.yaml": as_yaml(filed)}


def commits(first: dict[str, str], branches: dict[str, dict[str, str]]) -> Iterator[str]:
    """What git fast-import reads: one commit on main, and one more on each branch."""
    yield from commit("main", "", first)
    for name, files in branches.items():
        yield from commit(name, "from refs/heads/main\n", files)


def commit(branch: str, start: str, files: dict[str, str]) -> Iterator[str]:
    yield f"commit refs/heads/{branch}\ncommitter Jim <jim@example.org> 1793534400 +0000\ndata 1\n.\n{start}"
    for path, text in files.items():
        yield f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"


@pytest.fixture(scope="module")
def branches(tmp_path_factory, starting) -> Git:
    """A repository with a first commit of all kinds of records, and branches with one more commit each."""
    git = Git(tmp_path_factory.mktemp("past"))
    git("init", "-q", "-b", "main")
    changes = {f"altered/{kind}/{name}": altered(kind, name) for kind, name in ALL}
    changes |= {f"signed/{kind}/{name}": signed(kind, name) for kind, name in (each.values for each in TO_SIGN)}
    first = {**starting, **older_versions(starting["playbook/process/v3.yaml"]), **first_states()}
    git("fast-import", "--quiet", stdin="".join(commits(first, changes)))
    return git


def altered(kind: str, name: str) -> dict[str, str]:
    path, _, after = two_states(kind, name)
    return {path: after}


@pytest.fixture(scope="module")
def found(branches):
    """The codes that compare, found in the commit of a branch against the first one."""
    archive = CommitBooks(branches.root)
    first = branches("rev-parse", "main")
    before, _ = archive.book(first)
    assert not before.broken
    assert all(id_of(path) in before.of(kind) for kind, (path, _) in RECORDS.items())

    def codes(branch: str) -> set[str]:
        now, _ = archive.book(f"refs/heads/{branch}")
        assert not now.broken, "both states have to be records that can be read"
        compared = side_by_side(archive, before, now, first)
        return {each.code for comparison in compared for each in check_past(comparison, TODAY)}

    return codes


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_field_that_a_second_commit_alters_gives_the_verdict_of_the_model(found, kind, name):
    wanted = verdict(kind, name)
    assert found(f"altered/{kind}/{name}") == ({wanted} if wanted else set())


@pytest.mark.parametrize(("kind", "name"), TO_SIGN)
def test_a_field_that_was_altered_is_green_once_somebody_signed_for_it(found, kind, name):
    assert found(f"signed/{kind}/{name}") == set()


def one_of_each(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """For each thing that may hold of a field one field of which it holds."""
    seen = set()
    for kind, name in fields:
        model = KINDS[kind].model.model_fields
        past = next(past_of(field) for own, field in model.items() if (field.alias or own) == name), verdict(kind, name)
        if past not in seen:
            seen.add(past)
            yield kind, name


@pytest.mark.parametrize(("kind", "name"), list(one_of_each(ALL)))
def test_the_command_ends_as_the_verdict_says(branches, repo, monkeypatch, kind, name):
    for variable, value in CLEAN.items():
        monkeypatch.setenv(variable, value)
    branches("checkout", "-q", "-f", f"altered/{kind}/{name}")
    ran = type(repo)(branches.root).run("check", "--against=main", "--format=json")
    told = {each["code"]: each["severity"] for each in json.loads(ran.out)["problems"] if each["new"]}
    wanted = verdict(kind, name)
    assert (wanted in told) if wanted else not told.keys() & SIGNABLE
    assert not wanted or told[wanted] == ("warning" if wanted == NAMED else "error")
