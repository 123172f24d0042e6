"""What a change of the process asks of people that they did not have to do before, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from salesops.book.book import Book, Ref
from salesops.changes.change import Change
from salesops.changes.field_differences import Difference, differences
from salesops.changes.field_sentences import called, label, parts, plain, told
from salesops.changes.names import Names
from salesops.records.as_written import Data, as_list, as_map, as_text
from salesops.records.building_on import BUILDS_ON
from salesops.records.process import IMPORTED, Process, RedLine

NOT_NEWS = frozenset({"version", "in_force", "changelog", "source", *BUILDS_ON})
"""What a new version says of itself."""
NAMES_OF_STAGES = frozenset({"to", "from"})
"""The fields of ways out and conversions that name a stage; a word that is also a stage stays as it is anywhere else."""
MAX_SENTENCES = 24
"""Sentences of one version; the file has the rest."""


def of_process(
    ref: Ref, who: str, before: Data | None, after: Data, names: Names, most: int | None = MAX_SENTENCES
) -> list[Change]:
    """What a version says differently from what it said, or a new one from the version before it; ``most`` sentences of it."""
    found: list[Change] = []
    after = names.book.written_whole(ref[1], after)
    before = names.book.written_whole(ref[1], before) if before else before
    if before is None:
        before = _predecessor(ref[1], after, names)
        day = after.get("in_force")
        from_day = f"new version, in force from {names.day(day)}" if isinstance(day, str) else "new version"
        if ref[1] == IMPORTED:
            from_day, day = "new version, for the moves that came with an import", None
        why = names.text(after.get("changelog"))
        found.append(Change("new", ref, who, f"{from_day}: {why}" if why else from_day, date=as_text(day) or None))
        news = differences(_as_called_now(before, after), after) if before else ()
        sections = [one for one in news if one.section not in NOT_NEWS]
    else:
        changed = differences(_as_called_now(before, after), after)
        sections = [one for one in changed if one.section not in BUILDS_ON]
    said = list(dict.fromkeys(_sentences(sections, before or {}, after, names)))
    found += [Change(kind, ref, who, what) for kind, what in said[:most]]
    if most is not None and len(said) > most:
        found.append(Change("stages", ref, who, f"and {len(said) - most} more"))
    return found


def of_version(version: Process, book: Book, as_of: date) -> list[str]:
    """What a version says differently from the one before it, in sentences; nothing for the first."""
    ref = ("process", version.version)
    document = book.documents.get(ref)
    own = [process for process in book.processes if not process.is_of_imports]
    if document is None or version not in own[1:]:
        return []
    told = of_process(ref, version.version, None, document.data, Names(book, as_of), most=None)
    return [change.sentence for change in told[1:]]


def _as_called_now(before: Data, after: Data) -> Data:
    """What a version said, under the names that its renamed stages have now: a new name alone is no other process."""
    renamed = _renamed(before, after)
    alike = {old: new for old, new in renamed.items() if _is_alike(old, new, before, after, renamed)}
    stages = {alike.get(name, name): stage for name, stage in as_map(before.get("stages")).items()}
    starts = {kind: alike.get(str(stage), stage) for kind, stage in as_map(before.get("starts")).items()}
    said = {
        "stages": _renaming(stages, renamed),
        "starts": starts,
        "conversions": _renaming(before.get("conversions"), renamed),
    }
    return {**before, **{section: value for section, value in said.items() if section in before}}


def _renamed(before: Data, after: Data) -> dict[str, str]:
    """The stages that became a new one, each alone."""
    old, new = as_map(before.get("stages")), as_map(after.get("stages"))
    became = {name: str(to) for name, to in as_map(after.get("becomes")).items() if name in old and name not in new}
    only = {to for to, count in Counter(became.values()).items() if count == 1 and to in new and to not in old}
    return {name: to for name, to in became.items() if to in only}


def _is_alike(old: str, new: str, before: Data, after: Data, renamed: dict[str, str]) -> bool:
    """Whether a stage says the same under both names, but for its title."""
    was, now = (as_map(as_map(data.get("stages")).get(name)) for data, name in ((before, old), (after, new)))
    return {**as_map(_renaming(was, renamed)), "title": ""} == {**now, "title": ""}


def _renaming(value: Any, new: dict[str, str]) -> Any:
    """A part of a process with the names of stages replaced in its ways out and conversions."""
    if isinstance(value, Mapping):
        return {
            key: new.get(str(part), part) if key in NAMES_OF_STAGES else _renaming(part, new)
            for key, part in value.items()
        }
    return [_renaming(part, new) for part in value] if isinstance(value, list) else value


def _predecessor(version_id: str, data: Data, names: Names) -> Data | None:
    """The version that this one takes over from; that of the imports takes over from none, and hands over to none."""
    if version_id == IMPORTED:
        return None
    day = str(data.get("in_force"))
    others = {other: process for other, process in names.book.versions.items() if other not in (version_id, IMPORTED)}
    earlier = {str(process.in_force): other for other, process in others.items()}
    last = max((since for since in earlier if since < day), default=None)
    return names.book.written_whole(earlier[last]) if last else None


def _sentences(found: list[Difference], before: Data, after: Data, names: Names) -> Iterator[tuple[str, str]]:
    for one in found:
        if one.section == "stages" and len(one.path) > 1:
            for said in _of_stage(one, before, after, names):
                yield "stages", said
        elif one.section in ("tiers", "becomes", "starts") and len(one.path) > 1:
            yield one.section, _named(one, names)
        elif one.section == "becomes":
            for inner in differences(as_map(one.before), as_map(one.after), one.path):
                yield one.section, _named(inner, names)
        elif one.section == "path":
            yield one.section, f"order of the stages: {told([one], after, names)}"
        elif one.section == "red_lines" and (said := _red_line(one, before, after, names)):
            yield "red lines", said
        else:
            yield one.section.replace("_", " "), told([one], after, names)


def _named(one: Difference, names: Names) -> str:
    """A tier, or what a stage of old is called now."""
    thing = {"tiers": "tier", "becomes": "the former stage", "starts": "a deal of type"}[one.section]
    name = names.text(one.path[1])
    if len(one.path) > 2:
        return f"{thing} {name}: {plain(one, names)}"
    if one.after is None:
        return f"{thing} {name} removed"
    if one.section == "becomes" and isinstance(one.after, Mapping):
        parked = ", parked" if one.after.get("parked") == "true" else ""
        return f"{thing} {name} is now {names.stage(as_text(one.after.get('stage')))}{parked}"
    if isinstance(one.after, str):
        verb = "starts in" if one.section == "starts" else "is now"
        return f"{thing} {name} {verb} {names.stage(one.after)}"
    return f"new {thing} {name}"


def _red_line(one: Difference, before: Data, after: Data, names: Names) -> str:
    """A red line that is new or has another form; nothing where field by field says it better."""
    at = one.path[1] if len(one.path) > 1 else None
    lines = as_list(after.get("red_lines"))
    line = lines[at] if isinstance(at, int) and at < len(lines) else None
    now = _when_crossed(line, names)
    if not now or (one.after is None and len(one.path) == 2):
        return ""
    name = f"red line {names.text(as_map(line).get('id'))}"
    if len(one.path) == 2:
        return f"new {name}: {now}"
    known = [entry for entry in as_list(before.get("red_lines")) if as_map(entry).get("id") == as_map(line).get("id")]
    was = _when_crossed(known[0], names) if known and {*as_map(known[0])} != {*as_map(line)} else ""
    return f"{name}: {now}, was {was}" if was and was != now else ""


def _when_crossed(line: Any, names: Names) -> str:
    """``outreach-to-discovery below 15 % after 20 or more``; nothing where it cannot be read."""
    try:
        found = RedLine.model_validate(line)
    except ValidationError:
        return ""
    return names.text(f"{found.metric} {found.sentence}") if found.sentence else ""


def _of_stage(one: Difference, before: Data, after: Data, names: Names) -> Iterator[str]:
    stage = str(one.path[1])
    title = _title(stage, after, names) or _title(stage, before, names) or names.stage(stage)
    if len(one.path) == 2:
        yield f"new stage {title}" if one.before is None else f"stage {title} removed"
    elif one.path[2] == "exits":
        yield from _of_exit(one, title, after, names)
    elif "needs" in one.path:
        yield from _needs(one, f"{title}, completion" if one.path[2] == "completion" else title, names)
    else:
        yield f"{title}: {plain(replace(one, path=one.path[2:]), names)}"


def _of_exit(one: Difference, title: str, after: Data, names: Names) -> Iterator[str]:
    entry = as_map(one.after) or as_map(one.before)
    if len(one.path) < 5 and "to" in entry:
        way = f"{title} → {_title(as_text(entry.get('to')), after, names) or names.stage(as_text(entry.get('to')))}"
        when = f", when {names.text(entry.get('when'))}" if entry.get("when") else ""
        yield f"new exit {way}{when}" if one.before is None else f"exit {way} removed"
        needs = as_list(entry.get("needs")) if one.before is None else []
        if needs:
            yield f"{way}: needs {parts([need_in_words(need, names) for need in needs])}"
        return
    exits = as_list(as_map(as_map(after.get("stages")).get(str(one.path[1]))).get("exits"))
    at = one.path[3] if len(one.path) > 3 and isinstance(one.path[3], int) else -1
    to = as_text(as_map(exits[at]).get("to")) if 0 <= at < len(exits) else ""
    way = f"{title} → {_title(to, after, names) or names.stage(to)}"
    if "needs" in one.path:
        yield from _needs(one, way, names)
    else:
        yield f"{way}: {plain(one, names)}"


def _needs(one: Difference, where: str, names: Names) -> Iterator[str]:
    at = one.path.index("needs")
    if len(one.path) == at + 2:
        verb, entry = ("now also needs", one.after) if one.before is None else ("no longer needs", one.before)
        yield f"{where}: {verb} {need_in_words(entry, names)}"
    elif isinstance(one.after or one.before, list) and len(one.path) == at + 1:
        for need in one.after or one.before:
            yield f"{where}: {'now also needs' if one.after else 'no longer needs'} {need_in_words(need, names)}"
    elif one.name == "why":
        yield f"{where}: the reason of a need was reworded"
    else:
        yield f"{where}: a need changed ({plain(one, names)})"


def need_in_words(need: Any, names: Names) -> str:
    """``MANIAC-T money (met or partial), with a note``, ``2 held discovery meetings``."""
    entry = as_map(need)
    firm = ", and nobody can waive it" if entry.get("waivable") == "false" else ""
    return f"{_what(entry, need, names)}{firm}"


def _what(entry: Data, need: Any, names: Names) -> str:
    if entry.get("field"):
        values, also = (" or ".join(_words(entry.get(key), names)) for key in ("is", "with"))
        values = values or (f"at least {names.value(entry['at_least'])}" if entry.get("at_least") else "")
        field = field_in_words(as_text(entry["field"])).rstrip(":")
        return f"{field}{f' ({values})' if values else ''}{f', with {also}' if also else ''}"
    if entry.get("link"):
        return f"a link of kind {names.text(entry['link'])}"
    if entry.get("learned"):
        return "the answer to the question of the stage"
    unanswered = "unanswered" if entry.get("unanswered") == "true" else ""
    said = (names.text(entry.get(name)) for name in ("status", "about", "activity") if entry.get(name))
    words = " ".join(word for word in (unanswered, *said) if word)
    if not words:
        return called("needs", need, names)
    times = f"{names.value(entry['at_least'])} times " if entry.get("at_least") not in (None, "1") else ""
    return f"{times}{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _words(value: Any, names: Names) -> list[str]:
    return [names.text(word) for word in (value if isinstance(value, list) else [value]) if word]


def field_in_words(field: str) -> str:
    """``maniac_t.money`` as people say it."""
    section, _, rest = field.partition(".")
    return " ".join(part for part in (label(section), label(rest.replace(".", " "))) if part)


def _title(stage: str, data: Data, names: Names) -> str:
    return names.text(as_map(as_map(data.get("stages")).get(stage)).get("title"))
