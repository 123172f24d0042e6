"""What HubSpot calls its columns, in exports for people and in those for programs, and by which of them a table is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from salesops.imports.names import sameness


class Role(StrEnum):
    """What a table of HubSpot holds."""

    DEALS = "deals"
    COMPANIES = "companies"
    CONTACTS = "contacts"
    MEETINGS = "meetings"
    HISTORY = "stage history"
    MERGES = "merged deals"
    PIPELINES = "pipeline stages"


SIGNS: Mapping[Role, tuple[frozenset[str], ...]] = {
    Role.MERGES: (frozenset({"dealid", "mergeddealid"}),),
    Role.PIPELINES: (frozenset({"stageid", "pipelineid", "label"}),),
    Role.HISTORY: (frozenset({"dealid", "value", "dateentered"}), frozenset({"dealid", "dealstage", "dateentered"})),
    Role.MEETINGS: (
        frozenset({"meetingstarttime"}),
        frozenset({"hsmeetingstarttime"}),
        frozenset({"engagementid", "starttime"}),
        frozenset({"starttime", "meetingoutcome"}),
    ),
    Role.DEALS: (frozenset({"dealname"}), frozenset({"dealstage"})),
    Role.CONTACTS: (frozenset({"email", "firstname"}), frozenset({"email", "lastname"})),
    Role.COMPANIES: (
        frozenset({"companyname"}),
        frozenset({"companydomainname"}),
        frozenset({"name", "domain"}),
        frozenset({"name", "website"}),
    ),
}
"""The headings that only such a table has: all of one of the sets. What comes first goes before."""

CANONICAL: Mapping[str, str] = {
    "hs_object_id": "Record ID",
    "dealname": "Deal Name",
    "dealstage": "Deal Stage",
    "pipeline": "Pipeline",
    "amount": "Amount",
    "deal_currency_code": "Currency",
    "closedate": "Close Date",
    "createdate": "Create Date",
    "dealtype": "Deal Type",
    "hubspot_owner_id": "Deal owner",
    "hs_next_step": "Next step",
    "closed_lost_reason": "Closed Lost Reason",
    "closed_won_reason": "Closed Won Reason",
    "hs_mrr": "Monthly recurring revenue",
    "hs_merged_object_ids": "Merged Deal IDs",
    "hs_lastmodifieddate": "Last Modified Date",
}
"""The properties of the programs' interface by their headings in an export for people."""

DEAL_NAMES = {
    "id": "record id|deal id|hs object id|id",
    "title": "deal name",
    "member": "associated company primary|associated company|company name|company",
    "companies": "associated company ids primary|associated company ids|associated company id",
    "contact ids": "associated contact ids|associated contact id",
    "contacts": "associated contact|associated contacts",
    "owner": "deal owner|hubspot owner id|owner id|owner",
    "stage": "deal stage",
    "pipeline": "pipeline|deal pipeline|deal pipeline id|pipeline id",
    "type": "deal type",
    "tier": "tier|membership|membership tier",
    "currency": "currency|deal currency code",
    "closed": "close date",
    "created": "create date",
    "merged": "merged deal ids|merged record ids|hs merged object ids",
    "deleted": "is deleted|fivetran deleted|archived",
    "value.mrr": "monthly recurring revenue|hs mrr|mrr",
    "value.months": "term in months",
    "one_off": "one off amount",
    "amount": "amount",
    "next.action": "next step|hs next step",
    "source.channel": "original source|original traffic source|hs analytics source|lead source",
    "lost": "closed lost reason",
    "win.learning": "closed won reason",
}
COMPANY_NAMES = {
    "id": "record id|company id|hs object id|id",
    "name": "company name|name",
    "country": "country region|country",
    "website": "company domain name|website url|domain|website",
    "kind": "type|company type",
}
CONTACT_NAMES = {
    "id": "record id|contact id|vid|hs object id|id",
    "first": "first name|firstname",
    "last": "last name|lastname",
    "email": "email|e mail",
    "role": "job title|jobtitle",
    "phone": "phone number|phone",
    "company": "associated company primary|associated company|company name|company",
    "companies": "associated company ids primary|associated company ids|associated company id",
}
MEETING_NAMES = {
    "id": "record id|engagement id|hs object id|id",
    "deal": "associated deal ids|associated deal id|deal id|dealid",
    "date": "meeting start time|hs meeting start time|start time|activity date",
    "status": "meeting outcome|hs meeting outcome|outcome",
    "title": "meeting name|hs meeting title|title",
    "body": "meeting description|meeting notes|hs meeting body|body",
    "contact": "associated contact|associated contacts|attendees|associated contact ids",
}
HISTORY_NAMES = {
    "deal": "deal id",
    "stage": "value|deal stage",
    "entered": "date entered",
    "is now": "fivetran active",
    "until": "fivetran end",
}
MERGE_NAMES = {"kept": "deal id", "gone": "merged deal id"}
PIPELINE_NAMES = {
    "stage": "stage id",
    "label": "label|stage label",
    "pipeline": "pipeline id",
    "won": "closed won|is closed won",
    "closed": "is closed",
}

OUTCOMES = {
    "completed": "held",
    "held": "held",
    "scheduled": "scheduled",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "noshow": "no-show",
}
"""What HubSpot calls the outcome of a meeting."""

_ENTERED = re.compile(
    r'(?:Date entered|Entered)\s+"?(?P<label>.*?)(?:\s*\((?P<pipeline>[^()]*)\))?"?( again( [0-9]+)?)?', re.I
)
_ENTERED_INTERNAL = re.compile(r"(?:property_)?hs_(?:v2_)?date_entered_(?P<label>.+)", re.I)


class EnteredColumn(NamedTuple):
    """A column with the day on which deals entered a stage; the pipeline is empty where its heading does not say it."""

    name: str
    label: str
    pipeline: str

    def is_of(self, stage: str) -> bool:
        """Whether it is of a stage, by its label or its internal name."""
        return sameness(self.label) == sameness(stage)


def entered_column(heading: str) -> EnteredColumn | None:
    """What a heading says of the days on which a stage was entered; None where it is another one."""
    if found := _ENTERED.fullmatch(heading):
        return EnteredColumn(heading, found["label"], found["pipeline"] or "")
    found = _ENTERED_INTERNAL.fullmatch(heading)
    return EnteredColumn(heading, found["label"], "") if found else None


def bare(heading: str) -> str:
    """A heading as it is compared: without case, blanks and what other programs put before it."""
    return sameness(re.sub(r"^property_", "", heading))


def role_of(header: Collection[str]) -> Role | None:
    """What a table holds, by its headings; None where it is none of HubSpot's."""
    found = {bare(heading) for heading in header}
    return next((role for role, signs in SIGNS.items() if any(sign <= found for sign in signs)), None)


def column_called(header: Collection[str], names: str) -> str:
    """The heading that is one of these names, the first of them that there is; nothing where there is none."""
    by_name = {bare(heading): heading for heading in reversed(list(header)) if heading}
    return next((by_name[same] for name in names.split("|") if (same := sameness(name)) in by_name), "")
