"""What an import of many rows costs, against reading the same CSV with Python's csv module: ``importing.py [--rows N ...] [--deals N ...]``.

For each number of rows a table of deals is written, with days, amounts, notes and a few hundred accounts, and imported into a
repository as ``salesops init`` makes it: once with ``--dry-run``, once for good, and once more, when nothing is new.
For each number of deals an export of HubSpot, deals with companies and two or three stages each, is looked at and imported
the same way. Printed are wall time, processor time and the most memory of each, and the last two as multiples of those of a
process that only reads the table. A row's share of the memory is beyond what the same step takes of ten rows.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

AS_OF = "2026-11-20"
HEAD = "id,product,account,rep,stage,opened,called,closed,amount,note".split(",")
WORDS = "wants a demo in may, board decides; price is fine but timing is not; asked for a letter".split()
MAP = """\
currency: USD
deal:
  folder: deals/old
  id: {column: id}
  title: {column: product}
  member: {column: account}
  type: new business
  tier: general
  owner: {column: rep, people: add}
  stages:
    - {stage: enrichment, day: opened, when: {column: stage, is: [Open, Talking, Lost]}}
    - {stage: outreach, day: called, when: {column: stage, is: [Talking, Lost]}}
    - {stage: closed lost, day: closed, when: {column: stage, is: Lost}}
  fields:
    value.one_off: {column: amount}
    x.note: {column: note}
