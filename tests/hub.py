"""GitHub as far as the workflow of issues knows it: `gh api` on a bare repository, with pull requests and comments in a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

FIELDS = {"-f", "-F"}


def main(folder: Path, words: list[str]) -> None:
    """Answer one call, and note it."""
    with (folder / "gh.log").open("a", encoding="utf-8") as log:
        log.write(json.dumps(words) + "\n")
    method, path, data = asked(words[1:])
    hub = Hub(folder)
    said = hub.answer(method, re.sub("^repos/our-org/(sales|infrastructure)/", "", path).split("?")[0], data)
    hub.keep()
    if "--silent" not in words:
        print(json.dumps(said))


def asked(words: list[str]) -> tuple[str, str, dict[str, Any]]:
    """The method, the path and the data of a call."""
    method, path, data = "GET", "", {}
    rest = iter(words)
    for word in rest:
        if word == "--method":
            method = next(rest)
        elif word == "--input":
            data |= json.loads(Path(next(rest)).read_text(encoding="utf-8"))
        elif word in FIELDS:
            key, value = next(rest).split("=", 1)
            is_file = word == "-F" and value.startswith("@")
            data[key] = Path(value[1:]).read_text(encoding="utf-8") if is_file else value
        elif not word.startswith("-"):
            path = word
    return method, path, data


class Hub:
    """The repository and what belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "hub.json"
        self.state = json.loads(self.file.read_text()) if self.file.exists() else {"pulls": [], "comments": []}

    def keep(self) -> None:
        self.file.write_text(json.dumps(self.state))

    def git(self, *words: str, given: str = "", **env: str) -> str:
        ended = subprocess.run(
            ["git", "--git-dir", self.folder / "origin", *words], input=given, env=env, capture_output=True, text=True, check=False
        )  # fmt: skip
        if ended.returncode:
            sys.exit(f"gh: {ended.stderr}")
        return ended.stdout.strip()

    def answer(self, method: str, path: str, data: dict[str, Any]) -> Any:
        ways = {
            r"GET git/matching-refs/(.*)": self.refs,
            r"GET git/commits/(.*)": self.commit,
            r"POST git/(trees)": self.tree,
            r"POST git/(commits)": self.committed,
            r"POST git/(refs)": self.branched,
            r"PATCH git/(refs/.*)": self.moved,
            r"GET (pulls)": self.pulls,
            r"POST (pulls)": self.opened,
            r"PATCH pulls/(\d+)": self.renamed,
            r"GET (issues)": self.issues,
            r"POST (issues)": self.asked_for,
            r"GET issues/(\d+)/comments": self.comments,
            r"POST issues/(\d+)/comments": self.commented,
            r"PATCH issues/comments/(\d+)": self.reworded,
        }
        for way, does in ways.items():
            if match := re.fullmatch(way, f"{method} {path}"):
                return does(match[1], data)
        sys.exit(f"gh: HTTP 404: {method} {path}")

    def refs(self, begin: str, _: Any) -> Any:
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        found = dict(line.split() for line in lines)
        return [{"ref": ref, "object": {"sha": sha}} for ref, sha in found.items() if ref.startswith(f"refs/{begin}")]

    def commit(self, sha: str, _: Any) -> Any:
        return {"sha": sha, "message": self.git("show", "--no-patch", "--format=%B", sha)}

    def tree(self, _: str, data: dict[str, Any]) -> Any:
        index = {"GIT_INDEX_FILE": str(self.folder / "index")}
        self.git("read-tree", data["base_tree"], **index)
        for entry in data["tree"]:
            blob = self.git("hash-object", "-w", "--stdin", given=entry["content"])
            self.git("update-index", "--add", "--cacheinfo", f"{entry['mode']},{blob},{entry['path']}", **index)
        return {"sha": self.git("write-tree", **index)}

    def committed(self, _: str, data: dict[str, Any]) -> Any:
        name, email = data["author"]["name"], data["author"]["email"]
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", name), ("EMAIL", email))}  # fmt: skip
        parents = [word for parent in data["parents"] for word in ("-p", parent)]
        return {"sha": self.git("commit-tree", data["tree"], *parents, given=data["message"], **who)}

    def branched(self, _: str, data: dict[str, Any]) -> Any:
        self.git("update-ref", data["ref"], data["sha"], "0" * 40)

    def moved(self, ref: str, data: dict[str, Any]) -> Any:
        self.git("update-ref", ref, data["sha"])

    def pulls(self, _: str, data: dict[str, Any]) -> Any:
        return [each for each in self.state["pulls"] if f"our-org:{each['head']}" == data["head"]]

    def opened(self, _: str, data: dict[str, Any]) -> Any:
        if (self.folder / "no-pulls").exists():
            sys.exit("gh: GitHub Actions is not permitted to create or approve pull requests. (HTTP 403)")
        self.state["pulls"].append({"number": 40 + len(self.state["pulls"]), **data})
        return self.state["pulls"][-1]

    def renamed(self, number: str, data: dict[str, Any]) -> Any:
        next(each for each in self.state["pulls"] if each["number"] == int(number)).update(data)

    def issues(self, _: str, data: Any) -> Any:
        return self.state.get("issues", [])

    def asked_for(self, _: str, data: dict[str, Any]) -> Any:
        bot = {"login": "github-actions[bot]", "type": "Bot"}
        known = self.state.setdefault("issues", [])
        if len(known) + 1 == int(os.environ.get("REFUSES", "0")):
            sys.exit("gh: Bad gateway (HTTP 502)")
        number = 70 + len(known)
        address = f"https://github.com/our-org/infrastructure/issues/{number}"
        known.insert(0, {"number": number, "html_url": address, "user": bot, "state": "open", **data})
        return known[0]

    def comments(self, _: str, data: Any) -> Any:
        return self.state["comments"]

    def commented(self, _: str, data: dict[str, Any]) -> Any:
        bot = {"login": "github-actions[bot]", "type": "Bot"}
        self.state["comments"].append({"id": 90 + len(self.state["comments"]), "user": bot, **data})

    def reworded(self, id: str, data: dict[str, Any]) -> Any:
        next(each for each in self.state["comments"] if each["id"] == int(id)).update(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
