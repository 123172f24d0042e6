"""The first quarter of an hour: from a machine without salesops to an own deal on an own board, typed and read as a person does.

    python benchmarks/first_quarter_hour.py              # as slowly as a person: some minutes
    python benchmarks/first_quarter_hour.py --pace 50    # the person's part 50 times as fast, and counted in full all the same

Five commands run in a real terminal. What is printed is read at 200 words a minute, what is answered is typed at 40. The wheel is built
here and installed without the network: the packages that it needs are lent by the environment of this script, so their download is
not in the figures.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

HOME = Path(__file__).resolve().parents[1]
READ, TYPED, LETTERS = 200, 40, 5
"""Words a minute that are read and typed, and the letters of a word that is typed."""
GOAL = 600
PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TEAM = ["Our organisation", "", "vancouver", "cad", "Ada Smith @ada, Bo Li", "", "plain"]
LEAD = [
    "Pinecrest College", "edu", "canada", "", "conference", "1450/month 12", "dean", "Met at the fair, wants a demo", "Send slides, fri",
    "ada", "y",
]  # fmt: skip


class Person:
    """Somebody who reads what is printed and types what is asked for; ``seconds`` is what that takes at a person's pace."""

    def __init__(self, pace: float) -> None:
        self.pace, self.seconds = pace, 0.0

    def reads(self, text: str) -> None:
        self._takes(len(text.split()) / READ * 60)

    def types(self, text: str) -> None:
        self._takes((len(text) + 1) / LETTERS / TYPED * 60)

    def _takes(self, seconds: float) -> None:
        self.seconds += seconds
        time.sleep(seconds / self.pace)


def at_a_terminal(person: Person, command: Sequence[str], folder: Path, answers: list[str]) -> str:
    """Run a command; what was on the screen. Each question is read, and the next answer typed."""
    child, screen = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ |= {"TERM": "xterm", "COLUMNS": "160", "NO_COLOR": "1"}
        os.execv(command[0], list(command))
    shown, unread = "", ""
    while more := _more(screen):
        shown, unread = shown + more, unread + more
        ready, _, _ = select.select([screen], [], [], 0.3)
        if not ready and answers and unread.endswith("▸ "):
            person.reads(unread)
            person.types(answers[0])
            os.write(screen, f"{answers.pop(0)}\n".encode())
            unread = ""
    person.reads(unread)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) or answers:
        sys.exit(f"{' '.join(command)} did not go as it should; not asked for: {answers}\n{shown}")
    return shown


def _more(screen: int) -> str:
    try:
        return PAINT.sub("", os.read(screen, 65_536).decode("utf-8", "replace")).replace("\r\n", "\n")
    except OSError:
        return ""


def environment(folder: Path) -> Path:
    """A fresh environment that is lent pip and the packages, but not the program."""
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", folder], check=True)
    [packages] = (folder / "lib").glob("python*/site-packages")
    pip = find_spec("pip")
    if pip is None or pip.origin is None:
        sys.exit("this environment has no pip to lend")
    (packages / "pip").symlink_to(Path(pip.origin).parent)
    for lent in Path(sysconfig.get_path("purelib")).iterdir():
        if not lent.name.startswith(("salesops", "_salesops", "_editable", "__editable", "pip", "__pycache__")):
            (packages / lent.name).symlink_to(lent)
    return folder / "bin"


def commands(bin_: Path, wheel: Path) -> list[tuple[list[str], list[str]]]:
    """The five commands, each with what is answered."""
    program = str(bin_ / "salesops")
    pip = [str(bin_ / "python"), "-I", "-m", "pip", "--isolated", "install", "--no-index", "--no-deps", str(wheel)]
    return [
        (pip, []),
        ([program, "init", "our-sales"], [*TEAM]),
        ([program, "-C", "our-sales", "new", "deal"], [*LEAD]),
        ([program, "-C", "our-sales", "check"], []),
        ([program, "-C", "our-sales", "site"], []),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pace", type=float, default=1, help="how many times as fast as a person; default: 1")
    pace = parser.parse_args().pace
    with TemporaryDirectory() as room:
        folder = Path(room)
        subprocess.run(
            [sys.executable, "-I", "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=HOME,
            check=True,
            capture_output=True,
        )
        bin_ = environment(folder / "venv")
        [wheel] = folder.glob("*.whl")
        whole = 0.0
        for number, (command, answers) in enumerate(commands(bin_, wheel), 1):
            person, begun = Person(pace), time.monotonic()
            person.types(" ".join(Path(word).name for word in command))
            at_a_terminal(person, command, folder, answers)
            machine = time.monotonic() - begun - person.seconds / pace
            whole += person.seconds + machine
            words = " ".join(Path(word).name for word in command[:5] if word not in ("-I", "--isolated"))
            print(f"{number}  {words:<40} person {person.seconds:6.1f} s   machine {machine:6.1f} s")
        deals = [file.stem for file in (folder / "our-sales/deals").iterdir()]
        board = (folder / "our-sales/build/html/board.html").read_text(encoding="utf-8")
        print(f"   in all {whole:.0f} s, of {GOAL} s; on the board: {', '.join(deals)}")
        sys.exit(not (whole < GOAL and deals == ["pinecrest-college-standard"] and "Pinecrest College" in board))


if __name__ == "__main__":
    main()