members: {}
"""
DEALS = (
    "Record ID,Deal Name,Deal Stage,Close Date,Create Date,Deal owner,Amount,Currency,Tier,Pipeline,Deal Type,"
    "Associated Company,Associated Company IDs"
).split(",")
COMPANIES = ["Record ID", "Name", "Company Domain Name", "Country"]
HISTORY = ["deal_id", "dealstage", "date_entered"]
READ = "import csv, sys; print(sum(len(row) for row in csv.reader(open(sys.argv[1], newline='', encoding='utf-8'))))"


OPEN_ENDS = (0, 1)
"""How an import ends of which some row asks or is not taken, such as a company without a deal."""
FEW = 10
"""Rows of the table that stands for none."""


class Cost(NamedTuple):
    """Seconds on the wall and of the processor, and the most MB that the process held."""

    seconds: float
    processor: float
    megabytes: float


def table(path: Path, rows: int) -> None:
    """A table of deals; the same number gives the same bytes."""
    chance = random.Random(rows)
    first = date(2020, 1, 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEAD)
        for number in range(rows):
            opened = first + timedelta(days=chance.randrange(2000))
            stage = chance.choice(("Open", "Talking", "Lost"))
            called = opened + timedelta(days=chance.randrange(60)) if stage != "Open" else ""
            closed = opened + timedelta(days=60 + chance.randrange(90)) if stage == "Lost" else ""
            note = " ".join(chance.choices(WORDS, k=chance.randrange(12)))
            account = f"Company {chance.randrange(max(10, rows // 20))}"
            amount = chance.choice(("", chance.randrange(90_000)))
            out.writerow(
                [f"D-{number}", "General", account, f"Person {number % 7}", stage, opened, called, closed, amount, note]
            )


def hubspot_export(folder: Path, deals: int) -> list[str]:
    """The tables of an export of HubSpot, deals first, then companies and stages; the same number gives the same bytes."""
    chance = random.Random(deals)
    folder.mkdir(exist_ok=True)
    companies = [f"{chance.getrandbits(60):x}" for _ in range(max(10, deals // 20))]
    rows: dict[str, list[list[object]]] = {"deals": [DEALS], "companies": [COMPANIES], "history": [HISTORY]}
    for number, name in enumerate(companies):
        rows["companies"].append([number, name, f"{name}.example.org", chance.choice(("CA", "US"))])
    for number in range(deals):
        company, opened = chance.randrange(len(companies)), date(2020, 1, 1) + timedelta(days=chance.randrange(2000))
        told = ["Enrichment", "Outreach", "Closed Lost"][: chance.randrange(2, 4)]
        days = [opened + timedelta(days=30 * at + chance.randrange(30)) for at in range(len(told))]
        closed = days[-1] if told[-1] == "Closed Lost" else ""
        money = [chance.randrange(90_000), "USD", "general", "Sales Pipeline", "New Business"]
        name = f"Teaching {number}"
        rows["deals"].append(
            [number, name, told[-1], closed, opened, "Sam Example", *money, companies[company], company]
        )
        rows["history"] += ([number, stage, day] for stage, day in zip(told, days, strict=True))
    for name, lines in rows.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
    return [f"../{folder.name}/{name}.csv" for name in rows]


def cost(command: list[str], folder: Path, ends: tuple[int, ...] = (0,)) -> Cost:
    """What a command costs."""
    start = time.perf_counter()
    environment = {"PATH": "/usr/bin:/bin", "SALESOPS_AS_OF": AS_OF, "LANG": "C.UTF-8"}
    child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, said = child.communicate() if child.stderr is None else (None, child.stderr.read())
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ends:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {said.decode()}")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measured_hubspot(work: Path, deals: int) -> dict[str, Cost]:
    """The costs of each step of an import from HubSpot at one size."""
    folder = work / f"hubspot-crm{deals}"
    salesops = [str(Path(sys.executable).with_name("salesops"))]
    files = hubspot_export(work / f"export{deals}", deals)
    cost([*salesops, "init", str(folder), "--yes"], work)
    bring = [*salesops, "-C", str(folder), "import", "hubspot", "--format", "json"]
    return {
        "csv module": cost([sys.executable, "-c", READ, str(folder / files[0])], work),
        "hubspot, look": cost([*bring, *files], work, OPEN_ENDS),
        "hubspot, import": cost([*bring, "--go"], work, OPEN_ENDS),
        "hubspot, again": cost([*bring, "--go"], work, OPEN_ENDS),
    }


def measured(work: Path, rows: int) -> dict[str, Cost]:
    """The costs of each step at one size."""
    folder = work / f"crm{rows}"
    salesops = [str(Path(sys.executable).with_name("salesops"))]
    table(work / f"{rows}.csv", rows)
    (work / "map.yaml").write_text(MAP, encoding="utf-8")
    cost([*salesops, "init", str(folder), "--yes"], work)
    bring = [
        *salesops,
        "-C",
        str(folder),
        "import",
        "csv",
        f"../{rows}.csv",
        "--map",
        "../map.yaml",
        "--format",
        "json",
    ]
    return {
        "csv module": cost([sys.executable, "-c", READ, str(work / f"{rows}.csv")], work),
        "--dry-run": cost([*bring, "--dry-run"], work),
        "import": cost(bring, work),
        "again": cost(bring, work),
    }


def report(rows: int, costs: dict[str, Cost], small: dict[str, Cost]) -> None:
    """A line of the table for each step."""
    bare = costs["csv module"]
    for what, found in costs.items():
        grown = (found.megabytes - small[what].megabytes) * 1024 / (rows - FEW)
        print(
            f"| {rows:,} | {what} | {found.seconds:.2f} | {found.processor:.2f} | {found.processor / bare.processor:.0f} "
            f"| {found.megabytes:.0f} | {found.megabytes / bare.megabytes:.1f} | {grown:.2f} |",
            flush=True,
        )


def main() -> None:
    """Measure every size and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[13_000, 100_000])
    asked.add_argument("--deals", type=int, nargs="*", default=[13_000])
    asked.add_argument("--work", type=Path)
    given = asked.parse_args()
    work = given.work or Path(mkdtemp(prefix="importing-"))
    work.mkdir(parents=True, exist_ok=True)
    print("| rows | what | seconds | processor | × csv | MB | × csv | kB a row |\n|--:|---|--:|--:|--:|--:|--:|--:|")
    for way, sizes in ((measured, given.rows), (measured_hubspot, given.deals)):
        small = way(work, FEW)
        for rows in sizes:
            report(rows, way(work, rows), small)
    if not given.work:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
