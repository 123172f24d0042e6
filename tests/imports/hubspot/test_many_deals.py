"""A large export holds little of each row from the first look to the last file, and an import of it is whole or never was."""

from __future__ import annotations

import json
import os
import tracemalloc
from datetime import date

import pytest
from exported_by_hubspot import deal, fates, table

from salesops.imports import json_parts
from salesops.imports.hubspot.files import read_export_file
from salesops.imports.hubspot.mapping import MAPPING, read_hubspot_mapping
from salesops.imports.hubspot.planning import ImportDesk
from salesops.imports.hubspot.tables import put_together
from salesops.imports.last_import import Remembered
from salesops.output import as_json_lines
from salesops.store import load, scratch

A_ROW = 130
"""Bytes that a row of a file may hold."""
COMPANY = {"Associated Company IDs": "11"}


def tables(number):
    """An export of so many deals, each with a stage in the history, a person and a meeting; nothing else of them is alike."""
    some = range(100, 100 + number)
    contacts = ({"Record ID": f"7{at}", "First Name": "Ann", "Last Name": f"Other{at}", "Email": f"a{at}@x.org", "Associated Company IDs": f"2{at % 40}"} for at in some)  # fmt: skip
    meetings = ({"Record ID": f"9{at}", "Meeting name": f"Demo {at}", "Meeting start time": "2026-02-01 10:00", "Meeting outcome": "COMPLETED", "Associated Deal IDs": f"{at}", "Associated Contact": ""} for at in some)  # fmt: skip
    history = ({"deal_id": f"{at}", "dealstage": "Contract Sent", "date_entered": "2026-02-03 11:00"} for at in some)
    companies = ({"Record ID": f"2{at}", "Company name": f"College {at}"} for at in range(40))
    deals = (deal(f"{at}", title=f"Teaching {at}", company="", **{"Associated Company IDs": f"2{at % 40}"}) for at in some)  # fmt: skip
    told = {"deals": deals, "companies": companies, "contacts": contacts, "meetings": meetings, "history": history}
    return {f"{name}.csv": table(list(rows)) for name, rows in told.items()}


def answer(number):
    """The same number of deals as the interface answers."""
    named = {"dealstage": "Contract Sent", "pipeline": "default", "amount": "5", "hubspot_owner_id": "Jim"}
    stays = [{"value": "Contract Sent", "timestamp": "2026-02-03T11:00:00.000Z"}]
    deals = [
        {"id": f"{at}", "properties": {"dealname": f"Teaching {at}", **named}, "propertiesWithHistory": {"dealstage": stays}}
        for at in range(100, 100 + number)
    ]  # fmt: skip
    return {"deals.json": json.dumps({"results": deals})}


def looked_at(hub, mapping, texts):
    """Look at an export and plan what its mapping says, as the command does; how many files it would write."""
    book, _ = load.load_aside(hub.repo.root)
    document, found, problems = read_hubspot_mapping(MAPPING, mapping.encode(), book)
    assert not problems
    files = [read_export_file(name, texts[name]) for name in texts]
    export = put_together({file.role: file for file in files})
    desk = ImportDesk(book, date(2026, 11, 20), export, document, found, Remembered())
    plan, problems = desk.planned()
    assert not problems
    report = desk.report(plan, ())
    told = sum(1 for _ in report.as_markdown()) + sum(1 for _ in as_json_lines(report.as_data(is_done=True)))
    assert told > sum(len(file.table.rows) for file in files)
    assert sum(1 for _ in plan.changes) == plan.files
    return plan.files


@pytest.mark.proof
@pytest.mark.parametrize(("export", "sizes"), [(tables, (20, 200, 800)), (answer, (20, 600, 1_600))])
def test_a_row_of_an_export_holds_little(hub, export, sizes, monkeypatch):
    monkeypatch.setattr(scratch, "IN_MEMORY", 1)
    monkeypatch.setattr(json_parts, "PIECE", 4_096)
    few = export(3)
    hub.give(**{name.removesuffix(".csv").replace(".", "_"): text for name, text in few.items()})
    hub.look(*few)
    hub.answer(**({"member": "{constant: Somewhere}", "type": "new business"} if export is answer else {}))
    mapping = hub.mapping
    rows, peaks = [], []
    for number in sizes:
        texts = {name: text.encode() for name, text in export(number).items()}
        rows.append(number * (1 if export is answer else 4))
        tracemalloc.start()
        assert looked_at(hub, mapping, texts) > number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < (rows[2] - rows[1]) * A_ROW


def test_an_import_that_was_killed_is_finished_by_the_next_command_and_can_be_taken_back(hub, monkeypatch):
    hub.give(deals=table([deal(**COMPANY), deal("102", title="Other", amount="7", **COMPANY)]))
    hub.look("deals")
    hub.answer()
    before, real, count = hub.files(), os.replace, iter(range(100))

    def killed(*words):
        if next(count) == 3:
            raise KeyboardInterrupt
        real(*words)

    monkeypatch.setattr(os, "replace", killed)
    hub.repo.run("import", "hubspot", "--go")
    monkeypatch.setattr(os, "replace", real)
    assert len(hub.files()) > len(before)
    assert not (hub.repo.root / "deals/pinecrest-college-other.yaml").exists()
    assert "the rest of its files is written now" in hub.repo.run("list", "deals").err
    assert "7 USD" in hub.holds("deals/pinecrest-college-other.yaml")
    assert fates(hub.go(), "deals.csv") == (2, 0, 0)
    assert hub.repo.run("undo", "--yes").code == 0
    assert {path: hub.files()[path] for path in before if path != "imports/hubspot.md"}.items() <= before.items()
    assert "deals/pinecrest-college-other.yaml" not in hub.files()
