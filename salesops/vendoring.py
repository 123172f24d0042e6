"""The program as a wheel that a repository carries along: made from what is installed here, named by its hash, and tried."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from importlib.metadata import distribution
from importlib.resources.abc import Traversable
from zipfile import ZipFile, ZipInfo

TAGS = "Wheel-Version: 1.0\nGenerator: salesops\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
TAKEN = ("METADATA", "entry_points.txt", "licenses/LICENSE")
"""What is known of an installed program and holds anywhere; the rest tells where and how it was installed."""


@dataclass(frozen=True)
class Wheel:
    """A wheel for a repository: its path there, and its bytes."""

    path: str
    data: bytes

    @property
    def requirement(self) -> str:
        """The line of requirements.txt that installs this file and no other."""
        return f"./{self.path} --hash=sha256:{sha256(self.data).hexdigest()}"


def wheel() -> Wheel:
    """The program that is running; the same program gives the same bytes, however and wherever it was installed."""
    program = distribution("salesops")
    notes = f"salesops-{program.version}.dist-info"
    held = {path: file.read_bytes() for path, file in below(resources.files("salesops"), "salesops/")}
    known = ((name, program.read_text(name)) for name in TAKEN)
    held |= {f"{notes}/{name}": text.encode() for name, text in known if text is not None}
    held[f"{notes}/WHEEL"] = TAGS.encode()
    held[f"{notes}/RECORD"] = _record(held, f"{notes}/RECORD")
    return Wheel(f"vendor/salesops-{program.version}-py3-none-any.whl", _packed(held))


def below(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file below a folder of the package with its path, in order; not what Python keeps there for itself."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_file():
            yield f"{path}{entry.name}", entry
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from below(entry, f"{path}{entry.name}/")


def _record(held: Mapping[str, bytes], own: str) -> bytes:
    """The list of a wheel's files: path, hash and size of each, and the list itself without."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path, data in held.items():
        digest = base64.urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")
        rows.writerow((path, f"sha256={digest}", len(data)))
    rows.writerow((own, "", ""))
    return text.getvalue().encode()


def _packed(held: Mapping[str, bytes]) -> bytes:
    """Files as an archive without days or owners. Not compressed: zlib differs by machine, and git compresses by itself."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for path, data in held.items():
            entry = ZipInfo(path)
            entry.create_system = 3  # the modes that follow are read as those of Unix, on Windows as well
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()
