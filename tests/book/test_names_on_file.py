"""Which record somebody means by a name: in any spelling, and never another one."""

from __future__ import annotations

import pytest

from salesops.book.names_on_file import meant_by

NAMES = {"todai": "東京大学", "msu": "МГУ", "alder": "Álder Coast University", "owl": "Owlspruce Observatory"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("東京大学", "todai"),
        ("北京大学", ""),
        ("мгу", "msu"),
        ("Alder Coast: University", "alder"),
        ("owlspruce", "owl"),
        ("…", ""),
    ],
)
def test_a_name_means_the_record_of_that_name_in_every_script(said, meant):
    assert meant_by(said, NAMES) == meant
