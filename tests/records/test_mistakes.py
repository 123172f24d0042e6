"""The mistakes that hands usually make: each is named at its line, in words, and its printed fix leads out of it."""

from __future__ import annotations

import pytest
from conftest import TODAY
from pasting import facts, pasted

from salesops.edits.suggested import suggestion

PLACES = {"deal": "deals/acme.yaml", "member": "members/cascadia-university.yaml"}

MISTAKES = [
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, note: Wants a demo, and a price}",
        "a comma ends a value here: put the sentence in quotes",
        id="comma",
    ),
    pytest.param(
        "deal", "value: {mrr: 1,450 USD}", "a comma ends a value here: write the amount without it", id="amount"
    ),
    pytest.param("deal", "title: Dean said: call back", "a colon ends the text here", id="colon"),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, note: Dean said: call back}",
        "a colon ends the text here",
        id="colon-in-braces",
    ),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, note: \u201cCall, back\u201d}",
        "a comma ends a value here: put the sentence in quotes",
        id="curly-quotes",
    ),
    pytest.param("deal", "title: 'Let's talk'", "an apostrophe ends the text here", id="apostrophe"),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, note: 'Let's talk'}",
        "an apostrophe ends the text here",
        id="apostrophe-in-braces",
    ),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, note: @jim will call}",
        "a text cannot begin with @",
        id="at-sign",
    ),
    pytest.param(
        "deal",
        "parked:\n  - {since: 2026-01-06, until: 2026-01-07, why: Grant}\n   - {since: 2026-01-08, until: 2026-01-09, why: Grant}",
        "this line begins at column 4, line 2 at column 3",
        id="blank-before-dash",
    ),
    pytest.param(
        "deal",
        "next:\n  action: Call\n   due: 2099-01-01",
        "this line begins at column 4, line 2 at column 3",
        id="blank-before-key",
    ),
    pytest.param("deal", "discovery:\n\tjobs: [Teach]", "a tab is used to indent", id="tab"),
    pytest.param("deal", "next:\n  action: Call\n\xa0\xa0due: 2099-01-01", "U+00A0", id="no-break"),
    pytest.param(
        "deal", "discovery:\n  jobs:\n    \u2022 teach: well", "what looks like a hyphen here is '•'", id="bullet"
    ),
    pytest.param("deal", "title: General\u200b Membership", "U+200B, an invisible character", id="zero-width"),
    pytest.param(
        "deal", "next:\n  - Call the dean", "a list stands here, where fields of their own belong", id="next-as-list"
    ),
    pytest.param(
        "deal",
        "loss: Too expensive",
        "'Too expensive' stands here, where entries with fields of their own belong",
        id="loss-in-words",
    ),
    pytest.param("deal", "probability: 70", "'70' stands here, where fields of their own belong", id="probability"),
    pytest.param(
        "deal",
        "activity:\n  - Called the dean on Monday",
        "'Called the dean on Monday' stands here, where fields of their own belong",
        id="call-in-prose",
    ),
    pytest.param(
        "deal",
        "maniac_t: {need: Their server died}",
        "'Their server died' stands here, where fields of their own belong",
        id="need-in-words",
    ),
    pytest.param("deal", "owner: Jim", "did you mean 'jim'?", id="owner-by-name"),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, with: [Smith]}",
        "did you mean 'a-smith'?",
        id="contact-by-name",
    ),
    pytest.param("member", "country: Canada", "'Canada' is not a country code", id="country"),
    pytest.param("deal", "stage: outreach", "a move is a line under stages, with its day: - outreach: …", id="stage"),
    pytest.param("deal", "value: {mrr: 1450}", "the currency is missing: 1450 USD in the team's own", id="no-currency"),
    pytest.param(
        "deal", 'value: {mrr: "1,450 USD/month"}', "'1,450 USD/month' is not an amount of money", id="a-month"
    ),
    pytest.param("deal", "expected_close: 3/4/2026", "write 2026-03-04 or 2026-04-03", id="day"),
    pytest.param(
        "deal",
        "expected_close 2099-01-01",
        "this line has no colon: it looks like 'expected_close' and its value",
        id="no-colon",
    ),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note, note: A}\n  {date: 2026-01-21, kind: note, note: B}",
        "this line has no hyphen, and line 2 is an entry of a list",
        id="no-hyphen",
    ),
    pytest.param("deal", "title:General Membership", "there is no blank after the colon of 'title'", id="no-blank"),
    pytest.param("deal", "title: A\ntitle: B", "'title' was already given on line 1", id="key-twice"),
    pytest.param("deal", 'title: "General Membership', "the quote that is opened here is not closed", id="open-quote"),
    pytest.param(
        "deal",
        "activity:\n  - {date: 2026-01-20, kind: note",
        "the bracket that is opened here is not closed",
        id="open-bracket",
    ),
    pytest.param("deal", "title: Acme #2", "'#2' and what follows is read as a comment", id="number-sign"),
]
"""The kind of record, what was written in it, and the sentence that must be said of it."""

FIELDS = {"not-a-date", "key-twice"}
"""Codes whose cure is a choice or a deletion, said in words."""


