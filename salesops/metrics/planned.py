"""Metrics that are defined and not built yet: they read "not yet", never 0."""

from __future__ import annotations

from salesops.metrics.metric import planned

planned(
    "weighted-pipeline",
    "Weighted pipeline",
    kind="money",
    source="reference/definitions#forecasts",
    definition="The value of each open deal times how likely it is to be won.",
)
planned(
    "sales-velocity",
    "Sales velocity",
    kind="money",
    source="reference/definitions#forecasts",
    definition="Open qualified deals times mean won amount times win rate, divided by the mean days to a win.",
)
planned(
    "gross-retention",
    "Gross revenue retention",
    kind="share",
    source="reference/definitions#retention",
    definition="Of the recurring revenue at the start of a year, the share that neither shrank nor left.",
)
planned(
    "net-retention",
    "Net revenue retention",
    kind="share",
    source="reference/definitions#retention",
    definition="Recurring revenue now of the members at the start of a year, growth among them, as a share of what it was.",
)
planned(
    "renewal-6",
    "Six-month renewal",
    kind="share",
    source="reference/definitions#retention",
    definition="Of the members in service six months ago, the share that still is.",
)
planned(
    "forecast-mrr-6",
    "MRR forecast for six months",
    kind="money",
    source="reference/definitions#forecasts",
    definition="Recurring revenue of the next six months: signed, and expected from renewals and new deals.",
)
