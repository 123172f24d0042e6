"""What ``salesops init`` writes: the files of a new repository, and what to do next."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from typing import Any

from salesops.cli.day import day_given
from salesops.cli.door import in_words
from salesops.cli.form import Questions
from salesops.cli.hands import Writing, agreed, can_ask, one_of
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.edits.fix import difference
from salesops.edits.yaml_writer import NewFile
from salesops.output import counted, show
from salesops.problems import CannotDecide
from salesops.records.kinds import folders
from salesops.setup.new_repository import files
from salesops.setup.own import PROCESSES, Own, address, currency, people, remote, zone
from salesops.setup.upgrading import Upgrade, upgrade, write
from salesops.store.git import setting
from salesops.store.git_call import asks
from salesops.store.load import MARKER, find_root
from salesops.store.save import save_all

OWNER_REPO = "such as https://github.com/OWNER/REPO"
_BETWEEN = re.compile(r"[,;&]|\s+and\s+", re.IGNORECASE)
ON_GITHUB = (
    "",
    "On GitHub",
    "  Keep the repository private once the deals are real: whoever can read it can read every deal.",
    "  Let main be changed only by pull requests whose check, Records, is green: Settings, Rules, Rulesets.",
    "  Add a GitHub account to each person in playbook/team.yaml, then, so that reviews reach the right people:",
    "  salesops schema --codeowners > .github/CODEOWNERS",
    "  The site stays an artifact. It is published on GitHub Pages only once you set the variable SALESOPS_PAGES to",
    "  public, and then everybody can read it, even from a private repository without Enterprise Cloud.",
)


GIT_INIT = "git init --initial-branch=main"
NO_GIT = "git init could not be done: is git installed? Everything is written; git init --initial-branch=main begins it later"


def run(folder: str, new_folder: str, as_of: str | None, **options: Any) -> int:
    """Begin a repository, or raise one that is there to this version."""
    does = _raised if options.pop("upgrade") else partial(_begun, verbose=options.pop("verbose"))
    return does(folder, new_folder, as_of, **options)


def _begun(
    folder: str, new_folder: str, as_of: str | None, *, dry_run: bool, yes: bool, verbose: bool, **options: Any
) -> int:
    """Write what is not there yet and say what was written."""
    root = Path(folder, new_folder)
    if root.exists() and not root.is_dir():
        raise Usage(f"{show(new_folder)} is not a folder")
    above = find_root(root.resolve().parent)
    if above:
        raise Usage(f"{show(new_folder)} is inside the salesops repository {show(above)}: choose another folder")
    today = day_given(as_of, "--as-of") or datetime.now(UTC).date()
    begun = (root / MARKER).exists()
    no_git = options.pop("no_git", False)
    own = _own(root, options, asks=can_ask() and not (yes or dry_run)) if not begun else None
    left_alone = _left_alone(root, begun=begun)
    every = files(today, own, root if begun else None)
    wanted = [NewFile(path, data) for path, data in every if not path.startswith(left_alone)]
    new = [file for file in wanted if not os.path.lexists(root / file.path)]
    if not dry_run:
        root.mkdir(parents=True, exist_ok=True)
        save_all(root, new)
    is_begun = not (begun or dry_run or no_git) and _git_begun(root)
    paths = [file.path for file in new]
    for line in paths if verbose else _by_folder(paths):
        say(show(f"{'would write' if dry_run else 'wrote'} {line}"))
    _say_what_was_there(len(wanted) - len(new), begun=begun)
    if not dry_run and not begun:
        for line in (show(line) if line else "" for line in _next_steps(root, new_folder, own, is_begun=is_begun)):
            say(style(line, "head") if line and not line.startswith(" ") else line)
    return 0


def _raised(folder: str, there: str, as_of: str | None, *, dry_run: bool, yes: bool, **options: Any) -> int:
    """Show what this version writes anew in a repository that is there, and write it after a yes."""
    root = Path(folder, there)
    if any(options.values()):
        raise Usage("--upgrade takes --yes or --dry-run, and nothing that says who you are")
    if not (root / MARKER).is_file():
        raise Usage(f"{show(there)} is not a salesops repository: --upgrade is for one that is there already")
    wanted = upgrade(root, day_given(as_of, "--as-of") or datetime.now(UTC).date())
    _say_what_differs(wanted)
    if not wanted.is_needed:
        say(f"Nothing to write: all is as salesops {version('salesops')} writes it.")
        return 0
    question = f"Write {counted(len(_written(wanted)), 'file')}?"
    is_asked = can_ask() and not (yes or dry_run)
    if not (agreed(question, partial(_differences, wanted)) if is_asked else yes and not dry_run):
        say("Nothing was written." + ("" if is_asked or dry_run else " --yes writes it."))
        return 0
    write(root, wanted)
    say(f"Written: {counted(len(_written(wanted)), 'file')}. Look at git diff, run salesops doctor, and commit.")
    return 0


def _differences(wanted: Upgrade) -> Iterator[str]:
    return (line for file in wanted.files for line in difference(file))


def _written(wanted: Upgrade) -> list[str]:
    """Every file that is written or goes, in words."""
    program = [f"{wanted.program.path} (new)"] if wanted.program else []
    return [*map(in_words, wanted.files), *program, *(f"{path} (deleted)" for path in wanted.gone)]


def _say_what_differs(wanted: Upgrade) -> None:
    """The difference, line by line; then what is the team's, and what would be written."""
    for file in (*wanted.kept, *wanted.files):
        for line in difference(file):
            say(show(line))
    for file in wanted.kept:
        what = "was taken away" if file.was is None else "was changed"
        say(f"{show(file.path)} {what} here: it is yours, and stays as it is")
    for line in _written(wanted):
        say(f"this version writes {show(line)}")


