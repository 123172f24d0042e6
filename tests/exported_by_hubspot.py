"""Rows and files as HubSpot exports them, and what an import said of each row."""

from __future__ import annotations

HEAD = [
    "Record ID",
    "Deal Name",
    "Deal Stage",
    "Close Date",
    "Deal owner",
    "Amount",
    "Pipeline",
    "Deal Type",
    "Associated Company",
    'Date entered "Appointment Scheduled (Sales Pipeline)"',
    'Date entered "Contract Sent (Sales Pipeline)"',
    'Date entered "Closed Won (Sales Pipeline)"',
]
USUAL = {
    "Record ID": "101",
    "Deal Name": "Teaching",
    "Deal Stage": "Contract Sent",
    "Close Date": "2026-12-01 09:30",
    "Deal owner": "Jim (jim@example.org)",
    "Amount": "1250",
    "Pipeline": "Sales Pipeline",
    "Deal Type": "New Business",
    "Associated Company": "Pinecrest College",
    'Date entered "Appointment Scheduled (Sales Pipeline)"': "2026-01-05 10:00",
    'Date entered "Contract Sent (Sales Pipeline)"': "2026-02-03 11:00",
    'Date entered "Closed Won (Sales Pipeline)"': "(No value)",
}


def deal(number="101", **cells):
    """A row of the deals; ``stage``, ``sent`` and the like stand for the long headings."""
    short = {
        "title": "Deal Name",
        "stage": "Deal Stage",
        "close": "Close Date",
        "owner": "Deal owner",
        "amount": "Amount",
        "pipeline": "Pipeline",
        "type": "Deal Type",
        "company": "Associated Company",
        "booked": HEAD[9],
        "sent": HEAD[10],
        "won": HEAD[11],
    }
    return USUAL | {"Record ID": number} | {short.get(key, key): cell for key, cell in cells.items()}


def table(rows, head=None, delimiter=",", end="\r\n"):
    """A CSV file as HubSpot writes one."""
    head = head or list(dict.fromkeys(key for row in rows for key in row))
    lines = [head, *([row.get(key, "") for key in head] for row in rows)]
    return end.join(delimiter.join('"' + str(cell).replace('"', '""') + '"' for cell in line) for line in lines) + end


def fates(found, file):
    """How many rows of a file were taken, ask, and were not; they are all its rows."""
    one = next(each for each in found["files"] if each["file"].endswith(file))
    counts = (one["taken"], one["asks"], one["not_taken"])
    assert sum(counts) == one["rows"], one
    return counts


def why(found, row, file="deals.csv"):
    """What was said of a row."""
    return "; ".join(next(each["why"] for each in found["rows"] if (each["file"], each["row"]) == (file, row)))
