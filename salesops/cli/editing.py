"""Writing from a preview: a list of changes that a page on this computer posts goes through the one door, and on for review; nobody else's is taken."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from click import ClickException, unstyle

from salesops.cli.actions.propose import proposed
from salesops.cli.door import carry_out, lines_of
from salesops.cli.hands import desk_of
from salesops.cli.problem_sentences import problem_sentences
from salesops.output import show
from salesops.problems import CannotDecide
from salesops.site.frames import CHARSET

ADDRESS = "/salesops/changes"
"""Where a page posts its list; forms.js has it, too."""
REVIEW = "/salesops/review"
"""Where a page asks for what was written to be sent for review, with nothing in the request."""
MAX_LIST = 64 * 1024
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Reply(NamedTuple):
    """What a page is told, and the status of it."""

    status: str
    lines: list[str]
    written: bool = False
    sent: bool = False
    address: str | None = None


@dataclass(frozen=True)
class Editing:
    """What may write, for as long as a preview runs: pages of this port that know its token."""

    root: Path
    port: int
    as_of: str | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def mark(self, html: Path) -> None:
        """Tell every page of the preview the token."""
        told = f'{CHARSET}<meta name="salesops-edit" content="{self.token}">'
        for file in html.rglob("*.html"):
            file.write_text(file.read_text(encoding="utf-8").replace(CHARSET, told, 1), encoding="utf-8")

    def around(self, preview: Application) -> Application:
        """The preview, which also takes lists of changes."""

        def answers(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if environ.get("PATH_INFO") not in (ADDRESS, REVIEW):
                return preview(environ, start)
            found = self.answer(environ)
            body = json.dumps({key: said for key, said in found._asdict().items() if key != "status"}).encode()
            heads = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start(found.status, [*heads, ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
            return [body]

        return answers

    def answer(self, environ: dict[str, Any]) -> Reply:
        """What comes of a request: nothing is read, let alone written, before all of its heads are right."""
        if refused := self._refused(environ):
            return refused
        if environ["PATH_INFO"] == REVIEW:
            return self._send_for_review()
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            tried, written = carry_out(self.root, "the form", raw, self.as_of)
        except CannotDecide as why:
            return Reply("409 Conflict", [show(why)])
        lines = [unstyle(line) for line in lines_of(tried, written, tells=problem_sentences)]
        return Reply("422 Unprocessable Content" if tried.is_refused else "200 OK", lines, written)

    def _send_for_review(self) -> Reply:
        """What ``salesops propose`` says, and whether it was sent."""
        lines: list[str] = []
        try:
            desk = desk_of(str(self.root), self.as_of, yes=True, dry_run=False, output_format="text")
            ended = proposed(desk, None, None, lines.append)
        except (CannotDecide, ClickException) as why:
            return Reply("409 Conflict", [show(line) for line in str(why).splitlines()])
        told = [unstyle(line) for line in (*lines, *ended.line.splitlines())]
        status = "200 OK" if ended.is_sent else "409 Conflict"
        return Reply(status, told, sent=ended.is_sent, address=ended.data.get("address"))

    def _refused(self, environ: dict[str, Any]) -> Reply | None:
        """Why a request is not taken: it is no post, of another page or host, without the token, or too long."""
        host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN", "")
        if environ.get("REQUEST_METHOD") != "POST":
            return Reply("405 Method Not Allowed", ["a list of changes is posted"])
        if host not in (f"127.0.0.1:{self.port}", f"localhost:{self.port}") or origin != f"http://{host}":
            return Reply("403 Forbidden", ["only pages of this preview write"])
        token = environ.get("HTTP_X_SALESOPS_TOKEN", "")
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            return Reply("403 Forbidden", ["the page is of an earlier preview: load it again"])
        length = environ.get("CONTENT_LENGTH", "")
        if not re.fullmatch("[0-9]{1,12}", length, re.ASCII) or "HTTP_TRANSFER_ENCODING" in environ:
            return Reply("411 Length Required", ["the request does not say how long it is"])
        if int(length) > MAX_LIST:
            return Reply("413 Content Too Large", [f"the list is longer than {MAX_LIST:,} bytes"])
        return None
