"""What is wrong with a set-up, found by looking at the machine and the repository: the examination behind `doctor`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from salesops.edits.yaml_writer import FileChange
from salesops.metrics.own import broken_metrics
from salesops.output import as_json, counted
from salesops.problems import CannotDecide
from salesops.records.json_schema import schema_of, without_offers
from salesops.records.kinds import KINDS
from salesops.setup.codeowners import HEAD, codeowners
from salesops.setup.new_repository import OWNERS
from salesops.setup.upgrading import upgrade
from salesops.setup.vendoring import Named, attempt, named
from salesops.store.git import is_repository, is_shallow, setting
from salesops.store.git_call import asks
from salesops.store.load import load

OLDEST = (3, 11)
REWRITE = f"salesops schema --codeowners > {OWNERS}"
DRIVER = "merge.salesops.driver"
MERGED = {
    "deals/a/b.yaml": "deals/**/*.yaml",
    "members/a/b.yaml": "members/**/*.yaml",
    "playbook/a/b.yaml": "playbook/**/*.yaml",
    "imports/a.last.json": "imports/*.last.json",
}
"""Files as there may be some that the program joins, and the line of .gitattributes that says so of all of their kind."""
UPGRADE = "salesops init . --upgrade"
REINSTALL = "delete vendor/, requirements.txt and requirements.lock, run salesops init . and commit what it writes"


@dataclass(frozen=True)
class Look:
    """One thing that was looked at: what was found, and the fix where it is not well."""

    is_well: bool
    said: str
    fix: str = ""


def examine(root: Path) -> list[Look]:
    """Everything about a repository's set-up, the most basic first."""
    looks: tuple[Callable[[Path], Iterator[Look]], ...] = (
        _python,
        _records,
        _git,
        _merging,
        _site,
        _workflows,
        _owners,
        _schemas,
        _installation,
        _own_metrics,
        _upgrade,
    )
    return [finding for look in looks for finding in look(root)]


def _own_metrics(root: Path) -> Iterator[Look]:
    """Metrics that installed packages bring, and cannot be used."""
    for broken in broken_metrics():
        yield Look(False, broken.sentence, f"mend the package {broken.package}, or uninstall it")


def outside() -> list[Look]:
    """What can be said where there is no repository."""
    fix = "go into one, name it with -C DIR, or create one with salesops init DIR"
    return [*_python(Path()), Look(False, "this is not a salesops repository", fix)]


def _python(root: Path) -> Iterator[Look]:
    this = ".".join(str(part) for part in sys.version_info[:3])
    yield Look(sys.version_info >= OLDEST, f"Python {this}", "install Python 3.11 or newer")
    try:
        from yaml._yaml import CParser  # noqa: PLC0415 - whether it can be loaded is the question

        yield Look(CParser is not None, "PyYAML uses libyaml")
    except ImportError:
        yield Look(False, "PyYAML was built without libyaml", "install the wheel of PyYAML for this machine")


def _records(root: Path) -> Iterator[Look]:
    try:
        book, problems = load(root)
    except CannotDecide as fault:
        yield Look(False, "the records cannot be read", str(fault))
        return
    broken = sum(problem.is_error for problem in problems)
    yield Look(book.team is not None, "playbook/team.yaml can be read", "run salesops check")
    yield Look(bool(book.processes), counted(len(book.processes), "process version"), "add one to playbook/process/")
    yield Look(
        not broken,
        f"{counted(len(book.deals), 'deal')} and {counted(len(book.members), 'member')} can be read",
        f"{counted(broken, 'problem')}: run salesops check",
    )


def _git(root: Path) -> Iterator[Look]:
    try:
        inside = is_repository(root)
    except CannotDecide:
        yield Look(False, "git is not installed", "install git: it keeps the history")
        return
    yield Look(
        inside,
        "the records are in a git repository" if inside else "the records are not in a git repository",
        "git init, then commit",
    )
    if inside:
        yield Look(
            not is_shallow(root), "the full git history is here", "git fetch --unshallow; in CI set fetch-depth: 0"
        )


def _merging(root: Path) -> Iterator[Look]:
    """Whether git joins two versions of a record field by field; where there is no git, that was said."""
    if not _is_in_git(root):
        return
    told = (asks(root, "check-attr", "merge", "--", *MERGED) or "").splitlines()
    told = told if (root / ".gitattributes").is_file() else []
    left = [MERGED[path] for path in MERGED if f"{path}: merge: salesops" not in told]
    if left == list(MERGED.values()):
        fix = "copy the one that salesops init writes into an empty folder"
        yield Look(False, ".gitattributes does not say that records are joined field by field", fix)
    elif left:
        fix = " && ".join(f"echo '{which} merge=salesops' >> .gitattributes" for which in left)
        yield Look(False, f".gitattributes does not say how two versions of {' and '.join(left)} are joined", fix)
    elif setting(root, DRIVER):
        yield Look(True, "two versions of a record are joined field by field")
    else:
        fix = f"git config {DRIVER} '{_program(root)} merge-driver %O %A %B %P'"
        yield Look(False, "this clone does not know how two versions of a record are joined field by field", fix)


def _is_in_git(root: Path) -> bool:
    try:
        return is_repository(root)
    except CannotDecide:
        return False


def _program(root: Path) -> str:
    """How git starts the program, from the folder of the records."""
    return ".venv/bin/salesops" if (root / ".venv/bin/salesops").is_file() else "salesops"


