"""How the bundle of Vega in salesops/site/assets/ is made again: run by hand, with npm at hand, whenever a version rises.

    .venv/bin/python tests/vega_bundle.py

Vega, Vega-Lite and the interpreter that lets them run under our policy become one script, which hands itself over to the element that
loaded it: nothing of it is global. The licences of everything in it stand in one file. What it prints goes into VENDORED.toml.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

VERSIONS = {"vega": "6.4.0", "vega-lite": "6.4.3", "vega-interpreter": "2.3.2"}
BUNDLER = "esbuild@0.28.2"
AS_OF = "2026-11-20"
"""What the packages need is taken as it was on this day."""
ASSETS = Path(__file__).parents[1] / "salesops/site/assets"
ENTRY = """\
import { Error as errorsOnly, View, loader, logger, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";
const detail = { View, compile, errorsOnly, expressionInterpreter, loader, logger, parse };
document.currentScript.dispatchEvent(new CustomEvent("vega", { detail }));
"""
SHAPE = "--bundle --minify --format=iife --target=es2022 --charset=utf8 --legal-comments=none"
BANNER = (
    "/*! Vega {vega}, with Vega-Lite {vega-lite} and vega-interpreter {vega-interpreter}; licences: vega.LICENSE.txt */"
)


def packages_in(room: Path) -> list[Path]:
    """The folders of the packages of which something is in the bundle."""
    outputs = json.loads((room / "meta.json").read_text(encoding="utf-8"))["outputs"]
    used = [name for found in outputs.values() for name, part in found["inputs"].items() if part["bytesInOutput"]]
    return sorted(
        {room / "node_modules" / name.split("node_modules/")[-1].split("/")[0] for name in used if "/" in name}
    )


def licence_of(package: Path) -> str:
    """The licence of a package below its name and version."""
    told = json.loads((package / "package.json").read_text(encoding="utf-8"))
    text = next(path for path in sorted(package.iterdir()) if path.stem.upper() in ("LICENSE", "LICENCE"))
    return f"{told['name']} {told['version']}, {told['license']}\n\n{text.read_text(encoding='utf-8').strip()}\n"


def main() -> None:
    """Make the bundle and its licences, and say their digest."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        wanted = [f"{name}@{version}" for name, version in VERSIONS.items()]
        (room / "package.json").write_text("{}", encoding="utf-8")
        (room / "entry.js").write_text(ENTRY, encoding="utf-8")
        quiet = ["--no-audit", "--no-fund", "--save-exact", f"--before={AS_OF}"]
        subprocess.run(["npm", "install", *quiet, *wanted, BUNDLER], cwd=room, check=True)
        banner = f"--banner:js={BANNER.format(**VERSIONS)}"
        make = ["npx", "esbuild", "entry.js", *SHAPE.split(), banner, "--outfile=vega.min.js", "--metafile=meta.json"]
        subprocess.run(make, cwd=room, check=True)
        script = (room / "vega.min.js").read_bytes()
        licences = f"\n{'-' * 80}\n\n".join(map(licence_of, packages_in(room)))
    (ASSETS / "vega.min.js").write_bytes(script)
    (ASSETS / "vega.LICENSE.txt").write_text(licences, encoding="utf-8")
    print(f'sha256 = "{hashlib.sha256(script).hexdigest()}"')


if __name__ == "__main__":
    main()
