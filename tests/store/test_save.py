"""What the program writes: text that reads back exactly, in the team's own style, and files that are old or new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.yaml_writer import FileChange, NewFile, in_order, render, scalar
from salesops.problems import CannotDecide
from salesops.records.deal import Deal
from salesops.records.money import Money
from salesops.records.yaml_reader import UNSEEN, read
from salesops.store.save import alone, save, save_all

HOSTILE = [
    "", " ", "~", "null", "NULL", "true", "no", "on", "010", "1_000", "1:30", "1e3", "0x1f", "2026-02-29", ".inf", "=cmd",
    "-", "- a", "-5", "--- x", "---", "...", "? a", "?", ": a", ":", "a:", "a: b", "a:b", "https://x.example/?a=b&c=[d]",
    "#", "# a", "a #b", "a#b", "Acme #2", "&Acme", "*Acme", "!Acme", "!!str x", "|", ">", "> a", "%TAG", "@a", "`a`", "<<",
    "'", '"', "'a'", '"a"', "it's", 'say "hi"', "back\\slash", "\\n", "a\\", "{", "}", "{a: b}", "[a]", "a, b", "a]", ",",
    "two\nlines", "\n", "a\n", "\n\n# H", "tab\there", "\tx", "a\r\nb", "trailing ", " leading", "a  b", "é", "東京大学",
    "🙂", "a\u00a0b", ":\u00a0x", "\u00a0x", "x" * 5000, "x, y " * 900, "<<<<<<< HEAD", "a\n<<<<<<< HEAD\nb", "</script>",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet="ab ~-:?,[]{}#&*!|>'\"%@`\\\n\t<=$é", max_size=12),
    st.text(max_size=40),
).filter(lambda words: not UNSEEN.search(words))
keys = st.one_of(
    st.sampled_from(
        ["title", "a b", "null", "no", "2026-01-05", "a: b", "#k", "?", "closed won", "-", "x,y", '"q"', "é"]
    ),
    st.text(alphabet="abc:#-?,'\" ", min_size=1, max_size=6).filter(lambda key: not key.startswith(" ")),
)
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(keys, values, min_size=1, max_size=5))
def test_whatever_text_is_written_is_read_back_letter_by_letter(data):
    document, problems = read("a.yaml", render(data).encode())
    assert problems == []
    assert document is not None
    assert document.data == data


@pytest.mark.parametrize("words", HOSTILE)
def test_an_awkward_text_survives_in_a_line_in_braces_and_in_a_list(words):
    data = {
        "title": words,
        "x": {"a": words, "b": "c"},
        "list": [words, "z"],
        "moves": [{"k": words}, {"a": "b", "c": words}],
    }
    document, problems = read("a.yaml", render(data).encode())
    assert problems == []
    assert document is not None
    assert document.data == data


@given(st.text(max_size=20).filter(UNSEEN.search))
def test_a_character_that_no_record_may_hold_is_refused_when_it_is_read_never_changed_in_silence(words):
    document, problems = read("a.yaml", render({"title": words}).encode())
    assert problems
    assert document is None or document.data == {"title": words}


def test_a_deal_is_written_as_a_person_would_write_it():
    data = {
        "title": "General Membership",
        "member": "cascadia-university",
        "stages": [{"enrichment": date(2026, 1, 5)}, {"closed won": date(2026, 3, 9)}],
        "value": {"mrr": Money(Decimal(1250), "USD"), "months": 12},
        "next": {"action": "Call the dean, then write", "due": date(2026, 3, 20)},
        "icp": {"fit": True, "note": None},
        "activity": [{"date": date(2026, 1, 20), "kind": "call", "with": ["a-smith"]}],
        "links": [{"kind": "notes", "url": "https://docs.example/" + "a" * 90}],
        "contract": {"signed": "2026-03-09", "entity": "The Foundation for Open Computing, Science and Society", "template": "services@5", "agreement": "https://sign.example/a"},
        "win": {"signals": ["asked twice", "yes: in writing"]},
    }  # fmt: skip
    assert render(data) == dedent(
        """\
        title: General Membership
        member: cascadia-university
        stages:
          - enrichment: 2026-01-05
          - closed won: 2026-03-09
        value: {mrr: 1250 USD, months: 12}
        next: {action: "Call the dean, then write", due: 2026-03-20}
        icp: {fit: true}
        activity:
          - {date: 2026-01-20, kind: call, with: [a-smith]}
        links:
          - kind: notes
            url: https://docs.example/LONG
        contract:
          signed: 2026-03-09
          entity: The Foundation for Open Computing, Science and Society
          template: services@5
          agreement: https://sign.example/a
        win: {signals: [asked twice, "yes: in writing"]}
        """
    ).replace("LONG", "a" * 90)


def test_every_deal_and_member_of_this_repository_keeps_its_meaning_when_it_is_written_anew(home):
    for folder in ("deals", "members"):
        for path in sorted((home / folder).rglob("*.yaml")):
            document, _ = read(path.name, path.read_bytes())
            assert document is not None
            again, problems = read(path.name, render(document.data).encode())
            assert again is not None
            assert (again.data, problems) == (document.data, []), path


def test_keys_come_in_the_order_of_the_reference_and_unknown_ones_last():
    assert list(in_order(Deal, {"zeal": "1", "x": {}, "stages": [], "title": "a"})) == ["title", "stages", "x", "zeal"]


def test_a_float_is_never_written():
    with pytest.raises(TypeError):
        scalar(0.1)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def files(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_new_file_is_written_with_the_folders_it_needs_and_nothing_is_left_lying_about(tmp_path):
    save(tmp_path, FileChange("deals/2026/a.yaml", "title: A\n"))
    assert files(tmp_path) == {"deals/2026/a.yaml": "title: A\n"}


def test_a_file_is_replaced_only_while_it_holds_what_the_change_was_made_for(tmp_path):
    (tmp_path / "a.yaml").write_text("title: edited by hand\n")
    with pytest.raises(CannotDecide, match="changed while this ran"):
        save(tmp_path, FileChange("a.yaml", "title: new\n", was="title: old\n"))
    with pytest.raises(CannotDecide, match="was created"):
        save(tmp_path, FileChange("a.yaml", "title: new\n"))
    with pytest.raises(CannotDecide, match="was removed"):
        save(tmp_path, FileChange("b.yaml", "title: new\n", was="title: old\n"))
    assert files(tmp_path) == {"a.yaml": "title: edited by hand\n"}
    save(tmp_path, FileChange("a.yaml", "title: new\n", was="title: edited by hand\n"))
    assert files(tmp_path) == {"a.yaml": "title: new\n"}


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    (tmp_path / "a.yaml").write_text("old\n")
    (tmp_path / "a.yaml").chmod(0o640)
    save(tmp_path, FileChange("a.yaml", "new\n", was="old\n"))
    assert (tmp_path / "a.yaml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "path", ["../a.yaml", "/etc/a.yaml", "deals/../../a.yaml", "deals//a.yaml", "", "a\0.yaml", "deals\\..\\a.yaml"]
)
def test_nothing_is_written_outside_the_repository(tmp_path, path):
    root = tmp_path / "crm"
    root.mkdir()
    with pytest.raises(CannotDecide, match="is not inside"):
        save(root, FileChange(path, "x\n"))
    assert files(tmp_path) == {}


def test_nothing_is_written_through_a_link_or_over_what_is_not_a_file(tmp_path):
    root, away = tmp_path / "crm", tmp_path / "away"
    root.mkdir()
    away.mkdir()
    (root / "deals").symlink_to(away)
    (root / "a.yaml").symlink_to(away / "a.yaml")
    os.mkfifo(root / "pipe.yaml")
    for path in ("deals/a.yaml", "a.yaml", "pipe.yaml"):
        with pytest.raises(CannotDecide):
            save(root, FileChange(path, "x\n"))
    assert files(away) == {}


def test_drafts_of_a_command_that_was_killed_are_swept_by_the_next_one(tmp_path):
    (tmp_path / ".salesops-123-4.tmp").write_text("half")
    (tmp_path / ".salesops-notes").write_text("mine")
    save(tmp_path, FileChange("a.yaml", "new\n"))
    assert files(tmp_path) == {".salesops-notes": "mine", "a.yaml": "new\n"}


def test_a_second_writing_command_waits_and_then_says_why_it_gives_up(tmp_path):
    code = "import sys, time; from pathlib import Path; from salesops.store.save import alone\nwith alone(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(CannotDecide, match="another salesops command"), alone(tmp_path, patience=0.2):
            pass
    finally:
        other.kill()
        other.communicate()
    with alone(tmp_path, patience=5):
        pass  # the lock died with its process


def test_a_new_file_may_hold_any_bytes_and_never_takes_the_place_of_another(tmp_path):
    save_all(tmp_path, [NewFile("vendor/a.whl", b"PK\x03\x04\xff\r\n\x00")])
    with pytest.raises(CannotDecide, match="was created"):
        save_all(tmp_path, [NewFile("vendor/a.whl", b"other")])
    assert (tmp_path / "vendor/a.whl").read_bytes() == b"PK\x03\x04\xff\r\n\x00"


FULL_DISK = """
import resource, sys
from pathlib import Path
from salesops.edits.yaml_writer import FileChange
from salesops.problems import CannotDecide
from salesops.store.save import save_all
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
root = Path(sys.argv[1])
try:
    save_all(root, [FileChange("a.yaml", "new\\n", "old\\n"), FileChange("b.yaml", "x" * 5000)])
