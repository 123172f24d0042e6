"""The month's invoices a second time: whole cents and days counted one by one, from ``reference/records#invoices`` alone."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

LADDERS = {"2026": [(10, 1000), (100, 500), (1000, 200), (10000, 125)], "flat": [(50, 400)], "none": []}
"""Price lists: up to which user, and what each of them costs, in cents."""
MONTH = "2026-05"
DAY = date(2026, 8, 31)


def in_cents(said: str | None) -> tuple[int, str] | None:
    """``12.50 USD`` in cents."""
    if said is None:
        return None
    amount, currency = said.split()
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int((part + "00")[:2]), currency


def said(cents: int, currency: str) -> str:
    """Cents as a record says them."""
    return f"{cents // 100}.{cents % 100:02d} {currency}" if cents % 100 else f"{cents // 100} {currency}"


def portfolio(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Won deals and members at random: contracts around a month, in two currencies, with every kind of line."""
    chance = random.Random(seed)
    deals, members = {}, {}
    for at in range(chance.randint(1, 5)):
        id, currency = f"deal-{at}", chance.choice(["USD", "CAD"])
        start = date(2026, 4, 20) + timedelta(days=chance.randint(0, 50))
        end = start + timedelta(days=chance.choice([0, 3, 20, 40, 400]))
        contract = {"signed": "2026-04-01", "start": str(start), "end": str(end) if chance.random() < 0.8 else "open"}
        if chance.random() < 0.9:
            contract["mrr"] = said(chance.choice([0, 1, 99, 33333, 100000, chance.randint(1, 500000)]), currency)
        if chance.random() < 0.4:
            contract["one_off"] = said(chance.choice([0, 150000, 7]), currency)
        if chance.random() < 0.6:
            contract["prices"] = chance.choice(list(LADDERS))
        if chance.random() < 0.2:
            contract["service_ended"] = str(start + timedelta(days=chance.randint(1, 40)))
        deals[id] = {"member": f"member-{at}", "contract": contract}
        split = chance.random() < 0.3
        communities = [{"name": name, "deal": id} for name in ("Biology", "Chemistry")] if split else []
        invoices = []
        for community in [each["name"] for each in communities] or [None]:
            if chance.random() < 0.3:
                continue
            invoice: dict[str, Any] = {"month": MONTH, "deal": id, "prepared": "2026-06-01"}
            if community:
                invoice["community"] = community
            if chance.random() < 0.6:
                steps = [step for ladder in LADDERS.values() for step, _ in ladder]
                users = chance.choice([0, *steps, *(step + 1 for step in steps), chance.randint(0, 20000)])
                invoice["active_users"] = str(users)
            if chance.random() < 0.2:
                invoice["usage"] = said(chance.randint(0, 99999), currency)
            if chance.random() < 0.4:
                invoice["cloud"] = said(chance.choice([0, chance.randint(1, 99999)]), chance.choice(["USD", currency]))
            if chance.random() < 0.3:
                invoice["credits"] = [
                    {"what": "Two days without service", "amount": said(chance.randint(1, 9999), currency)}
                ]
            invoices.append(invoice)
        members[f"member-{at}"] = {"communities": communities, "invoices": invoices}
    return deals, members


def counted(deals: dict[str, Any], members: dict[str, Any]) -> dict[tuple[str, str | None], list[tuple[str, int, str]]]:
    """For each invoice of the month, by deal and community, its lines: kind, cents, currency."""
    year, number = map(int, MONTH.split("-"))
    days = [date(year, number, day) for day in range(1, monthrange(year, number)[1] + 1)]
    found = {}
    for id, deal in deals.items():
        contract, member = deal["contract"], members[deal["member"]]
        served = [day for day in days if in_service(contract, day)]
        if not served:
            continue
        own = [each["name"] for each in member["communities"]] or [None]
        for community in own:
            invoice = next((it for it in member["invoices"] if it.get("community") == community), {})
            lines = []
            if community == own[0]:
                if fee := in_cents(contract.get("mrr")):
                    lines.append(("membership", half_up(fee[0] * len(served), len(days)), fee[1]))
                if (once := in_cents(contract.get("one_off"))) and str(served[0]) == contract["start"]:
                    lines.append(("one-off", *once))
            lines += usage(invoice, contract)
            if cloud := in_cents(invoice.get("cloud")):
                lines.append(("cloud", *cloud))
            for credit in invoice.get("credits", ()):
                cents, currency = in_cents(credit["amount"]) or (0, "")
                lines.append(("credit", -cents, currency))
            found[id, community] = sorted(line for line in lines if line[1])
    return found


def going_on_without(deals: dict[str, Any]) -> set[str]:
    """The deals of a service that goes on through the month, as of the day, and whose contract ended before it."""
    contracts = {id: deal["contract"] for id, deal in deals.items()}
    return {
        id
        for id, contract in contracts.items()
        if contract["end"] < f"{MONTH}-01" and contract.get("service_ended", "9999") > str(DAY)
    }


def in_service(contract: dict[str, str], day: date) -> bool:
    """Whether there is service on a day."""
    began = str(day) >= contract["start"]
    goes_on = contract["end"] == "open" or str(day) <= contract["end"]
    return began and goes_on and str(day) < contract.get("service_ended", "9999")


def half_up(numerator: int, denominator: int) -> int:
    """A share in whole cents, half a cent up."""
    return (2 * numerator + denominator) // (2 * denominator)


def usage(invoice: dict[str, Any], contract: dict[str, str]) -> list[tuple[str, int, str]]:
    """The usage as it is written, else by walking through the users one after the other."""
    if typed := in_cents(invoice.get("usage")):
        return [("usage", *typed)]
    ladder = LADDERS.get(contract.get("prices", ""), [])
    if "active_users" not in invoice or not ladder:
        return []
    fee, user = 0, 0
    for step, each in ladder:
        while user < min(step, int(invoice["active_users"])):
            user, fee = user + 1, fee + each
    return [("usage", fee, "USD")]