def _owners(root: Path) -> Iterator[Look]:
    """Whether GitHub asks the right people; a file that somebody wrote by hand is theirs."""
    book, _ = load(root)
    people = book.team.people.values() if book.team else []
    if not (root / ".github").is_dir() or not (book.team and (book.team.github or any(it.github for it in people))):
        return
    file = root / OWNERS
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    asks = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    wanted = codeowners(book).splitlines()
    if not asks:
        yield Look(False, f"{OWNERS} asks nobody to review", REWRITE)
    elif text.startswith(HEAD) and not set(asks) <= set(wanted):
        yield Look(False, f"{OWNERS} names others than those who own the deals now", REWRITE)
    else:
        yield Look(True, f"{OWNERS} says who reviews what")


def _site(root: Path) -> Iterator[Look]:
    file = root / "mkdocs.yml"
    if not file.is_file():
        yield Look(False, "there is no mkdocs.yml", "copy the one that salesops init writes into an empty folder")
        return
    text = file.read_text(encoding="utf-8", errors="replace")
    output = re.search(r"^site_dir:\s*['\"]?([^\s'\"#]+)", text, re.MULTILINE)
    safe = output is not None and output[1].strip("./") != "site"
    yield Look(
        safe,
        "the site is built outside of the team's own pages",
        "set site_dir: build/html in mkdocs.yml: a build deletes what is in its output folder",
    )
    named = re.search(r"^\s*-\s*salesops\b", text, re.MULTILINE)
    yield Look(
        bool(named),
        "mkdocs.yml names the plugin salesops",
        "add `- salesops` under plugins:, so that mkdocs build gives the same pages",
    )


def _workflows(root: Path) -> Iterator[Look]:
    folder = root / ".github" / "workflows"
    texts = (
        [file.read_text(encoding="utf-8", errors="replace") for file in sorted(folder.glob("*.y*ml"))]
        if folder.is_dir()
        else []
    )
    checks = any(re.search(r"check\.sh|salesops check|\brun: make\b", text) for text in texts)
    yield Look(
        checks,
        "a workflow checks pull requests" if checks else "no workflow checks pull requests",
        "add .github/workflows/check.yml; salesops init writes one",
    )


def _schemas(root: Path) -> Iterator[Look]:
    folder = root / "schemas"
    if not folder.is_dir():
        return
    team = load(root, ("team",))[0].team
    stale = [
        name
        for name in KINDS
        if not (folder / f"{name}.json").is_file() or not _is_fresh(folder / f"{name}.json", schema_of(name, team))
    ]
    yield Look(not stale, "the schemas for editors are fresh", "salesops schema -o schemas")


def _is_fresh(file: Path, schema: dict[str, Any]) -> bool:
    """Whether a file holds a schema, whatever it offers of the members, people and stages besides."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return False
    return bool(without_offers(found) == json.loads(as_json(schema)))


def _installation(root: Path) -> Iterator[Look]:
    """Whether a clone of this repository can install the program; only one that was begun by init has it along."""
    file = root / "requirements.txt"
    if not file.is_file():
        return
    text = file.read_text(encoding="utf-8", errors="replace")
    wheel = named(text)
    if wheel and not (root / "requirements.lock").is_file():
        yield Look(False, "requirements.lock is missing: it lists the packages that salesops needs", REINSTALL)
    elif wheel:
        yield from _wheel(root, wheel)
    elif pinned := re.search(r"(?m)^salesops==([^\s;\\]+)[^\n]*(\\\r?\n[^\n]*)?--hash=sha256:", text):
        if pinned[1] != version("salesops"):
            yield _another(pinned[1])
        yield Look(True, "requirements.txt takes salesops from a package index: that installation was not tested")
    else:
        yield Look(False, "requirements.txt does not name salesops by its hash", REINSTALL)


def _another(pinned: str) -> Look:
    this = f"requirements.txt names salesops {pinned}, and this is {version('salesops')}"
    return Look(False, this, "pip install -r requirements.txt; or, to raise it there, salesops init . --upgrade")


def _wheel(root: Path, wheel: Named) -> Iterator[Look]:
    if not wheel.is_at(root):
        yield Look(False, f"{wheel.path} is missing, or is not the file that requirements.txt names", REINSTALL)
        return
    if wheel.version != version("salesops"):
        yield _another(wheel.version)
    said = attempt(root, wheel)
    if said is None:
        yield Look(True, f"{wheel.path} is intact; its installation was not tested: this environment has no pip")
        return
    if said:
        yield Look(False, f"salesops {wheel.version} cannot be installed from vendor/", f"{said}; {REINSTALL}")
        return
    rest = "the packages of requirements.lock are downloaded, and were not tested"
    yield Look(True, f"salesops {wheel.version} can be installed from vendor/; {rest}")


def _upgrade(root: Path) -> Iterator[Look]:
    """Whether the workflows are those that this version writes; only in a repository that was begun by init."""
    if not (root / "requirements.txt").is_file() or not (root / ".github").is_dir():
        return
    found = upgrade(root, datetime.now(UTC).date())
    older, own = (_of_github(changes) for changes in (found.files, found.kept))
    for path in older:
        yield Look(False, f"{path} is not as salesops {version('salesops')} writes it", UPGRADE)
    if own:
        yield Look(True, f"{', '.join(own)}: yours, and not as salesops writes it; {UPGRADE} shows the difference")
    elif not older:
        yield Look(True, "the workflows are those of this version")


def _of_github(changes: Iterable[FileChange]) -> list[str]:
    return [it.path for it in changes if it.path.startswith((".github/workflows/", ".github/check.sh"))]