except CannotDecide as fault:
    print(fault)
"""


def test_a_full_disk_leaves_the_old_files_and_says_so_in_a_sentence(tmp_path):
    (tmp_path / "a.yaml").write_text("old\n")
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout == "b.yaml cannot be written: File too large\n"
    assert files(tmp_path) == {"a.yaml": "old\n"}


KILLED = """
import sys
from pathlib import Path
from salesops.edits.yaml_writer import FileChange
from salesops.store import save
save.TOGETHER = 20
root = Path(sys.argv[1])
print("go", flush=True)
save.save_all(root, [FileChange(f"{i:03}.yaml", "new " * 500, "old\\n" if i % 2 else None) for i in range(200)])
"""


@pytest.mark.parametrize("after", [0.0, 0.002, 0.005, 0.01, 0.02, 0.04])
def test_killed_at_any_moment_every_file_is_either_old_or_new(tmp_path, after):
    for number in range(1, 200, 2):
        (tmp_path / f"{number:03}.yaml").write_text("old\n")
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"go\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    records = {name: text for name, text in files(tmp_path).items() if not name.startswith(".")}
    assert set(records.values()) <= {"old\n", "new " * 500}
    save_all(tmp_path, [])
    save(tmp_path, FileChange("zzz.yaml", "next\n"))
    assert not [name for name in files(tmp_path) if name.endswith(".tmp")]
