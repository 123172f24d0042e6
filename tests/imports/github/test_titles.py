"""The title of an issue names an institution and what it is about, or no lead at all."""

from __future__ import annotations

import pytest

from salesops.imports.github.titles import Lead, is_left_by_template, lead_in

LEADS = {
    "[Elm University / Ann Lee] - [A hub for statistics]": Lead("Elm University", "A hub for statistics", "Ann Lee"),
    "[Elm University] - A hub": Lead("Elm University", "A hub"),
    "[Elm/Ann] – Workshop in May": Lead("Elm", "Workshop in May", "Ann"),
    "[/ Ann Lee] - Hub": Lead("Ann Lee", "Hub"),
    "[New Hub] [Phase 1] Cloud Account Setup - Elm University": Lead("Elm University", "New hub", "", "phase 1"),
    "[New Hub] [Due by: 2026-03-01] [Spike: 30mins] Sync chat to refine phases - Elm": Lead("Elm", "New hub"),
    "[New Hub] Setup - Elm University - main campus": Lead("Elm University - main campus", "New hub"),
    "[New Hub] - Elm": Lead("Elm", "New hub"),
}


@pytest.mark.parametrize(("title", "lead"), LEADS.items(), ids=LEADS)
def test_a_title_that_names_a_lead(title, lead):
    assert lead_in(title) == lead


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Fix the hub",
        "[EVENT][May] Elm",
        "[Decommission Hub][May] Elm",
        "[New Hub]",
        "[] - []",
        "[Elm] - []",
        "[New Hub] Elm",
    ],
)
def test_a_title_that_names_none(title):
    assert lead_in(title) is None


def test_the_words_of_the_template_are_no_name():
    assert is_left_by_template("[Lead org / Lead person] - [Lead title]")
    assert is_left_by_template("[New Hub] [Phase 1] Cloud Account Setup - {{community_name}}")
    assert not is_left_by_template("[Leading University / Ann] - [Leads]")
