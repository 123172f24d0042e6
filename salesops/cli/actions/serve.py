"""What ``salesops serve`` does: MkDocs' preview, on a port of this computer that is free."""

from __future__ import annotations

import os
import socket

from mkdocs.commands.serve import serve

from salesops.cli.actions.site_build import let_mkdocs_speak
from salesops.cli.day import day_given
from salesops.cli.editing import Editing
from salesops.cli.mkdocs_plugin import SalesopsPlugin
from salesops.cli.options import Usage
from salesops.cli.printing import note
from salesops.cli.repository import root_of
from salesops.site.build import NoPlace, config_file
from salesops.site.own_pages import SOURCE


def run(folder: str, port: int, as_of: str | None, *, edit: bool = False, months: int = 0) -> int:
    """Serve until somebody stops it."""
    root = root_of(folder)
    day = day_given(as_of, "--as-of")
    if day:
        os.environ["SALESOPS_AS_OF"] = str(day)
    SalesopsPlugin.months = months
    try:
        config = config_file(root)
    except NoPlace as fault:
        raise Usage(str(fault)) from None
    (root / SOURCE).mkdir(exist_ok=True)  # MkDocs insists on it, also where a team has no pages of its own yet
    _refuse_taken(port)
    let_mkdocs_speak()
    SalesopsPlugin.editing = Editing(root, port, as_of) if edit else None
    note(f"salesops: the preview is at http://127.0.0.1:{port}/ (Ctrl-C stops it)")
    serve(config_file=str(config), dev_addr=f"127.0.0.1:{port}")
    return 0


def _refuse_taken(port: int) -> None:
    """Refuse a port that somebody else listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Usage(f"port {port} is taken: choose another, such as --port {port + 1}") from None
