"""The command line: a few lines for each command; the clock is asked here, once, and nowhere else.

Only click is imported here and where commands are declared: a command loads what it does when it runs, so that ``--help``
stays quick.
"""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from typing import Any, NoReturn

import click

from salesops.cli.printing import ReaderGone
from salesops.cli.way_back import with_way_back

COMMANDS = {
    "check": "Check every record against the process.",
    "today": "Show everything that waits for you, or for everybody.",
    "new": "Begin a deal, a member, an experiment or a decision.",
    "log": "Log a call, an e-mail, a meeting or a note, and what comes next.",
    "move": "Move a deal to another stage, and say what the process asks for.",
    "close": "Close a deal as won or lost, with the contract or the lesson.",
    "park": "Park a deal until a day, and say what it waits for.",
    "resume": "Take a parked deal up again.",
    "reopen": "Open a lost deal again.",
    "renew": "Begin the renewal of a won deal.",
    "handoff": "Show how far a hand-off is, and write down its next step.",
    "invoices": "Show the month's invoices and what each waits for, and move them on.",
    "draft": "Draw up a document from a template and the facts of a deal.",
    "set": "Set, add to or clear any field of a deal or a member.",
    "undo": "Take back what was written last.",
    "propose": "Send what was written for review.",
    "edit": "Open a record in your editor, and check it when you save.",
    "apply": "Make a list of changes to the records, all of it or nothing.",
    "from-issue": "Read the changes that an issue asks for; a workflow calls it.",
    "explain": "Explain a code, a metric, a stage or a field.",
    "list": "List deals, members, experiments, or what we know.",
    "show": "Show one deal or member, and what is missing for its next stage.",
    "board": "Show the open deals by stage.",
    "metrics": "Compute the metrics, with the deals behind each.",
    "forecast": "Show what the open deals may bring, by month, and how past forecasts did.",
    "backtest": "Try a change of the process, or of a metric, on the past.",
    "review": "Print the agenda of the weekly review, or write down that it was held.",
    "diff": "Show what changed between two revisions, and how the metrics move.",
    "history": "Show who changed what, and when.",
    "integrity": "Show what was entered late, pushed back, or changed after the fact.",
    "import": "Import records from a CSV file, or from HubSpot.",
    "export": "Take everything out: SQLite, CSV, JSON, Parquet, HubSpot, calendars.",
    "bundle": "Write one file that an auditor can recompute, or verify one.",
    "erase": "Take a person out of the records and the history.",
    "merge-driver": "Merge two versions of a record; git calls it.",
    "site": "Check the records and build the site.",
    "serve": "Preview the site; it is rebuilt when a record changes.",
    "init": "Create a new CRM repository.",
    "schema": "Print the JSON Schema of a kind of record, for editors.",
    "doctor": "Check your setup.",
    "completion": "Print the completion script of a shell.",
}
"""Every command and its line in the help; each lives in the module of its name."""


def _module(command: str) -> str:
    """The module of a command; an underscore follows a word of the language."""
    name = command.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


class Commands(click.Group):
    """A group whose commands are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the help."""
        return [*COMMANDS]  # in this folder `list` is a module, once that command was loaded

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load one command."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"salesops.cli.{_module(name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that is not there is a wrong call, and the nearest is offered."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from salesops.output import show  # noqa: PLC0415 - only where something went wrong
            from salesops.problems import nearest  # noqa: PLC0415 - only where something went wrong

            meant = nearest(args[0], COMMANDS)
            ctx.fail(f"there is no command '{show(args[0])}'" + (f"; did you mean '{meant}'?" if meant else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        import platform  # noqa: PLC0415 - slow, and seldom asked for
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        click.echo(f"salesops {version('salesops')} (Python {platform.python_version()}, {platform.system()})")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", metavar="DIR", default=".", help="Work in this folder instead of the current one.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to use colour; NO_COLOR is respected.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
@click.pass_context
def salesops(ctx: click.Context, folder: str, color: str) -> None:
    """A CRM in plain text: deals and members are files, the process checks them, each number comes with its evidence."""
    ctx.obj = folder
    if color != "auto":
        ctx.color = color == "always"
    elif os.environ.get("NO_COLOR"):
        ctx.color = False
    elif os.environ.get("FORCE_COLOR"):
        ctx.color = True


def main() -> None:
    """Run the command line; every way out has its exit code, and no way out is a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    try:
        sys.exit(with_way_back(lambda: salesops.main(prog_name="salesops", standalone_mode=False)) or 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as wrong:
        _harmless(wrong)
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"{os.linesep if sys.stderr.isatty() else ''}stopped", err=True)
        sys.exit(130)
    except OSError as fault:
        _fail(3, f"error: {fault.strerror or fault}{f': {fault.filename}' if fault.filename else ''}")
    except Exception as fault:
        from salesops.problems import CannotDecide  # noqa: PLC0415 - only where something went wrong

        if isinstance(fault, ReaderGone):
            _quietly()
        if isinstance(fault, CannotDecide):
            _fail(3, f"cannot decide: {fault}")
        if os.environ.get("SALESOPS_DEBUG"):
            raise
        _fail(
            70,
            f"internal error ({type(fault).__name__}); this is a bug in salesops: please report it, with the output under SALESOPS_DEBUG=1",
        )


def run() -> NoReturn:
    """The console script: ends the process at once, without taking thousands of records apart one by one."""
    code: object = 1
    try:
        main()
    except SystemExit as end:
        code = end.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 141
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _fail(code: int, sentence: str) -> None:
    from salesops.output import show  # noqa: PLC0415 - only where something went wrong

    click.echo(f"salesops: {show(sentence)}", err=True)
    sys.exit(code)


def _harmless(wrong: click.ClickException) -> None:
    """What was typed stands in complaints too: nothing in it reaches the terminal but what can be seen."""
    from salesops.output import show  # noqa: PLC0415 - only where something went wrong

    vars(wrong)["message"] = "\n".join(map(show, wrong.message.split("\n")))


def _quietly() -> None:
    """The reader of a pipe went away, as ``| head`` does: end without a word, as other programs do (128 + SIGPIPE)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(141)
