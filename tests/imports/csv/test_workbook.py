"""A workbook is read like a table, where the package for it is there; else it is said what to do."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from tabling import IN_PLACE, adds_up

from salesops.imports.csv import workbook
from salesops.imports.csv.workbook import sheet_rows

HEAD = ["id", "product", "account", "opened", "amount", "ok"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(value):
    """A cell as spreadsheets write it; a whole number above 40,000 is a day."""
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        style = 's="1"' if 40_000 < value < 60_000 else ""
        return f"<c {style}><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def book(**sheets):
    """The bytes of a workbook with these sheets."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r0" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(names, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
        + "".join(
            f'<Relationship Id="r{at}" Type="{OFFICE}/worksheet" Target="s{at}.xml"/>'
            for at in range(1, len(names) + 1)
        )
        + "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for at, rows in enumerate(sheets.values(), 1):
        data = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/s{at}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    return file.getvalue()


DEALS = [
    HEAD,
    ["A-1", "General", "Cascadia University", 46027, 1250.5, True],
    ["A-2", "é", "Cascadia University", 46028, 7, False],
]


def test_a_sheet_is_read_as_a_table_its_days_as_days_and_its_numbers_as_numbers():
    pytest.importorskip("python_calamine")
    assert sheet_rows("a.xlsx", book(Deals=DEALS), None) == [
        HEAD,
        ["A-1", "General", "Cascadia University", "2026-01-05", "1250.5", "true"],
        ["A-2", "é", "Cascadia University", "2026-01-06", "7", "false"],
    ]


def test_a_workbook_is_imported_as_its_table_would_be(desk):
    pytest.importorskip("python_calamine")
    map = f"currency: USD\n{IN_PLACE}  fields: {{value.one_off: {{column: amount}}}}\n"
    found = desk.run(table=book(Deals=DEALS), map=map)
    assert (found["taken"], adds_up(found)) == (2, True)
    assert "value: {one_off: 1250.50 USD}" in desk.holds("deals/a-1.yaml")
    ran = desk.repo.run("import", "csv", "../table.csv", "--detect")
    assert "dates: YYYY-MM-DD" in ran.out


def test_of_several_sheets_the_mapping_names_one(desk):
    pytest.importorskip("python_calamine")
    raw = book(Notes=[["x"]], Deals=DEALS)
    (problem,) = desk.run(table=raw, map=IN_PLACE, code=2)["problems"]
    assert (problem["code"], problem["help"]) == (
        "sheet-unclear",
        "say in the mapping which one is meant: 'Notes', 'Deals'",
    )
    assert desk.run(table=raw, map=f"format: {{sheet: Deals}}\n{IN_PLACE}")["taken"] == 2
    assert (
        desk.run(table=raw, map=f"format: {{sheet: Deal}}\n{IN_PLACE}", code=2)["problems"][0]["code"]
        == "sheet-unclear"
    )


def test_without_the_package_it_is_said_how_to_install_it(desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    (problem,) = desk.run(table=book(Deals=DEALS), map=IN_PLACE, code=2)["problems"]
    assert problem["code"] == "not-a-table"
    assert "pip install python-calamine" in problem["help"]


@pytest.mark.parametrize(
    "raw",
    [b"PK\x03\x04rest", book(Deals=DEALS)[:-40], workbook.OLD + bytes(600), book()],
    ids=["zip", "cut", "old", "no sheet"],
)
def test_a_damaged_workbook_is_refused_in_a_sentence(desk, raw):
    before = desk.files()
    (problem,) = desk.run(table=raw, map=IN_PLACE, code=2)["problems"]
    assert problem["code"] in ("not-a-table", "sheet-unclear")
    assert desk.files() == before


def test_a_workbook_that_would_fill_the_memory_is_refused(desk, monkeypatch):
    pytest.importorskip("python_calamine")
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 100)
    assert desk.run(table=book(Deals=DEALS), map=IN_PLACE, code=2)["problems"][0]["code"] == "file-too-large"
