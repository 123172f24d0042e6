"""Metrics that are defined and not built yet: they read "not yet", never 0."""

from __future__ import annotations

from salesops.metrics.metric import NEW_ONLY, planned

planned(
    "email-open-rate",
    "Outreach email open rate",
    kind="share",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#open-rates",
    types=NEW_ONLY,
    definition="Of the e-mails of a message variant that were delivered, the share that was opened.",
)
planned(
    "lead-qualification-rate",
    "Lead qualification rate",
    kind="share",
    source="reference/definitions#conversions",
    types=NEW_ONLY,
    definition="Of the attempts that entered Enrichment and are decided, the share that reached Outreach, by campaign.",
)
planned(
    "learning-coverage",
    "Learning coverage",
    kind="share",
    source="Sales Operations Overview (2025), Key Artifacts; reference/definitions#closing-well",
    definition="Of the closed deals, the share whose learning is complete; it must be all of them.",
)
planned(
    "handoff-lead-time",
    "Hand-off lead time",
    kind="days",
    source="Sales Operations Overview (2025), Integration with Delivery; reference/definitions#closing-well",
    definition="Days from the signature to hubs in active use.",
)