@pytest.fixture
def found(repo, sound, instead):
    """Writes a fragment into a sound record; gives what is then said of its file."""

    def problems(kind: str, fragment: str):
        repo.deal()
        repo.write(PLACES[kind], instead(fragment, sound[kind]).encode())
        return repo.problems()

    return problems


@pytest.mark.parametrize(("kind", "fragment", "sentence"), MISTAKES)
def test_a_mistake_is_named_at_its_line_with_a_way_out(found, kind, fragment, sentence):
    (problem, *_) = [each for each in found(kind, fragment) if sentence in f"{each.message}; {each.help}"]
    assert problem.place.path == PLACES[kind]
    assert problem.place.line <= fragment.count("\n") + 1
    assert problem.help
    assert "mapping" not in f"{problem.message} {problem.help}"


@pytest.mark.parametrize(("kind", "fragment", "sentence"), MISTAKES)
def test_its_fix_when_pasted_leaves_it_gone_and_no_new_one(repo, found, kind, fragment, sentence):
    before = found(kind, fragment)
    (problem, *_) = [each for each in before if sentence in f"{each.message}; {each.help}"]
    if not problem.fix:
        assert problem.code in FIELDS or "- outreach: …" in problem.help
        return
    file = repo.root / PLACES[kind]
    file.write_text(pasted(file.read_text(), problem, kind))
    after = repo.problems()
    assert (problem.code, problem.field, problem.message) not in {
        (each.code, each.field, each.message) for each in after
    }
    assert {each.code for each in after if each.code != "placeholder-left"} == set()


@pytest.mark.parametrize(("kind", "fragment", "sentence"), MISTAKES)
def test_where_its_fix_is_one_line_that_can_be_accepted_it_is_the_line_that_is_pasted(
    repo, found, kind, fragment, sentence
):
    for problem in found(kind, fragment):
        text = (repo.root / PLACES[kind]).read_text()
        made = suggestion(repo.book(), problem, text, TODAY)
        if made:
            lines = text.split("\n")
            lines[made.line - 1] = made.text
            assert "\n".join(lines) == pasted(text, problem, kind)


def test_most_fixes_of_one_line_can_be_accepted(repo, found):
    accepted = 0
    for kind, fragment, _ in (each.values for each in MISTAKES):
        problems = found(kind, fragment)
        text = (repo.root / PLACES[kind]).read_text()
        accepted += any(suggestion(repo.book(), problem, text, TODAY) for problem in problems)
    assert accepted >= 15


def test_there_are_more_than_two_dozen():
    assert len(MISTAKES) >= 29


# ── how well they are said ────────────────────────────────────────────────────────────────────────────────────────────

LINES = {
    "comma": 2, "colon-in-braces": 2, "curly-quotes": 2, "apostrophe-in-braces": 2, "at-sign": 2, "blank-before-dash": 3,
    "blank-before-key": 3, "tab": 2, "no-break": 3, "bullet": 3, "next-as-list": 2, "call-in-prose": 2, "contact-by-name": 2,
    "no-hyphen": 3, "key-twice": 2, "open-bracket": 2,
}  # fmt: skip
"""The line of the mistake; elsewhere it is the first."""

CURES = {
    "stage": lambda text: text.replace("stage: outreach\n", "").replace("2026-01-05\n", "2026-01-05\n  - outreach: 2026-01-19\n", 1),
    "day": lambda text: text.replace("3/4/2026", "2026-03-04"),
    "key-twice": lambda text: text.replace("title: B\n", ""),
}  # fmt: skip
"""What the message says in words, done: where the cure is somebody's choice, and no line can be pasted."""

GUESSED = {"1450 USD", "CA", "- a-smith"}
"""What a fix may say that is in no file so: an amount as it was read, with the team's own currency; the code of a country; an id behind its hyphen."""


def points(repo, found, mistake) -> tuple[float, float, float]:
    """Place, cause and cure of one message: 1 each; half where the cause stands in the advice only, or the cure in words only."""
    kind, fragment, sentence = mistake.values
    repo.member()
    (problem, *_) = [each for each in found(kind, fragment) if sentence in f"{each.message}; {each.help}"]
    place = float(problem.place.path == PLACES[kind] and problem.place.line == LINES.get(mistake.id, 1))
    cause = 1.0 if sentence in problem.message else 0.5
    file = repo.root / PLACES[kind]
    text = file.read_text()
    files = "".join(f"{each.stem}\n{each.read_text()}" for each in repo.root.rglob("*.yaml"))
    invented = {said for said in facts(problem.fix) if said not in files} - GUESSED
    file.write_text(pasted(text, problem, kind) if problem.fix else CURES[mistake.id](text))
    left = {each.code for each in repo.problems() if each.is_error} - {"placeholder-left"}
    works = float(not left and not invented)
    return place, cause, works if problem.fix else works / 2


def test_place_cause_and_cure_are_said_of_nearly_every_mistake_and_of_none_less_than_two(repo, found):
    table = {mistake.id: points(repo, found, mistake) for mistake in MISTAKES}
    told = "\n".join(f"{name:<22}{place:4} {cause:4} {cure:4}" for name, (place, cause, cure) in table.items())
    assert all(sum(row) >= 2 for row in table.values()), told
    assert sum(map(sum, table.values())) / len(table) >= 2.7, told
    assert all(place == 1 and cure for place, _, cure in table.values()), told
