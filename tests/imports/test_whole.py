"""All records in one document, out and in again: the same bytes, and nothing where nothing may lie."""

from __future__ import annotations

import json

import pytest

from salesops.exports.whole import whole
from salesops.imports.whole import NoExport, entries_of, taken


def document(repo, **changed):
    found = whole(repo.book(), {"playbook/templates/intro@1.md": "Dear colleague\n"})
    entry = next(each for each in found["records"] if each["path"] == "deals/cascadia-2025.yaml")
    entry.update(changed)
    return entries_of(json.dumps(found).encode())


def text_of(found, path):
    return next(change.text for change in found.new if change.path == path)


def test_every_file_comes_back_as_people_wrote_it(repo):
    repo.write(
        "members/cascadia-university.yaml",
        "# who they are\nname:   'Cascadia University'   # as they write it\nkind: university\ncountry: US\n",
    )
    found = taken(document(repo), {})
    assert (found.kept, found.refused, len(found.new), found.rows) == ([], [], found.rows, found.rows)
    for change in found.new:
        if change.path.endswith(".yaml"):
            assert change.text == (repo.root / change.path).read_text(), change.path


def test_what_is_there_already_is_not_written_and_what_says_something_else_stays(repo):
    path = "deals/cascadia-2025.yaml"
    there = {path: (repo.root / path).read_text(), "playbook/team.yaml": "# mine\n"}
    found = taken(document(repo), there)
    assert found.unchanged == [path]
    assert found.kept == ["playbook/team.yaml"]
    assert found.rows == len(document(repo))


def test_what_a_program_changed_in_the_data_becomes_a_file_that_says_so(repo):
    entries = document(repo)
    entry = next(each for each in entries if each["path"] == "deals/cascadia-2025.yaml")
    entry["data"]["title"] = "Premier: with a colon"
    found = taken(entries, {})
    assert "Premier: with a colon" in text_of(found, "deals/cascadia-2025.yaml")
    assert found.refused == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"path": "../deals/cascadia-2025.yaml"}, "no record lies there"),
        ({"path": "/etc/passwd"}, "no record lies there"),
        ({"path": "deals/../.git/hooks/x.yaml"}, "no record lies there"),
        ({"path": "deals/A b.yaml"}, "no record lies there"),
        ({"path": "playbook/templates/../../x.md"}, "it is no template"),
        ({"path": "README.md"}, "no record lies there"),
        ({"path": "playbook/team.yaml"}, "it stands in the document twice"),
        ({"text": None, "data": None}, "it has neither `text` nor `data`"),
        ({"text": None, "data": {"title": ["x"]}}, "title"),
        ({"text": 7, "data": {"stages": {"a": 1}}}, ""),
    ],
)
def test_what_is_no_record_is_refused_and_named(repo, changed, why):
    found = taken(document(repo, **changed), {})
    assert len(found.refused) == 1
    assert why in found.refused[0][1]
    assert found.rows == len(document(repo))


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"[]", b"{}", b'{"records": 1}', b'{"records": ["x"]}', b"[" * 100_000]
)
def test_what_is_no_export_is_told(raw):
    with pytest.raises(NoExport):
        entries_of(raw)
