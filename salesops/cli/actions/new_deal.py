"""What ``salesops new deal`` does: six questions at most, one or two files, by one list of changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, get_args

from salesops.cli import names
from salesops.cli.actions.new_ids import free, own_id
from salesops.cli.actions.new_institution import Institution, Known, Opened, contacts, whose_deal
from salesops.cli.actions.show import run as show_deal
from salesops.cli.form import Form
from salesops.cli.hands import Asked, desk_of, one_of, send, word_of
from salesops.cli.names import Choice
from salesops.edits.spoken import Unclear, money, worth
from salesops.output import show
from salesops.records.deal import EXISTING, NEW, UNRECORDED, DealType
from salesops.records.process import Process
from salesops.records.scalars import slug

USUAL_SOURCES = ("referral", "conference", "inbound")
"""How a lead comes about nearly everywhere, in the words of a team that has none of its own yet."""
MET = re.compile(r"(?i)(we )?met\b")
"""So begins what happened in a meeting; of anything else nobody said more than that it is a note."""


def run(folder: str, institution: str | None, **options: Any) -> int:
    """Write a new deal, or show the one that is there; 1 where it is refused."""
    how = {key: options.pop(key) for key in ("yes", "dry_run", "output_format", "as_of")}
    form = Form(desk_of(folder, **how))
    whose = whose_deal(form, institution, options)
    if isinstance(whose, Opened):
        return show_deal(folder, whose.deal, "text", how["as_of"], None)
    day = form.desk.happened(options["date_"])
    deal: Asked = {**_type(form, whose, options), **_what(form, day, options), **_source(form, options)}
    deal |= _worth(form, options)
    people = contacts(form, whose.id if whose else None, options["with_"])
    happened = form.open("--happened", options["happened"], "What happened", str)
    deal |= _next(form, options["next_"]) | {"owner": owner(form, options["owner"], "Who leads it")}
    form.complete()
    return send(form.desk, _changes(form, whose or Institution("", ""), deal, people, happened, day, options["id_"]))


def _changes(
    form: Form,
    whose: Institution,
    deal: Asked,
    people: list[Known],
    happened: str | None,
    day: date,
    wanted: str | None,
) -> list[Asked]:
    """The list: the institution or its new contacts, the deal, and what happened."""
    deal_id = _deal_id(form, whose, deal, wanted)
    unknown = [known.entry for known in people if known.is_new]
    process = form.desk.book.process_on(day) or form.desk.snapshot.process
    start = process.start_of(deal["type"])
    first: list[Asked] = [{**whose.new, **({"contacts": unknown} if unknown else {})}] if whose.new else []
    more = (
        []
        if whose.new
        else [{"add": whose.id, "kind": "member", "to": "contacts", "entry": entry} for entry in unknown]
    )
    new = {"new": "deal", "id": deal_id, "member": whose.id, **deal, "stage": start, "date": str(day)}
    return [*first, *more, new, *_happened(deal_id, happened, people, day)]


def _happened(deal_id: str, words: str | None, people: list[Known], day: date) -> list[Asked]:
    """What happened, as an entry: a held meeting where the words begin so, else a note."""
    present = {"with": [known.id for known in people]} if people else {}
    what = (
        {"kind": "meeting", "about": "other", "status": "held", **present}
        if words and MET.match(words)
        else {"kind": "note"}
    )
    return [{"log": deal_id, "date": str(day), **what, "note": words}] if words else []


def _deal_id(form: Form, whose: Institution, deal: Asked, wanted: str | None) -> str:
    """The member and what is sold; a year behind it where that is taken."""
    if own := own_id(wanted):
        return own
    tiers = form.desk.snapshot.process.tiers
    is_usual = deal["tier"] in tiers and deal["title"] == tiers[deal["tier"]].name
    made = slug(f"{whose.id} {deal['tier'] if is_usual else deal['title']}")
    return free(form.desk, made, str(form.desk.day.year))


# ── what it is ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _type(form: Form, whose: Institution | None, options: Asked) -> Asked:
    """New business where there is no contract to renew; else it is asked. A renewal names what it renews."""
    won = _won_deals(form, whose.id) if whose and not whose.new else []
    said = options["type_"] or (EXISTING if options["renews"] else None)
    if said is None and (whose is None or not won):
        return {"type": NEW}
    hint = f"there is a contract ({', '.join(won)}): its renewal is existing business, everything else is new"
    known = get_args(DealType)
    deal_type = form.needed(
        "--type new|existing", said, "New or existing business", lambda it: word_of(known, it), hint=hint
    )
    if deal_type != EXISTING:
        return {"type": deal_type}
    if not won and not options["renews"]:
        return {"type": EXISTING, "renews": UNRECORDED}
    known_deals = [Choice(each, (form.desk.book.deals[each].title,)) for each in won]
    only = won[0] if len(won) == 1 and not options["renews"] else options["renews"]
    return {
        "type": EXISTING,
        "renews": form.needed(
            f"--renews {'|'.join(won)}",
            only,
            "Which one does it renew",
            one_of(known_deals),
            hint=", ".join(won),
            why="the won deal whose contract it renews",
        ),
    }


def _won_deals(form: Form, member: str) -> list[str]:
    book = form.desk.book
    return [
        each
        for each in book.deals_of(member)
        if any(book.outcome(move.stage) == "won" for move in book.deals[each].stages)
    ]


def _what(form: Form, day: date, options: Asked) -> Asked:
    """The title and the tier. The wording that is offered is the tier's name; which tier is a fact, but where there is only one."""
    process = form.desk.book.process_on(day) or form.desk.snapshot.process
    tiers = [Choice(name, (tier.name,), tier.name) for name, tier in process.tiers.items()]
    title, tier = options["what"], options["tier"]
    if title is None and tier is None and form.asks:
        usual = _usual(process, day)
        offered = f"What, which tier  [{usual['title']}, {usual['tier']}]"
        hint = f"Enter takes it; or other words for what they buy, and {' or '.join(process.tiers)} behind a comma"
        return form.open("--what", None, offered, _titled(tiers), hint=hint) or usual
    if tier is None and len(tiers) == 1:
        tier = tiers[0].id
    hint = ", ".join(f"{choice.id} ({choice.says})" for choice in tiers)
    tier = form.needed(
        f"--tier {'|'.join(choice.id for choice in tiers)}", tier, "Which tier", one_of(tiers), hint=hint
    )
    return {"title": title or (process.tiers[tier].name if tier else ""), "tier": tier}


