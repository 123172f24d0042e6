"""``salesops new``: a deal, a member, an experiment, a decision."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.group("new")
def command() -> None:
    """Begin a deal, a member, an experiment or a decision.

    On a terminal each of them asks for what was not said. Elsewhere, and with --yes, everything is an option, and what
    is missing is named at once.

    \b
      salesops new deal
      salesops new deal "Pinecrest College" --kind edu --country canada --tier general --worth "1450/month 12"
      salesops new decision outreach-broken --verdict hold --why "Three replies are on their way" --until "1 feb 2027"
    """


@command.command("deal")
@click.argument("institution", required=False, shell_complete=completed("member"))
@click.option("--new", "is_new", is_flag=True, help="The institution is new, although one on file is called like it.")
@click.option("--another", is_flag=True, help="One more deal of an institution that has an open one.")
@click.option("--kind", help="What a new institution is: university, consortium …, or how it begins.")
@click.option("--country", help="Where it is: canada, CA, unknown.")
@click.option("--what", metavar="TITLE", help="What is sold; default: the tier's name.")
@click.option("--tier", help="The tier, by its name or how it begins.")
@click.option("--type", "type_", metavar="new|existing", help="The renewal of a contract is existing, all else new.")
@click.option(
    "--renews", metavar="DEAL", help="The won deal whose contract it renews.", shell_complete=completed("deal")
)
@click.option("--source", metavar="CHANNEL", help="How it came about, such as conference.")
@click.option("--referred-by", metavar="MEMBER", help="Who referred them.", shell_complete=completed("member"))
@click.option("--campaign", metavar="ID", help="The campaign, such as jupytercon-2026.")
@click.option("--worth", metavar='"AMOUNT MONTHS"', help='Money a month, and for how many: "1450/month 12".')
@click.option("--once", metavar="AMOUNT", help="What comes once, such as set-up.")
@click.option("--with", "with_", metavar="CONTACT", multiple=True, help="Whom you know, by role; once for each.")
@click.option("--happened", metavar="WORDS", help="What happened: a note, or a meeting where it begins with Met.")
@click.option("--next", "next_", metavar='"WORDS, DAY"', help="The next step, and by when.")
@click.option("--owner", metavar="PERSON", help="Who leads it; default: you.", shell_complete=completed("person"))
@click.option("--date", "date_", metavar="DAY", help="When it began: thu, 3 nov, 2026-11-19; default: today.")
@click.option("--id", "id_", metavar="ID", help="Its id; default: the member's and what is sold.")
@click.option("--member-id", metavar="ID", help="The id of a new institution; default: made of its name.")
@writing_options
@as_of_option
@click.pass_context
def deal(ctx: click.Context, /, institution: str | None, **options: object) -> None:
    """Begin a deal, in the first stage of its type; the institution too, where it is new.

    INSTITUTION is a name, an id or a part of one. Names that sound alike are listed, and never taken for the same.

    \b
      salesops new deal
      salesops new deal owlspruce --another --what "Data School" --tier general --next "Send the price, fri"
      salesops new deal "Pinecrest College" --kind edu --country canada --tier general --source conference \\
        --worth "1450/month 12" --with dean --happened "Met at the fair, wants a demo" --next "Send slides, fri"
    """
    from salesops.cli.actions.new import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "deal", institution, **options))


@command.command("member")
@click.argument("name", required=False)
@click.option("--kind", help="What it is: university, consortium …, or how it begins.")
@click.option("--country", help="Where it is: canada, CA, unknown.")
@click.option("--with", "with_", metavar="CONTACT", multiple=True, help="Whom you know, by role; once for each.")
@click.option("--website", metavar="URL", help="Its website.")
@click.option("--new", "is_new", is_flag=True, help="It is new, although one on file is called like it.")
@click.option("--id", "--member-id", "member_id", metavar="ID", help="Its id; default: made of its name.")
@writing_options
@as_of_option
@click.pass_context
def member(ctx: click.Context, /, name: str | None, **options: object) -> None:
    """Begin a member: an institution that buys, or may buy. A new deal begins its institution by itself.

    \b
      salesops new member "Pinecrest College" --kind edu --country canada --with dean
    """
    from salesops.cli.actions.new import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "member", name, **options))


@command.command("experiment")
@click.argument("hypothesis", required=False)
@click.option("--variant", multiple=True, help="What is compared; once for each.")
@click.option(
    "--cohort", metavar='"STAGE, SINCE, UNTIL"', help="Which attempts count: those that enter a stage, from a day on."
)
@click.option("--measure", metavar="METRIC", help="The metric that decides.", shell_complete=completed("metric"))
@click.option("--stop", metavar="RULE", help='When it ends: "20 each", a day, both with "or", or words.')
@click.option("--owner", metavar="PERSON", help="Who runs it; default: you.", shell_complete=completed("person"))
@click.option("--id", "id_", metavar="ID", help="Its id; default: made of the hypothesis.")
@writing_options
@as_of_option
@click.pass_context
def experiment(ctx: click.Context, /, hypothesis: str | None, **options: object) -> None:
    """Plan an experiment: what is believed, what is compared, by which metric, and when it ends.

    \b
      salesops new experiment "A name in the subject gets more replies" --variant plain --variant named \\
        --cohort "outreach, 1 dec" --measure outreach-to-discovery --stop "20 each or 30 jun 2027"
    """
    from salesops.cli.actions.new import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "experiment", hypothesis, **options))


@command.command("decision")
@click.argument("answers", required=False)
@click.option("--verdict", metavar="pivot|hold|gather more", help="What was decided.")
@click.option("--why", metavar="WORDS", help="The reason.")
@click.option("--until", metavar="DAY", help="When it is looked at again.")
@click.option("--date", "date_", metavar="DAY", help="When it was taken; default: today.")
@click.option("--id", "id_", metavar="ID", help="Its id; default: the month and what it answers.")
@writing_options
@as_of_option
@click.pass_context
def decision(ctx: click.Context, /, answers: str | None, **options: object) -> None:
    """Write down a decision. ANSWERS is the red line, the target or the version of the process that it answers, if any.

    \b
      salesops new decision outreach-broken --verdict hold --why "Three replies are on their way" --until "1 feb 2027"
    """
    from salesops.cli.actions.new import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "decision", answers, **options))
