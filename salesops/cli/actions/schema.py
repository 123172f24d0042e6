"""What ``salesops schema`` prints or writes: the JSON Schema of each kind of record, and a CODEOWNERS file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from salesops.cli.options import Usage
from salesops.cli.printing import say
from salesops.cli.repository import folder_of, read
from salesops.edits.issue_forms import as_file, forms
from salesops.output import as_json, show
from salesops.problems import CannotDecide, did_you_mean
from salesops.records.json_schema import editor_snippets, offered, schema_of
from salesops.records.kinds import KINDS
from salesops.setup.codeowners import codeowners as codeowners_of
from salesops.setup.new_repository import ids_there
from salesops.store.load import find_root, load

NO_PROCESS = "there is no process version in playbook/process/ whose stages a {} could offer"


def run(
    folder: str,
    kind: str | None,
    out: str | None,
    *,
    codeowners: bool,
    issue_forms: bool,
    snippets: bool,
    dry_run: bool,
) -> int:
    """Print one schema, write those of a folder, print who reviews what, or write the forms for issues."""
    if issue_forms or snippets:
        option, where = ("--snippets", ".vscode") if snippets else ("--issue-forms", ".github/ISSUE_TEMPLATE")
        if kind or codeowners or out is None or (issue_forms and snippets):
            raise Usage(f"{option} takes -o {where}, and nothing else")
        _keep(Path(folder, out), _snippets(folder) if snippets else _issue_forms(folder), dry_run)
        return 0
    if codeowners:
        if kind or out:
            raise Usage("--codeowners cannot be combined with a kind or -o DIR")
        say(_codeowners(folder).removesuffix("\n"))
    elif out is None:
        say(_schema(folder, [_known(kind)])[0])
    else:
        kinds = [_known(kind)] if kind is not None else list(KINDS)
        texts = zip(kinds, _schema(folder, kinds), strict=True)
        _keep(Path(folder, out), {f"{kind}.json": f"{text}\n" for kind, text in texts}, dry_run)
    return 0


def _schema(folder: str, kinds: list[str]) -> list[str]:
    """The schemas of some kinds, with what this repository knows; outside of one, the usual words will do."""
    root = find_root(folder_of(folder))
    if root is None:
        return [as_json(schema_of(kind)) for kind in kinds]
    book, _ = load(root, ("team", "process"))
    words = offered(book.processes[-1] if book.processes else None, book.team, ids_there(root))
    return [as_json(schema_of(kind, book.team, words)) for kind in kinds]


def _issue_forms(folder: str) -> dict[str, str]:
    _, book, _ = read(folder)
    if not book.processes:
        raise CannotDecide(NO_PROCESS.format("form"))
    return {f"{form.name}.yml": as_file(form) for form in forms(book.processes[-1], book.team)}


def _snippets(folder: str) -> dict[str, str]:
    _, book, _ = read(folder)
    if not book.processes:
        raise CannotDecide(NO_PROCESS.format("snippet"))
    return {"salesops.code-snippets": f"{as_json(editor_snippets(book.processes[-1]))}\n"}


def _codeowners(folder: str) -> str:
    _, book, _ = read(folder)
    if book.team is None:
        raise CannotDecide("playbook/team.yaml cannot be read, and it holds the GitHub accounts: run salesops check")
    return codeowners_of(book)


def _known(kind: str | None) -> str:
    """The kind that is asked for, refused where there is none."""
    if kind is None:
        raise Usage(f"name a kind: {', '.join(KINDS)}; or -o DIR for all of them")
    if kind not in KINDS:
        raise Usage(f"there is no kind '{show(kind)}'; {did_you_mean(kind, KINDS)}".rstrip("; "))
    return kind


def _keep(folder: Path, files: Mapping[str, str], dry_run: bool) -> None:
    for name, text in files.items():
        file = folder / name
        if not dry_run:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        say(f"{'would write' if dry_run else 'wrote'} {show(file)}")
