"""JSON Schemas of the records, for editors: the same verdict on shape as `salesops check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from salesops.records.as_written import GAP
from salesops.records.deal import CallOutcome, MeetingAbout, MeetingStatus
from salesops.records.kinds import KINDS
from salesops.records.process import Process
from salesops.records.team import Team, kinds_known

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OFFERED = "offered here"
"""The comment on what a schema offers of one repository; other words of the same form are taken as well."""
NAMED_BY_ID = ("member", "icp", "experiment")
"""The kinds of records whose ids other records name, and an editor offers."""
MAX_OFFERED = 2_000
OFFERS = {
    "owner": "person",
    "asked_by": "person",
    "delivery_owner": "person",
    "by": "person",
    "member": "member",
    "referred_by": "member",
    "hypothesis": "icp",
    "experiment": "experiment",
    "tier": "tier",
    "stage": "stage",
}
"""The fields of deals and members that name something of the repository, and what."""


def schema_of(kind: str, team: Team | None = None, words: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
    """The schema of a kind of record, with the words that the team has added; raises KeyError for an unknown kind.

    ``words`` are what an editor offers where people, members, stages and the like are named.
    """
    found = KINDS[kind].model.model_json_schema(by_alias=True)
    if kind == "member":
        found["properties"]["kind"]["anyOf"][0]["enum"] = list(kinds_known(team))
    for part in (found, *found.get("$defs", {}).values()):
        _may_be_left_empty(part)
    if kind in ("deal", "member"):
        _offer([found, *found.get("$defs", {}).values()], {name: [*some] for name, some in (words or {}).items()})
    if kind == "process":
        found |= _unless_it_builds_on_another(found)
    return {"$schema": DIALECT, **found, "title": f"salesops {kind}"}


def _unless_it_builds_on_another(schema: dict[str, Any]) -> dict[str, Any]:
    """What a whole process version must say, and one that builds on another need not; taken out of what every version must."""
    needed = {
        name: {"required": part.pop("required", [])}
        for name, part in schema["$defs"].items()
        if name in ("Tier", "Stage", "Completion")
    }
    taken = [name for name in ("tiers", "starts", "stages") if name in schema["required"]]
    schema["required"] = [name for name in schema["required"] if name not in taken]
    needed["Stage"]["properties"] = {"completion": needed["Completion"]}
    parts = {name: {"additionalProperties": needed[of]} for name, of in (("tiers", "Tier"), ("stages", "Stage"))}
    return {
        "if": {"required": ["from"], "properties": {"from": {"not": {"type": "null"}}}},
        "else": {"required": taken, "properties": parts},
    }


def offered(process: Process | None, team: Team | None, ids: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What an editor offers of one repository: its people, stages and tiers, and the ``ids`` of its records by their kind."""
    words = {"person": [*team.people] if team else []} | {kind: sorted(some) for kind, some in ids.items()}
    if process:
        words |= {"stage": [*process.stages], "tier": [*process.tiers]}
    return {name: some for name, some in words.items() if len(some) <= MAX_OFFERED}


def _offer(parts: list[dict[str, Any]], words: Mapping[str, list[str]]) -> None:
    """Add the words of a repository to the fields that name them, beside what they take anyway."""
    for part in parts:
        for name, inner in part.get("properties", {}).items():
            some = words.get(OFFERS.get(name, ""))
            if some and inner.get("format") != "date":
                taken = inner.pop("anyOf", None) or [_taken_out(inner)]
                inner["anyOf"] = [{"enum": some, "$comment": OFFERED}, *taken]
            if name == "stages" and "stage" in words:
                line = inner["items"]
                day = {**line["additionalProperties"], "$comment": OFFERED}
                line["properties"] = dict.fromkeys(words["stage"], day)


def _taken_out(schema: dict[str, Any]) -> dict[str, Any]:
    """What a field takes, without what is said of it."""
    return {key: schema.pop(key) for key in [*schema] if key not in ("description", "examples")}


def without_offers(schema: Any) -> Any:
    """A schema without the words of a repository."""
    if isinstance(schema, list):
        return [without_offers(part) for part in schema if not _is_offer(part)]
    if not isinstance(schema, dict):
        return schema
    kept = {key: without_offers(part) for key, part in schema.items() if not _is_offer(part)}
    if kept.get("properties") == {} and schema["properties"]:
        del kept["properties"]
    if len(kept.get("anyOf", ())) == 1 and len(schema["anyOf"]) == 2:
        kept |= kept.pop("anyOf")[0]
    return kept


def _is_offer(part: Any) -> bool:
    return isinstance(part, dict) and part.get("$comment") == OFFERED


def _may_be_left_empty(schema: dict[str, Any]) -> None:
    """Every field that may be left out may also be written and left empty, as the reader takes it."""
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        inner.pop("default", None)
        inner.pop("title", None)
        if name not in required and {"type": "null"} not in inner.get("anyOf", []):
            said = {key: inner.pop(key) for key in ("description", "examples") if key in inner}
            schema["properties"][name] = {"anyOf": [inner, {"type": "null"}], **said}


def editor_settings(folder: str) -> dict[str, Any]:
    """The settings by which the YAML extension of an editor finds the schemas in a folder."""
    return {
        "yaml.schemas": {
            f"{folder}/{kind.name}.json": kind.where if kind.is_single else f"{kind.where}/**/*.yaml"
            for kind in KINDS.values()
        },
        "yaml.yamlVersion": "1.2",
    }


TODAY = "$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE"


def editor_snippets(process: Process) -> dict[str, Any]:
    """Snippets for an editor: a call, a meeting, a next step and a move. None of them asserts what nobody said."""
    lines = {
        "call": f'- {{date: {TODAY}, kind: call, outcome: {_choice(1, get_args(CallOutcome))}, note: "${{2:{GAP}}}"}}',
        "meeting": f"- {{date: {TODAY}, kind: meeting, about: {_choice(1, get_args(MeetingAbout))}, "
        f'status: {_choice(2, get_args(MeetingStatus))}, note: "${{3:{GAP}}}"}}',
        "move": f"- {_choice(1, process.stages)}: {TODAY}",
        "next": f'next: {{action: "${{1:{GAP}}}", due: ${{2:{GAP}}}}}',
    }
    said = {
        "call": "A call, under activity",
        "meeting": "A meeting, under activity",
        "move": "A move, under stages",
        "next": "The next step",
    }
    return {said[name]: {"scope": "yaml", "prefix": name, "body": [line]} for name, line in lines.items()}


def _choice(number: int, words: Iterable[str]) -> str:
    return f"${{{number}|{','.join((GAP, *words))}|}}"
