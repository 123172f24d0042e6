"""``salesops check``: every finding in the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesops.cli.shared import Usage, as_of_option, day_of, in_actions, read, say, style

if TYPE_CHECKING:
    from salesops.problems import Problem


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "concise", "json", "github"]),
    envvar="SALESOPS_FORMAT",
    help="How to print; github inside GitHub Actions, else text.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail the check as well.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], format: str | None, strict: bool, as_of: str | None) -> None:
    """Check every record against the process, or only those below PATH.

    Errors exit with 1; warnings advise.
    """
    from salesops import output
    from salesops.halves import checked as check_all
    from salesops.problems import in_order

    root, book, problems = read(ctx)
    day = day_of(as_of, book)
    found = in_order([*problems, *check_all(book, day)])
    if paths:
        found = _below(found, paths, Path(ctx.obj).resolve(), root)
    checked = {"deal": len(book.deals), "member": len(book.members)}
    format = format or ("github" if in_actions() else "text")
    if format == "json":
        say(
            output.as_json(
                {
                    "schema_version": output.SCHEMA_VERSION,
                    "as_of": day,
                    "checked": {f"{kind}s": count for kind, count in checked.items()},
                    "problems": [output.problem_as_data(problem) for problem in found],
                }
            )
        )
    else:
        lines = {
            "text": output.problems_as_text(found, style),
            "concise": output.problems_as_lines(found),
            "github": output.problems_as_annotations(found),
        }[format]
        for line in lines:
            say(line)
        where = f" below {', '.join(output.show(path) for path in paths)}" if paths else ""
        tally = output.tally(found, checked).replace("no problems", f"no problems{where}")
        say(style(tally, "place" if found else "good"), err=format == "concise")
    ctx.exit(1 if any(problem.is_error or strict for problem in found) else 0)


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
