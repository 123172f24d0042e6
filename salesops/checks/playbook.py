"""Files of the playbook beside the process: what hypotheses, experiments, decisions, reviews and targets refer to must exist; rates and removals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from salesops.checks.check import Case, Finding, Findings, check
from salesops.checks.process import unreadable
from salesops.metrics import metrics_of
from salesops.problems import did_you_mean
from salesops.records.as_written import GAP, question
from salesops.records.bounds import fits, wrong_unit
from salesops.records.deal import Deal
from salesops.records.learning import Decision, Experiment, Hypothesis, Review
from salesops.records.outreach import Outreach
from salesops.records.prices import PriceList
from salesops.records.rates import Rates
from salesops.records.scalars import shown, slug
from salesops.records.targets import Targets


def _metrics(case: Case[Any]) -> set[str]:
    return {metric_id for process in case.book.processes for metric_id in metrics_of(process)}


def _metric(case: Case[Any], path: tuple[str | int, ...], metric_id: str | None) -> Findings:
    known = _metrics(case)
    if metric_id and known and metric_id not in known:
        yield Finding(
            path,
            f"there is no metric '{metric_id}'",
            help=did_you_mean(metric_id, sorted(known)) or "salesops metrics lists them all",
        )


@check(
    "experiment-measure-unknown",
    of="experiment",
    source="Sales Operations Overview (2025), Key Artifacts",
    bad="measure: replies-per-mail  # <--",
    good="measure: outreach-to-discovery",
)
def experiment_measure_unknown(case: Case[Experiment]) -> Findings:
    """An experiment is measured by something that is not a metric.

    The measure must be fixed before the first deal joins, and be the same for all. Name a metric.
    """
    yield from _metric(case, ("measure",), case.record.measure)


@check(
    "experiment-cohort",
    of="experiment",
    source="Sales Operations Overview (2025), Key Artifacts",
    bad="cohort: {stage: outreech, since: 2026-01-15}  # <--",
    good="cohort: {stage: outreach, since: 2026-10-15, until: 2026-12-15}",
)
def experiment_cohort(case: Case[Experiment]) -> Findings:
    """The cohort of an experiment names no stage, or ends before it begins.

    The cohort rule decides which attempts count. Correct the stage or the days.
    """
    cohort = case.record.cohort
    if cohort is None:
        return
    process = case.process_on(cohort.since)
    if process and process.stage_named(cohort.stage) is None:
        yield Finding(
            ("cohort", "stage"),
            f"'{cohort.stage}' is not a stage of process {process.version}",
            help=process.hint(cohort.stage),
        )
    if cohort.until and cohort.until < cohort.since:
        yield Finding(
            ("cohort", "until"),
            f"the cohort ends on {cohort.until}, before it begins on {cohort.since}",
            help="correct one of the two days",
        )


@check(
    "prediction-unknown",
    of="icp",
    source="Sales Operations Overview (2025), Key Artifacts",
    bad="predicts: {conversion: outreach-to-heaven, at_least: 30%}  # <--",
    good="predicts: {conversion: outreach-to-discovery, at_least: 30%}",
)
def prediction_unknown(case: Case[Hypothesis]) -> Findings:
    """A hypothesis predicts something that is not a metric.

    A hypothesis can be wrong only about a number that is counted. Name a conversion of the process.
    """
    predicts = case.record.predicts
    yield from _metric(case, ("predicts", "conversion"), predicts.conversion if predicts else None)


@check(
    "hypothesis-condition",
    of="icp",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#needs",
    bad="when: [{field: vlaue.mrr, at_least: 500 USD}]  # <--",
    good="when: [{field: value.mrr, at_least: 500 USD}, {field: maniac_t.need, is: met}]",
)
def hypothesis_condition(case: Case[Hypothesis]) -> Findings:
    """A condition of a hypothesis is neither a field of a deal nor an activity.

    No deal could ever meet it, and every score would be too low. Correct the path; a team's own fields begin with `x.`.
    """
    for at, need in enumerate(case.record.when):
        yield from unreadable(("when", at), need)


@check(
    "hypothesis-changelog",
    of="icp",
    source="Sales Operations Overview (2025), Key Artifacts; reference/fields#icp.changelog",
    bad="version: 2  # <--",
    good="""
    version: 2
    changelog: [{version: 2, date: 2025-01-01, note: Narrowed to teaching}]
    """,
)
def hypothesis_changelog(case: Case[Hypothesis]) -> Findings:
    """A later version of a hypothesis has no changelog entry.

    What the team stopped believing is worth as much as what it believes. Add an entry to `changelog`.
    """
    record = case.record
    if record.version > 1 and not any(entry.version == record.version for entry in record.changelog):
        yield Finding(
            ("version",),
            f"the changelog does not say what version {record.version} changed",
            help="add an entry",
            fix=f"changelog: [{{version: {record.version}, date: {record.since}, note: {GAP}}}]",
        )


@check(
    "fit-version-unknown",
    source="Sales Operations Overview (2025), Enrichment; reference/records#references",
    bad="icp: {hypothesis: teaching-led, version: 7, fit: true}  # <--",
    good="icp: {hypothesis: teaching-led, version: 1, fit: true}",
)
def fit_version_unknown(case: Case[Deal]) -> Findings:
    """A fit was judged by a version of a hypothesis that does not exist yet.

    Correct the version: it is the one that was current when the fit was judged.
    """
    fit = case.record.icp
    hypothesis = case.book.icp.get(fit.hypothesis) if fit and fit.hypothesis else None
    if fit and hypothesis and fit.version is not None and not 1 <= fit.version <= hypothesis.version:
        yield Finding(
            ("icp", "version"),
            f"'{fit.hypothesis}' has versions 1 to {hypothesis.version}, not {fit.version}",
            help="correct the version",
            fix=f"version: {hypothesis.version}",
        )


@check(
    "decision-answers-nothing",
    of="decision",
    source="Sales Operations Overview (2025), Pivot Decision Points; reference/definitions#red-lines",
    bad="answers: outreach-borken  # <--",
    good="answers: outreach-broken",
)
def decision_answers_nothing(case: Case[Decision]) -> Findings:
    """A decision answers no red line, no target and no version of the process.

    A tripped red line, or a target that was missed, stays open until a decision answers it by name. Correct the name; a
    target that was answered stays in playbook/targets.yaml.
    """
    answers, book = case.record.answers, case.book
    known = [line.id for process in book.processes for line in process.red_lines]
    known += [process.version for process in book.processes]
    known += [target.id for target in book.targets.targets] if book.targets else []
    if answers and known and answers not in known and ("targets", "targets") not in book.broken:
        yield Finding(
            ("answers",),
            f"'{answers}' is no red line, no target and no process version",
            help=did_you_mean(answers, dict.fromkeys(known)),
        )


@check(
    "target-metric-unknown",
    of="targets",
    source="Sales Sync, WHY; reference/definitions#targets",
    bad="targets: [{id: twelve, metric: sqds, at_least: '12', by: 2026-12-31}]  # <--",
    good="targets: [{id: twelve, metric: sqd, at_least: '12', by: 2026-12-31}]",
)
def target_metric_unknown(case: Case[Targets]) -> Findings:
    """A target is set for something that is not a metric.

    Name a metric; `salesops metrics` lists them.
    """
    for at, target in enumerate(case.record.targets):
        yield from _metric(case, ("targets", at, "metric"), target.metric)


@check(
    "target-unit",
    of="targets",
    source="Sales Sync, WHY; reference/definitions#targets",
    bad="targets: [{id: twelve, metric: sqd, at_least: 12 USD, by: 2026-12-31}]  # <--",
    good="targets: [{id: twelve, metric: sqd, at_least: 12, by: 2026-12-31}]",
)
def target_unit(case: Case[Targets]) -> Findings:
    """A target is written in another unit than its metric is counted in.

    A count is aimed at with a number, days with a number of days, a share with a percentage, money with an amount and a currency.
    Write it so.
    """
    known = {metric_id: metric for process in case.book.processes for metric_id, metric in metrics_of(process).items()}
    for at, target in enumerate(case.record.targets):
        metric = known.get(target.metric)
        for key, words in target.bounds.items():
            if metric and not fits(words, metric.kind):
                yield Finding(
                    ("targets", at, key),
                    wrong_unit(words, metric.kind, metric.title),
                    help="write it in the metric's unit",
                    fix=question(key),
                )


@check(
    "target-bound",
    of="targets",
    source="Sales Sync, WHY; reference/definitions#targets",
    bad="targets: [{id: twelve, metric: sqd, at_least: 12, at_most: 20, by: 2026-12-31}]  # <--",
    good="targets: [{id: twelve, metric: sqd, at_least: 12, by: 2026-12-31}]",
)
def target_bound(case: Case[Targets]) -> Findings:
    """A target says neither what must be reached nor what must not be exceeded, or it says both.

    One target has one bound, so that everybody knows when it is missed. Write `at_least` or `at_most`; two bounds are two targets.
    """
    for at, target in enumerate(case.record.targets):
        if len(target.bounds) == 2:
            yield Finding(
                ("targets", at, "at_most"),
                f"the target '{target.id}' says at_least and at_most",
                help="keep one of the two, and make another target of the other",
                key=True,
            )
        elif not target.bounds:
            yield Finding(
                ("targets", at),
                f"the target '{target.id}' does not say what must be reached",
                help="write at_least, or at_most where less is better",
            )


@check(
    "usage-ladder",
    of="prices",
    source="Sales and invoicing process, Sending invoices; reference/fields#prices.usage",
    bad="usage: [{to: 100, fee: 10 USD}, {to: 10, fee: 5 USD}]  # <--",
    good="usage: [{to: 10, fee: 10 USD}, {to: 100, fee: 5 USD}]",
)
def usage_ladder(case: Case[PriceList]) -> Findings:
    """The steps of a usage ladder do not rise, or their fees are in two currencies.

    Each step begins where the one before it ends. Write the lowest first, and all of them in one currency.
    """
    ladder = case.record.usage
    for at, (before, step) in enumerate(pairwise(ladder), 1):
        if step.to <= before.to:
            yield Finding(
                ("usage", at, "to"),
                f"this step ends at {step.to:,}, the one before it at {before.to:,}",
                help="write the lowest step first",
            )
        if step.fee.currency != before.fee.currency:
            yield Finding(
                ("usage", at, "fee"),
                f"{step.fee.currency} here, {before.fee.currency} in the step before",
                help="use one currency for one ladder",
            )


@check(
    "price-tier-unknown",
    of="prices",
    source="Sales Operations Overview (2025), Current Strategic Focus (2025); reference/records#references",
    bad="fees: {generall: 1250 USD}  # <--",
    good="fees: {general: 1250 USD}",
)
def price_tier_unknown(case: Case[PriceList]) -> Findings:
    """A price list has the fee of a tier that no version of the process declares.

    Nobody could sell by it. Correct the name of the tier, or declare it in the process.
    """
    known = {tier for process in case.book.processes for tier in process.tiers}
    for tier in case.record.fees if case.book.is_process_whole else ():
        if known and tier not in known:
            yield Finding(
                ("fees", tier),
                f"'{tier}' is not a tier of the process",
                help=did_you_mean(tier, sorted(known)) or f"its tiers: {', '.join(sorted(known))}",
                key=True,
            )


@check(
    "outreach-file-name",
    of="outreach",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#message-results",
    bad="message: intro@3  # <--",
    good="message: intro@2",
)
def outreach_file_name(case: Case[Outreach]) -> Findings:
    """The results of a message are in a file that is called otherwise than the message.

    A message has one file, so that nothing is counted twice: the results of `intro@2` are in intro-2.yaml. Correct the
    message, or rename the file.
    """
    message = case.record.message
    if slug(message) != case.id and not case.has_lost("message"):
        yield Finding(
            ("message",),
            f"the results of {shown(message)} belong into {slug(message) or 'a file of its own'}.yaml",
            help="correct the message, or rename the file",
        )


@check(
    "outreach-counts",
    of="outreach",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#message-results",
    bad="""
    results:
      - {date: 2026-03-02, sent: 40, bounced: 2}
      - {date: 2026-03-09, opened: 18, replied: 45}  # <--
    """,
    good="""
    results:
      - {date: 2026-03-02, sent: 40, bounced: 2}
      - {date: 2026-03-09, opened: 18, replied: 5}
    """,
)
def outreach_counts(case: Case[Outreach]) -> Findings:
    """More messages came back, were opened or were answered than had been sent.

    Each entry has what is new since the one before it; shares are taken of what arrived. Correct the numbers.
    """
    for at, entry in enumerate(case.record.results):
        sent, bounced = (case.record.total(name, entry.date) for name in ("sent", "bounced"))
        for name, most in (("bounced", sent), ("opened", sent - bounced), ("replied", sent - bounced)):
            total = case.record.total(name, entry.date)
            if getattr(entry, name) and total > most:
                yield Finding(
                    ("results", at, name),
                    f"{total:,} {name} by {entry.date}, and no more than {max(most, 0):,} had "
                    + ("been sent" if name == "bounced" else "arrived"),
                    help="each entry has what is new since the one before it",
                )


@check(
    "rate-twice",
    of="rates",
    source="reference/definitions#currencies",
    bad="""
    rates:
      - {date: 2026-01-02, from: CAD, to: USD, rate: 0.7312}
      - {date: 2026-01-02, from: CAD, to: USD, rate: 0.7313}  # <--
    """,
    good="""
    rates:
      - {date: 2026-01-02, from: CAD, to: USD, rate: 0.7312}
      - {date: 2026-04-01, from: CAD, to: USD, rate: 0.7313}
    """,
)
def rate_twice(case: Case[Rates]) -> Findings:
    """A day has two rates for the same pair of currencies, or a currency is converted into itself.

    Only one can be used. Delete the wrong one.
    """
    seen: set[tuple[object, str, str]] = set()
    for at, rate in enumerate(case.record.rates):
        key = (rate.date, rate.from_, rate.to)
        if key in seen:
            yield Finding(
                ("rates", at),
                f"{rate.date} already has a rate from {rate.from_} to {rate.to}",
                help="delete the wrong one",
            )
        if rate.from_ == rate.to:
            yield Finding(("rates", at), f"{rate.from_} is converted into itself", help="delete the line")
        seen.add(key)


@check(
    "review-experiments",
    of="review",
    advice=True,
    source="Sales Operations Overview (2025), Weekly Sales Review",
    bad="experiments: []  # <--",
    good="experiments: [subject-lines]",
)
def review_experiments(case: Case[Review]) -> Findings:
    """A weekly review chose no experiment, or more than two.

    One or two a week is what a small team can run and still learn from. Choose one, or leave some for next week.
    """
    count = len(case.record.experiments)
    if count == 0:
        yield Finding(("experiments",), "the review chose no experiment", help="choose one or two", key=True)
    elif count > 2:
        yield Finding(
            ("experiments",),
            f"the review chose {count} experiments",
            help="choose one or two; the rest can wait a week",
        )
