"""What ``salesops site`` does: build the site, unless nothing has changed since it was built."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from salesops.cli.printing import say
from salesops.output import counted, show
from salesops.store.kept_site import HTML, KeptSite, inputs_of, keep, kept_site
from salesops.store.root import find_root


def run(
    folder: str,
    out: str | None,
    as_of: str | None,
    known: str | None,
    *,
    strict: bool,
    public: bool = False,
    months: int = 0,
    rebuild: bool = False,
) -> int:
    """Build the site, or the public one; 1 where the records break the rules or it cannot be built."""
    noted: partial[None] | None = None
    root = find_root(Path(folder).resolve()) if Path(folder).is_dir() else None
    if root and not (known or public or months):
        target = (Path(folder, out) if out else root / HTML).absolute()
        asked = {"as_of": as_of, "strict": strict}
        inputs = inputs_of(root, target, asked)
        if not rebuild and (kept := kept_site(root, target, inputs)):
            return _say_that_it_stands(kept)
        noted = partial(keep, root, target, inputs, asked) if inputs else None
    # What builds takes longer to load than all of the above takes.
    from salesops.cli.actions.site_build import build_site  # noqa: PLC0415

    return build_site(folder, out, as_of, known, strict=strict, public=public, months=months, noted=noted)


def _say_that_it_stands(kept: KeptSite) -> int:
    index = show(Path(kept.out, "index.html"))
    say(f"{counted(kept.pages, 'page')} as of {kept.day}: open {index} (nothing has changed since it was built)")
    return 0
