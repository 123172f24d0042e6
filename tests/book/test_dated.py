"""On a day a record holds only what is dated up to it, and each attempt to win a deal has its own facts."""

from datetime import date

import pytest

from salesops.book.exit_criteria import facts_at, is_met
from salesops.book.status import Standing
from salesops.records.process import Need


def day(text):
    return date.fromisoformat(text)


WHOLE_LIFE = """
    stages:
      - enrichment: 2025-01-06
      - closed lost: 2025-03-03
      - outreach: 2026-01-05
      - discovery: 2026-02-02
      - proposal: 2026-03-02
      - closed won: 2026-04-06
    reopened: [{date: 2026-01-05, why: A new dean}]
    moved_back: [{date: 2026-02-10, why: They took a step back}]
    parked:
      - {since: 2026-01-10, until: 2026-01-20, why: Holidays}
      - {since: 2026-03-10, until: 2026-09-01, why: A grant}
    activity:
      - {date: 2026-01-07, kind: email, replied: 2026-01-14}
      - {date: 2026-02-05, kind: meeting, about: discovery, status: held}
      - {date: 2026-05-04, kind: meeting, about: proposal, status: scheduled}
    maniac_t:
      money: {status: partial, date: 2026-01-08, note: A budget}
      need: {status: met, date: 2026-02-05, note: Their server died}
    proposal: {requested: 2026-02-20, admin_informed: 2026-02-23, presented: 2026-03-02, template: general@3}
    contract: {signed: 2026-04-06, start: 2026-05-01, end: 2027-04-30, mrr: 900 USD, service_ended: 2026-08-03}
    order: {created: 2026-04-08, hubs: [{name: teaching}], operational: 2026-05-11}
    win: {learning: The course decided}
    loss: {reason: timing, learning: Too early}
    renewal: {health_checked: 2026-03-15, intent: unsure}
    learned: [{stage: discovery, date: 2026-02-27, note: They run servers out of habit}]
    waived: [{need: maniac_t.timeline, stage: proposal, by: jim, date: 2026-03-02, why: A verbal yes}]
    corrections: [{field: stages.3, was: 2026-02-01, by: jim, date: 2026-04-01, why: A slip of the hand}]
    """


@pytest.fixture
def on(repo):
    """The deal of a whole life as it stood on a day."""
    repo.deal(WHOLE_LIFE)
    book = repo.book()
    return lambda text: book.on(day(text)).history("acme").deal


@pytest.mark.parametrize(
    ("part", "first"),
    [
        ("maniac_t.money", "2026-01-08"),
        ("maniac_t.need", "2026-02-05"),
        ("proposal", "2026-02-20"),
        ("proposal.admin_informed", "2026-02-23"),
        ("proposal.presented", "2026-03-02"),
        ("contract", "2026-04-06"),
        ("contract.service_ended", "2026-08-03"),
        ("order", "2026-04-08"),
        ("order.operational", "2026-05-11"),
        ("win", "2026-04-06"),
        ("loss", "2025-03-03"),
        ("reopened", "2026-01-05"),
        ("moved_back", "2026-02-10"),
        ("renewal.health_checked", "2026-03-15"),
        ("learned", "2026-02-27"),
        ("waived", "2026-03-02"),
        ("corrections", "2026-04-01"),
        ("parked", "2026-01-10"),
    ],
)
def test_each_part_of_a_deal_is_there_from_its_own_day_on(on, part, first):
    def held(deal):
        for name in part.split("."):
            deal = getattr(deal, name) if deal else None
        return deal

    eve = date.fromordinal(day(first).toordinal() - 1)
    assert not held(on(str(eve)))
    assert held(on(first))


def test_an_activity_is_there_from_its_own_day_on(on):
    assert [entry.kind for entry in on("2026-01-06").activity] == ["meeting"]
    assert [entry.kind for entry in on("2026-01-07").activity] == ["email", "meeting"]


def test_a_reply_of_a_later_day_is_no_reply_yet(on):
    assert on("2026-01-13").activity[0].replied is None
    assert on("2026-01-13").activity[0].contact is None
    assert on("2026-01-14").activity[0].replied == day("2026-01-14")


def test_a_meeting_that_is_scheduled_stays_with_its_day(on):
    assert [entry.date for entry in on("2026-02-01").activity] == [day("2026-01-07"), day("2026-05-04")]


def test_a_service_that_ends_later_has_not_ended(on):
    assert on("2026-08-02").contract.service_ended is None
    assert on("2026-08-02").contract.end == day("2027-04-30")


def test_a_parked_span_is_known_from_its_first_day_with_the_day_of_its_return(on):
    assert len(on("2026-03-09").parked) == 1
    assert on("2026-03-10").parked[-1].until == day("2026-09-01")


