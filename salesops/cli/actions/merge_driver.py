"""What ``salesops merge-driver`` does: two versions of one record become one, or both stand between markers."""

from __future__ import annotations

from pathlib import Path

from salesops.cli.printing import note
from salesops.edits.merge import Merged, kind_anywhere, merge, merge_prose
from salesops.edits.yaml_writer import FileChange
from salesops.imports.last_files import MOST_KEPT, is_last_path
from salesops.imports.last_import_merge import last_imports_merged
from salesops.output import show
from salesops.records.yaml_reader import MAX_BYTES
from salesops.store.load import read_bytes
from salesops.store.save import save


def run(folder: str, base: str, ours: str, theirs: str, path: str) -> int:
    """Write the joined text into ``ours``; 1 where both sides changed the same value."""
    name = show(path or ours)
    limit = MOST_KEPT if is_last_path(path) else MAX_BYTES
    texts = [_text(read_bytes(Path(folder), file, limit)) for file in (base, ours, theirs)]
    was, here, there = texts
    if was is None or here is None or there is None:
        note(f"{name}: one of the versions is too large or is not UTF-8, so ours is left as it is; choose one by hand")
        return 1
    merged = _merged(was, here, there, path)
    if merged.text != here:
        target = Path(folder, ours)
        save(target.parent, FileChange(target.name, merged.text, here))
    for sentence in merged.sentences:
        note(f"{name}: {show(sentence)}")
    return 1 if merged.sentences else 0


def _merged(base: str, ours: str, theirs: str, path: str) -> Merged:
    if is_last_path(path):
        text = last_imports_merged(path, base, ours, theirs)
        said = (
            "one of the versions is not what an import left here: take the other one, and import the newest file again"
        )
        return Merged(ours, (said,)) if text is None else Merged(text, ())
    is_record = not path or path.endswith(".yaml")
    return merge(base, ours, theirs, kind_anywhere(path)) if is_record else merge_prose(base, ours, theirs)


def _text(raw: bytes | int) -> str | None:
    try:
        return None if isinstance(raw, int) else raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
