"""Names that sound alike: a slip of the pen is found, and two colleges are not one."""

from __future__ import annotations

import pytest

from salesops.book.sounds_alike import sounding_like

KNOWN = {
    "owl": "Owlspruce Observatory",
    "alder": "Alder Coast University",
    "rivelaine": "Institut Rivelaine",
    "thornfield": "Thornfield State University",
    "kestrel": "Kestrel Valley College",
}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Owlspruse", ["owl"]),
        ("THORNFELD STATE UNIVERSITY", ["thornfield"]),
        ("Institute of Rivelaine", ["rivelaine"]),
        ("TSU", ["thornfield"]),
        ("Álder coast", ["alder"]),
        ("Pinecrest College", []),
        ("Pinecrest State University", []),
        ("", []),
        ("…", []),
    ],
)
def test_a_name_finds_those_that_sound_like_it(name, found):
    assert sounding_like(name, KNOWN) == found


def test_a_word_that_many_names_have_tells_nothing():
    valleys = {f"v{number}": f"{word} Valley" for number, word in enumerate(("Kestrel", "Heron", "Plover"))}
    assert sounding_like("Condor Valley", valleys) == []
