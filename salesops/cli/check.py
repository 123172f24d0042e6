"""``salesops check``: every finding in the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salesops.cli.shared import Usage, as_of_option, asked_format, day_of, in_actions, note, read, root_of, say, style

if TYPE_CHECKING:
    from datetime import date

    from salesops.book.book import Book
    from salesops.problems import Problem
    from salesops.store.commits import Against


FORMATS = ("text", "concise", "json", "github", "markdown")


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    default=lambda: asked_format(FORMATS),
    help="How to print; where neither this nor SALESOPS_FORMAT says, github inside GitHub Actions, else text.",
)
@click.option(
    "--against", metavar="REV", help="Compare with where this parted from REV, such as main: the past must stay."
)
@click.option("--exact", is_flag=True, help="With --against: compare with REV itself, as for a push.")
@click.option("--strict", is_flag=True, help="Let warnings fail the check as well.")
@click.option("--fix", is_flag=True, help="First mend what has one reading only, such as 2026/1/5; then check.")
@click.option("--dry-run", is_flag=True, help="With --fix: print the difference and write nothing.")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    format: str | None,
    against: str | None,
    exact: bool,
    strict: bool,
    fix: bool,
    dry_run: bool,
    as_of: str | None,
) -> None:
    """Check every record against the process, or only those below PATH.

    Errors exit with 1; warnings advise. With --against it also says what was altered, removed or moved against the
    rules since another commit; where git cannot say for sure it exits with 3.
    """
    from salesops.cli.gate import checked as check_all
    from salesops.cli.gate import past_checked
    from salesops.problems import in_order

    if exact and against is None:
        raise Usage("--exact goes with --against REV")
    if dry_run and not fix:
        raise Usage("--dry-run goes with --fix")
    if fix:
        _mend(ctx, paths, as_of, dry_run, to_stderr=in_actions() if format is None else format != "text")
    root, book, problems = read(ctx)
    day = day_of(as_of, book)
    compared = _compared(root, book, against, exact) if against is not None else None
    found = in_order([*problems, *check_all(book, day), *(past_checked(compared, day) if compared else ())])
    if paths:
        found = _below(found, paths, Path(ctx.obj).resolve(), root)
    _print(format or ("github" if in_actions() else "text"), book, day, found, paths, compared)
    ctx.exit(1 if any(problem.is_error or strict for problem in found) else 0)


def _compared(root: Path, book: Book, rev: str, exact: bool) -> Against:
    from salesops.store.commits import against

    return against(root, book, rev, exact)


def _print(
    format: str, book: Book, day: date, found: list[Problem], paths: tuple[str, ...], compared: Against | None
) -> None:
    from salesops import output

    checked = {"deal": len(book.deals), "member": len(book.members)}
    if format == "json":
        say(
            output.as_json(
                {
                    "schema_version": output.SCHEMA_VERSION,
                    "as_of": day,
                    **({"against": _against_as_data(compared)} if compared else {}),
                    "checked": {f"{kind}s": count for kind, count in checked.items()},
                    "problems": [output.problem_as_data(problem) for problem in found],
                }
            )
        )
        return
    where = f" below {', '.join(output.show(path) for path in paths)}" if paths else ""
    tally = output.tally(found, checked).replace("no problems", f"no problems{where}") + _against_in_words(compared)
    if format == "markdown":
        say("\n".join((*output.problems_as_markdown(found), output.markdown(tally))))
        return
    lines = {
        "text": output.problems_as_text(found, style),
        "concise": output.problems_as_lines(found),
        "github": output.problems_as_annotations(_changed_first(found, compared)),
    }[format]
    for line in lines:
        say(line)
    say(style(tally, "place" if found else "good"), err=format == "concise")


def _changed_first(found: list[Problem], compared: Against | None) -> list[Problem]:
    """GitHub keeps only the first few: those of the files that the change touches."""
    changed = compared.comparison.changed_paths if compared else frozenset()
    return sorted(found, key=lambda problem: problem.place.path not in changed)


def _against_as_data(compared: Against) -> dict[str, Any]:
    corrections = [
        {"deal": id, "field": entry.field, "was": entry.was, "by": entry.by, "date": entry.date, "why": entry.why}
        for id, entry in compared.comparison.corrections
    ]
    return {"rev": compared.rev, "bases": list(compared.bases), "corrections": corrections}


def _against_in_words(compared: Against | None) -> str:
    from salesops.output import counted, show

    if compared is None:
        return ""
    signed = len(compared.comparison.corrections)
    bases = ", ".join(base[:12] for base in compared.bases)
    name = "" if compared.rev in compared.bases else f" ({show(compared.rev)})"
    return f"; compared with {bases}{name}" + (f", {counted(signed, 'correction')} of the past" if signed else "")


def _mend(ctx: click.Context, paths: tuple[str, ...], as_of: str | None, dry_run: bool, to_stderr: bool) -> None:
    """Write what can be mended safely, or print it and end as the check of what is on file would."""
    from salesops.cli.gate import checked as check_all
    from salesops.edits.fix import difference, mends
    from salesops.output import counted, show
    from salesops.problems import in_order
    from salesops.store.save import alone, save_all

    with alone(root_of(ctx.obj)):
        root, book, problems = read(ctx)
        day = day_of(as_of, book)
        found = in_order([*problems, *check_all(book, day)])
        if paths:
            found = _below(found, paths, Path(ctx.obj).resolve(), root)
        mended = mends(book, found, day)
        if not dry_run:
            save_all(root, mended.changes)
    what = f"{counted(mended.things, 'thing')} in {counted(len(mended.changes), 'file')}"
    if not dry_run:
        say(f"mended {what}", err=to_stderr)
        return
    for line in (line for change in mended.changes for line in difference(change)):
        say(show(line))
    note(f"would mend {what}; nothing was written")
    ctx.exit(1 if any(problem.is_error for problem in found) else 0)


def _below(problems: list[Problem], paths: tuple[str, ...], start: Path, root: Path) -> list[Problem]:
    wanted = []
    for path in paths:
        full = start / path
        try:
            inside = full.resolve().relative_to(root)
        except (ValueError, RuntimeError, OSError):  # outside, a link that leads to itself, a name that is too long
            raise Usage(f"{path!r} is not in this repository") from None
        if not full.exists():
            raise Usage(f"there is no {path!r}")
        wanted.append(str(inside))
    return [
        problem
        for problem in problems
        if any(within in (".", problem.place.path) or problem.place.path.startswith(f"{within}/") for within in wanted)
    ]
