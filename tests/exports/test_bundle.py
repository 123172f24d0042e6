"""The audit bundle: the same records give the same bytes, and whatever was changed is found by name."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from random import Random
from zipfile import ZIP_STORED, ZipFile

import pytest

from salesops.exports.bundle import ABOUT, RESULTS, SUMS, NoBundle, contents, digest, packed, unlike, unpacked

DAY = date(2026, 11, 20)


@pytest.fixture
def files(repo):
    repo.deal()
    return contents(repo.book().on(DAY), "1.0", None)


def zipped(files):
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as bundle:
        for name, data in files.items():
            bundle.writestr(name, data)
    return out.getvalue()


def summed(files):
    return {**files, SUMS: "".join(f"{digest(data)}  {name}\n" for name, data in files.items()).encode()}


def test_the_same_records_give_the_same_bytes_and_all_of_them_are_in_it(repo, files):
    assert packed(files) == packed(contents(repo.book().on(DAY), "1.0", None))
    found = unpacked(packed(files))
    assert found.faults == []
    assert found.files["records/deals/acme.yaml"] == (repo.root / "deals/acme.yaml").read_bytes()
    assert {ABOUT, RESULTS, SUMS, "definitions.md"} <= found.files.keys()
    assert b"win-rate" in found.files["definitions.md"]


def test_a_byte_that_was_changed_is_found_wherever_it_stands_and_its_file_is_named(files):
    raw, dice = packed(files), Random(1)
    with ZipFile(BytesIO(raw)) as bundle:
        within = {
            entry.filename: (entry.header_offset + 30 + len(entry.filename), entry.file_size)
            for entry in bundle.infolist()
        }
    for name, (start, size) in within.items():
        at = start + dice.randrange(size)
        faults = unpacked(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).faults
        assert any(name in fault for fault in faults), name
    for at in dice.sample(range(len(raw)), 300):
        changed = raw[:at] + bytes([raw[at] ^ (1 << dice.randrange(8))]) + raw[at + 1 :]
        try:
            assert unpacked(changed).faults, at
        except NoBundle:
            continue


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda files: {name: data for name, data in files.items() if name != "records/deals/acme.yaml"}, "records/deals/acme.yaml: missing"),
        (lambda files: {**files, "records/deals/b.yaml": b"x"}, "records/deals/b.yaml: it has no digest"),
        (lambda files: {**files, "../x": b"x"}, "../x: no name"),
        (lambda files: {**files, "/etc/x": b"x"}, "/etc/x: no name"),
        (lambda files: {**files, "records\\..\\x": b"x"}, "no name"),
    ],
)  # fmt: skip
def test_what_was_put_in_or_taken_away_is_named(files, changed, says):
    assert any(says in fault for fault in unpacked(zipped(changed(summed(files)))).faults)


@pytest.mark.parametrize("raw", [b"", b"PK", b"words", zipped({}), zipped({"a": b"b"})])
def test_what_is_no_bundle_is_told(raw):
    with pytest.raises(NoBundle):
        unpacked(raw)


def test_a_number_that_comes_out_otherwise_is_named_with_both_values(repo, files):
    snapshot = repo.book().on(DAY)
    assert list(unlike(files, snapshot)) == []
    repo.deal(id="one-more")
    (open_deals,) = [each for each in unlike(files, repo.book().on(DAY)) if each.startswith("open-deals")]
    assert open_deals == "open-deals: it was 1, and comes out as 2"
    assert "is not among the results" in next(iter(unlike({RESULTS: b"{}"}, snapshot)))
    assert all("is not among" in each for each in unlike({RESULTS: b"no JSON"}, snapshot))
