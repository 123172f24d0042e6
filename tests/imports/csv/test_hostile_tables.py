"""A hundred tables that mean harm or were mistreated: each ends in a message or in the right records, and never in between."""

from __future__ import annotations

import codecs
import gzip
import itertools
import json

import pytest
from tabling import row

from salesops.store.load import load

HEAD = "id,product,account,rep,stage,opened,called,closed,amount,note\n"
MAP = """\
format: {dates: [YYYY-MM-DD, DD/MM/YYYY, MM/DD/YYYY]}
currency: USD
deal:
  id: {column: id}
  title: {column: product}
  member: {column: account}
  type: new business
  tier: general
  owner: jim
  stages: [{stage: enrichment, day: opened}, {stage: outreach, day: called, missing: leave out}]
  fields:
    expected_close: {column: closed}
    value.one_off: {column: amount, zero: leave out}
    renews: {column: stage, missing: leave out}
    win.signals: {column: note, split: ";"}
    x.note: {column: note}
members: {fields: {kind: other, country: {column: rep}, website: {column: note}}}
"""
CELLS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "'=x", "''", "'", "\t", "\ttab", "null", "~", "?", "…", "...", "",
    " ", "\u00a0", "\u200b", "\ufeff", "\u202ereversed", "\x1b[31mred", "a\0b", "\r", "a\rb", "line\nline", "\u2028", "\x85",
    "{a: b}", "[a]", "- a", "a: b", "# no", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", '""', '""""', "\\", "\\n", "../../etc/passwd",
    "/etc/passwd", "con", "nul.yaml", "a" * 300, "<script>alert(1)</script>", "javascript:alert(1)", "{{ 7*7 }}", "${HOME}", "$(id)",
    "%s%n", "1e999", "nan", "inf", "-0", "９９", "1,5", "1.234.567,89", "05/01/2026", "31/02/2026", "2026-13-01", "0000-00-00",
    "9999-12-31", "2026-01-05T00:00:00Z", "山东大学", "👩\u200d🔬", "می\u200cخواهم", "Z" + "\u0301" * 200, "\ud7ff", "\ue000", "\ufffd", "<<", "yes", "no", "010",
]  # fmt: skip
PLACES = itertools.cycle(["id", "product", "account", "opened", "amount", "note", "closed", "stage"])
HOSTILE_CELLS = {
    f"{place}: {cell[:20]!r}": row(1) + row(2, **{place: cell}) for cell, place in zip(CELLS, PLACES, strict=False)
}
PLAIN = HEAD + row(1)
FILES = {
    "nothing": b"",
    "blank lines": b"\n\n\n",
    "only a mark": codecs.BOM_UTF8,
    "only NUL": b"\0" * 100,
    "NUL in the header": PLAIN.replace("id,", "i\0d,").encode(),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-32": PLAIN.encode("utf-32"),
    "Latin-1": PLAIN.replace("General", "Génèral").encode("latin-1"),
    "half a letter": PLAIN.replace("General", "Gén").encode()[:-60],
    "a mark of UTF-8": codecs.BOM_UTF8 + PLAIN.encode(),
    "two marks": codecs.BOM_UTF8 * 2 + PLAIN.encode(),
    "line ends of an old Mac": PLAIN.replace("\n", "\r").encode(),
    "mixed line ends": (HEAD.replace("\n", "\r\n") + row(1) + row(2).replace("\n", "\r")).encode(),
    "a quote never closed": (HEAD + row(1) + 'A-2,"General,x\n' + row(3)).encode(),
    "text after a quote": (HEAD + row(1) + 'A-2,"General"x,x\n' + row(3)).encode(),
    "a row too short": (HEAD + row(1) + "A-2,General\n").encode(),
    "a row too long": (HEAD + row(1) + row(2).rstrip("\n") + ",more,more\n").encode(),
    "two columns of one name": (HEAD.replace("called", "opened") + row(1)).encode(),
    "columns that differ in blanks": (HEAD.replace("called", " opened ") + row(1)).encode(),
    "columns without a name": (",,,,,,,,,\n" + row(1)).encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "a cell of 10 MB": (HEAD + row(1) + row(2, note="a" * 10_000_000) + row(3)).encode(),
    "a title of 10 MB": (HEAD + row(1) + row(2, product="a" * 10_000_000) + row(3)).encode(),
    "a name of 10 MB": (HEAD + row(1) + row(2, account="a" * 10_000_000) + row(3)).encode(),
    "a header of 1 MB": (HEAD.rstrip("\n") + "," + "x" * 1_000_000 + "\n").encode(),
    "ten thousand columns": (",".join(f"c{at}" for at in range(10_000)) + "\n").encode(),
    "a workbook": b"PK\x03\x04" + bytes(100),
    "a packed bomb": gzip.compress(b"\n" * (65 * 1024 * 1024)),
    "a packed half": gzip.compress(PLAIN.encode())[:-5],
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "one thousand equal rows": (HEAD + row(1) * 1000).encode(),
    "rows that contradict each other": (HEAD + row(1) + row(1, product="Other")).encode(),
    "nothing but commas": (HEAD + ",,,,,,,,,\n" * 5).encode(),
}


def kept(desk, before):
    """Whether nothing that was there has changed, and whatever came can be read."""
    after = desk.files()
    book, problems = load(desk.repo.root)
    return all(after.get(path) == data for path, data in before.items()) and not problems and book


def test_there_are_a_hundred_of_them():
    assert len(HOSTILE_CELLS) + len(FILES) >= 100


@pytest.mark.samples(30)
@pytest.mark.parametrize("rows", HOSTILE_CELLS.values(), ids=HOSTILE_CELLS)
def test_a_hostile_cell_is_a_record_or_a_message_and_the_other_row_is_taken(desk, rows):
    before = desk.files()
    desk.repo.write("../table.csv", (HEAD + rows).encode("utf-8", "surrogatepass"))
    desk.repo.write("../map.yaml", MAP)
    ran = desk.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code in (0, 1)
    assert found["rows"] == sum(found["became"].values())
    assert found["became"]["taken"] >= 1 or found["asked"]
    assert kept(desk, before)


@pytest.mark.samples(12)
@pytest.mark.parametrize("raw", FILES.values(), ids=FILES)
def test_a_hostile_file_is_refused_with_a_message_or_read_row_by_row(desk, raw):
    before = desk.files()
    desk.repo.write("../table.csv", raw)
    desk.repo.write("../map.yaml", MAP)
    ran = desk.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code in (0, 1, 2)
    assert "Traceback" not in ran.out + ran.err
    if ran.code == 2:
        assert found["problems"]
        assert all(problem["message"] for problem in found["problems"])
        assert desk.files() == before
    else:
        assert found["rows"] == sum(found["became"].values())
        assert kept(desk, before)
    said = desk.repo.run("import", "csv", "../table.csv", "--detect")
    assert said.code in (0, 2)
