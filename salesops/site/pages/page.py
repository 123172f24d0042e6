"""What a page is: a title, a body of escaped HTML, and words for the search; and the one template environment that all pages share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import meaning
from salesops.book.status import person_name
from salesops.checks.manual import cited
from salesops.metrics import metrics_of, wording
from salesops.records.deal import MANIAC_T
from salesops.records.money import Money, total


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

    @property
    def file(self) -> str:
        """Its address, which is a file on every server and on the disk."""
        return file_of(self.path)

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
    """The template environment: everything is escaped, and a misspelt name is an error."""
    environment = Environment(
        loader=PackageLoader("salesops.site.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        amounts=wording.amounts,
        percent=wording.percent,
        headline=wording.headline,
        detail=wording.detail,
        total=total,
        counted=_counted,
        day=_day,
        money=_money,
        prose=_prose,
        unbroken=_unbroken,
        linked=_linked,
    )
    environment.globals.update(MANIAC_T=MANIAC_T, meaning=meaning, file_of=file_of)
    return environment


def page(
    path: str,
    title: str,
    template: str,
    snapshot: Snapshot,
    *,
    heading: str = "",
    in_navigation: bool | None = None,
    search: Iterable[str | None] = (),
    **values: Any,
) -> Page:
    """Render a page from its template; ``root`` leads back to the folder of the home page from wherever it is.

    Pages of a folder, such as ``deals/a``, are records unless ``in_navigation`` says otherwise.
    """
    root = "../" * path.count("/") or "./"

    def render() -> str:
        return (
            templates()
            .get_template(f"{template}.html")
            .render(
                root=root,
                snapshot=snapshot,
                as_of=snapshot.as_of,
                book=snapshot.book,
                heading=heading or title,
                person=partial(person_name, snapshot),
                edit=partial(edit_link, snapshot),
                commit_at=partial(commit_link, snapshot),
                metric_at=partial(metric_link, snapshot, root),
                **values,
            )
        )

    alone = in_navigation if in_navigation is not None else "/" not in path
    return Page(path, title, " ".join(word for word in search if word), render, alone)


def edit_link(snapshot: Snapshot, kind: str, id: str) -> str | None:
    """Where a record can be edited in the browser; None where the team does not say where its records live."""
    team = snapshot.book.team
    document = snapshot.book.documents.get((kind, id))
    if team is None or team.repository is None or document is None:
        return None
    return f"{team.repository.rstrip('/').removesuffix('.git')}/edit/main/{quote(document.path)}"


def commit_link(snapshot: Snapshot, commit: str) -> str | None:
    """Where a commit can be read in the browser; None where the team does not say where its records live."""
    team = snapshot.book.team
    if team is None or team.repository is None:
        return None
    return f"{team.repository.rstrip('/').removesuffix('.git')}/commit/{commit}"


def metric_link(snapshot: Snapshot, root: str, id: str) -> str:
    """Where a metric is to be read: its own page, or its line in the glossary where it is not measured yet."""
    metric = metrics_of(snapshot.process).get(id)
    if metric and metric.measure:
        return f"{root}{file_of(f'metrics/{id}')}"
    return f"{root}{file_of('metrics')}{f'#{id}' if metric else ''}"


@lru_cache(maxsize=4096)
def _day(day: date | None, without: str = "–") -> Markup:
    return Markup('<time datetime="{0}">{0}</time>').format(day) if day else Markup("{}").format(without)


def _money(money: Money | None) -> str:
    return f"{wording.amount(money.amount)} {money.currency}" if money else "–"


def _prose(text: str) -> Markup:
    """Our own docstrings: what stands between backticks is code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def _linked(source: str, root: str) -> Markup:
    """A source, in which each page of the reference is a link."""
    link = Markup('<a href="{}{}#{}">{}</a>')
    return Markup("; ").join(
        link.format(root, file_of(part.page), part.anchor, part.text) if part.page else part.text
        for part in cited(source)
    )


def _unbroken(text: str) -> str:
    """A figure that does not part from its currency or its per cent at the end of a line."""
    return re.sub(r"(?<=\d) (?=[A-Z]{3}\b|%)", "\N{NO-BREAK SPACE}", text)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
