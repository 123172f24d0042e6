"""A new CRM repository: the files that `init` writes, filled in for the day, the version, and what a team says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from importlib import resources
from pathlib import Path, PurePosixPath

from salesops.book.book import Book
from salesops.edits.issue_forms import as_file, forms
from salesops.edits.yaml_writer import scalar
from salesops.output import as_json
from salesops.records.json_schema import NAMED_BY_ID, editor_settings, editor_snippets, offered, schema_of
from salesops.records.kinds import KINDS
from salesops.records.process import Process
from salesops.records.record import Record
from salesops.records.team import Team
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.setup.codeowners import codeowners
from salesops.setup.own import Own
from salesops.setup.vendoring import below, wheel
from salesops.store.load import MARKER, load

SOON = timedelta(days=14)
RENAMED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}
"""Files that cannot carry their name inside the package."""
EXAMPLES = ("deals/", "members/", "playbook/targets.yaml")
"""What is an example, and nobody's own: left out where a team says who it is."""
OF_MEMBERSHIPS = ("playbook/icp/",)
"""What the process of memberships asks for, and no other."""
OWNERS = ".github/CODEOWNERS"
"""Who reviews what, made by a command of its own whenever an owner changes."""
PROCESS, TEAM, README, PAGES = "playbook/process/v1.yaml", "playbook/team.yaml", "README.md", "mkdocs.yml"
FIRST_STEPS = "## First steps"
OWN_STEPS = f"""\
{FIRST_STEPS}

1. `salesops new deal` asks for what it needs and writes your first deal, with its institution.
2. Read `playbook/process/v1.yaml` and change what does not fit, before the first commit.
3. Run `salesops schema --codeowners > .github/CODEOWNERS` once the people in `playbook/team.yaml` have GitHub accounts, and again when an
   owner changes: reviews then reach the right people.
4. Run `salesops check`, and commit.

"""


def files(today: date, own: Own | None = None, there: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of a new repository: the starter's, the schemas, and the program itself.

    With a team's ``own`` words there is no example among them; else there is one of everything. What speaks in the words of the
    repository has those of the one that is ``there`` already, where one is.
    """
    program = wheel()
    filled = {
        "@@TODAY@@": str(today),
        "@@SOON@@": str(today + SOON),
        "@@WHEEL@@": program.requirement,
        "@@EDITOR@@": as_json(editor_settings("./schemas")),
    }
    begun: dict[str, bytes] = {}
    for path, file in below(resources.files("salesops.setup").joinpath("starter")):
        text = file.read_text(encoding="utf-8")
        for mark, value in filled.items():
            text = text.replace(mark, value)
        if own is None or _is_kept(path, own):
            begun[RENAMED.get(path, path)] = (_as_own(path, text, own) if own else text).encode()
    yield from (begun | _reviews(begun, own)).items()
    yield from _with_words(*(_words_there(there) if there else _words_begun(begun)))
    yield program.path, program.data


def _is_kept(path: str, own: Own) -> bool:
    return not path.startswith((*EXAMPLES, *(() if own.process == "memberships" else OF_MEMBERSHIPS)))


def _as_own(path: str, text: str, own: Own) -> str:
    """A file of the starter as it is for this team."""
    if path == TEAM:
        return own.team
    if path == PROCESS and own.process != "memberships":
        return (
            resources.files("salesops.setup")
            .joinpath("processes", f"{own.process}.process")
            .read_text(encoding="utf-8")
        )
    if path == PAGES:
        return text.replace("site_name: Sales\n", f"site_name: {scalar(f'{own.organisation}: sales')}\n")
    if path == README:
        before, steps, after = text.partition(FIRST_STEPS)
        rest = after[after.index("From then on,") :] if steps else ""
        return before.replace("example-university-first", "DEAL") + OWN_STEPS + rest
    return text


def _reviews(begun: Mapping[str, bytes], own: Own | None) -> dict[str, bytes]:
    """Who reviews what, where somebody said an account."""
    team = _record(begun, MARKER, Team)
    if own is None or team is None or not any(person.github for person in own.people):
        return {}
    return {OWNERS: codeowners(Book({"team": {"team": team}})).encode()}


def _words_begun(begun: Mapping[str, bytes]) -> tuple[Process | None, Team | None, dict[str, list[str]]]:
    """The process, the people and the ids of a repository that begins."""
    process, team = (_record(begun, path, model) for path, model in ((PROCESS, Process), (MARKER, Team)))
    places = [PurePosixPath(path) for path in begun]
    folders = {kind: PurePosixPath(KINDS[kind].where) for kind in NAMED_BY_ID}
    ids = {kind: [it.stem for it in places if it.parent == folder] for kind, folder in folders.items()}
    return process if isinstance(process, Process) else None, team if isinstance(team, Team) else None, ids


def _words_there(root: Path) -> tuple[Process | None, Team | None, dict[str, list[str]]]:
    """The newest process, the people and the ids of a repository that is there already."""
    book, _ = load(root, ("team", "process"))
    return book.processes[-1] if book.processes else None, book.team, ids_there(root)


def ids_there(root: Path) -> dict[str, list[str]]:
    """The ids that other records name, by kind, as the files of a repository are called."""
    return {kind: [file.stem for file in (root / KINDS[kind].where).rglob("*.yaml")] for kind in NAMED_BY_ID}


def _with_words(
    process: Process | None, team: Team | None, ids: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, bytes]]:
    """What speaks in the words of the repository: schemas and snippets for editors, and forms for issues."""
    words = offered(process, team, ids)
    for kind in KINDS:
        yield f"schemas/{kind}.json", f"{as_json(schema_of(kind, team, words))}\n".encode()
    yield ".vscode/extensions.json", f"{as_json({'recommendations': ['redhat.vscode-yaml']})}\n".encode()
    if process is None:
        return
    yield ".vscode/salesops.code-snippets", f"{as_json(editor_snippets(process))}\n".encode()
    for form in forms(process, team):
        yield f".github/ISSUE_TEMPLATE/{form.name}.yml", as_file(form).encode()


def _record(begun: Mapping[str, bytes], path: str, model: type[Record]) -> Record | None:
    """A record of the starter."""
    document, _ = read(path, begun[path])
    return typed(document, model)[0] if document else None
