"""``salesops import``: records from the files of other programs."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, format_option, ready_options, update_option


@click.group("import")
def command() -> None:
    """Import records from a file of another program.

    A newer file is held against what the last import took: what only the file changed is taken, what only the record has
    stays, what both changed is asked, what is gone is said. Nothing is ever removed.
    """


@command.command("csv")
@click.argument("file", metavar="FILE")
@click.option("--map", "column_map", metavar="MAP", help="The mapping: which column becomes which field.")
@click.option(
    "--detect", is_flag=True, help="Print a mapping for the file, with a ? where a person must decide; write nothing."
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be written, with the first file in full, and write nothing."
)
@update_option
@format_option("text", "json")
@as_of_option
@click.pass_context
def csv(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import the rows of a CSV file (.csv or .csv.gz) as deals, members or activities.

    Running it twice changes nothing the second time. A newer file is held against what the last import took, which is kept in
    imports/ under the name of the mapping. Exits with 1 if a row could not be imported, with 2 if the
    mapping or the file cannot be used at all.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "csv", file, output_format, **options))


@command.command("airtable")
@click.argument("file", metavar="FILE")
@ready_options
@update_option
@click.pass_context
def airtable(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import a table of Airtable, from the CSV that a view downloads.

    A table of leads with the statuses Active Lead, Needs Admin, Active Service, Waiting and so on becomes deals and members, one of
    hubs becomes hubs of members. Files become links, several choices a set.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "airtable", file, output_format, **options))


@command.command("calendar")
@click.argument("file", metavar="FILE")
@ready_options
@click.pass_context
def calendar(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import the meetings of a calendar, an ICS file, as activities of deals.

    The deal is the one that an attendee's address or the title names, among those that were going on on that day. A meeting that
    names none or several is listed. Whether a meeting took place the calendar does not say: it comes in as scheduled.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "calendar", file, output_format, **options))


@command.command("github")
@click.argument("file", metavar="FILE")
@ready_options
@update_option
@click.pass_context
def github(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import issues of GitHub as leads, from what gh issue list --json prints.

    An issue is a lead where its title is [Organisation / Person] - [Title] or [New Hub] … - community. Answers to issue forms
    come along as fields, labels over time as stages. The other issues are skipped, and each is named.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "github", file, output_format, **options))


@command.command("outreach")
@click.argument("file", metavar="FILE")
@ready_options
@click.pass_context
def outreach(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import the counts of a mailing tool, a CSV file, into playbook/outreach/.

    Each row is a message and its version, a day, and how many were sent, bounced, opened and answered.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "outreach", file, output_format, **options))


@command.command("questionnaire")
@click.argument("file", metavar="FILE")
@ready_options
@click.pass_context
def questionnaire(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import the answers of a questionnaire, a CSV file, as MANIAC-T answers of deals.

    Each row names a deal, an institution or the address of a contact. Answers come with their day and who asked; their status is
    unknown until somebody judges them. An answer that a deal has already stays.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "questionnaire", file, output_format, **options))


@command.command("users")
@click.argument("file", metavar="FILE")
@ready_options
@click.pass_context
def users(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import monthly active users, a CSV file, as counts of the members that have the hubs.

    Each row is a hub or a member, a month and a number. The counts of several hubs of one member are kept apart, for one
    person may use more than one.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "users", file, output_format, **options))


@command.command("hubspot")
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option("--go", is_flag=True, help="Write what imports/hubspot.yaml says of the files that it names.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def hubspot(ctx: click.Context, /, files: tuple[str, ...], output_format: str, **options: Any) -> None:
    """Import an export of HubSpot: deals, companies, contacts and meetings, as CSV files or as its interface answers.

    \b
    salesops import hubspot deals.csv companies.csv
    salesops import hubspot --go

    The first line looks, says what it saw, and writes a mapping to answer (imports/hubspot.yaml) and what would become of
    each row (imports/hubspot.md); no record is touched. The second one writes the records, all of them or none. A newer
    export is held against what the last import took: what both sides changed is asked. Exits with 1 if a row asks or is
    not taken, with 2 if the mapping or a file cannot be used at all.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "hubspot", files, output_format, **options))


@command.command("json")
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@format_option("text", "json")
@click.pass_context
def whole(ctx: click.Context, file: str, dry_run: bool, output_format: str) -> None:
    """Import all records of a file that `salesops export json` wrote, into an empty folder or beside what is there.

    In an empty folder they are the same files again, byte for byte. A file that is there and says something else is kept and
    named: nothing on file is ever changed. Exits with 1 where an entry was kept or refused.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "json", file, output_format, dry_run=dry_run))
