"""What ``salesops erase`` does: say where words stand, or write the repository anew without them."""

from __future__ import annotations

from pathlib import Path

from salesops.cli.hands import NoWay
from salesops.cli.options import Usage
from salesops.cli.printing import note, say
from salesops.cli.repository import root_of
from salesops.output import counted, show
from salesops.records.scalars import ID_FORM
from salesops.store.erasing import Words, rewritten, standing, usable
from salesops.store.git_call import git
from salesops.store.load import load

MOST = 30
"""How many files are named."""


def run(folder: str, words: tuple[str, ...], into: str | None, instead: str) -> int:
    """Look, or write; 1 where the words stand nowhere, or where what was written has errors."""
    if why := usable(words, instead):
        raise Usage(show(why))
    if not ID_FORM.fullmatch(instead):
        raise Usage(f"--as: '{show(instead)}' stands where ids stand too: lower-case letters, digits and hyphens")
    root, asked = root_of(folder), Words(words, instead)
    found = standing(root, asked)
    for path, times in sorted(found.files.items())[:MOST]:
        say(f"{times:>5}  {show(path)}")
    if len(found.files) > MOST:
        say(f"   …   and {len(found.files) - MOST:,} more files")
    say(f"{counted(len(found.files), 'file')} now, {counted(found.commits, 'commit')} in all hold the words")
    if not found.files and not found.commits:
        raise NoWay("the words stand nowhere")
    return _write(root, Path(folder, into), into, asked) if into else 0


def _write(root: Path, target: Path, name: str, words: Words) -> int:
    if git(root, "status", "--porcelain").strip():
        raise NoWay("there are changes that are not committed: commit them first, they would be left behind")
    try:
        target.mkdir(parents=True, exist_ok=True)
        taken = any(target.iterdir())
    except OSError as fault:
        raise Usage(f"--into: {show(name)}: {fault.strerror}") from None
    if taken:
        raise Usage(f"--into: {show(name)} is not empty")
    commits = rewritten(root, target, words)
    say(f"{show(name)}: {counted(commits, 'commit')} written anew; the words stand in none of them")
    book, problems = load(target)
    errors = [problem for problem in problems if problem.is_error]
    for problem in errors:
        note(f"{show(problem.place.path)}:{problem.place.line}: {show(problem.message)}")
    note(
        "salesops: next: salesops check there, then push it in place of the old one; the guide says what is left elsewhere"
    )
    return 1 if errors or not book.processes else 0
