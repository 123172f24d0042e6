"""What ``salesops new member`` does: one institution, with the people whom we know there."""

from __future__ import annotations

from typing import Any

from salesops.cli import names
from salesops.cli.actions.new_institution import contacts, newcomer
from salesops.cli.form import Form
from salesops.cli.hands import Asked, Desk, desk_of, send
from salesops.cli.options import Usage
from salesops.output import show


def run(folder: str, name: str | None, **options: Any) -> int:
    """Write a new member; 1 where it is refused."""
    how = {key: options.pop(key) for key in ("yes", "dry_run", "output_format", "as_of")}
    form = Form(desk_of(folder, **how))
    name = form.needed("NAME", name, "Institution", str, why="the name of the institution")
    if name and not options["is_new"]:
        _refuse_known(form.desk, name)
    made = newcomer(form, name or "", options)
    people = contacts(form, None, options["with_"])
    form.complete()
    more: Asked = {"contacts": [each.entry for each in people]} if people else {}
    more |= {"website": options["website"]} if options["website"] else {}
    return send(form.desk, [{**(made.new or {}), **more}])


def _refuse_known(desk: Desk, name: str) -> None:
    wanted = names.folded(name)
    for choice in names.members(desk.book):
        if wanted in (names.folded(choice.id), *map(names.folded, choice.words)):
            raise Usage(f"{show(choice.says)} is there already: {choice.id}; --new if this is another one of that name")