def test_a_draft_that_nobody_has_signed_stays_with_an_open_deal(repo):
    repo.deal("contract: {start: 2026-05-01, end: 2027-04-30, mrr: 900 USD}")
    assert repo.book().on(day("2026-01-06")).history("acme").deal.contract.end == day("2027-04-30")


def test_what_is_written_of_a_loss_that_has_not_come_stays_a_draft(repo):
    repo.deal("loss: {reason: timing}\nwin: {learning: They may sign}")
    deal = repo.book().on(day("2026-01-06")).history("acme").deal
    assert [loss.reason for loss in deal.loss] == ["timing"]
    assert deal.win.learning == "They may sign"


LOST_TWICE = """
    stages:
      - enrichment: 2026-01-05
      - closed lost: 2026-02-02
      - outreach: 2026-05-04
      - closed lost: 2026-06-01
    reopened: [{date: 2026-05-04, why: A new dean}]
    loss:
      - {reason: timing, learning: Too early}
      - {reason: price, learning: Too dear}
    """


@pytest.mark.parametrize(
    ("on", "reasons"),
    [
        ("2026-02-01", []),
        ("2026-02-02", ["timing"]),
        ("2026-05-31", ["timing"]),
        ("2026-06-01", ["timing", "price"]),
    ],
)
def test_each_loss_belongs_to_the_day_on_which_the_deal_was_lost(repo, on, reasons):
    repo.deal(LOST_TWICE)
    assert [loss.reason for loss in repo.book().on(day(on)).history("acme").deal.loss] == reasons


def test_what_show_prints_is_what_was_written_up_to_the_day(repo):
    repo.deal(LOST_TWICE)
    snapshot = repo.book().on(day("2026-05-04"))
    written = Standing(snapshot, snapshot.history("acme")).written
    assert written["loss"] == [{"reason": "timing", "learning": "Too early"}]
    assert written["stages"] == [
        {"enrichment": "2026-01-05"},
        {"closed lost": "2026-02-02"},
        {"outreach": "2026-05-04"},
    ]


def test_a_loss_that_stands_alone_is_not_printed_before_its_day(repo):
    repo.deal("stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]\nloss: {reason: timing}")
    snapshot = repo.book().on(day("2026-02-01"))
    assert "loss" not in snapshot.written("deal", "acme")


# the other records


def test_a_member_has_the_health_hubs_and_invoices_of_the_day(repo):
    repo.member(
        """
        health: [{date: 2026-02-01, status: green}, {date: 2026-04-01, status: red}]
        hubs: [{name: teaching, since: 2026-03-01}, {name: research}]
        vendor_setup: {status: done, date: 2026-03-15}
        invoices:
          - {month: 2026-02, prepared: 2026-03-02, sent: 2026-03-03, paid: 2026-04-10}
          - {month: 2026-04}
        """
    )
    book = repo.book()
    early, late = (book.on(day(on)).book.members["cascadia-university"] for on in ("2026-02-28", "2026-03-20"))
    assert [seen.status for seen in early.health] == ["green"]
    assert [hub.name for hub in early.hubs] == ["research"]
    assert [invoice.month for invoice in early.invoices] == ["2026-04"]
    assert early.vendor_setup is None
    assert [hub.name for hub in late.hubs] == ["teaching", "research"]
    assert [(invoice.month, invoice.sent, invoice.paid) for invoice in late.invoices] == [
        ("2026-02", day("2026-03-03"), None),
        ("2026-04", None, None),
    ]


def test_decisions_reviews_and_evidence_are_those_of_the_day(repo):
    repo.write("playbook/decisions/hold.yaml", "date: 2026-03-02\nverdict: hold\nwhy: Too few\n")
    repo.write("playbook/reviews/2026-03-09.yaml", "owner: jim\n")
    repo.write(
        "playbook/icp/teaching-led.yaml",
        """\
        claim: They buy.
        version: 1
        since: 2025-01-01
        status: testing
        evidence: [{date: 2026-02-02, note: Two of three}, {date: 2026-03-16, note: Four of nine}]
        """,
    )
    book = repo.book()

    def held(on):
        known = book.on(day(on)).book
        return list(known.decisions), list(known.reviews), len(known.icp["teaching-led"].evidence)

    assert held("2026-03-01") == ([], [], 1)
    assert held("2026-03-02") == (["hold"], [], 1)
    assert held("2026-03-16") == (["hold"], ["2026-03-09"], 2)


def test_a_rate_and_a_removal_are_there_from_their_day_on(repo):
    repo.write(
        "playbook/rates.yaml",
        "rates:\n  - {date: 2026-01-02, from: CAD, to: USD, rate: 0.7}\n  - {date: 2026-04-01, from: CAD, to: USD, rate: 0.8}\n",
    )
    book = repo.book()
    assert book.rates
    assert len(book.on(day("2026-03-31")).book.rates.rates) == 1
    assert len(book.on(day("2026-04-01")).book.rates.rates) == 2


