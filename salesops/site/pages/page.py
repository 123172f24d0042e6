"""What a page is: a title, a body of escaped HTML, and words for the search; and the one template environment that all pages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import Any, Protocol, cast

from jinja2 import Environment
from markupsafe import Markup

from salesops.book.book import Book, Snapshot
from salesops.book.exit_criteria import meaning
from salesops.book.status import Standing, person_name, todays_word
from salesops.changes.timeline import MAIN
from salesops.checks.manual import cited
from salesops.metrics import metrics_of, wording
from salesops.records.money import Sums, total
from salesops.records.scalars import day_or_none, slug
from salesops.site.pages import words
from salesops.site.pages.hosts import commit_address, edit_address
from salesops.site.pages.moneys import InOne, in_one
from salesops.site.templating import environment_of

PLAYBOOK = {"experiment": "experiments", "decision": "decisions", "icp": "hypotheses"}
"""Where the pages of what a team tries, decides and believes are."""


@dataclass(frozen=True)
class Page:
    """One page of the site.

    ``path`` is its name on the site ("" is the home page, "deals/a" a record page); ``title`` is plain text; ``words`` is plain text that the search finds it by. The body is rendered when it is asked for, so that
    thousands of pages need not be held at once.
    """

    path: str
    title: str
    words: str
    render: Callable[[], str] = field(repr=False, compare=False)
    in_navigation: bool = True
    section: str = ""
    """The section of the menu that it stands in, ``Help/Reference`` for one in another; overviews stand in none."""
    rank: float = 1
    """How much it weighs in the search: members and open deals before people, stages and pages, closed deals last."""

    @property
    def file(self) -> str:
        """Its address, which is a file on every server and on the disk."""
        return file_of(self.path)

    @property
    def source(self) -> str:
        """The Markdown that frames it, below site/ where a team introduces it."""
        return f"{self.path or 'index'}.md"

    @property
    def body(self) -> Markup:
        """HTML in which every foreign text is escaped."""
        return Markup(self.render())

    @property
    def is_record(self) -> bool:
        """Whether it is one of many that share a frame and stay out of the navigation."""
        return not self.in_navigation


def file_of(path: str) -> str:
    """The file of a page below the home page; whatever leads to a page, or writes one, asks here."""
    return f"{path or 'index'}.html"


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The template environment, with the filters of our words."""
    environment = environment_of("salesops.site.pages")
    environment.filters.update(
        amounts=wording.amounts,
        rounded=wording.rounded,
        percent=words.percent,
        headline=wording.headline,
        detail=wording.detail,
        total=total,
        counted=words.counted,
        day=words.day,
        days_said=words.days_said,
        if_day=words.if_day,
        long_day=words.long_day,
        day_and_year=words.day_and_year,
        initials=words.initials,
        money=words.money,
        prose=words.prose,
        said=words.said,
        unbroken=words.unbroken,
        linked=linked,
    )
    environment.globals.update(meaning=meaning, file_of=file_of)
    return environment


class Parts(Protocol):
    """The macros of _parts.html: each is a function that returns escaped HTML."""

    def __getattr__(self, name: str) -> Callable[..., Markup]: ...


