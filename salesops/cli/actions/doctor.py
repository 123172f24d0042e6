"""What ``salesops doctor`` looks at: the set-up, line by line well or with the fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from salesops.cli.printing import say, style
from salesops.output import SCHEMA_VERSION, as_json, masked, show
from salesops.setup.doctor import Look, examine, outside
from salesops.store.load import find_root


def run(folder: str, output_format: str) -> int:
    """Print each look; 1 where something wants fixing."""
    root = find_root(Path(folder).resolve())
    findings = examine(root) if root else outside()
    if output_format == "json":
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "looks": [_as_data(finding) for finding in findings]})))
    for finding in findings if output_format == "text" else ():
        say(_line(finding, show(finding.said), show(finding.fix)))
    return 0 if all(finding.is_well for finding in findings) else 1


def _as_data(finding: Look) -> dict[str, Any]:
    """One look as machines read it."""
    return {"ok": finding.is_well, "said": finding.said, "fix": "" if finding.is_well else finding.fix}


def _line(finding: Look, said: str, fix: str) -> str:
    """One line of the examination."""
    mark = style("ok ", "good") if finding.is_well else style("fix", "error")
    return f"{mark} {said}" + (f": {fix}" if fix and not finding.is_well else "")