def test_where_nothing_is_later_the_book_of_the_day_is_the_book_itself(repo):
    repo.deal()
    book = repo.book()
    assert book.until(day("2026-11-20")) is book
    assert book.until(day("2026-01-04")) is not book


# each attempt has its own facts


def met(repo, line, **need):
    history = repo.book().histories["acme"]
    return is_met(facts_at(history, line), Need.model_validate(need))


AGAIN = "stages: [enrichment: 2025-01-06, closed lost: 2025-03-03, outreach: 2026-01-05, discovery: 2026-02-02, proposal: 2026-03-02, closed lost: 2026-04-06]\n"
WON = "stages: [enrichment: 2026-01-05, proposal: 2026-03-02, closed won: 2026-04-06]\n"


@pytest.mark.parametrize(
    ("fact", "need"),
    [
        ("maniac_t: {money: {status: met, date: 2025-01-08}}", {"field": "maniac_t.money", "is": "met"}),
        ("activity: [{date: 2025-02-03, kind: meeting, status: held}]", {"activity": "meeting", "status": "held"}),
        ("activity: [{date: 2025-02-03, kind: call, outcome: spoke}]", {"activity": "contact"}),
        ("activity: [{date: 2025-02-03, kind: email, replied: 2025-02-10}]", {"activity": "contact"}),
        ("proposal: {presented: 2025-02-20}", {"field": "proposal.presented"}),
        ("renewal: {health_checked: 2025-02-20}", {"field": "renewal.health_checked"}),
        ("learned: [{stage: discovery, date: 2025-02-20, note: A habit}]", {"learned": "true"}),
    ],
)
def test_what_was_found_in_the_first_attempt_meets_no_need_of_the_second(repo, fact, need):
    repo.deal(AGAIN + fact)
    assert not met(repo, 4, **need)


def test_an_answer_that_came_in_the_new_attempt_to_a_mail_of_the_old_one_is_a_contact_of_the_new_one(repo):
    repo.deal(AGAIN + "activity: [{date: 2025-02-03, kind: email, replied: 2026-01-12}]")
    assert met(repo, 3, activity="contact")
    assert not met(repo, 1, activity="contact")


def test_before_a_deal_that_was_opened_again_is_lost_again_its_first_loss_meets_nothing(repo):
    repo.deal(AGAIN + "loss: {reason: timing, learning: Too early}")
    assert met(repo, 1, field="loss.reason")
    assert not met(repo, 5, field="loss.reason")


def test_the_second_loss_of_a_list_meets_the_needs_of_the_second_time(repo):
    repo.deal(AGAIN + "loss: [{reason: timing}, {reason: price}]")
    assert met(repo, 1, field="loss.reason", **{"is": "timing"})
    assert met(repo, 5, field="loss.reason", **{"is": "price"})
    assert not met(repo, 5, field="loss.reason", **{"is": "timing"})


@pytest.mark.parametrize(
    ("fact", "need"),
    [
        ("order: {created: 2019-05-01, operational: 2019-06-01}", {"field": "order.created"}),
        ("proposal: {presented: 2026-04-07}", {"field": "proposal.presented"}),
        ("maniac_t: {need: {status: met, date: 2027-02-06}}", {"field": "maniac_t.need"}),
        ("contract: {signed: 2026-04-07, mrr: 1 USD}", {"field": "contract.mrr"}),
    ],
)
def test_a_fact_of_before_the_deal_or_of_after_the_move_meets_nothing(repo, fact, need):
    repo.deal(WON + fact)
    assert not met(repo, 2, **need)


@pytest.mark.parametrize(
    ("fact", "need"),
    [
        ("discovery: {jobs: [Teach 300 students]}", {"field": "discovery.jobs"}),
        ("icp: {hypothesis: teaching-led, fit: true}", {"field": "icp.fit", "is": "true"}),
        ("proposal: {objections: [{about: price}]}", {"field": "proposal.objections"}),
        ("links: [{kind: folder, url: 'https://docs.example/a'}]", {"link": "folder"}),
    ],
)
def test_a_fact_without_a_day_meets_the_needs_of_every_attempt(repo, fact, need):
    repo.deal(AGAIN + fact)
    assert met(repo, 1, **need)
    assert met(repo, 4, **need)


def test_what_was_logged_between_the_loss_and_the_day_it_was_opened_again_belongs_to_the_new_attempt(repo):
    repo.deal(AGAIN + "activity: [{date: 2025-11-24, kind: call, outcome: spoke}]")
    assert met(repo, 3, activity="contact")


def test_what_was_logged_on_the_day_of_the_loss_belongs_to_the_attempt_that_was_lost(repo):
    repo.deal(AGAIN + "activity: [{date: 2025-03-03, kind: call, outcome: spoke}]")
    assert met(repo, 1, activity="contact")
    assert not met(repo, 3, activity="contact")