def _git_begun(root: Path) -> bool:
    """Begin the git repository, where the folder is in none yet; nothing is committed. Whether there is one."""
    try:
        if asks(root, "rev-parse", "--git-dir"):
            _say_whose(root, asks(root, "rev-parse", "--show-toplevel"))
            return True
        told = asks(root, "init", "--quiet", "--initial-branch=main")
    except CannotDecide:
        told = None
    say("git init: the branch is main, and nothing is committed yet" if told is not None else NO_GIT)
    return told is not None


def _say_whose(root: Path, top: str | None) -> None:
    """Say of a folder inside of somebody's git repository that what is committed goes there."""
    if top and Path(top).resolve() != root.resolve():
        say(f"this folder is inside the git repository {show(top)}, and what you commit goes there;")
        say("for a repository of its own, begin it in a folder outside of that one")


def _own(root: Path, options: Mapping[str, Any], *, asks: bool) -> Own | None:
    """What a team says of itself, by options or asked; None where nobody is asked and nothing was said."""
    if not asks and not any(options.values()):
        return None
    form = Questions(Writing(asks, dry_run=False, output_format="text"))
    name = form.needed("--name WORDS", options["name"], "Your organisation", str, why="your organisation")
    where = form.needed(
        "--zone ZONE", options["zone"], "Time zone", form.echoed(zone), hint="America/Vancouver, or a city"
    )
    money = form.needed(
        "--currency CODE",
        options["currency"],
        "Currency",
        form.echoed(currency),
        hint="three letters, such as USD, CAD, EUR",
    )
    team = _people(form, options["person"])
    there = _address(form, root, options["repository"])
    choices = [Choice(it) for it in PROCESSES]
    for line in (f"  {it:<12} {what}" for it, what in PROCESSES.items() if form.asks and not options["process"]):
        say(line)
    process = form.needed(
        f"--process {'|'.join(PROCESSES)}",
        options["process"],
        "Which process",
        one_of(choices),
        hint=", ".join(PROCESSES),
        why="the process to begin with",
    )
    form.complete()
    return Own(name, where, money, team, process, there)


