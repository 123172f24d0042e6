"""A word in every text of every record, so that whoever looks for the words sees which text is shown, and which is not."""

import re
from pathlib import Path

import yaml
from altering import RECORDS, as_yaml

from salesops.records.kinds import KINDS

HOME = Path(__file__).parents[1]


def leaves(value, path=()):
    """Every text of a record with the way to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, str(value)


def put(record, path, value):
    for part in path[:-1]:
        record = record[part]
    record[path[-1]] = value


def reads(kind, record):
    try:
        KINDS[kind].model.model_validate(record)
    except ValueError:
        return False
    return True


STAYS = frozenset("stage stages field metric measure version type".split())
"""What names something else: with another word there the record would say nothing at all."""
NAMING = frozenset("deal experiment icp targets".split())
WORDS = frozenset("title purpose learning why means enter name".split())
"""What the process says in words of the team's own."""


def planted(kind, record, words):
    """Put the next of these words into each text, link and address of a record in which one may stand: which word stands where."""
    found = {}
    words = iter(words)
    for path, value in list(leaves(record)):
        if kind == "process" and path[-1] not in WORDS and "activities" not in path:
            continue
        if kind in NAMING and STAYS & set(map(str, path)):
            continue
        word = next(words)
        plain = re.sub(r"[^A-Za-z]", "", word)
        for tried in (f"{value} {word}", f"{value}/{plain}", f"{plain.lower()}.{value}", f"{plain.lower()}-{value}"):
            put(record, path, tried)
            if reads(kind, record) and not re.search(r"-[a-z]", tried.removesuffix(value)[-2:]):
                found[path] = word
                break
            put(record, path, value)
    return found


def demonstration():
    """Every record of the demonstration as it is written, full ones, and one of each kind that it lacks."""
    for file in sorted(path for folder in ("deals", "members", "playbook") for path in (HOME / folder).rglob("*.yaml")):
        where = file.relative_to(HOME).as_posix()
        record = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        more = {"repository": "https://git.example/sales", "member_kinds": ["museum"]}
        yield where, record | (more if where == "playbook/team.yaml" else {})
    for name in ("won", "lost", "open"):
        text = (HOME / f"tests/full/{name}.yaml").read_text(encoding="utf-8")
        yield f"deals/full-{name}.yaml", yaml.load(text, yaml.BaseLoader)
    yield (
        "members/cascadia-university.yaml",
        yaml.load((HOME / "tests/full/member.yaml").read_text(encoding="utf-8"), yaml.BaseLoader),
    )
    for kind in ("review", "prices", "outreach", "experiment", "decision", "icp", "removed", "corrections"):
        path, fields = RECORDS[kind]
        yield path, yaml.load(as_yaml({key: pair[0] for key, pair in fields.items()}), yaml.BaseLoader)
