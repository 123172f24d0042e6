"""A file that somebody named on the command line: its bytes, or one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from salesops.cli.options import Usage
from salesops.output import show
from salesops.problems import CannotDecide


def bytes_of(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a file, and one more than the limit where there are more; ``name`` is how it was called.

    Raises Usage where there is no such file, CannotDecide where the system refuses to read it.
    """
    with opened(path, name) as file:
        return file.read(limit + 1)


@contextmanager
def opened(path: Path, name: str) -> Iterator[BufferedReader]:
    """A file to read from, in the same words where that cannot be."""
    try:
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError):
        raise Usage(f"there is no {show(name)}") from None
    except IsADirectoryError:
        raise Usage(f"{show(name)} is a folder") from None
    except (OSError, ValueError) as fault:
        raise CannotDecide(f"{name}: {getattr(fault, 'strerror', None) or fault}") from None
