"""``salesops serve``: a preview that is built again on every saved record."""

from __future__ import annotations

import os

import click

from salesops.cli.shared import Usage, as_of_option, day_option, note, root_of
from salesops.cli.site import let_mkdocs_speak


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port, on this computer only."
)
@as_of_option
@click.pass_context
def command(ctx: click.Context, port: int, as_of: str | None) -> None:
    """Preview the site on this computer; saving a record or a page builds it again. Stop with Ctrl-C."""
    from mkdocs.commands.serve import serve

    from salesops.site.build import NoPlace, config_file
    from salesops.site.own_pages import SOURCE

    root = root_of(ctx.obj)
    day = day_option(as_of, "--as-of")
    if day:
        os.environ["SALESOPS_AS_OF"] = str(day)
    try:
        config = config_file(root)
    except NoPlace as fault:
        raise Usage(str(fault)) from None
    (root / SOURCE).mkdir(exist_ok=True)  # MkDocs insists on it, also where a team has no pages of its own yet
    _free(port)
    let_mkdocs_speak()
    note(f"salesops: the preview is at http://127.0.0.1:{port}/ (Ctrl-C stops it)")
    serve(config_file=str(config), dev_addr=f"127.0.0.1:{port}")


def _free(port: int) -> None:
    """Refuse a port that somebody else listens on."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Usage(f"port {port} is taken: choose another, such as --port {port + 1}") from None
