"""What a win must say of its contract: when it ends, why it is another than was offered, that it is no second copy."""

from datetime import date

import pytest

from salesops.changes.compare import Comparison
from salesops.checks import check_past
from salesops.metrics.contracts import OPEN_ENDED, terms
from salesops.records.contract import Contract

SIGNED = 'signed: 2026-11-16, start: 2026-12-01, entity: Sponsor, agreement: "https://docs.example/a"'


@pytest.fixture
def won(repo, instead, home):
    """The codes of what is found in a sound won deal with some keys of its own."""
    sound = (home / "tests/sound/closed-won.yaml").read_text(encoding="utf-8")

    def said(fragment: str) -> list[str]:
        repo.write("deals/acme.yaml", instead(fragment, sound))
        return [line.split()[1] for line in repo.said()]

    return said


@pytest.fixture
def cascadia(repo):
    """The text of the deal that the sound repository has won."""
    return (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")


@pytest.fixture
def against(repo):
    """The codes of what is found in a deal against what it said before."""

    def said(was: str, now: str) -> list[str]:
        repo.write("deals/cascadia-2025.yaml", was)
        before = repo.book()
        repo.write("deals/cascadia-2025.yaml", now)
        return [found.code for found in check_past(Comparison(before, repo.book()), date(2026, 11, 20))]

    return said


@pytest.mark.parametrize(
    ("contract", "codes"),
    [
        ("end: 2027-11-30, mrr: 1250 USD", []),
        ("end: open, mrr: 1250 USD", []),
        ("mrr: 1250 USD", ["contract-end-unsaid"]),
        ("end: someday, mrr: 1250 USD", ["not-a-date"]),
    ],
)
def test_a_win_says_when_its_contract_ends_a_day_or_open(won, contract, codes):
    assert won(f"contract: {{{SIGNED}, {contract}}}") == codes


@pytest.mark.parametrize(
    ("value", "contract", "is_found"),
    [
        ("{mrr: 1250 USD, months: 12}", "end: 2027-11-30, mrr: 1250 USD", False),
        ("{mrr: 1250 USD}", "end: 2028-11-30, mrr: 1250 USD", False),
        ("{mrr: 1250 USD, months: 12}", "end: 2028-11-30, mrr: 1250 USD", True),
        ("{mrr: 1250 USD, months: 12}", "end: open, mrr: 1250 USD", False),
        ("{mrr: 1500 USD}", "end: 2027-11-30, mrr: 1250 USD", True),
        ("{mrr: 1250 CAD}", "end: 2027-11-30, mrr: 1250 USD", True),
        ("{mrr: 1250.00 USD}", "end: 2027-11-30, mrr: 1250 USD", False),
        ("{one_off: 500 USD}", "end: 2027-11-30, mrr: 1250 USD, one_off: 400 USD", True),
        ("null", "end: 2027-11-30, mrr: 0 USD", True),
        ("{mrr: 0 USD}", "end: 2027-11-30, mrr: 0 USD", True),
    ],
)
def test_a_contract_that_is_another_than_was_offered_or_free_says_why(won, value, contract, is_found):
    fragment = f"value: {value}\ncontract: {{{SIGNED}, {contract}"
    assert won(fragment + "}") == (["contract-differs"] if is_found else [])
    assert won(fragment + ", why_different: They asked for less}") == []


def test_an_open_deal_may_have_a_draft_that_differs_and_has_no_end_yet(repo):
    repo.deal("contract: {start: 2026-12-01, mrr: 0 USD}")
    assert repo.said() == []


def test_a_win_that_came_with_an_import_is_as_it_came(repo):
    repo.deal("""
        imported: {from: deals.csv, date: 2026-02-01}
        stages: [closed won: 2026-01-05]
        contract: {signed: 2026-01-05, start: 2026-02-01, mrr: 900 USD}
    """)
    assert not [line for line in repo.said() if "contract" in line]


def test_the_same_contract_twice_is_found_in_the_later_deal(repo, cascadia):
    repo.write("deals/twin.yaml", cascadia)
    assert repo.said() == ["deals/twin.yaml:26 contract-twice"]


def test_a_contract_that_is_open_has_no_last_day_and_counts_as_open_ended(repo, cascadia):
    repo.write("deals/cascadia-2025.yaml", cascadia.replace("end: 2026-12-31", "end: open"))
    assert repo.said() == []
    (term,) = terms(repo.book().on(date(2026, 11, 20)))
    assert (term.bucket, term.days_left, term.contract.end) == (OPEN_ENDED, None, "open")


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-04-01", "2027-03-31", 12),
        ("2026-04-15", "2027-04-14", 12),
        ("2026-01-31", "2026-02-27", 1),
        ("2026-04-01", "2026-04-30", 1),
        ("2026-04-01", "2028-03-31", 24),
        ("2026-04-01", "2027-04-05", 12),
    ],
)
def test_the_length_of_a_term_is_in_months_to_the_nearest(start, end, months):
    assert Contract(start=start, end=end).months == months


RENEWAL = "type: existing business\nstages: [renewals: 2026-10-05]\n"


def test_a_renewal_names_what_it_renews_or_says_that_it_has_no_record(repo):
    repo.deal(RENEWAL)
    assert repo.said() == ["deals/acme.yaml:1 renewal-of-nothing"]
    repo.deal(RENEWAL + "renews: unrecorded\n")
    assert repo.said() == []
    assert repo.book().renewed_by == {}


def test_how_far_a_promise_is_may_change_on_a_closed_deal_and_its_money_may_not(cascadia, against):
    promised = cascadia.replace("mrr: 1000 USD", "mrr: 1000 USD, deliverables: [{what: Training, status: planned}]")
    assert against(promised, promised.replace("planned", "delivered")) == []
    assert against(promised, promised.replace("mrr: 1000", "mrr: 900")) == ["past-fact-changed"]


def test_a_deal_without_a_single_answer_is_held_against_its_past_too(against):
    bare = "title: Small\nmember: cascadia-university\ntype: existing business\ntier: general\nowner: jim\nrenews: unrecorded\nstages:\n  - renewals: 2025-10-01\n"
    assert against(bare, bare.replace("Small", "Smaller")) == []


@pytest.mark.parametrize(
    ("agreed", "codes"), [("2026-03-01", []), ("2026-03-02", []), ("2026-03-03", ["contract-dates"])]
)
def test_a_price_is_agreed_before_it_is_signed(repo, agreed, codes):
    repo.deal(f"agreed: {agreed}\ncontract: {{signed: 2026-03-02, mrr: 1250 USD}}\n")
    assert [each.code for each in repo.problems() if each.code == "contract-dates"] == codes
