"""Measure salesops against its goals, and print the tables as Markdown: ``run.py [GROUP ...]``.

Machines are noisy, so a goal is a ratio of two commands inside one run of hyperfine; with ``--rounds`` the run is
repeated and the median of the ratios counts. Seconds are context. Repositories are generated below ``--work`` once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generate import AS_OF  # noqa: E402

PERF = Path(os.environ.get("SALESOPS_PERF", HERE.parent.parent / "shared" / "perf"))
"""Where the prototypes are, for those who have them."""


@dataclass(frozen=True)
class Goal:
    """At most ``ratio`` times the command called ``against``."""

    name: str
    ratio: float
    against: str


@dataclass(frozen=True)
class Run:
    """One command of a run, and the goals that it is held to."""

    name: str
    command: str
    goals: tuple[Goal, ...] = ()


@dataclass
class Timing:
    """What a command took, round by round."""

    medians: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def over(self, other: Timing) -> float:
        """The median of the ratios of the rounds."""
        return median(mine / theirs for mine, theirs in zip(self.medians, other.medians, strict=True))

    def over_in_cpu(self, other: Timing) -> float:
        """The same in processor time: what is left where others keep the machine busy."""
        return min(self.cpu) / min(other.cpu)


@dataclass
class Bench:
    """The options, and the files that the groups share."""

    work: Path
    small: int
    large: int
    huge: int
    rounds: int
    salesops: str
    python: str
    peers: Path

    def repo(self, deals: int, commits: int = 300) -> Path:
        """A generated repository, made when it is first asked for."""
        stamp = hashlib.sha256((HERE / "generate.py").read_bytes()).hexdigest()[:8]
        path = self.work / f"r{deals}-{stamp}"
        if not path.exists():
            options = ["--deals", str(deals), "--commits", str(commits)]
            subprocess.run([self.python, str(HERE / "generate.py"), str(path), *options], check=True)
        return path

    def baseline(self, mode: str, repo: Path) -> str:
        """The command of a bare loop."""
        return f"{self.python} {HERE / 'baseline.py'} {mode} {repo}"

    def peer(self, name: str) -> str | None:
        """A peer's program, where it is installed."""
        found = self.peers / "bin" / name
        return str(found) if found.exists() else shutil.which(name)

    def has(self, module: str) -> bool:
        """Whether the peers' Python has a module."""
        python = str(self.peers / "bin" / "python")
        return not subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode

    def time(self, runs: list[Run], *, times: int, warm: int = 1, shell: bool = False) -> dict[str, Timing]:
        """Run the commands side by side, round after round."""
        found = {run.name: Timing() for run in runs}
        file = self.work / "hyperfine.json"
        for _ in range(self.rounds):
            options = ["--warmup", str(warm), "--runs", str(times), "--export-json", str(file), "--style", "none"]
            names = [part for run in runs for part in ("--command-name", run.name)]
            command = ["hyperfine", *([] if shell else ["-N"]), *options, *names, *(run.command for run in runs)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            for result in json.loads(file.read_text())["results"]:
                timing = found[result["command"]]
                timing.medians.append(result["median"])
                timing.times += result["times"]
                timing.cpu.append(result["user"] + result["system"])
        return found


def table(runs: list[Run], timings: dict[str, Timing]) -> Iterator[str]:
    """The timings, each beside its goals."""
    yield "| command | median s | min s | CPU s | ratio | in CPU time | goal | |"
    yield "|---|--:|--:|--:|---|--:|---|---|"
    for run in runs:
        timing = timings[run.name]
        cells = [f"{median(timing.times):.3f}", f"{min(timing.times):.3f}", f"{min(timing.cpu):.3f}"]
        for goal in run.goals or [None]:
            verdict = ["", "", "", ""]
            if goal:
                other = timings[goal.against]
                ratio, in_cpu = timing.over(other), f"{timing.over_in_cpu(other):.2f}"
                held = _verdict(ratio, goal.ratio)
                verdict = [f"{ratio:.2f} × {goal.against}", in_cpu, f"{goal.name} ≤ {goal.ratio:g}", held]
            yield "| " + " | ".join([run.name, *cells, *verdict]) + " |"
            cells = ["", "", ""]


def _verdict(found: float, goal: float) -> str:
    return "met" if found <= goal else f"missed by {found / goal:.2g} ×"


def startup(bench: Bench) -> Iterator[str]:
    """Start-up, and the check of a repository with one deal."""
    one, click = bench.repo(1), "import click"
    runs = [
        Run("python -c pass", f"{bench.python} -c pass"),
        Run(click, f"{bench.python} -c 'import click'"),
        Run("salesops --help", f"{bench.salesops} --help", (Goal("G7", 1.25, click),)),
        Run("check of one deal", f"{bench.salesops} -C {one} check", (Goal("G8", 2.2, click),)),
        Run("import of the models", f"{bench.python} -c 'import salesops.records.deal'"),
    ]
    for name, options in (("mkdocs", "--help"), ("yamllint", "--version"), ("check-jsonschema", "--version")):
        if peer := bench.peer(name):
            runs.append(Run(f"{name} {options}", f"{peer} {options}"))
    yield from table(runs, bench.time(runs, times=15, warm=3))


def check(bench: Bench) -> Iterator[str]:
    """Check of every record, against bare loops over the same files."""
    for deals in (bench.small, bench.large):
        repo, loop = bench.repo(deals), "CSafeLoader + models"
        cat = "find . -name '*.yaml' -exec cat {} +"
        goals = (Goal("G1", 0.30, loop), Goal("G2", 1.15, "lean loop")) if deals == bench.large else ()
        runs = [
            Run("salesops check", f"{bench.salesops} -C {repo} check", goals),
            Run(loop, bench.baseline("model", repo)),
            Run("CSafeLoader alone", bench.baseline("parse", repo)),
            Run("lean loop", bench.baseline("lean", repo)),
            Run("cat", cat.replace(".", str(repo / "deals") + " " + str(repo / "members"), 1)),
        ]
        yield f"\n{deals:,} deals:\n"
        yield from table(runs, bench.time(runs, times=3))


def peers(bench: Bench) -> Iterator[str]:
    """Programs that check YAML files against a schema, over the same deals."""
    repo = bench.repo(bench.small)
    runs = [Run("salesops check", f"{bench.salesops} -C {repo} check")]
    if lint := bench.peer("yamllint"):
        runs.append(Run("yamllint, relaxed", f"{lint} -d relaxed {repo}/deals"))
    if validator := bench.peer("check-jsonschema"):
        schema = bench.work / "deal.schema.json"
        write = "import json; from salesops.records.deal import Deal; print(json.dumps(Deal.model_json_schema()))"
        schema.write_bytes(subprocess.run([bench.python, "-c", write], check=True, capture_output=True).stdout)
        options = f"--regex-variant python --schemafile {schema}"
        files = f"find {repo}/deals -name '*.yaml' -exec {validator} {options} {{}} +"
        runs.append(Run("check-jsonschema", f"{files} > /dev/null"))
    yield f"\n{bench.small:,} deals; peers know nothing of the process or of other files:\n"
    shell = [Run(run.name, f"{run.command} || true", run.goals) for run in runs]
    yield from table(shell, bench.time(shell, times=2, warm=0, shell=True))


def metrics(bench: Bench) -> Iterator[str]:
    """Metrics, as a command and in memory."""
    repo = bench.repo(bench.large)
    polars = bench.peers / "bin" / "python"
    runs = [
        Run("salesops metrics", f"{bench.salesops} -C {repo} metrics"),
        Run("salesops check", f"{bench.salesops} -C {repo} check"),
        Run("import click", f"{bench.python} -c 'import click'"),
    ]
    if polars.exists() and bench.has("polars"):
        runs.append(Run("import polars", f"{polars} -c 'import polars'"))
    timings = bench.time(runs, times=3)
    yield from table(runs, timings)
    command = shlex.split(bench.baseline("metrics", repo))
    seconds = min(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(bench.rounds))
    yield f"\nEvery metric of {bench.large:,} deals in memory: {seconds:.3f} s"
    if "import polars" in timings:
        ratio = seconds / min(timings["import polars"].times)
        yield f", {ratio:.2f} × import polars (G14 ≤ 0.5: {_verdict(ratio, 0.5)})"


def history(bench: Bench) -> Iterator[str]:
    """The base comparison, the effect of a change, and every version of every record."""
    small, large = bench.repo(bench.small), bench.repo(bench.large)
    runs = [
        Run("check", f"{bench.salesops} -C {large} check"),
        Run(
            "check --against HEAD~1",
            f"{bench.salesops} -C {large} check --against HEAD~1",
            (Goal("base", 1.25, "check"),),
        ),
        Run("diff HEAD~1", f"{bench.salesops} -C {large} diff HEAD~1"),
        Run("diff HEAD~1 HEAD", f"{bench.salesops} -C {large} diff HEAD~1 HEAD"),
    ]
    files = subprocess.run(["git", "-C", str(large), "diff", "--name-only", "HEAD~1"], check=True, capture_output=True)
    yield f"\n{bench.large:,} deals, 300 commits; the last one changes {len(files.stdout.splitlines()):,} files:\n"
    yield from table(runs, bench.time(runs, times=3))
    yield f"\n{bench.small:,} deals, every version in 300 commits:\n"
    reading = f"{HERE / 'reading.py'}"
    own = f"{bench.python} {reading}"
    goals: tuple[Goal, ...] = ()
    runs = [Run("salesops history", f"{bench.salesops} -C {small} history")]
    if (bench.peers / "bin" / "python").exists() and bench.has("pydriller"):
        peer = "pydriller, reading alone"
        runs.append(Run(peer, f"{bench.peers / 'bin' / 'python'} {reading} pydriller {small}"))
        goals = (Goal("G9", 0.15, peer),)
    runs.insert(0, Run("read and understood", f"{own} parsed {small}", goals))
    yield from table(runs, bench.time(runs, times=3, warm=1))
    floor = "git log --raw and git cat-file"
    runs = [
        Run("our listing and reading", f"{own} ours {large}", (Goal("G9", 1.4, floor),)),
        Run(floor, f"{own} git {large}"),
        Run("salesops history", f"{bench.salesops} -C {large} history"),
    ]
    yield f"\n{bench.large:,} deals, every version in 300 commits:\n"
    yield from table(runs, bench.time(runs, times=2, warm=0))


def site(bench: Bench) -> Iterator[str]:
    """The site, against one plain MkDocs page for each deal, and the same pages by Hugo where it is installed."""
    small, large, plain = bench.repo(bench.small), bench.repo(bench.large), bench.work / "plain"
    shutil.rmtree(plain, ignore_errors=True)
    subprocess.run([bench.python, str(HERE / "plain_site.py"), str(small), str(plain)], check=True)
    mkdocs = str(Path(bench.python).with_name("mkdocs"))
    of = {deals: f"site of {deals:,}" for deals in (bench.small, bench.large)}
    out = {deals: bench.work / f"site{deals}" for deals in of}
    against, by_hugo = f"MkDocs, {bench.small:,} plain pages", f"Hugo, {bench.small:,} plain pages"
    goals = (Goal("G11", 0.15, against), *((Goal("G11", 2.0, by_hugo),) if (has_hugo := shutil.which("hugo")) else ()))
    if has_hugo:
        _for_hugo(bench, plain)
    runs = [
        Run(of[bench.small], f"{bench.salesops} -C {small} site --rebuild -o {out[bench.small]}", goals),
        Run(f"{of[bench.small]}, nothing changed", f"{bench.salesops} -C {small} site -o {out[bench.small]}", goals),
        *([Run(by_hugo, f"hugo -s {bench.work / 'hugo'} --quiet")] if has_hugo else []),
        Run(against, f"{mkdocs} build -q -f {plain}/mkdocs.yml -d {plain}/html"),
        Run(f"check of {bench.small:,}", f"{bench.salesops} -C {small} check"),
    ]
    yield from table(runs, bench.time(runs, times=3))
    yield f"\nThe same pages, their bodies ready-made ({out[bench.small].name}):\n"
    same = bench.work / "same"
    shutil.rmtree(same, ignore_errors=True)
    subprocess.run([bench.python, str(HERE / "same_pages.py"), str(out[bench.small]), str(same)], check=True)
    again = [
        runs[0],
        *([Run("Hugo, the same pages", f"hugo -s {same / 'hugo'} --quiet")] if has_hugo else []),
        Run("MkDocs, the same pages", f"{mkdocs} build -q -f {same}/mkdocs.yml -d {same}/html"),
    ]
    yield from table([Run(runs[0].name, ""), *again[1:]], bench.time(again, times=2, warm=0))
    growth = Goal("G12", 11 * bench.large / bench.small / 10, of[bench.small])
    runs = [
        runs[0],
        Run(of[bench.large], f"{bench.salesops} -C {large} site --rebuild -o {out[bench.large]}", (growth,)),
    ]
    yield "\n"
    yield from table([Run(runs[0].name, ""), runs[1]], bench.time(runs, times=1, warm=0))
    yield "\n| search index | bytes | goal | | bytes for each deal's entry | goal | |\n|---|--:|---|---|--:|---|---|"
    for deals, folder in (*out.items(), (0, plain / "html")):
        yield f"| {of.get(deals, against)} | {_search(folder / 'search' / 'search_index.json', deals)} |"


def _for_hugo(bench: Bench, plain: Path) -> None:
    """The plain pages as a Hugo project, in the frame that MkDocs puts around them."""
    mkdocs = str(Path(bench.python).with_name("mkdocs"))
    subprocess.run([mkdocs, "build", "-q", "-f", f"{plain}/mkdocs.yml", "-d", f"{plain}/html"], check=True)
    shutil.rmtree(bench.work / "hugo", ignore_errors=True)
    subprocess.run([bench.python, str(HERE / "hugo_site.py"), str(plain), str(bench.work / "hugo")], check=True)


def _search(file: Path, deals: int) -> str:
    size = file.stat().st_size
    if not deals:
        return f"{size:,} | | | | |"
    limit = 190 * deals
    entries = [entry for entry in json.loads(file.read_bytes())["docs"] if entry["location"].startswith("deals/")]
    each = sum(len(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()) + 1 for entry in entries)
    share = each / len(entries)
    held = f"G13 ≤ {limit / 1e6:g} MB | {_verdict(size, limit)}"
    return f"{size:,} | {held} | {share:.0f} | G13 ≤ 200 | {_verdict(share, 200)}"


def memory(bench: Bench) -> Iterator[str]:
    """The most memory that one process of a command holds."""
    yield "| command | deals | MB | kB a deal |\n|---|--:|--:|--:|"
    for deals in (1, bench.small, bench.large, bench.huge):
        repo = bench.repo(deals, 30 if deals > bench.large else 300)
        for name, options in (("check", []), ("metrics", []), ("site", ["-o", str(bench.work / f"m{deals}")])):
            if name != "check" and deals > bench.large:
                continue
            most = _most_memory([*shlex.split(bench.salesops), "-C", str(repo), name, *options])
            yield f"| {name} | {deals:,} | {most / 1024:.0f} | {most / deals:.1f} |"
    for mode in ("model", "lean"):
        most = _most_memory(shlex.split(bench.baseline(mode, bench.repo(bench.large))))
        yield f"| bare loop, {mode} | {bench.large:,} | {most / 1024:.0f} | {most / bench.large:.1f} |"


def _most_memory(command: list[str]) -> int:
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{shlex.join(command)} ended with {child.returncode}")
    return used.ru_maxrss


def prototypes(bench: Bench) -> Iterator[str]:
    """The prototypes over their own records: what the machine allows today."""
    if not (PERF / "proto.py").is_file():
        yield f"There are none in {PERF} (SALESOPS_PERF)."
        return
    repo = bench.work / f"perf{bench.large}"
    if not repo.exists():
        command = [bench.python, str(PERF / "gen.py"), str(repo), "--deals", str(bench.large), "--commits", "10"]
        subprocess.run(command, check=True)
    loop, proto = "prototype, CSafeLoader", f"{bench.python} {PERF / 'proto.py'}"
    runs = [
        Run(loop, f"{proto} csafe {repo} 1"),
        Run("prototype, lean", f"{proto} lean {repo} 1", (Goal("proto", 0.478, loop),)),
        Run("prototype, lean on two", f"{proto} lean {repo} 2", (Goal("proto", 0.254, loop),)),
    ]
    yield from table(runs, bench.time(runs, times=3))


GROUPS: dict[str, Callable[[Bench], Iterator[str]]] = {
    group.__name__: group for group in (startup, check, history, metrics, site, memory, peers, prototypes)
}


def main() -> None:
    """Read the command line, measure, print."""
    scripts = Path(sys.executable).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)}; all where none is named")
    parser.add_argument("--work", type=Path, default=Path("/tmp/salesops-bench"), help="a RAM disk is best")
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=10_000)
    parser.add_argument("--huge", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--salesops", default=str(scripts / "salesops"), help="the command to measure")
    parser.add_argument("--peers", type=Path, default=Path("/tmp/peers"), help="a venv with yamllint, polars, …")
    asked: dict[str, Any] = vars(parser.parse_args())
    groups = asked.pop("groups") or list(GROUPS)
    if unknown := [name for name in groups if name not in GROUPS]:
        parser.error(f"there is no group {', '.join(unknown)}")
    bench = Bench(python=sys.executable, **asked)
    bench.work.mkdir(parents=True, exist_ok=True)
    os.environ.update(SALESOPS_AS_OF=AS_OF, NO_MKDOCS_2_WARNING="1")
    # Start-up without compiled files measures the compiler: keep them, and keep them out of the checkout.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(bench.work / "compiled")
    for name in groups:
        print(f"\n## {name}: {(GROUPS[name].__doc__ or '').rstrip('.')}\n", flush=True)
        for line in GROUPS[name](bench):
            print(line, flush=True)


if __name__ == "__main__":
    main()
