"""Records as they would be: the same Book as if the files were written, and nothing is."""

from __future__ import annotations

from salesops.edits.yaml_writer import FileChange
from salesops.store.drafted import Drafted
from salesops.store.load import load


def test_the_records_with_a_draft_are_those_that_would_be_there(repo):
    path = repo.deal()
    drafted = Drafted(repo.root)
    before, _ = drafted.load()
    assert before == load(repo.root)[0]
    text = path.read_text()
    changes = [
        FileChange("deals/acme.yaml", text.replace("owner: jim", "owner: april"), text),
        FileChange("deals/2026/pine.yaml", text),
        FileChange("members/broken.yaml", "name: ["),
    ]
    after, problems = drafted.load(changes)
    assert path.read_text() == text
    assert drafted.load()[0] == before
    (repo.root / "deals/2026").mkdir()
    for change in changes:
        (repo.root / change.path).write_text(change.text)
    there, found = load(repo.root)
    assert after == there
    assert [problem.code for problem in problems] == [problem.code for problem in found] != []


def test_a_file_that_was_read_once_is_not_read_again(repo, monkeypatch):
    repo.deal()
    drafted = Drafted(repo.root)
    before, _ = drafted.load()
    monkeypatch.setattr("salesops.store.load.read_bytes", lambda *_: 1 / 0)
    after, _ = drafted.load([FileChange("deals/acme.yaml", "title: A\n", None)])
    assert after.members["cascadia-university"] is before.members["cascadia-university"]


def test_a_file_that_would_be_gone_is_not_there(repo):
    path = repo.deal()
    drafted = Drafted(repo.root)
    drafted.load()
    after, problems = drafted.load(gone=["deals/acme.yaml", "playbook/removed.yaml"])
    path.unlink()
    assert (after, problems) == load(repo.root)
