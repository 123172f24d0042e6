"""``salesops edit``: a record in the editor, checked when it is saved, opened again at the line that is wrong."""

from __future__ import annotations

import sys

import pytest
from gitting import Git
from terminal import typed

from salesops.cli.actions.edit import editor_words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")


@pytest.fixture
def crm(repo):
    repo.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    Git(repo.root).begin()
    return repo


@pytest.fixture
def editor(crm, monkeypatch):
    """``editor(script, …)``: an editor that does the first of some things to the file, and the next when it is opened again."""

    def made(*scripts: str) -> None:
        folder = crm.root.parent
        for number, script in enumerate(scripts, 1):
            (folder / f"do-{number}").write_text(script)
        program = folder / "vim"
        program.write_text(
            f'#!/bin/sh\necho x >> {folder}/times; n=$(wc -l < {folder}/times); echo "$@" >> {folder}/calls\n'
            f"for file; do :; done; . {folder}/do-$((n))\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("VISUAL", str(program))

    return made


def text(crm) -> str:
    return (crm.root / "deals/acme.yaml").read_text()


def calls(crm) -> list[str]:
    return (crm.root.parent / "calls").read_text().splitlines()


def test_what_is_saved_is_checked_and_written_and_can_be_taken_back(crm, editor):
    before = text(crm)
    editor("sed -i 's/owner: jim/owner: april/' $file")
    code, screen = typed(crm.root, ["edit", "acme"], ["diff", "y"])
    assert code == 0, screen
    assert "+owner: april" in screen
    assert text(crm) == before.replace("owner: jim", "owner: april")
    assert crm.run("undo").code == 0
    assert text(crm) == before


def test_what_is_wrong_is_shown_and_it_opens_again_at_that_line(crm, editor):
    editor("sed -i 's/owner: jim/owner: jimm/' $file", "sed -i 's/owner: jimm/owner: april/' $file")
    line = text(crm).splitlines().index("owner: jim") + 1
    code, screen = typed(crm.root, ["edit", "acme"], ["e", "y"])
    assert code == 0, screen
    assert "'jimm' is not in playbook/team.yaml" in screen
    assert calls(crm)[1].startswith(f"+{line} ")
    assert "owner: april\n" in text(crm)


def test_a_draft_is_kept_and_gone_on_with(crm, editor):
    before = text(crm)
    editor("echo 'next: [' >> $file", "sed -i '/next: \\[/d; s/owner: jim/owner: april/' $file")
    code, screen = typed(crm.root, ["edit", "acme"], ["keep"])
    assert (code, text(crm)) == (1, before)
    assert "Kept in acme.draft; salesops edit acme --draft " in screen
    assert "next: [" in (crm.root / "acme.draft").read_text()
    assert crm.run("check").code == 0
    code, screen = typed(crm.root, ["edit", "acme", "--draft", str(crm.root / "acme.draft")], ["y"])
    assert code == 0, screen
    assert "owner: april\n" in text(crm)


@pytest.mark.samples(3)
@pytest.mark.parametrize(
    ("script", "answers", "code", "says"),
    [
        ("true", [], 0, "Nothing changed, nothing was written."),
        ("sed -i 's/owner: jim/owner: april/' $file; exit 1", [], 0, "The editor ended with 1"),
        ("sed -i 's/owner: jim/owner: nobody/' $file", ["n"], 1, "Nothing was written."),
        ("sed -i 's/owner: jim/owner: april/' $file", ["n"], 0, "Nothing was written."),
        ("printf 'x: \\377' >> $file", ["n"], 1, "[not-utf-8]"),
        ("sed -i 's/enrichment: 2026-01-05/enrichment: 2026-01-04/' $file", ["n"], 1, "[past-altered]"),
    ],
)
def test_what_is_left_or_wrong_is_not_written(crm, editor, script, answers, code, says):
    before = text(crm)
    editor(script)
    ended, screen = typed(crm.root, ["edit", "acme"], answers)
    assert (ended, text(crm)) == (code, before), screen
    assert says in screen


def test_what_somebody_wrote_meanwhile_is_not_lost_and_neither_is_the_draft(crm, editor):
    editor(f"sed -i 's/owner: jim/owner: april/' $file; echo '# theirs' >> {crm.root}/deals/acme.yaml")
    code, screen = typed(crm.root, ["edit", "acme"], ["y"])
    assert code == 1
    assert "deals/acme.yaml was changed while this ran" in screen
    assert text(crm).endswith("# theirs\n")
    assert "owner: april" in (crm.root / "acme.draft").read_text()


@pytest.mark.parametrize(
    "asked", ["playbook/team.yaml", "team", "cascadia-university", "Subject lines", "deals/acme.yaml"]
)
def test_any_record_can_be_edited(crm, editor, asked):
    editor("true")
    code, screen = typed(crm.root, ["edit", asked], [])
    assert code == 0, screen
    assert screen.endswith("Nothing changed, nothing was written.\n")


def test_a_file_that_cannot_be_read_can_be_mended(crm, editor):
    crm.write("deals/acme.yaml", text(crm) + "next: [\n")
    editor("sed -i '/next: \\[/d' $file")
    code, screen = typed(crm.root, ["edit", "acme"], ["y"])
    assert code == 0, screen
    assert crm.run("check").code == 0


def test_without_a_terminal_it_says_what_to_do_instead(crm):
    ran = crm.run("edit", "acme")
    assert ran.code == 2
    assert "salesops apply takes a list of changes" in ran.err


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("vi", ["vi", "+7", "f"]),
        ("nano -w", ["nano", "-w", "+7", "f"]),
        ("code", ["code", "--wait", "--goto", "f:7"]),
        ("code --wait", ["code", "--wait", "--goto", "f:7"]),
        ("/usr/bin/subl -w", ["/usr/bin/subl", "-w", "f:7"]),
        ("'/opt/my editor/vim' -u none", ["/opt/my editor/vim", "-u", "none", "+7", "f"]),
        ("ed", ["ed", "f"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor, words):
    assert editor_words(editor, "f", 7) == words