@dataclass(frozen=True)
class Here:
    """Where a page stands: the way back to the folder of the home page, and the records on the day; from here links lead on."""

    root: str
    snapshot: Snapshot

    @property
    def book(self) -> Book:
        """Every record."""
        return self.snapshot.book

    @property
    def as_of(self) -> date:
        """The day."""
        return self.snapshot.as_of

    @cached_property
    def parts(self) -> Parts:
        """The small parts of HTML that pages share."""
        return cast(Parts, templates().get_template("_parts.html").module)

    def deal_link(self, deal: str, text: str | None = None) -> Markup:
        """A link to a deal, by its id where no text is given."""
        return self.parts.deal_link(self.root, deal, text)

    def known_deal_link(self, deal: str) -> Markup | str:
        """A link to a deal that had begun on the day, by its member and its title; the bare id of any other, which has no page."""
        history = self.snapshot.history(deal)
        if history is None:
            return deal
        return self.deal_link(deal, f"{Standing(self.snapshot, history).member_name}, {history.deal.title}")

    def member_link(self, member: str) -> Markup:
        """A link to a member by its name; the bare id where there is no such record."""
        return self.parts.member_link(self.root, self.book, member)

    def record_link(self, kind: str, record: str) -> Markup | str:
        """A link to whatever somebody has to see to, by what people call it: the institution of a deal, a hypothesis, a review."""
        if kind == "deal":
            history = self.snapshot.history(record)
            return self.deal_link(record, Standing(self.snapshot, history).member_name) if history else record
        if kind == "member":
            return self.member_link(record)
        if kind in PLAYBOOK:
            return self.playbook_link(kind, record)
        if kind == "review":
            when = day_or_none(record)
            return self.to(f"reviews/{record}", Markup("Review of {}").format(words.day(when) if when else record))
        return kind

    def playbook_link(self, kind: str, name: str) -> Markup | str:
        """A link to an experiment, a decision or a hypothesis by its title in words; the bare id where there is no such record."""
        return self.to(f"{PLAYBOOK[kind]}/{name}", words.id_in_words(name)) if name in self.book.of(kind) else name

    def price_list_link(self, prices: str) -> Markup | str:
        """A link to a price list; the bare id where there is no such record."""
        return self._link("prices", f"list-{prices}", prices) if prices in self.book.prices else prices

    def message_link(self, message: str) -> Markup | str:
        """A link to what came of a message; its bare name where there are no results of it."""
        name = slug(message)
        return self._link("messages", f"message-{name}", message) if name in self.book.outreach else message

    def _link(self, path: str, place: str, text: str) -> Markup:
        return Markup('<a href="{}{}#{}">{}</a>').format(self.root, file_of(path), place, text)

    def in_one(self, sums: Sums) -> InOne:
        """A sum in the currency of the team, as far as there are rates."""
        return in_one(self.snapshot, sums)

    def chip(self, kind: str, text: str) -> Markup:
        """A word or two in a colour: good, warn, bad or quiet."""
        return self.parts.chip(kind, text)

    def cells(self, columns: Iterable[Any], row: object, place: int) -> Markup:
        """The cells of a row; asked for once a row and not once a cell, because thousands of pages have tables."""
        return Markup("".join([column.element(row, self, place) for column in columns]))

    def metric_at(self, metric: str) -> str:
        """Where a metric is to be read."""
        return metric_link(self.snapshot, self.root, metric)

    def person(self, person: str) -> str:
        """The name of somebody in the team."""
        return person_name(self.snapshot, person)

    def person_link(self, person: str, text: str = "") -> Markup | str:
        """A link to somebody's page; the bare id of somebody whom the team does not know."""
        known = self.book.team.people if self.book.team else {}
        if person not in known:
            return text or person
        link = Markup('<a href="{}{}">{}</a>')
        return link.format(self.root, file_of(f"people/{person}"), text or known[person].name)

    def stage_path(self, stage: str) -> str:
        """The page of a stage, below the home page."""
        return f"stages/{slug(stage)}"

    def slug(self, text: str) -> str:
        """A text as it stands in an address."""
        return slug(text)

    def to(self, path: str, text: str, place: str = "") -> Markup:
        """A link to another page of the site."""
        return Markup('<a href="{}{}{}">{}</a>').format(self.root, file_of(path), f"#{place}" if place else "", text)


def page(
    path: str,
    title: str,
    template: str,
    snapshot: Snapshot,
    *,
    section: str = "",
    branch: str = MAIN,
    search: Iterable[str | None] = (),
    rank: float = 1,
    later: Callable[[], Mapping[str, Any]] = dict,
    **values: Any,
) -> Page:
    """Render a page from its template; ``root`` leads back to the folder of the home page from wherever it is.

    Pages of a folder, such as ``deals/a``, are records unless they name their ``section`` of the menu. Links to edit lead to ``branch``.
    Values that take a while come ``later``: they are worked out when the page is rendered, by the process that does.
    """
    root = "../" * path.count("/") or "./"
    here = Here(root, snapshot)

    def render() -> str:
        known = {
            "root": root,
            "snapshot": snapshot,
            "as_of": snapshot.as_of,
            "book": snapshot.book,
            "heading": title,
            "here": here,
            "person": here.person,
            "edit": partial(edit_link, snapshot, branch),
            "commit_at": partial(commit_link, snapshot),
            "metric_at": here.metric_at,
        }
        body = templates().get_template(f"{template}.html").render({**known, **values, **later()})
        return words.days_in_words(_looking_back(body, here) if snapshot.looks_back else body, snapshot.as_of)

    said = " ".join(word for word in search if word)
    return Page(path, title, said, render, in_navigation=bool(section) or "/" not in path, section=section, rank=rank)


def _looking_back(body: str, here: Here) -> str:
    """A page of an earlier day that says of what it may not be true."""
    said = todays_word(here.as_of)
    aside, end = here.parts.aside(f"{said[0].upper()}{said[1:]}."), "</header>" if "</header>" in body else "</h1>"
    return body.replace(end, f"{end}{aside}", 1)


def edit_link(snapshot: Snapshot, branch: str, kind: str, record_id: str) -> str | None:
    """Where a record can be edited in the browser; None where the team does not say where its records live."""
    team = snapshot.book.team
    document = snapshot.book.documents.get((kind, record_id))
    if team is None or team.repository is None or document is None:
        return None
    return edit_address(team.repository, branch, document.path)


def commit_link(snapshot: Snapshot, commit: str) -> str | None:
    """Where a commit can be read in the browser; None where the team does not say where its records live."""
    team = snapshot.book.team
    if team is None or team.repository is None:
        return None
    return commit_address(team.repository, commit)


def metric_link(snapshot: Snapshot, root: str, metric_id: str) -> str:
    """Where a metric is to be read: its own page, or its line in the glossary where it is not measured yet."""
    metric = metrics_of(snapshot.process).get(metric_id)
    if metric and metric.measure:
        return f"{root}{file_of(f'metrics/{metric_id}')}"
    return f"{root}{file_of('metrics')}{f'#{metric_id}' if metric else ''}"


def linked(source: str, root: str) -> Markup:
    """A source, in which each page of the reference is a link."""
    link = Markup('<a href="{}{}#{}">{}</a>')
    return Markup("; ").join(
        link.format(root, file_of(part.page), part.anchor, part.text) if part.page else part.text
        for part in cited(source)
    )
