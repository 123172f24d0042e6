"""Books from a few lines of YAML, and books of deals that live at random: what every test of a metric begins with."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest
from booking import book_of

from salesops.book.book import Book
from salesops.metrics import metrics_of, read_metric
from salesops.records.deal import Deal
from salesops.records.process import Process
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.store.load import load

ROOT = Path(__file__).parents[2]
STAGES = ("enrichment", "outreach", "discovery", "renewals", "proposal", "closed won", "closed lost")
START = date(2026, 1, 1)


def _day(value):
    return value if isinstance(value, date) else date.fromisoformat(value)


@pytest.fixture(scope="session")
def process():
    """The process that this repository's team works by."""
    return _process(ROOT / "playbook/process/v3.yaml")


@pytest.fixture(scope="session")
def versions():
    """All the processes that this team has worked by."""
    return dict(load(ROOT)[0].versions)


def _process(path):
    document, problems = read(path.name, path.read_bytes())
    record, shape = typed(document, Process)
    assert not problems + shape
    return record


@pytest.fixture(scope="session")
def book(process):
    """A book from YAML: an id and its fields for each deal; what every deal must have is filled in where it is not told.

    A member is called after its deal. ``broken`` names deals whose files could not be read in full.
    """

    def make(deals, *, broken=(), versions=None):
        records = _from_yaml(deals) if isinstance(deals, str) else deals
        return book_of(
            versions=versions or {"v3": process},
            deals={id: Deal.model_validate(_whole(id, fields)) for id, fields in records.items()},
            broken=frozenset(("deal", id) for id in broken),
        )

    return make


def _from_yaml(text):
    document, problems = read("book.yaml", dedent(text).encode())
    assert not problems
    return document.data


def _whole(id, fields):
    return {
        "title": "General Membership",
        "member": f"{id}-university",
        "type": "new business",
        "tier": "general",
        "owner": "jim",
        **fields,
    }


@pytest.fixture(scope="session")
def reading(book):
    """A metric on a day, over deals in YAML or over a book that is there already."""

    def measure(id, on, deals, since=None, **more):
        known = deals if isinstance(deals, Book) else book(deals, **more)
        return read_metric(known.on(_day(on), since=_day(since) if since else None), id)

    return measure


@pytest.fixture(scope="session")
def why():
    """Which deals a reading leaves out, and why."""
    return lambda found: {left.deal: left.why for left in found.excluded}


@pytest.fixture(scope="session")
def demonstration():
    """The records of this repository."""
    found, _ = load(ROOT)
    assert found.deals
    return found


@pytest.fixture(scope="session")
def implemented(process):
    """Every metric that can be measured, by id."""
    return {id: metric for id, metric in metrics_of(process).items() if metric.measure}


@pytest.fixture(scope="session")
def random_deals():
    """Deals as their files would say them, from a seed: stages in any order, leaps and ways back, days with several
    moves, lost deals opened again and again, parked spans, meetings on several deals, contracts and renewals of them.
    """
    return lambda seed, size=10: _random_deals(Random(seed), size)


def _random_deals(dice, size):
    ids = [f"deal-{number}" for number in range(size)]
    deals = {id: _random_deal(dice, id, ids) for id in ids}
    return {id: {**fields, **_random_rest(Random(f"{id} {fields}"), fields)} for id, fields in deals.items()}


def _random_rest(dice, fields):
    """Messages, a campaign, and the hand-off; by dice of their own, so that what is above stays as it is."""
    began = date.fromisoformat(next(iter(fields["stages"][0].values())))
    messages = [_random_message(dice, began) for _ in range(dice.randrange(3))]
    rest = {"activity": [*fields["activity"], *messages]}
    if dice.random() < 0.5:
        rest["source"] = {"campaign": dice.choice(("jupytercon", "spring-mail"))}
    if "contract" in fields:
        rest["contract"] = {**fields["contract"], "signed": str(began + timedelta(days=dice.randrange(20)))}
        rest["order"] = {"operational": str(began + timedelta(days=dice.randrange(90)))}
    return rest


