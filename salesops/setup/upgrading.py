"""What a newer program writes anew in a repository that an older one began; what the team has made its own is told from it, and stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from salesops.edits.issue_forms import HEAD
from salesops.edits.yaml_writer import FileChange, NewFile
from salesops.setup.new_repository import OWNERS, RENAMED, files
from salesops.setup.vendoring import NAMED, Named, Wheel, named, wheel
from salesops.store.save import alone, save_all

OURS = (".github/", ".gitattributes", ".vscode/", "requirements.lock", "schemas/", "site/guides/", "site/reference/")
"""Where the program's own files lie; all else is the team's from its first day on."""
MADE = ("schemas/", ".vscode/salesops.code-snippets")
"""What is only ever made from the records, and by nobody's hand."""
REQUIREMENTS, LOCK = "requirements.txt", "requirements.lock"
STARTER = "salesops/setup/starter/"
MAX_BYTES = 2_000_000
"""Above this, a file of an older program is not looked at."""


@dataclass(frozen=True)
class Upgrade:
    """What would be written, which wheels would go, and the difference to what the team has made its own."""

    files: tuple[FileChange, ...] = ()
    program: Wheel | None = None
    gone: tuple[str, ...] = ()
    kept: tuple[FileChange, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether anything would be written."""
        return bool(self.files or self.program)


def upgrade(root: Path, today: date) -> Upgrade:
    """Compare what is there with what this program writes, and with what the one that began it wrote."""
    text = _text(root / REQUIREMENTS) or ""
    pinned, program = named(text), wheel()
    older = _older(root, pinned)
    found = [
        (change, _is_the_teams(change, older))
        for path, data in files(today, None, root)
        if path.startswith(OURS) and path != OWNERS and (change := _change(root, path, data))
    ]
    raised = [it for it in _requirements(text, program) if pinned]
    is_new = bool(pinned) and not (root / program.path).is_file()
    return Upgrade(
        (*(change for change, is_theirs in found if not is_theirs), *raised),
        program if is_new else None,
        (pinned.path,) if pinned and raised and pinned.path != program.path and (root / pinned.path).is_file() else (),
        tuple(change for change, is_theirs in found if is_theirs),
    )


def write(root: Path, wanted: Upgrade) -> None:
    """Write it: first the program, last what goes away."""
    with alone(root):
        program = [NewFile(wanted.program.path, wanted.program.data)] if wanted.program else []
        save_all(root, [*program, *wanted.files])
        for path in wanted.gone:
            (root / path).unlink(missing_ok=True)


def _change(root: Path, path: str, data: bytes) -> FileChange | None:
    """What a file would become; None where it says so already."""
    text = data.decode("utf-8")
    there = _text(root / path)
    return None if there == text else FileChange(path, text, there)


def _text(file: Path) -> str | None:
    """What a file says; None where there is none. What is no text says nothing that could be compared."""
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else None


def _is_the_teams(change: FileChange, older: Mapping[str, str] | None) -> bool:
    """Whether a file is no longer as the program that began the repository wrote it: it was changed, or taken away, by hand."""
    if change.path.startswith(MADE) or (change.was or "").startswith(HEAD):
        return False
    if older is None:
        return change.was is not None
    return change.was != older.get(change.path)


def _requirements(text: str, program: Wheel) -> Iterator[FileChange]:
    """The one line that names the program, in a file whose other lines may be the team's."""
    raised = NAMED.sub(lambda _: program.requirement, text)
    if raised != text:
        yield FileChange(REQUIREMENTS, raised, text)


def _older(root: Path, pinned: Named | None) -> Mapping[str, str] | None:
    """What the program that began the repository wrote into it, from its wheel; None where there is none to look into."""
    if pinned is None or not pinned.is_at(root):
        return None
    try:
        with ZipFile(BytesIO((root / pinned.path).read_bytes())) as archive:
            names = [it for it in archive.infolist() if it.filename.startswith(STARTER) and it.file_size < MAX_BYTES]
            texts = {it.filename.removeprefix(STARTER): archive.read(it).decode("utf-8", "replace") for it in names}
    except (BadZipFile, NotImplementedError, RuntimeError):
        return None
    return {RENAMED.get(path, path): text for path, text in texts.items()}
