"""A table of a page: its columns are a list in the page's module, and ``parts.table`` in the templates writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from markupsafe import Markup, escape

from salesops.book.status import Standing
from salesops.site.pages.page import Here
from salesops.site.pages.words import NOTHING

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its heading, and ``cell``, which says what stands in it for a row.

    A cell is plain text or a number, which is escaped, or markup of our own making: a part of ``here``, or
    ``Markup("<small>{}</small>").format(text)``. Never call ``Markup`` with text of a record.
    """

    heading: str
    cell: Callable[[Row, Here], object]
    header: bool = False
    """It names the row."""
    right: bool = False
    """Figures stand to the right, the heading with them."""
    words: bool = False
    """Sentences: the column stays wide enough to read them."""
    look: str = ""
    """More classes of its cells."""
    label: str = ""
    """What stands before its cells on a phone, where a row is a card without headings; nothing where the cell says it itself."""
    sort: str = ""
    """How the column is called in the address of a sorted table."""
    order: Callable[[Row, int], object] | None = None
    """What a sortable table sorts by where that is not what is shown, from the row and its place in the list."""

    @property
    def classes(self) -> str:
        """The classes of its cells."""
        return " ".join(name for name in ("so-right" * self.right, "so-words" * self.words, self.look) if name)

    @cached_property
    def head(self) -> Markup:
        """Its cell at the top, as an element."""
        look = Markup(' class="so-right"') if self.right else ""
        name = Markup(' data-sort="{}"').format(self.sort) if self.sort else ""
        return Markup('<th scope="col"{}{}>{}</th>').format(look, name, self.heading)

    @cached_property
    def _opening(self) -> str:
        tag = 'th scope="row"' if self.header else "td"
        label = f' data-label="{escape(self.label)}"' if self.label else ""
        return f'<{tag} class="{escape(self.classes)}"{label}' if self.classes else f"<{tag}{label}"

    @cached_property
    def _opening_of_nothing(self) -> str:
        """The same for a cell in which nothing stands: on a phone there is no place for it."""
        return f'<td class="{" ".join(name for name in (self.classes, "so-none") if name)}"'

    def element(self, row: Row, here: Here, place: int) -> str:
        """Its cell in one row, as an element; whatever is not markup of our own is escaped."""
        made = self.cell(row, here)
        shown = made if type(made) is Markup else escape(made)
        order = f' data-order="{escape(self.order(row, place))}"' if self.order else ""
        opening = self._opening_of_nothing if shown == NOTHING and not self.header else self._opening
        return f"{opening}{order}>{shown}{'</th>' if self.header else '</td>'}"


Columns = tuple[Column[Row], ...]

MEMBER = Column[Standing]("Member", lambda standing, here: here.member_link(standing.deal.member), header=True)
DEAL = Column[Standing]("Deal", lambda standing, here: here.deal_link(standing.id, standing.deal.title))
STAGE = Column[Standing]("Stage", lambda standing, _: standing.stage.title)
OWNER = Column[Standing]("Owner", lambda standing, here: here.person_link(standing.deal.owner, standing.owner_name))
