"""Nothing is hidden: a word in each text of each kind of record stands on a page of that record. The public site is held against such words in test_public.py."""

import json
import re
from collections import defaultdict
from datetime import date
from itertools import product
from string import ascii_lowercase

import pytest
from canaries import demonstration, planted

from salesops.records.kinds import KINDS
from salesops.site.pages import every_page
from salesops.store.load import load

DAY = date(2026, 11, 20)
ITS_PAGES = {
    "deal": "deals/{id}",
    "member": "members/{id}",
    "team": "team",
    "icp": "hypotheses/{id}",
    "experiment": "experiments/{id}",
    "decision": "decisions/{id}",
    "review": "reviews/{id}",
    "targets": "metrics/.*",
    "knowledge": "knowledge",
    "removed": "integrity",
    "corrections": "integrity",
    "prices": "prices",
    "outreach": "messages",
    "process": "process|process/{id}|stages/.*",
}
"""The pages of a record of each kind that has texts."""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Every word with the record and the field that it was put into, and the pages that it stands on."""
    root, turn, where = tmp_path_factory.mktemp("words"), product(ascii_lowercase, repeat=4), {}
    words = (f"zq{''.join(letters)}" for letters in turn)
    for path, record in demonstration():
        kind = next(kind.name for kind in KINDS.values() if kind.holds(path))
        name = path.rpartition("/")[2].removesuffix(".yaml")
        where[path] = {word: (kind, name, place) for place, word in planted(kind, record, words).items()}
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    shown = defaultdict(set)
    for page in every_page(load(root)[0].on(DAY)):
        for word in re.findall(r"zq[a-z]{4}", page.body.casefold()):
            shown[word].add(page.path)
    return {word: (*said, shown[word]) for record in where.values() for word, said in record.items()}


@pytest.mark.parametrize("kind", ITS_PAGES)
def test_every_text_of_a_record_stands_on_a_page_of_that_record(told, kind):
    found = [said for said in told.values() if said[0] == kind]
    its = ITS_PAGES[kind]
    lost = [
        (name, ".".join(map(str, place)), sorted(paths)[:4])
        for _, name, place, paths in found
        if not any(re.fullmatch(its.format(id=re.escape(name)), path) for path in paths)
    ]
    assert found
    assert lost == []


def test_every_kind_of_record_with_texts_is_looked_at(told):
    assert {kind for kind, *_ in told.values()} == ITS_PAGES.keys()
    assert len(told) > 2_000
