"""JSON Schemas of the records, for editors: the same verdict on shape as `salesops check`."""

from __future__ import annotations

from typing import Any

from salesops.records.kinds import KINDS
from salesops.records.team import Team, kinds_known

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(kind: str, team: Team | None = None) -> dict[str, Any]:
    """The schema of a kind of record, with the words that the team has added; raises KeyError for an unknown kind."""
    found = KINDS[kind].model.model_json_schema(by_alias=True)
    if kind == "member":
        found["properties"]["kind"]["anyOf"][0]["enum"] = list(kinds_known(team))
    for part in (found, *found.get("$defs", {}).values()):
        _may_be_left_empty(part)
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
