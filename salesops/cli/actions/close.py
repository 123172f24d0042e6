"""What ``salesops close`` does: the closing move, with the contract and what led to it, or with what the loss taught."""

from __future__ import annotations

from typing import Any

from salesops.book.exit_criteria import CONTRACT_WHY
from salesops.cli.hands import NoWay, ask, desk_of, word_of
from salesops.cli.move_questions import go, picked
from salesops.cli.moving import Going
from salesops.cli.options import Usage
from salesops.cli.printing import say
from salesops.edits.spoken import Unclear
from salesops.records.process import LOST, WON, Need

OPTIONS = {
    LOST: {
        "reason": "loss.reason",
        "learned": "loss.learning",
        "verdict": "loss.verdict",
        "again": "loss.reengage",
        "playbook": "loss.playbook",
    },
    WON: {
        "signed": "contract.signed",
        "start": "contract.start",
        "end": "contract.end",
        "mrr": "contract.mrr",
        "one_off": "contract.one_off",
        "entity": "contract.entity",
        "agreement": "contract.agreement",
        "learned": "win.learning",
        "signal": "win.signals",
    },
}
"""The options of their own, for each outcome in the order in which they are asked, and their fields."""


def run(folder: str, deal: str, outcome: str | None, **options: Any) -> int:
    """Close it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    going = Going(desk, desk.deal(deal), "", desk.happened(options["date_"]))
    closes_as = _outcome(going, outcome)
    if going.book.outcome(going.history.now.stage) == closes_as:
        say(f"There already: {going.deal_id} is closed as {closes_as} since {going.history.now.entered}.")
        return 0
    going.to = _stage(going, closes_as)
    going.said.takes(desk, going.deal_id, [*_own(closes_as, options), *options["set_"]], going.day)
    fields = [*OPTIONS[closes_as].values()]

    def order(need: Need) -> int:
        if need.field == CONTRACT_WHY.field:
            return len(fields)
        return fields.index(need.field) if need.field in fields else -1

    short = {field: f"--{name.replace('_', '-')}" for name, field in OPTIONS[closes_as].items()}
    return go(
        going, waive=options["waive"], whys=options["why"], by=options["by"], short=short, order=order, whole=True
    )


def _outcome(going: Going, asked: str | None) -> str:
    if asked is None and going.desk.writing.asks:
        asked = ask("won or lost?", lambda said: word_of((WON, LOST), said), needed=True)
    if asked is None:
        raise Usage(f"won or lost? salesops close {going.deal_id} {WON}|{LOST}")
    try:
        return word_of((WON, LOST), asked)
    except Unclear as unclear:
        raise Usage(str(unclear)) from None


def _stage(going: Going, closes_as: str) -> str:
    """The closed stage to which there is a way from here."""
    stage = going.process.stages.get(going.before)
    ways = [way.to for way in stage.exits] if stage else []
    found = [name for name in dict.fromkeys(ways) if going.process.stages[name].outcome == closes_as]
    if len(found) > 1 and going.desk.writing.asks:
        chosen = picked([(name, going.process.title_of(name)) for name in found], "Which one?")
        found = [chosen] if chosen else found
    if len(found) == 1:
        return found[0]
    if found:
        raise Usage(f"there are several: salesops move {going.deal_id} {'|'.join(found)}")
    every = [name for name, it in going.process.stages.items() if it.outcome == closes_as]
    going.to = every[0] if every else going.before
    going.check()
    raise NoWay(f"process {going.process.version} has no stage for deals that are {closes_as}")


def _own(closes_as: str, options: dict[str, Any]) -> list[str]:
    """What the options of their own say, as ``FIELD=VALUE``."""
    own = OPTIONS[closes_as]
    known = {name for names in OPTIONS.values() for name in names}
    for name in sorted(known - own.keys()):
        if options[name]:
            raise Usage(
                f"--{name.replace('_', '-')} says something of a deal that is {WON if closes_as == LOST else LOST}"
            )
    said = {name: options[name] if isinstance(options[name], tuple) else (options[name],) for name in own}
    return [f"{own[name]}={value}" for name, values in said.items() for value in values if value is not None]