def _random_message(dice, began):
    entry = {"date": str(began + timedelta(days=dice.randrange(40))), "kind": "email"}
    entry["template"] = dice.choice(("intro@1", "intro@2", "follow-up@1"))
    return {**entry, dice.choice(("opened", "bounced")): dice.choice(("true", "false"))}


def _random_deal(dice, id, ids):
    on = START + timedelta(days=dice.randrange(200))
    fields = {
        "type": dice.choice(("new business", "existing business")),
        "stages": _random_life(dice, on),
        "parked": _random_spans(dice),
        "activity": [_random_activity(dice, on) for _ in range(dice.randrange(4))],
        "member": f"member-{dice.randrange(len(ids))}",
    }
    if dice.random() < 0.7:
        fields["value"] = _random_value(dice)
    if dice.random() < 0.85:
        fields["contract"] = _random_contract(dice)
    if dice.random() < 0.4:
        fields["renews"] = dice.choice(ids)
    return fields


def _random_life(dice, on):
    moves = []
    for _ in range(dice.randint(1, 9)):
        moves.append({dice.choices(STAGES, (3, 4, 4, 3, 4, 3, 2))[0]: str(on)})
        on += timedelta(days=dice.choice((0, 0, 1, 2, 3, 5, 7, 8, 13, 30)))
    return [*moves, {"closed won": str(on)}] if dice.random() < 0.4 else moves


def _random_spans(dice):
    spans = []
    for _ in range(dice.choice((0, 0, 1, 2, 3))):
        since = START + timedelta(days=dice.randrange(260))
        span = {"since": str(since), "why": "Waiting for the grant"}
        if dice.random() < 0.85:
            span["until"] = str(since + timedelta(days=dice.randint(1, 40)))
        spans.append(span)
    return spans


def _random_activity(dice, on):
    entry = {
        "date": str(on + timedelta(days=dice.randrange(90))),
        "kind": dice.choices(("meeting", "call"), (4, 1))[0],
        "about": dice.choice(("discovery", "renewal", "proposal", "other")),
        "status": dice.choices(("held", "scheduled", "cancelled", "no-show"), (5, 1, 1, 1))[0],
    }
    if dice.random() < 0.5:
        entry["id"] = f"joint-{dice.randrange(3)}"
    return entry


def _random_value(dice):
    value = {}
    if dice.random() < 0.8:
        value["mrr"] = f"{dice.randrange(3000)}.{dice.randrange(100):02d} {dice.choice(('USD', 'CAD'))}"
    if dice.random() < 0.3:
        value["one_off"] = f"{dice.randrange(9000)} {dice.choice(('USD', 'EUR'))}"
    if dice.random() < 0.5:
        value["months"] = str(dice.randrange(37))
    return value


def _random_contract(dice):
    start = START + timedelta(days=dice.randrange(-300, 400))
    contract = {}
    if dice.random() < 0.95:
        contract["start"] = str(start)
    if dice.random() < 0.8:
        contract["end"] = str(start + timedelta(days=dice.choice((0, 1, 30, 90, 180, 181, 364, 729))))
    if dice.random() < 0.25:
        contract["service_ended"] = str(start + timedelta(days=dice.randrange(500)))
    if dice.random() < 0.8:
        contract["mrr"] = f"{dice.randrange(3000)}.{dice.randrange(100):02d} {dice.choice(('USD', 'CAD'))}"
    return contract


@pytest.fixture(scope="session")
def random_book(book, random_deals):
    """A book of deals that live at random, from a seed."""
    return lambda seed, size=10: book(random_deals(seed, size))


@pytest.fixture(scope="session")
def days():
    """Every day from one to another, both among them."""

    def between(first, last):
        first, last = _day(first), _day(last)
        return [first + timedelta(days=later) for later in range((last - first).days + 1)]

    return between


@pytest.fixture(scope="session")
def stock():
    """How many deals are in each stage on a day, won, lost and parked ones among them."""
    return lambda known, on: Counter(history.now.stage for history in known.on(on).histories)
