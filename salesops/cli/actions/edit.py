"""What ``salesops edit`` does: a copy in the editor, checked on save, opened again where it is wrong, and written when it is good."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from salesops.cli import names, way_back
from salesops.cli.door import HOW_ON, Trial, in_words, three_lines, tried_with
from salesops.cli.hands import Desk, ask, can_ask, desk_of, word_of
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.edits.applied import Applied
from salesops.edits.fix import difference
from salesops.edits.yaml_writer import FileChange, NewFile
from salesops.output import problems_as_text, show
from salesops.problems import CannotDecide, Problem, errors
from salesops.records.kinds import KINDS, kind_at_path
from salesops.records.yaml_reader import MAX_BYTES, read
from salesops.store.drafted import Drafted
from salesops.store.git_call import asks
from salesops.store.journal import finish, write
from salesops.store.load import read_bytes
from salesops.store.save import alone, save_all

PLUS = {
    "vi",
    "vim",
    "nvim",
    "view",
    "gvim",
    "nano",
    "pico",
    "emacs",
    "emacsclient",
    "micro",
    "joe",
    "kak",
    "ne",
    "mg",
    "gedit",
}
"""Editors that begin at a line by +N."""
BEHIND = {
    "code": "--goto",
    "code-insiders": "--goto",
    "codium": "--goto",
    "cursor": "--goto",
    "subl": "",
    "zed": "",
    "hx": "",
}
"""Editors that begin at a line by FILE:N, and the option for it."""
WAITS = {"code", "code-insiders", "codium", "cursor", "subl", "zed", "gedit"}
"""Editors that come back at once, unless they are told to wait."""
NO_TERMINAL = (
    "edit opens an editor, and there is no terminal here: salesops apply takes a list of changes; or write the file, and "
    "salesops check looks at it"
)


def run(folder: str, **options: Any) -> int:
    """Edit it; 1 where what was written is wrong and was not mended."""
    if not can_ask():
        raise Usage(NO_TERMINAL)
    desk = desk_of(folder, options["as_of"], yes=False, dry_run=False, output_format="text")
    path = _path(desk, options["record"])
    finish(desk.root)
    was = _text(read_bytes(desk.root, path), path)
    begun = _text(_draft(options["draft"]), options["draft"]) if options["draft"] else was
    return _Editing(desk, path, was, options["dry_run"]).until_good(begun)


def _text(raw: bytes | int, name: str) -> str:
    if isinstance(raw, int):
        raise CannotDecide(f"{name} has {raw:,} bytes: too many for a record")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotDecide(f"{name} is not UTF-8: open it in an editor that can save it as UTF-8") from None


def _draft(name: str) -> bytes:
    try:
        with Path(name).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as fault:
        raise Usage(f"--draft: {show(name)}: {fault.strerror}") from None


def _path(desk: Desk, asked: str) -> str:
    """The file of the record that is meant: by its path, its id or its name; one that cannot be read, too."""
    inside = os.path.relpath(Path(asked).resolve(), desk.root).replace(os.sep, "/")
    for path in (asked, inside):
        if kind_at_path(path) and (desk.root / path).is_file():
            return path
    known = names.records(desk.book, desk.day)
    ids = {choice.id for choice in known}
    others = [Choice(ref[1], (f"{ref[0]} {ref[1]}",), ref[0]) for ref in desk.book.documents if ref[1] not in ids]
    found = desk.chosen(asked, [*known, *others], f"there is no record '{show(asked)}'")
    return _path_of(desk, found)


def _path_of(desk: Desk, record: str) -> str:
    for kind in KINDS.values():
        document = desk.book.documents.get((kind.name, record))
        if document:
            return document.path
    for name, broken in sorted(desk.book.broken):
        if broken == record:
            below = sorted((desk.root / KINDS[name].where).rglob(f"{record}.yaml"))
            return below[0].relative_to(desk.root).as_posix() if below else KINDS[name].where
    raise CannotDecide(f"the file of '{record}' is not there any more")


class _Editing:
    """A copy of one record in an editor, as often as it takes."""

    def __init__(self, desk: Desk, path: str, was: str, dry_run: bool) -> None:
        self.desk, self.path, self.was, self.dry_run = desk, path, was, dry_run

    def until_good(self, begun: str) -> int:
        """Open it until it is good, or is left."""
        text, line = begun, 1
        while True:
            text = edited(self.desk.root, self.path, text, line)
            way_back.forget()
            if text == self.was:
                say("Nothing changed, nothing was written.")
                return 0
            tried = self._tried(text)
            if tried.is_refused:
                answer, line = self._what_now(tried.problems)
            else:
                answer = self._agrees(tried, text)
            if answer == "yes":
                return self._write(tried, text)
            if answer == "keep":
                return self._keep(text)
            if answer == "no":
                say("Nothing was written.")
                return 1 if tried.is_refused else 0

    def _tried(self, text: str) -> Trial:
        drafted = Drafted(self.desk.root)
        before, problems = drafted.load()
        try:
            file = FileChange(self.path, text, self.was)
            return tried_with(drafted, before, problems, self.desk.day, [file])
        except UnicodeEncodeError:
            _, unread = read(self.path, text.encode("utf-8", "surrogateescape"))
            return Trial(before, before, self.desk.day, (), Applied(), tuple(unread))

    def _what_now(self, problems: Sequence[Problem]) -> tuple[str, int]:
        """Show what is wrong and ask how to go on; the line at which the editor opens again."""
        found = list(errors(problems))
        for line in problems_as_text(found, style):
            say(line)
        at = next((problem.place.line for problem in found if problem.place.path == self.path), 1)
        words = ("edit", "keep", "no")
        question = "Not written. [e]dit again / [k]eep the draft in a file / [n]o"
        answer: str = ask(question, lambda said: word_of(words, said), default="e", is_last=True)
        return answer, at

    def _agrees(self, tried: Trial, text: str) -> str:
        file = FileChange(self.path, text, self.was)
        for line in (*three_lines(tried), *problems_as_text(tried.problems, style)):
            say(line)
        if self.dry_run:
            for line in difference(file):
                say(show(line))
            return "no"
        words = ("yes", "no", "diff", "edit")
        while True:
            question = f"Write {in_words(file)}?  [Y/n/diff/edit]"
            answer: str = ask(question, lambda said: word_of(words, said), default="y", is_last=True)
            if answer != "diff":
                return answer
            for line in difference(file):
                say(show(line))

    def _write(self, tried: Trial, text: str) -> int:
        try:
            with alone(self.desk.root):
                write(self.desk.root, [FileChange(self.path, text, self.was)], tried.sentence or f"{self.path} edited")
        except CannotDecide as fault:
            say(show(str(fault)))
            return self._keep(text)
        say(f"Written. {HOW_ON}")
        return 0

    def _keep(self, text: str) -> int:
        """Keep what was typed in a file that is no record."""
        name = Path(self.path).stem
        free = (f"{name}{number}.draft" for number in ("", *(f"-{n}" for n in range(2, 1_000))))
        kept = next(each for each in free if not (self.desk.root / each).exists())
        save_all(self.desk.root, [NewFile(kept, text.encode("utf-8", "surrogateescape"))])
        say(f"Kept in {kept}; salesops edit {name} --draft {show(str(self.desk.root / kept))} goes on with it.")
        return 1


def edited(root: Path, path: str, text: str, line: int) -> str:
    """The text after somebody has edited it; the same where the editor was left without saving."""
    with tempfile.TemporaryDirectory(prefix="salesops-") as folder:
        copy = Path(folder, Path(path).name)
        copy.write_bytes(text.encode("utf-8", "surrogateescape"))
        editor = _editor(root)
        try:
            ended = subprocess.run(editor_words(editor, str(copy), line), check=False)
        except OSError as fault:
            raise CannotDecide(
                f"the editor '{editor}' cannot be started ({fault.strerror}): set EDITOR to another one"
            ) from None
        if ended.returncode:
            say(f"The editor ended with {ended.returncode}: what it holds is not taken.")
            return text
        return copy.read_bytes().decode("utf-8", "surrogateescape")


def _editor(root: Path) -> str:
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or asks(root, "var", "GIT_EDITOR") or "vi"


def editor_words(editor: str, file: str, line: int) -> list[str]:
    """The call of an editor at a line of a file, as that editor takes it; without a line where nobody knows how."""
    words = shlex.split(editor, posix=os.name != "nt") or ["vi"]
    program = Path(words[0]).stem.casefold()
    if program in WAITS and not {"--wait", "-w"} & set(words):
        words.append("--wait")
    if program in BEHIND:
        return [*words, *filter(None, [BEHIND[program]]), f"{file}:{line}"]
    return [*words, f"+{line}", file] if program in PLUS and line > 1 else [*words, file]
