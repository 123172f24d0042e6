"""The conversions under each version of the process: the attempts that began under it, beside those under the version before (``reference/definitions#versions``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from salesops.book.book import Snapshot, kept_with_snapshot
from salesops.metrics.decided import verdict
from salesops.metrics.metric import Metric, every_metric
from salesops.metrics.readings import Share
from salesops.metrics.statistics import Interval, difference
from salesops.metrics.wording import NO_DATA, between, percent
from salesops.records.process import Process


@dataclass(frozen=True)
class VersionImpact:
    """A conversion under a version of the process and under the one before it; None where that is the first.

    ``apart`` is how much higher its share is, in its interval; None where too few were decided under one of the two.
    """

    metric: Metric
    under: Share
    before: Share | None
    apart: tuple[float, Interval] | None
    verdict: str


@kept_with_snapshot
def impacts(snapshot: Snapshot) -> dict[str, list[VersionImpact]]:
    """Each version that has been in force up to the day, with the conversions of the process of the day, oldest first.

    One rule counts under all of them, that of the day: only so are they alike.
    """
    versions = [it for it in snapshot.book.processes if not it.is_of_imports and it.in_force <= snapshot.as_of]
    watched = {conversion.id for conversion in snapshot.process.conversions}
    conversions = [metric for metric in every_metric(snapshot.process) if metric.id in watched]
    found: dict[str, list[VersionImpact]] = {}
    before: list[Share | None] = [None] * len(conversions)
    for at, version in enumerate(versions):
        under = _under(snapshot, conversions, None if at == 0 else version.in_force, _last_day(versions, at))
        found[version.version] = [_impact(*one) for one in zip(conversions, under, before, strict=True)]
        before = [*under]
    return found


def _last_day(versions: list[Process], at: int) -> date | None:
    return versions[at + 1].in_force - timedelta(days=1) if at + 1 < len(versions) else None


def _under(snapshot: Snapshot, conversions: list[Metric], since: date | None, until: date | None) -> list[Share]:
    """The conversions of the attempts that entered their stage in some days; of days before the first version, that one has them."""
    narrowed = replace(snapshot, since=since, until=until)
    readings = (conversion.measure(narrowed) for conversion in conversions if conversion.measure)
    return [reading for reading in readings if isinstance(reading, Share)]


def _impact(metric: Metric, under: Share, before: Share | None) -> VersionImpact:
    is_enough = before is not None and under.is_enough and before.is_enough
    apart = (
        difference(under.hits, under.out_of, before.hits, before.out_of) if before is not None and is_enough else None
    )
    return VersionImpact(metric, under, before, apart, verdict(apart, is_more_better=True) if before else "")


def share_in_words(share: Share | None) -> str:
    """``12 of 30 (40 %, 25–58 %)``; without the rate where too few were decided."""
    if share is None or not share.out_of:
        return NO_DATA
    rate = f" ({percent(share.value or 0)}, {between(share.interval)})" if share.is_enough else ""
    return f"{share.hits:,} of {share.out_of:,}{rate}"


def apart_in_words(impact: VersionImpact) -> str:
    """``+12.3 points (-4.0 to +28.1)``; nothing where it cannot be said."""
    if impact.apart is None:
        return ""
    share, (low, high) = impact.apart
    return f"{share * 100:+.1f} points ({low * 100:+.1f} to {high * 100:+.1f})"


def impact_rows(found: list[VersionImpact]) -> Iterator[tuple[str, str, str, str, str, str]]:
    """The conversions of a version as a table says them: title, under it, still open, before, apart, and what that means."""
    for impact in found:
        under = impact.under
        waiting = f"{under.open + under.parked:,}" if under.open + under.parked else ""
        before = share_in_words(impact.before) if impact.before else ""
        yield impact.metric.title, share_in_words(under), waiting, before, apart_in_words(impact), impact.verdict
