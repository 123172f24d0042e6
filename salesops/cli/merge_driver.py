"""``salesops merge-driver``: what git calls to join two versions of one record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesops.cli.shared import note

if TYPE_CHECKING:
    from salesops.edits.merge import Merged


@click.command("merge-driver", context_settings={"ignore_unknown_options": True})
@click.argument("base", metavar="BASE")
@click.argument("ours", metavar="OURS")
@click.argument("theirs", metavar="THEIRS")
@click.argument("path", metavar="[PATH]", default="")
@click.pass_context
def command(ctx: click.Context, base: str, ours: str, theirs: str, path: str) -> None:
    """Join two versions of one record field by field; the result goes into OURS.

    Git calls this once it is set up:

    \b
      git config merge.salesops.driver 'salesops merge-driver %O %A %B %P'
      echo 'deals/**/*.yaml merge=salesops' >> .gitattributes

    Exits with 1 where both sides changed the same value: then OURS holds both versions of that part between markers.
    """
    from salesops.edits.yaml_writer import FileChange
    from salesops.output import show
    from salesops.store.load import read_bytes
    from salesops.store.save import save

    folder = Path(ctx.obj)
    name = show(path or ours)
    texts = [_text(read_bytes(folder, file)) for file in (base, ours, theirs)]
    was, here, there = texts
    if was is None or here is None or there is None:
        note(f"{name}: one of the versions is too large or is not UTF-8, so ours is left as it is; choose one by hand")
        ctx.exit(1)
    merged = _merged(was, here, there, path)
    if merged.text != here:
        target = folder / ours
        save(target.parent, FileChange(target.name, merged.text, here))
    for sentence in merged.sentences:
        note(f"{name}: {show(sentence)}")
    ctx.exit(1 if merged.sentences else 0)


def _merged(base: str, ours: str, theirs: str, path: str) -> Merged:
    from salesops.edits.merge import kind_anywhere, merge, merge_prose

    is_record = not path or path.endswith(".yaml")
    return merge(base, ours, theirs, kind_anywhere(path)) if is_record else merge_prose(base, ours, theirs)


def _text(raw: bytes | int) -> str | None:
    try:
        return None if isinstance(raw, int) else raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
