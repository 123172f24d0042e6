"""The numbers of an exported SQLite file, by one plain SELECT each, beside those of the program."""

from __future__ import annotations

import pytest

from salesops.metrics import measure, metrics_of
from salesops.metrics.readings import Amounts


def other_numbers(con, snapshot):
    """The metrics whose view says another number than the program."""
    found = {}
    for name, reading in measure(snapshot, metrics_of(snapshot.process).values()).items():
        if reading is None:
            continue
        rows = con.execute(f'SELECT * FROM "{name}"').fetchall()
        if isinstance(reading, Amounts):
            told = {row["currency"]: row["cents"] for row in rows}
            wanted = {code: int(amount * 100) for code, amount in reading.sums.items()} if reading.n else {}
        else:
            told, wanted = rows[0]["value"], reading.value
        if told != (pytest.approx(wanted) if isinstance(wanted, float) else wanted):
            found[name] = (told, wanted)
    return found