def _people(form: Questions, said: Sequence[str]) -> Any:
    if said:
        return form.needed("--person", "\n".join(said), "", lambda words: people(words.split("\n")))
    hint = "with GitHub accounts where they have one: Ada Smith @ada, Bo Li"
    return form.needed(
        '--person "NAME @ACCOUNT"',
        None,
        "Who sells",
        lambda words: people(_each(words)),
        hint=hint,
        why="who sells; once for each",
    )


def _each(words: str) -> list[str]:
    """The people of a list as it is said: a comma, a semicolon, ``and`` and ``&`` stand between two."""
    return [each for each in _BETWEEN.split(words) if each.strip()]


def _address(form: Questions, root: Path, said: str | None) -> str | None:
    """Where the records live: what was said, else the remote, which is offered on a terminal."""
    there = remote(root)
    if said or not form.asks:
        answer = form.open("--repository", said or there, "", address)
    else:
        hint = (
            "Enter takes it; - for none"
            if there
            else f"the page of this repository, {OWNER_REPO}; Enter where there is none yet"
        )
        offered = f"Its address  [{there}]" if there else "Its address"
        answer = form.open(
            "--repository", None, offered, lambda words: "" if words == "-" else address(words), hint=hint
        )
        answer = there if answer is None else answer
    return answer or None


def _left_alone(root: Path, *, begun: bool) -> tuple[str, ...]:
    """Where nothing is added: among records, and in vendor/ where requirements.txt names already what it installs."""

    records = tuple(f"{folder}/" for folder in (*folders(), "site")) if begun else ()
    return (*records, "vendor/") if os.path.lexists(root / "requirements.txt") else records


def _by_folder(paths: Sequence[str]) -> Iterator[str]:
    """How many files there are in each folder, and those that are in none."""
    counts = Counter(path.split("/")[0] for path in paths if "/" in path)
    yield from (f"{counted(number, 'file')} in {folder}/" for folder, number in counts.items())
    if loose := [path for path in paths if "/" not in path]:
        yield ", ".join(loose)


def _say_what_was_there(there: int, *, begun: bool) -> None:
    """What stays as it is."""
    if begun:
        say("the records here are yours: deals/, members/, playbook/ and site/ are left as they are")
    if there:
        say(f"{counted(there, 'file')} that were there already are left as they are")


def _next_steps(root: Path, folder: str, own: Own | None, *, is_begun: bool) -> Iterator[str]:
    """What to do in a new repository, by heading; git is begun only where it is not yet."""
    for line in (*(_begin(root, folder, own) if own else _try_out(folder)), *ON_GITHUB):
        if not is_begun or line != f"  {GIT_INIT}":
            yield line.replace(f"{GIT_INIT} && ", "") if is_begun else line


def _name_for_git(root: Path, own: Own) -> tuple[str, ...]:
    """How git learns who makes a commit, where nobody has told it: it refuses to make one before."""
    try:
        if setting(root, "user.name") and setting(root, "user.email"):
            return ()
    except CannotDecide:
        return ()
    me = own.people[0].name
    return (f"  git config user.name {quote(me)} && git config user.email YOU@EXAMPLE.ORG",)


def _begin(root: Path, folder: str, own: Own) -> tuple[str, ...]:
    return (
        "",
        "Next",
        f"  cd {folder}",
        f"  {GIT_INIT}",
        *_name_for_git(root, own),
        "  salesops new deal",
        "  git add --all && git commit --message 'Begin'",
        "  salesops serve",
    )


def _try_out(folder: str) -> tuple[str, ...]:
    return (
        "",
        "Next",
        f"  cd {folder}",
        "  salesops check && salesops serve",
        "  Make it yours, as README.md says under First steps: from the first commit on, history is append-only.",
        f"  {GIT_INIT} && git add --all && git commit --message 'Begin'",
    )
