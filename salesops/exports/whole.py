"""All records in one JSON document, as people wrote them: reading it back gives the same files, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesops.book.book import Book
from salesops.output import SCHEMA_VERSION
from salesops.records.kinds import KINDS


def whole(book: Book, templates: Mapping[str, str]) -> dict[str, Any]:
    """Every record with its file: ``text`` is what people wrote, comments too, and ``data`` what it says. Templates have text alone.

    A file that no number can count is in it as well, as it stands.
    """
    places = {kind: at for at, kind in enumerate(KINDS)}
    in_order = sorted(book.documents.items(), key=lambda item: (places[item[0][0]], item[1].path))
    return {
        "schema_version": SCHEMA_VERSION,
        "records": [
            {"kind": kind, "id": record_id, "path": document.path, "data": document.data, "text": document.text}
            for (kind, record_id), document in in_order
        ],
        "templates": [{"path": path, "text": text} for path, text in sorted(templates.items())],
    }
