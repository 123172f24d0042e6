"""A process version must be whole: what it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salesops.checks.check import Case, Finding, Findings, check
from salesops.metrics import metrics_of
from salesops.metrics.metric import METRICS
from salesops.problems import Path, did_you_mean
from salesops.records.as_written import GAP, question
from salesops.records.bounds import NEEDED, fits, wrong_unit
from salesops.records.deal import Deal
from salesops.records.model_fields import fields_below
from salesops.records.money import Money
from salesops.records.process import Need, Process, RedLine

STAGE_NAME = re.compile(r"[a-z0-9][a-z0-9 -]{0,39}")
LATER = {
    "playbook/process/v99.yaml": """
    version: v99
    in_force: 2025-01-06
    """
}
"""A whole version that comes after the one of an example, so that the deals beside it are judged by that."""


def is_field(path: str) -> bool:
    """Whether a deal can hold something at a dotted path; anything can stand below ``x``."""
    parts = path.split(".")
    if parts[0] == "x":
        return len(parts) > 1
    return parts[-1] in fields_below(Deal, tuple(parts[:-1]))


def field_hint(path: str) -> str:
    """What a misspelt path was probably meant to be."""
    parts = path.split(".")
    known = fields_below(Deal, tuple(parts[:-1]))
    return did_you_mean(parts[-1], known) if known else did_you_mean(parts[0], fields_below(Deal, ()))


@check(
    "process-version-name",
    of="process",
    source="reference/records#process-versions",
    bad="version: other  # <--",
    good="version: v9",
)
def process_version_name(case: Case[Process]) -> Findings:
    """A process version and its file have different names.

    Decisions and pages name it by either. Rename the file or the version.
    """
    if case.record.version != case.id:
        yield Finding(
            ("version",),
            f"the file is called {case.id}, the version '{case.record.version}'",
            fix=f"version: {case.id}",
        )


@check(
    "process-stage-unknown",
    of="process",
    source="reference/records#process-versions",
    bad="starts: {new business: nowhere, existing business: renewals}  # <--",
    good="starts: {new business: enrichment, existing business: renewals}",
)
def process_stage_unknown(case: Case[Process]) -> Findings:
    """A process version names a stage that it does not have.

    Exits, starts, conversions and `becomes` must all name a stage of this version. Correct the name.
    """
    process = case.record
    for path, name in _stage_names(process):
        if name not in process.stages:
            yield Finding(path, f"'{name}' is not a stage of this version", help=process.hint(name))


def _stage_names(process: Process) -> Iterator[tuple[Path, str]]:
    for deal_type, stage in process.starts.items():
        yield ("starts", deal_type), stage
    for name, entry in process.stages.items():
        for at, way_out in enumerate(entry.exits):
            yield ("stages", name, "exits", at, "to"), way_out.to
    for at, conversion in enumerate(process.conversions):
        yield ("conversions", at, "from"), conversion.from_
        yield ("conversions", at, "to"), conversion.to
    for old, became in process.becomes.items():
        yield ("becomes", old), became.stage
    for deal_type, path in process.path.items():
        yield from ((("path", deal_type, at), stage) for at, stage in enumerate(path))


@check(
    "process-stage-unreachable",
    of="process",
    source="reference/records#process-versions",
    bad="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment: {title: Enrichment, exits: [{to: closed won, when: Signed}, {to: closed lost, when: No fit}]}
      limbo: {title: Limbo, exits: [{to: closed lost, when: No fit}]}  # <--
      closed won: {title: Closed Won, outcome: won}
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    good="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment: {title: Enrichment, exits: [{to: closed won, when: Signed}, {to: closed lost, when: No fit}]}
      closed won: {title: Closed Won, outcome: won}
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    beside=LATER,
)
def process_stage_unreachable(case: Case[Process]) -> Findings:
    """No deal can reach a stage: no deal starts there and no exit leads to it.

    It would stay empty on every board. Add an exit that leads to it, or delete it.
    """
    process = case.record
    reached = set(process.starts.values())
    if not reached <= set(process.stages):
        return
    for start in process.starts.values():
        reached |= process.ahead(start)
    for name in process.stages:
        if name not in reached:
            yield Finding(
                ("stages", name),
                f"no deal can reach '{name}'",
                help="add an exit that leads to it, or delete it",
                key=True,
            )


@check(
    "process-stage-dead-end",
    of="process",
    source="reference/records#process-versions",
    bad="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment: {title: Enrichment, exits: [{to: limbo, when: Unclear}, {to: closed lost, when: No fit}]}
      limbo: {title: Limbo}  # <--
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    good="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment: {title: Enrichment, exits: [{to: limbo, when: Unclear}, {to: closed lost, when: No fit}]}
      limbo: {title: Limbo, exits: [{to: closed lost, when: No fit}]}
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    beside=LATER,
)
def process_stage_dead_end(case: Case[Process]) -> Findings:
    """An open stage has no exit.

    A deal in it could never be won or lost. Add its exits, or the outcome with which it closes a deal.
    """
    for name, stage in case.record.stages.items():
        if stage.is_open and not stage.exits:
            yield Finding(
                ("stages", name),
                f"'{name}' has no exit and does not close deals",
                help="add exits, or outcome: won or lost",
                key=True,
            )


@check(
    "process-need-unreadable",
    of="process",
    source="reference/records#needs",
    bad="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment:
        title: Enrichment
        exits:
          - to: closed lost
            when: No fit
            needs: [{field: loss.raeson}]  # <--
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    good="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment:
        title: Enrichment
        exits:
          - to: closed lost
            when: No fit
            needs: [{field: loss.reason}, {field: x.vpat}, {activity: email, at_least: 2}]
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    beside=LATER,
)
def process_need_unreadable(case: Case[Process]) -> Findings:
    """A need is nothing that a deal can have: it names no field, or more than one thing.

    A need that nothing can meet stops every deal. A need is one of four: a field, an activity, a link, or what was learned.
    Correct the path; a team's own fields begin with `x.`, and `with` asks for a part that the field has.
    """
    for path, need in _needs(case.record):
        yield from unreadable(path, need)


def unreadable(path: Path, need: Need) -> Findings:
    """Why nothing could ever meet a need."""
    if sum(map(bool, (need.field, need.activity, need.link, need.learned))) != 1:
        yield Finding(
            path,
            "a need is one of four: a field, an activity, a link, or what was learned",
            help="write field:, activity:, link: or learned: true",
        )
    elif need.field and not is_field(need.field):
        yield Finding((*path, "field"), f"'{need.field}' is not a field of a deal", help=field_hint(need.field))
    elif isinstance(need.at_least, Money) and not need.field:
        yield Finding((*path, "at_least"), f"{need.at_least} is no count", help="write how many, such as 3")
    elif strange := _parts_missing(need):
        yield Finding(
            (*path, "with"), f"'{need.field or need.name}' has no {' and no '.join(strange)}", help="delete with:"
        )


def _parts_missing(need: Need) -> list[str]:
    """The parts that a need asks for and its field cannot have."""
    known = fields_below(Deal, tuple((need.field or "").split(".")))
    return [part for part in need.with_ if part not in known]


def _needs(process: Process) -> Iterator[tuple[Path, Need]]:
    for name, stage in process.stages.items():
        for at, way_out in enumerate(stage.exits):
            for which, need in enumerate(way_out.needs):
                yield ("stages", name, "exits", at, "needs", which), need
        for which, need in enumerate(stage.completion.needs if stage.completion else ()):
            yield ("stages", name, "completion", "needs", which), need


RED_LINES = "Sales Operations Overview (2025), Pivot Decision Points; reference/definitions#red-lines"


@check(
    "process-own-field",
    of="process",
    source="reference/records#own-fields",
    bad="fields: {vpat: {type: link}}  # <--",
    good="fields: {x.vpat: {type: link}}",
)
def process_own_field(case: Case[Process]) -> Findings:
    """A field of the team's own is declared by a name that does not begin with `x.`.

    The team's own fields are kept below `x` of a deal, and named as a need names them. Write its name so.
    """
    for name in case.record.fields:
        first, *rest = name.split(".")
        if first != "x" or not rest or not all(rest):
            yield Finding(
                ("fields", name),
                f"'{name}' is not the name of a field of the team's own",
                help=f"write x.{name}",
                key=True,
            )


@check(
    "red-line-unknown",
    of="process",
    source=RED_LINES,
    bad="red_lines: [{id: broken, metric: outreach-to-nowhere, below: 15%, after: 20, means: Something is wrong}]  # <--",
    good="red_lines: [{id: broken, metric: outreach-to-discovery, below: 15%, after: 20, means: Something is wrong}]",
)
def red_line_unknown(case: Case[Process]) -> Findings:
    """A red line watches something that is not a metric of this process, or counts since a version that does not exist.

    It could never be crossed. Name a metric; `salesops metrics` lists them. A version is one of the process, such as `v3`,
    or of a hypothesis, such as `teaching-led@2`.
    """
    known = metrics_of(case.record)
    for at, line in enumerate(case.record.red_lines):
        if line.metric not in known:
            yield Finding(
                ("red_lines", at, "metric"),
                f"'{line.metric}' is not a metric of this process",
                help=did_you_mean(line.metric, known) or "salesops metrics lists them all",
            )
        if line.since and not _is_version(line.since, case):
            yield Finding(
                ("red_lines", at, "since"),
                f"'{line.since}' is no version of the process or of a hypothesis",
                help=did_you_mean(line.since, case.book.versions) or "write it as v3, or as teaching-led@2",
            )


def _is_version(name: str, case: Case[Process]) -> bool:
    hypothesis, _, version = name.partition("@")
    if not version:
        return name in case.book.versions or ("process", name) in case.book.broken
    known = case.book.icp.get(hypothesis)
    if known is None:
        return ("icp", hypothesis) in case.book.broken
    return version in {str(number) for number in range(1, known.version + 1)}


@check(
    "red-line-unit",
    of="process",
    source=RED_LINES,
    bad="red_lines: [{id: broken, metric: outreach-to-discovery, below: 15, after: 20, means: Something is wrong}]  # <--",
    good="red_lines: [{id: broken, metric: outreach-to-discovery, below: 15%, after: 20, means: Something is wrong}]",
)
def red_line_unit(case: Case[Process]) -> Findings:
    """The bound of a red line is written in another unit than its metric is counted in.

    A share is bounded by a percentage, money by an amount and a currency, days by a number of days, a count by a number. Write it so.
    Wins are counted of a share alone.
    """
    known = metrics_of(case.record)
    for at, line in enumerate(case.record.red_lines):
        metric = known.get(line.metric)
        if metric is None:
            continue
        for key, words in line.bounds.items():
            if not fits(words, metric.kind):
                yield Finding(
                    ("red_lines", at, key),
                    wrong_unit(words, metric.kind, metric.title),
                    help="write it in the metric's unit",
                    fix=question(key),
                )
        if line.wins is not None and metric.kind != "share":
            needed, example = NEEDED[metric.kind]
            yield Finding(
                ("red_lines", at, "wins"),
                f"wins are counted of a share, and {metric.title} needs {needed}, such as below: {example}",
                help="write below or above in place of wins and in",
            )


@check(
    "red-line-on-opens",
    of="process",
    source="reference/definitions#open-rates",
    bad="red_lines: [{id: broken, metric: email-open-rate, below: 15%, after: 20, means: Something is wrong}]  # <--",
    good="red_lines: [{id: broken, metric: outreach-to-discovery, below: 15%, after: 20, means: Something is wrong}]",
)
def red_line_on_opens(case: Case[Process]) -> Findings:
    """A red line rests on how many e-mails were opened.

    Mail programs open e-mails by themselves, or hide that somebody did, so the strategy would be reviewed for nothing or not at all. Watch a
    conversion in its place: an answer brings a deal to its next stage.
    """
    known = metrics_of(case.record)
    for at, line in enumerate(case.record.red_lines):
        metric = known.get(line.metric)
        if metric and not metric.bears_red_lines:
            yield Finding(
                ("red_lines", at, "metric"),
                f"{metric.title} is too weak a sign for a red line",
                help="watch a conversion in its place, such as the one out of the stage in which the e-mails are sent",
            )


@check(
    "red-line-form",
    of="process",
    source=RED_LINES,
    bad="red_lines: [{id: broken, metric: proposal-to-won, wins: 0, means: Something is wrong}]  # <--",
    good="red_lines: [{id: broken, metric: proposal-to-won, wins: 0, in: 10, means: Something is wrong}]",
)
def red_line_form(case: Case[Process]) -> Findings:
    """A red line does not say exactly when it is crossed.

    It has one bound, `below` or `above`, with `after` for a share and for days; or `wins` and `in`. It looks back `since` a version, or
    at the `last` so many, not both. Add what is missing, or delete what is too much.
    """
    known = metrics_of(case.record)
    for at, line in enumerate(case.record.red_lines):
        metric = known.get(line.metric)
        for message, advice in _form(line, metric.kind if metric else ""):
            yield Finding(("red_lines", at), f"the red line '{line.id}' {message}", help=advice)


def _form(line: RedLine, kind: str) -> Iterator[tuple[str, str]]:
    """What is missing or too much in a red line, and what to do."""
    ways = [*line.bounds, *(["wins"] if line.wins is not None else [])]
    if not ways:
        yield "does not say when it is crossed", "write below, above, or wins and in"
    elif len(ways) > 1:
        yield f"says {' and '.join(ways)}", "keep one of them, and make another red line of the other"
    if line.bounds and line.after is None and kind in ("share", "days"):
        yield (
            "does not say from how many on it is judged",
            "write after: 10, or as many as it takes to believe the number",
        )
    if (line.wins is None) != (line.in_ is None):
        yield "must say both wins and in", "write wins: 0, in: 10"
    elif line.wins is not None and line.in_ is not None and line.wins >= line.in_:
        yield f"is crossed at {line.wins} of {line.in_}, which is always", "wins must be fewer than in"
    if line.since and line.last is not None:
        yield "says since and last", "keep one of the two"


@check(
    "process-name-taken",
    of="process",
    source="reference/records#process-versions",
    bad="""
    conversions: [{id: sqd, from: outreach, to: discovery}]  # <--
    red_lines: []
    """,
    good="""
    conversions: [{id: outreach-to-discovery, from: outreach, to: discovery}]
    red_lines: []
    """,
    beside=LATER,
)
def process_name_taken(case: Case[Process]) -> Findings:
    """A conversion has the id of another metric, or two conversions share one.

    One would hide the other. Give it an id of its own.
    """
    seen: set[str] = set()
    for at, conversion in enumerate(case.record.conversions):
        if conversion.id in METRICS or conversion.id in seen:
            yield Finding(
                ("conversions", at, "id"),
                f"'{conversion.id}' is already the id of a metric",
                help="give it an id of its own",
            )
        seen.add(conversion.id)


@check(
    "process-same-day",
    of="process",
    source="reference/records#process-versions",
    bad="in_force: 2021-01-01  # <--",
    good="in_force: 2025-01-01",
    beside={
        "playbook/process/v8.yaml": """
        version: v8
        in_force: 2021-01-01
        """
    },
)
def process_same_day(case: Case[Process]) -> Findings:
    """Two versions of the process come into force on the same day.

    Nobody could say which one judges a move. Move one of them to another day.
    """
    rivals = sorted(
        version_id
        for version_id, other in case.book.versions.items()
        if other.in_force == case.record.in_force
        and version_id < case.id
        and not (other.is_of_imports or case.record.is_of_imports)
    )
    if rivals:
        yield Finding(
            ("in_force",), f"'{rivals[0]}' comes into force on the same day", help="move one of the two to another day"
        )


@check(
    "process-stage-name",
    of="process",
    source="reference/records#process-versions",
    bad="""
    starts: {new business: ../enrichment, existing business: ../enrichment}
    stages:
      ../enrichment: {title: Enrichment, exits: [{to: closed lost, when: No fit}]}  # <--
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    good="""
    starts: {new business: enrichment, existing business: enrichment}
    stages:
      enrichment: {title: Enrichment, exits: [{to: closed lost, when: No fit}]}
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    beside=LATER,
)
def process_stage_name(case: Case[Process]) -> Findings:
    """The name of a stage has characters other than lower-case letters, digits, spaces and hyphens.

    Metrics and pages are named after stages. Keep the name plain; the title may be as it likes.
    """
    for name in case.record.stages:
        if not STAGE_NAME.fullmatch(name):
            yield Finding(
                ("stages", name),
                f"'{name}' cannot be the name of a stage",
                help="lower-case letters, digits, spaces and hyphens, at most 40",
                key=True,
            )


@check(
    "process-path-missing",
    of="process",
    advice=True,
    source="reference/definitions#reached; reference/records#process-path",
    bad="""
    starts: {new business: lead, existing business: lead}  # <--
    stages:
      lead: {title: Lead, exits: [{to: waiting, when: They wait}, {to: admin, when: Agreed}, {to: lost, when: No}]}
      waiting: {title: Waiting, exits: [{to: lead, when: The wait is over}]}
      admin: {title: Admin, exits: [{to: won, when: It runs}]}
      won: {title: Won, outcome: won}
      lost: {title: Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    good="""
    starts: {new business: lead, existing business: lead}
    path: {new business: [lead, admin, won], existing business: [lead, admin, won]}
    stages:
      lead: {title: Lead, exits: [{to: waiting, when: They wait}, {to: admin, when: Agreed}, {to: lost, when: No}]}
      waiting: {title: Waiting, exits: [{to: lead, when: The wait is over}]}
      admin: {title: Admin, exits: [{to: won, when: It runs}]}
      won: {title: Won, outcome: won}
      lost: {title: Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {}
    """,
    beside=LATER,
)
def process_path_missing(case: Case[Process]) -> Findings:
    """Exits lead in a circle, and the version does not say in which order its stages lead to a win.

    Where a deal can come back to a stage, each stage of the circle lies both before and behind the others: a deal that waits
    would count as one that has reached or passed what comes after the wait. Say the order under `path`, for each type of deal.
    """
    process = case.record
    if process.is_of_imports or not process.goes_in_circles:
        return
    lacking = {deal_type: start for deal_type, start in process.starts.items() if deal_type not in process.path}
    if lacking:
        lines = "".join(f"\n  {deal_type}: [{start}, {GAP}]" for deal_type, start in lacking.items())
        yield Finding(
            ("starts",),
            f"the exits go in a circle: nothing says which stages a deal of {' or '.join(lacking)} has passed, or has yet to reach",
            help="write path: with the stages in order, from the start to the win, without those to the side",
            fix=f"path:{lines}",
            key=True,
        )
