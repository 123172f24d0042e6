"""The same site when ``mkdocs build`` or ``mkdocs serve`` is typed by hand: this calls the steps of ``salesops.site.build`` and does nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin

from salesops import output
from salesops.changes.timeline import GitHistory
from salesops.cli.commands_page import commands_page
from salesops.cli.day import day_of
from salesops.cli.editing import Editing
from salesops.cli.gate import gate
from salesops.output import show
from salesops.problems import errors
from salesops.records.kinds import folders
from salesops.site.build import DOCS, Site
from salesops.site.own_pages import SOURCE, CannotBuild
from salesops.store.load import load
from salesops.store.record_histories import git_history

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer  # a server is needed by a preview only
    from mkdocs.structure.files import Files


class _Compiled(BytecodeCache):
    """Templates as they were compiled; one that says something else by now is compiled anew."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Compiled()
"""The theme's templates, for as long as the program runs: a preview is built again with every change."""


class Options(Config):  # type: ignore[no-untyped-call]
    """The plugin has none: everything is said in the records."""


class SalesopsPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Prepares the pages before MkDocs reads them and fills them afterwards."""

    site: Site | None = None
    editing: ClassVar[Editing | None] = None
    """What writes the changes that pages of a preview post; none, unless it was asked for."""
    months: ClassVar[int] = 0
    """Of how many month-ends a preview shows the board and the review."""
    serving = False

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether this is a preview."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Write the pages and let MkDocs read those; nothing where ``salesops site`` has done so."""
        root = Path(config.config_file_path).parent
        if Path(config.docs_dir).resolve() == (root / DOCS).resolve():
            self.site = None
            return config
        self.site = read_site(root, os.environ.get("SALESOPS_AS_OF"), forgiving=self.serving, months=self.months)
        with _as_plugin_error():
            self.site.prepare()
        config.docs_dir = str(self.site.docs)
        self.site.configure(config)
        return config

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """The theme's templates take longer to compile than the whole site to build: it is done once."""
        env.bytecode_cache = COMPILED
        return env

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Fill the frames."""
        if self.site:
            with _as_plugin_error():
                self.site.finish(Path(config.site_dir), policy=not self.serving)
            if self.serving and self.editing:
                self.editing.mark(Path(config.site_dir))

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Build again when a record or a page is saved, not when we write what MkDocs reads."""
        root = Path(config.config_file_path).parent
        server.unwatch(config.docs_dir)
        for folder in (*folders(), SOURCE):
            if (root / folder).is_dir():
                server.watch(str(root / folder))
        if self.editing:
            server.set_app(self.editing.around(server.serve_request))
        return server


def too_few_months(past: GitHistory, months: int) -> str | None:
    """What is to be said where fewer month-ends can be shown than were asked for."""
    if len(past.month_ends) == months:
        return None
    why = f" ({show(past.timeline.gap)})" if past.earlier is None and past.timeline.gap else ""
    found = len(past.month_ends)
    return f"salesops: at the ends of {found} of the last {months} months something was known{why}: these have pages"


@contextmanager
def _as_plugin_error() -> Iterator[None]:
    """Say in MkDocs' own way why the site cannot be built: a sentence, not a traceback."""
    try:
        yield
    except CannotBuild as fault:
        raise PluginError(show(fault)) from None


def read_site(root: Path, as_of: str | None, *, forgiving: bool = False, months: int = 0) -> Site:
    """The site of a repository; problems stop it, or are only said where a preview is running."""
    book, problems = load(root)
    day = day_of(as_of, book)
    found = list(errors(gate(root, book, problems, max(day, day_of(None, book)))))
    lines = list(output.problems_as_lines(found))
    if not book.processes:
        raise PluginError("there is no process version in playbook/process/ that can be read\n" + "\n".join(lines))
    if found and not forgiving:
        raise PluginError(
            "\n".join(
                [
                    *lines,
                    f"{output.counted(len(found), 'error')}: the site is not built from records that break the rules",
                ]
            )
        )
    for line in lines:
        print(line, file=sys.stderr)
    past = git_history(root, book, day, months=months)
    if said := too_few_months(past, months):
        print(said, file=sys.stderr)
    snapshot = book.on(day, looks_back=past.changed_since)
    return Site(root, snapshot, (commands_page(snapshot),), past)
