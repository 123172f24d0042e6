"""Deals that are found again by the address of what they came of, such as an issue, whatever that is called by now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from salesops.imports.candidates import Candidate
from salesops.imports.ground import Ground
from salesops.imports.names import one_address
from salesops.imports.own_ids import free_id
from salesops.imports.remarks import Verdict, Wrong

MOVED = Wrong(
    "deal-moved",
    "names a deal that is new, or one of the same institution and first day whose address is gone from the file: where it is that "
    "one, write the new address into its links; where it is another, write that one and .links under ours in the mapping",
)
SEVERAL = Wrong("deal-unclear", "is linked by several deals: leave the link in the one that it is about")


class LinkedDeals:
    """The deals by the addresses of their links of one kind; one without such a link, or removed, by what the last import took.

    ``members`` are ids that no deal can have.
    """

    def __init__(self, ground: Ground, kind: str, members: Collection[str]) -> None:
        self.kind = kind
        book, taken = ground.book, ground.last.taken
        on_file = set(ground.ids_of("deal"))
        known = {one for of, one in taken if of == "deal" and (one in on_file or ground.on_file.removed(of, one))}
        self.on_file = on_file
        self.used = {*on_file, *members}
        self.deals = {
            **self._by_address((one, taken["deal", one]) for one in sorted(known)),
            **self._by_address((one, book.documents[of, one].data) for of, one in book.documents if of == "deal"),
        }
        self.gone = self._gone(ground, known & on_file)
        ground.deal_of.update((told, found[0]) for told in ground.keys_told if (found := self._linking(told)))

    def _gone(self, ground: Ground, known: Collection[str]) -> dict[tuple[str, str], list[str]]:
        """The deals on file whose addresses the table no longer has, by the institution and first day that the last import took."""
        told = {one_address(address) for address in ground.keys_told}
        found: dict[tuple[str, str], list[str]] = {}
        for deal_id in sorted(known):
            taken, now = ground.last.taken["deal", deal_id], ground.book.documents.get(("deal", deal_id))
            addresses = {*self._addresses(taken), *self._addresses(now.data if now else {})}
            is_gone = bool(addresses) and told.isdisjoint(map(one_address, addresses))
            if is_gone and not ground.last.goes_before(deal_id, ("links",)):
                found.setdefault(_begun(taken), []).append(deal_id)
        return found

    def _by_address(self, deals: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for deal_id, data in deals:
            for address in self._addresses(data):
                found.setdefault(one_address(address), []).append(deal_id)
        return found

    def _addresses(self, data: Mapping[str, Any]) -> Iterator[str]:
        """The addresses of the links of this kind that a deal has."""
        links = data.get("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, Mapping) and link.get("kind") == self.kind and link.get("url"):
                yield str(link["url"])

    def _linking(self, address: str) -> list[str]:
        return list(dict.fromkeys(self.deals.get(one_address(address), ())))

    def give(self, candidates: Iterable[Candidate], column: str) -> None:
        """Give each deal the id that it has on file; where several deals link what a row is about, it is asked.

        A row that no deal links goes with those that are called as it is, as rows of one id do; where the id by which it is called
        is that of a deal of another row, it gets one with a number behind it. Where it would be a new deal, and one on file that began on the
        same day at the same institution has lost its row, it is asked: an issue that was transferred has another address.
        """
        found: dict[str, set[str]] = {}
        others: list[Candidate] = []
        for candidate in candidates:
            deals = self._of(candidate)
            if len(deals) > 1:
                candidate.say(Verdict.ASKED, column, SEVERAL, ", ".join(deals))
            elif deals:
                found.setdefault(candidate.id, set()).add(deals[0])
                _call(candidate, deals[0])
            else:
                others.append(candidate)
        self.used |= {candidate.id for candidate in others}
        given = {deal_id for deals in found.values() for deal_id in deals}
        for candidate in others:
            if candidate.id in given and candidate.id not in found:
                found[candidate.id] = {free_id(candidate.id, self.used)}
                self.used |= found[candidate.id]
            alike = found.get(candidate.id, set())
            if len(alike) == 1:
                _call(candidate, *alike)
            if candidate.id not in self.on_file and (gone := self.gone.get(_begun(candidate.data))):
                candidate.say(Verdict.ASKED, column, MOVED, ", ".join(gone))

    def _of(self, candidate: Candidate) -> list[str]:
        """The deals that link what a row is about; of several, the one that is called as it is."""
        deals = [deal for address in self._addresses(candidate.data) for deal in self._linking(address)]
        return [candidate.id] if candidate.id in deals else list(dict.fromkeys(deals))


def _begun(data: Mapping[str, Any]) -> tuple[str, str]:
    """The institution of a deal, and the day on which it began."""
    first = next(iter(data.get("stages") or [{}]))
    return str(data.get("member", "")), str(next(iter(first.values()), ""))


def _call(candidate: Candidate, deal_id: str) -> None:
    candidate.id = candidate.called = deal_id
