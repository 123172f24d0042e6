"""Several files are written as one, a killed write is finished, and the last ones can be taken back."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import threading
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from gitting import CLEAN, Git

from salesops.edits.yaml_writer import FileChange, LongFile
from salesops.problems import CannotDecide
from salesops.store import journal, save, scratch
from salesops.store.git_call import own_folder
from salesops.store.journal import finish, is_open, last_writes, take_all_back, write


@pytest.fixture(params=["git", "no git"])
def root(request, tmp_path, monkeypatch):
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "deals").mkdir()
    (tmp_path / "deals/a.yaml").write_text("a: 1\n")
    if request.param == "git":
        Git(tmp_path).begin()
    return tmp_path


A = FileChange("deals/a.yaml", "a: 2\n", "a: 1\n")
B = FileChange("deals/b.yaml", "b: 1\n")


def texts(root) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted((root / "deals").iterdir())}


def test_what_is_written_can_be_taken_back_to_the_byte(root):
    write(root, [A, B], "a and b")
    assert texts(root) == {"a.yaml": "a: 2\n", "b.yaml": "b: 1\n"}
    (done,) = last_writes(root)
    assert (done.sentence, [file.path for file in done.files]) == ("a and b", ["deals/a.yaml", "deals/b.yaml"])
    take_all_back(root, [done])
    assert texts(root) == {"a.yaml": "a: 1\n"}
    assert list(last_writes(root)) == []


def test_the_last_writes_come_newest_first_and_not_for_ever(root, monkeypatch):
    monkeypatch.setattr(journal, "KEPT", 3)
    for number in range(2, 8):
        write(root, [FileChange("deals/a.yaml", f"a: {number}\n", f"a: {number - 1}\n")], f"to {number}")
    assert [done.sentence for done in last_writes(root)] == ["to 7", "to 6", "to 5"]


def test_a_file_that_has_moved_on_is_left_as_it_is(root):
    done = write(root, [A, B], "a and b")
    (root / "deals/a.yaml").write_text("a: 3\n")
    with pytest.raises(CannotDecide, match=r"deals/a\.yaml has changed since"):
        take_all_back(root, [done])
    assert texts(root) == {"a.yaml": "a: 3\n", "b.yaml": "b: 1\n"}


def test_one_file_that_is_another_by_now_refuses_them_all(root):
    with pytest.raises(CannotDecide, match=r"^deals/a\.yaml was changed while this ran: nothing was written$"):
        write(root, [B, FileChange("deals/a.yaml", "a: 2\n", "a: 0\n")], "both")
    assert texts(root) == {"a.yaml": "a: 1\n"}
    assert not is_open(root)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_write_that_was_killed_is_finished_or_never_was(root, monkeypatch, after):
    real, count = os.replace, iter(range(10))

    def killed(*words):
        if next(count) > after:  # the first is the note itself
            raise KeyboardInterrupt
        real(*words)

    monkeypatch.setattr(os, "replace", killed)
    if after == 2:
        monkeypatch.setattr(journal, "_close", lambda *_: killed())
    with pytest.raises(KeyboardInterrupt):
        write(root, [A, B], "a and b")
    monkeypatch.undo()
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    assert is_open(root)
    finish(root)
    assert not is_open(root)
    assert texts(root) in ({"a.yaml": "a: 1\n"}, {"a.yaml": "a: 2\n", "b.yaml": "b: 1\n"})
    assert bool(list(last_writes(root))) is (texts(root)["a.yaml"] == "a: 2\n")


def test_a_disk_that_refuses_leaves_what_was_there(root, monkeypatch):
    real, count = os.replace, iter(range(10))

    def full(*words):
        if next(count) == 2:
            raise OSError(28, "No space left on device")
        real(*words)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CannotDecide, match=r"No space left on device; nothing was written$"):
        write(root, [A, B], "a and b")
    monkeypatch.undo()
    assert texts(root) == {"a.yaml": "a: 1\n"}


def test_a_note_that_cannot_be_read_says_what_to_do(root):
    write(root, [A], "a")
    next(journal._folder(root).glob("*.json")).write_text("{")
    with pytest.raises(CannotDecide, match="delete it"):
        list(last_writes(root))


def _killed_after(seconds: float, root: Path) -> int:
    """Write forty files in a process that is killed meanwhile; how it ended."""
    child = os.fork()
    if child == 0:
        threading.Thread(
            target=lambda: (time.sleep(seconds), os.kill(os.getpid(), signal.SIGKILL)), daemon=True
        ).start()
        with suppress(BaseException):
            write(root, [FileChange(f"deals/{number}.yaml", "new\n" * 2_000, "old\n") for number in range(40)], "forty")
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_process_killed_at_any_moment_leaves_the_old_or_the_new(tmp_path):
    (tmp_path / "deals").mkdir()
    seen = set()
    for step in range(200):
        for number in range(40):
            (tmp_path / f"deals/{number}.yaml").write_text("old\n")
        ended = _killed_after(step / 4_000, tmp_path)
        finish(tmp_path)
        held = {file.read_text()[:3] for file in (tmp_path / "deals").iterdir()}
        assert len(held) == 1, step
        assert len(list((tmp_path / "deals").iterdir())) == 40
        seen |= held if ended == -signal.SIGKILL else set()
    assert "old" in seen


def test_the_notes_lie_where_git_keeps_what_is_its_own_in_a_work_tree_of_its_own_too(tmp_path):
    git = Git(tmp_path / "crm")
    (tmp_path / "crm/deals").mkdir(parents=True)
    git.begin()
    git("worktree", "add", "-q", str(tmp_path / "beside"))
    for root in (tmp_path / "crm", tmp_path / "beside"):
        told = Git(root)("rev-parse", "--git-path", "salesops")
        assert own_folder(root, "salesops").resolve() == (root / told).resolve()
        assert own_folder(root / "deals", "salesops") == own_folder(root, "salesops")
    assert own_folder(tmp_path, "salesops") is None


def test_drafts_of_a_killed_write_are_gone_when_it_is_finished(root):
    write(root, [A, B], "a and b")
    (noted,) = journal._folder(root).glob("*.json")
    noted.rename(noted.with_suffix(".open"))
    (root / "deals/.salesops-123-4.tmp").write_text("half")
    assert finish(root) is False
    assert texts(root) == {"a.yaml": "a: 2\n", "b.yaml": "b: 1\n"}


def test_where_the_disk_will_not_take_the_old_text_back_it_says_that_some_is_written(root, monkeypatch):
    real, count = os.replace, iter(range(10))

    def failing(*words):
        if next(count) >= 2:
            raise OSError(5, "Input/output error")
        real(*words)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(CannotDecide, match="some of it is written: the next salesops command writes the rest"):
        write(root, [A, B], "a and b")
    monkeypatch.undo()
    assert is_open(root)
    assert finish(root) is True
    assert texts(root) == {"a.yaml": "a: 2\n", "b.yaml": "b: 1\n"}


def test_several_writes_are_taken_back_as_one_or_not_at_all(root):
    first = write(root, [A], "a")
    second = write(root, [FileChange("deals/a.yaml", "a: 3\n", "a: 2\n"), B], "a and b")
    (root / "deals/b.yaml").write_text("b: 2\n")
    assert journal.moved_on(root, [second, first]) == ["deals/b.yaml"]
    with pytest.raises(CannotDecide, match=r"deals/b\.yaml has changed since"):
        take_all_back(root, [second, first])
    assert texts(root) == {"a.yaml": "a: 3\n", "b.yaml": "b: 2\n"}
    (root / "deals/b.yaml").write_text("b: 1\n")
    take_all_back(root, [second, first])
    assert texts(root) == {"a.yaml": "a: 1\n"}
    assert list(last_writes(root)) == []


def test_instead_of_what_was_there_something_else_may_be_written_beside_it_too(root):
    done = write(root, [A], "a")
    instead = [FileChange("deals/a.yaml", "a: 1 # signed\n", "a: 2\n"), FileChange("deals/c.yaml", "c: 1\n")]
    take_all_back(root, [done], instead)
    assert texts(root) == {"a.yaml": "a: 1 # signed\n", "c.yaml": "c: 1\n"}


def old_note(root, state, *files) -> None:
    """A note as older versions wrote it, on one line."""
    data = {"sentence": "a and b", "files": [dict(zip(("path", "was", "now"), file, strict=True)) for file in files]}
    journal._folder(root).mkdir(exist_ok=True)
    (journal._folder(root) / f"000007.{state}").write_text(json.dumps(data))


def test_what_an_older_version_wrote_is_taken_back(root):
    for name in "bc":
        (root / f"deals/{name}.yaml").write_text(f"{name}: 1\n")
    old_note(
        root,
        "json",
        ("deals/a.yaml", "a: 0\n", "a: 1\n"),
        ("deals/b.yaml", None, "b: 1\n"),
        ("deals/d.yaml", "d: 1\n", None),
    )
    (done,) = last_writes(root)
    assert (done.sentence, [file.path[6:7] for file in done.files]) == ("a and b", ["a", "b", "d"])
    take_all_back(root, [done])
    assert texts(root) == {"a.yaml": "a: 0\n", "c.yaml": "c: 1\n", "d.yaml": "d: 1\n"}
    assert list(last_writes(root)) == []


def test_what_an_older_version_was_stopped_in_is_finished(root):
    (root / "deals/b.yaml").write_text("b: 1\n")
    old_note(root, "open", ("deals/a.yaml", "a: 1\n", "a: 2\n"), ("deals/b.yaml", None, "b: 1\n"))
    assert finish(root) is True
    assert texts(root) == {"a.yaml": "a: 2\n", "b.yaml": "b: 1\n"}


def digest(text) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_in_parts_is_written_with_the_others_and_taken_back_whatever_lines_it_has(root, monkeypatch):
    monkeypatch.setattr(journal, "PIECE", 5)
    was, now = 'é\r\n"{\n\u2028\n', ["", '{"a": "b"}', "\n\n", "\U0001f600 ü\r", "\n"]
    (root / "deals/long.json").write_bytes(was.encode())
    done = write(root, [A, LongFile("deals/long.json", now, digest(was)), B], "all three")
    assert (root / "deals/long.json").read_bytes() == "".join(now).encode()
    assert [file.now.whole for file in done.files] == ["a: 2\n", "".join(now), "b: 1\n"]
    take_all_back(root, [done])
    assert (root / "deals/long.json").read_bytes() == was.encode()
    with pytest.raises(CannotDecide, match=r"^deals/long\.json was changed while this ran: nothing was written$"):
        write(root, [A, LongFile("deals/long.json", now, digest("other"))], "both")
    assert texts(root)["a.yaml"] == "a: 1\n"
    assert not is_open(root)


@pytest.mark.samples(1)
def test_a_write_holds_some_of_its_files_and_never_all(root, monkeypatch):
    monkeypatch.setattr(scratch, "IN_MEMORY", 1)
    monkeypatch.setattr(save, "TOGETHER", 5)
    monkeypatch.setattr(journal, "PIECE", 10_000)
    text, count = "0123456789\n" * 10_000, 200
    tracemalloc.start()
    done = write(root, (FileChange(f"deals/{number}.yaml", text) for number in range(count)), "many")
    take_all_back(root, [done])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert texts(root) == {"a.yaml": "a: 1\n"}
    assert peak < count * len(text) / 4