def _usual(process: Process, day: date) -> Asked:
    """What is offered: the first tier that is not put off."""
    open_now = [
        (name, tier)
        for name, tier in process.tiers.items()
        if tier.deferred_until is None or tier.deferred_until <= day
    ]
    name, tier = (open_now or [*process.tiers.items()])[0]
    return {"title": tier.name, "tier": name}


def _titled(tiers: list[Choice]) -> Callable[[str], Asked]:
    """Reads a tier, or a title and behind a comma its tier."""

    def reads(said: str) -> Asked:
        head, _, tail = said.rpartition(",")
        for title, tier in ((head.strip(), tail), ("", said)):
            fits = names.fitting(tier, tiers) if title or not head else []
            if len(fits) == 1:
                return {"title": title or fits[0].says, "tier": fits[0].id}
        if len(tiers) == 1:
            return {"title": said, "tier": tiers[0].id}
        raise Unclear(
            f"which tier? Write it behind a comma: {said}, {tiers[0].id}. There are {', '.join(choice.id for choice in tiers)}"
        )

    return reads


def _begins_one(words: Sequence[str], said: str) -> bool:
    begun = names.folded(said)
    return bool(begun) and any(names.folded(word).startswith(begun) for word in words)


def _source(form: Form, options: Asked) -> Asked:
    """How it came about, in a word that was used before where it begins so; else in a new one."""
    book = form.desk.book
    often = Counter(deal.source.channel for deal in book.deals.values() if deal.source and deal.source.channel)
    known = [channel for channel, _ in often.most_common()]

    def reads(said: str) -> str:
        begun = (words for words in (known, USUAL_SOURCES) if _begins_one(words, said))
        return next((word_of(words, said) for words in begun), said)

    hint = ", ".join([*known, *(word for word in USUAL_SOURCES if not _begins_one(known, word))][: names.MAX_SHOWN])
    channel = form.open(
        "--source",
        options["source"],
        "How did it come about",
        reads,
        hint=f"{hint} or another word; Enter where not known",
    )
    found = {"channel": channel, "campaign": options["campaign"]}
    if options["referred_by"]:
        found["referred_by"] = form.desk.chosen(
            options["referred_by"], names.members(book), f"there is no member '{show(options['referred_by'])}'"
        )
    given = {key: value for key, value in found.items() if value}
    return {"source": given} if given else {}


def _worth(form: Form, options: Asked) -> Asked:
    """The expected value: money a month, for how many months, and what comes once."""
    currency = form.desk.currency

    def reads(said: str) -> Asked:
        amount, months = worth(said, currency)
        form.echo(said, f"{amount} a month" + (f" for {months} months" if months else ""))
        return {"mrr": str(amount), **({"months": months} if months else {})}

    value = (
        form.open(
            "--worth",
            options["worth"],
            "Worth",
            reads,
            hint="a month, and for how many: 1450/month 12; Enter where not known",
        )
        or {}
    )
    once = (
        form.open("--once", options["once"], "", lambda said: str(money(said, currency))) if options["once"] else None
    )
    value |= {"one_off": once} if once else {}
    return {"value": value} if value else {}


# ── what comes next, and who ──────────────────────────────────────────────────────────────────────────────────────────


def _next(form: Form, said: str | None) -> Asked:
    step = form.open(
        "--next", said, "What next", form.desk.spoken_step, hint="and by when, behind a comma: Send slides, fri"
    )
    return {"next": step} if step else {}


def owner(form: Form, said: str | None, question: str) -> Any:
    """Who leads it: whoever was named, else whoever works here, else the only one there is."""
    desk = form.desk
    people = names.people(desk.book.team)
    if said:
        return desk.person(said)
    if len(people) == 1:
        return people[0].id
    if desk.known_me:
        return desk.known_me
    known = ", ".join(person.id for person in people[: names.MAX_SHOWN])
    return form.needed("--owner PERSON", None, question, one_of(people), hint=known)
