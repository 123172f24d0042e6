"""The program as a wheel that a repository carries along: made from what is installed here, named by its hash, and tried."""

from __future__ import annotations

import base64
import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib import resources
from importlib.metadata import distribution
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
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
    """The program that is running; the same release gives the same bytes, however and wherever it was installed."""
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


# ── whether it can be installed ───────────────────────────────────────────────────────────────────────────────────────

NAMED = re.compile(
    r"(?m)^\./(vendor/salesops-([\w.+!]+)-py3-none-any\.whl) --hash=sha256:([0-9a-f]{64})[ \r]*$", re.ASCII
)
"""The line of requirements.txt that names the wheel. Nothing else of that file is handed to pip: it could name any address."""
TRIAL = (
    *(
        "-I",
        "-m",
        "pip",
        "--isolated",
        "--disable-pip-version-check",
        "--quiet",
        "install",
        "--dry-run",
        "--ignore-installed",
    ),
    *("--no-deps", "--no-index", "--only-binary=:all:", "--require-hashes", "-r"),
)
"""An installation without the network, and short of its last step: pip reads the wheel, but unpacks and runs nothing of it."""
PATIENCE = 60
"""Seconds for pip to look at one file."""


@dataclass(frozen=True)
class Named:
    """A wheel as requirements.txt names it: its path, its version, its hash."""

    path: str
    version: str
    hash: str

    def is_at(self, root: Path) -> bool:
        """Whether the file is there and holds what was named."""
        if not (root / self.path).is_file():
            return False
        with open(root / self.path, "rb") as file:
            return file_digest(file, "sha256").hexdigest() == self.hash


def named(requirements: str) -> Named | None:
    """The wheel that the text of a requirements.txt names."""
    line = NAMED.search(requirements)
    return Named(*line.groups()) if line else None


def attempt(root: Path, wheel: Named) -> str | None:
    """What pip says against installing the wheel, or nothing; None where there is no pip to ask."""
    if find_spec("pip") is None:
        return None
    with TemporaryDirectory() as room:
        asked = Path(room, "requirements.txt")
        asked.write_text(f"./{wheel.path} --hash=sha256:{wheel.hash}\n", encoding="utf-8")
        try:
            ran = subprocess.run(
                [sys.executable, *TRIAL, asked],
                cwd=root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"pip did not finish within {PATIENCE} seconds"
    return (ran.stderr.strip() or "pip does not say why").splitlines()[-1] if ran.returncode else ""
