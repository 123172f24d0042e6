"""Which deal some words mean: by its id or number, its institution, or the address of a contact; every one that fits, never a guess."""

from __future__ import annotations

from datetime import date

from salesops.book.book import Book
from salesops.imports.names import sameness
from salesops.records.deal import Deal


class DealsNamed:
    """The deals on file by what names them; of an institution those that were going on on a day."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.ids = {sameness(deal_id): deal_id for deal_id in book.deals}
        self.ids |= {str(deal.x["hubspot"]): deal_id for deal_id, deal in book.deals.items() if "hubspot" in deal.x}
        self.members: dict[str, set[str]] = {}
        self.addresses: dict[str, set[str]] = {}
        self.of_member: dict[str, list[str]] = {}
        for member_id, member in book.members.items():
            for words in (member_id, member.name, *(community.name for community in member.communities)):
                self.members.setdefault(sameness(words), set()).add(member_id)
            for contact in member.contacts:
                if contact.email:
                    self.addresses.setdefault(contact.email.casefold(), set()).add(member_id)
        for deal_id, deal in book.deals.items():
            self.of_member.setdefault(deal.member, []).append(deal_id)

    def named(self, words: str, day: date) -> list[str]:
        """The deals that words mean: one id, or those of an institution that were going on."""
        same = sameness(words)
        if same in self.ids:
            return [self.ids[same]]
        address = words.strip().casefold().removeprefix("mailto:")
        return self.going_on(self.members.get(same, set()) | self.addresses.get(address, set()), day)

    def going_on(self, members: set[str], day: date) -> list[str]:
        """The deals of institutions that had begun and not yet ended on a day."""
        deals = [deal_id for member_id in sorted(members) for deal_id in self.of_member.get(member_id, ())]
        return [deal_id for deal_id in deals if self._goes_on(self.book.deals[deal_id], day)]

    def _goes_on(self, deal: Deal, day: date) -> bool:
        first, last = deal.stages[0], deal.stages[-1]
        process = self.book.process_of(deal, last)
        stage = process.stage_named(last.stage) if process else None
        return first.entered <= day and (stage is None or stage.is_open or day <= last.entered)
