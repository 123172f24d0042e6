"""Template environments: everything is escaped, a misspelt name is an error, and templates are kept compiled, as Python keeps its modules."""

from __future__ import annotations

import sys
from contextlib import suppress
from hashlib import sha1
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from pickle import PickleError
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2 import __version__ as jinja_version
from jinja2.bccache import Bucket

COMPILED_IN: dict[str, Any] = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
"""The settings that make another program of the same template."""


def environment_of(package: str) -> Environment:
    """The environment of the templates of a package."""
    return Environment(
        **COMPILED_IN,
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        auto_reload=False,
        bytecode_cache=None if sys.dont_write_bytecode else Compiled(_beside(package)),
    )


def _beside(package: str) -> Path:
    """Where Python keeps what it compiled of a package's modules."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(cache_from_source(spec.origin)).parent


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder; where it cannot be written, each run compiles its own.

    They are as far to be trusted as the modules beside them. One is taken only where its source, these settings and the
    release of Jinja are the same; no template passes a constant to a filter of ours, so that nothing else is compiled in.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.jinja.pyc")

    def get_source_checksum(self, source: str) -> str:
        """What a compiled template is known by."""
        return sha1(f"{jinja_version}\n{COMPILED_IN}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template; one that cannot be read is compiled anew."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError, PickleError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; a folder that cannot be written is no fault."""
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
