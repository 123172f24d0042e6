"""The five daily tasks come to the same bytes by command, by form and by issue: one command or eight fields, and no YAML typed."""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from gitting import Git
from terminal import typed

from salesops.edits.issue_forms import forms
from salesops.store.load import load

HOME = Path(__file__).parents[3]
FORMS = {
    form.name: form for form in forms(load(HOME, ("team", "process"))[0].processes[-1], load(HOME, ("team",))[0].team)
}
CLOCK = "window.Date = class extends Date { constructor(...said) { super(...(said.length ? said : ['2026-11-20T12:00'])) } }"
MOST = 8
"""Fields of a form."""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Task:
    """One task, said three ways: words and answers at a terminal; fields of a page's form; fields of an issue's form."""

    command: tuple[str, ...]
    answers: tuple[str, ...]
    page: str
    form: str
    fields: dict[str, str]
    ticks: tuple[str, ...] = ()
    issue: str = ""
    said: dict[str, str] = field(default_factory=dict)


MET = 'Met at the fair: "a demo", they say #1'
WORDS = 'Wants it "in CAD": a, b #1, and a letter'
AGREEMENT = "https://docs.example/agreement?a=1&b=2"
TASKS = {
    "lead": Task(
        ("new", "deal"),
        ("Pinecrest College", "edu", "canada", "", "", "", "dean", MET, "Send slides, tue", "wanda", "y"),
        "new",
        "begin",
        {
            "institution": "Pinecrest College", "kind": "educational organisation", "country": "canada", "tier": "general",
            "whom": "dean", "owner": "wanda", "happened": MET, "next": "Send slides, tue",
        },
        issue="lead",
        said={
            "Institution": "Pinecrest College", "What it is": "educational organisation", "Country": "canada", "Which tier": "general",
            "Whom do you know": "dean", "Who leads it": "wanda", "What happened": MET, "Next step": "Send slides, tue",
        },
    ),
    "call": Task(
        ("log", "owlspruce", "call", WORDS, "--with", "director", "--date", "thu", "--next", "Send both, tue"),
        ("y",),
        "deals/owlspruce-general",
        "log",
        {"kind": "call", "date": "thu", "note": WORDS, "next": "Send both, tue"},
        ("w-eastgate",),
        issue="log",
        said={"Deal": "owlspruce", "What it was": "call", "What happened": WORDS, "With": "director", "When": "thu", "Next step": "Send both, tue"},
    ),
    "meeting": Task(
        ("log", "owlspruce", "meeting", WORDS, "--with", "director", "--about", "other", "--status", "no-show", "--date", "18 nov"),
        ("y",),
        "deals/owlspruce-general",
        "log",
        {"kind": "meeting", "date": "18 nov", "about": "other", "status": "no-show", "note": WORDS},
        ("w-eastgate",),
        issue="log",
        said={
            "Deal": "owlspruce", "What it was": "meeting", "What happened": WORDS, "With": "director", "When": "18 nov",
            "What came of it": "no-show", "What it was about": "other",
        },
    ),
    "somebody new": Task(
        ("log", "owlspruce", "call", WORDS, "--with", "vice dean", "--date", "thu"),
        ("yes", "y"),
        "deals/owlspruce-general",
        "log",
        {"kind": "call", "date": "thu", "note": WORDS, "whom": "vice dean"},
    ),
    "voicemail": Task(
        ("log", "owlspruce", "call", "--outcome", "voicemail"),
        ("", "y"),
        "deals/owlspruce-general",
        "log",
        {"kind": "call", "outcome": "voicemail"},
        issue="log",
        said={"Deal": "owlspruce", "What it was": "call", "What came of it": "voicemail"},
    ),
    "two lines": Task(
        ("log", "owlspruce", "note", "The first.\nThe second: a, b"),
        ("y",),
        "deals/owlspruce-general",
        "log",
        {"kind": "note", "note": "The first.\nThe second: a, b"},
        issue="log",
        said={"Deal": "owlspruce", "What it was": "note", "What happened": "The first.\nThe second: a, b"},
    ),
    "another deal": Task(
        (
            "new", "deal", "owlspruce", "--another", "--what", "Data School, online", "--tier", "premier", "--source", "conference",
            "--worth", "1450/month 12", "--with", "director", "--owner", "wanda", "--happened", "They asked", "--next", "Send slides, tue",
        ),
        ("y",),
        "new",
        "begin",
        {
            "institution": "Owlspruce Observatory", "what": "Data School, online", "tier": "premier", "source": "conference", "worth": "1450", "months": "12",
            "whom": "director", "owner": "wanda", "happened": "They asked", "next": "Send slides, tue",
        },
        ("yes",),
    ),
    "move": Task(
        ("move", "owlspruce", "proposal"),
        ("thu", "part", WORDS, "Send the proposal, 27 nov", "y"),
        "deals/owlspruce-general",
        "move",
        {"way": "0", "w0n0": "thu", "w0n1": "partial", "w0n1-note": WORDS, "next": "Send the proposal, 27 nov"},
        issue="move",
        said={
            "Deal": "owlspruce", "To which stage": "proposal", "Next step": "Send the proposal, 27 nov",
            "What the process asks for": f"proposal.requested=thu\nmaniac_t.timeline=partial\nmaniac_t.timeline.note={WORDS}",
        },
    ),
    "loss": Task(
        ("close", "morrow", "lost"),
        ("timing", WORDS, "exec", "sep 2027", "", "y"),
        "deals/morrow-plains-general",
        "close",
        {"way": "1", "w1n0": "timing", "w1n1": WORDS, "w1n2": "execution", "w1n3": "sep 2027"},
        issue="move",
        said={
            "Deal": "morrow", "To which stage": "closed lost",
            "What the process asks for": f"loss.reason=timing\nloss.learning={WORDS}\nloss.verdict=execution\nloss.reengage=sep 2027",
        },
    ),
    "win": Task(
        ("close", "larkspur-general", "won"),
        ("thu", "1 dec", "12 months", "1450", "2500", "Sponsor, Inc", AGREEMENT, WORDS, "A course", "", "", "y"),
        "deals/larkspur-general",
        "close",
        {
            "way": "0", "w0n0": "thu", "w0n1": "1 dec", "w0n7": "12 months", "w0n2": "1450", "w0n8": "2500", "w0n3": "Sponsor, Inc",
            "w0n4": AGREEMENT, "w0n5": WORDS, "w0n6": "A course",
        },
        issue="move",
        said={
            "Deal": "larkspur-general", "To which stage": "closed won",
            "What the process asks for": "contract.signed=thu\ncontract.start=1 dec\ncontract.end=12 months\ncontract.mrr=1450\ncontract.one_off=2500\n"
            f"contract.entity=Sponsor, Inc\ncontract.agreement={AGREEMENT}\nwin.learning={WORDS}\nwin.signals=A course",
        },
    ),
    "a win of less": Task(
        ("close", "larkspur-general", "won"),
        ("thu", "1 dec", "24 months", "1250", "", "Sponsor", AGREEMENT, WORDS, "A course", "", "A hub less: #2", "", "y"),
        "deals/larkspur-general",
        "close",
        {
            "way": "0", "w0n0": "thu", "w0n1": "1 dec", "w0n7": "24 months", "w0n2": "1250", "w0n3": "Sponsor",
            "w0n4": AGREEMENT, "w0n5": WORDS, "w0n6": "A course", "w0n9": "A hub less: #2",
        },
    ),
    "renewal": Task(
        ("renew", "northmere-general", "--next", "Send the usage report, tue"),
        ("y",),
        "deals/northmere-general",
        "renew",
        {"next": "Send the usage report, tue"},
    ),
}  # fmt: skip


@pytest.fixture
def records(repo):
    """The records of the demonstration in a folder of their own, in git."""
    for name in ("deals", "members", "playbook"):
        shutil.rmtree(repo.root / name, ignore_errors=True)
        shutil.copytree(HOME / name, repo.root / name)
    Git(repo.root).begin()
    return repo


@pytest.fixture
def tab(browser):
    with browser.tab() as tab:
        tab.ask("Page.addScriptToEvaluateOnNewDocument", source=CLOCK)
        yield tab


def files(repo) -> Files:
    """Every deal and member, byte for byte."""
    return {
        str(file.relative_to(repo.root)): file.read_bytes()
        for name in ("deals", "members")
        for file in sorted((repo.root / name).rglob("*.yaml"))
    }


def taken_back(repo) -> None:
    Git(repo.root)("reset", "-q", "--hard")
    Git(repo.root)("clean", "-qfd")


def changed(repo, before: Files) -> Files:
    """What is new or another than before; it is taken back."""
    after = files(repo)
    taken_back(repo)
    assert files(repo) == before
    return {path: text for path, text in after.items() if before.get(path) != text}


def by_command(repo, task: Task) -> Files:
    before = files(repo)
    code, screen = typed(repo.root, task.command, task.answers)
    assert code == 0, screen
    return changed(repo, before)


def by_list(repo, made: str) -> Files:
    before = files(repo)
    ran = repo.run("apply", str(repo.write("../made.yaml", made.encode())))
    assert ran.code == 0, ran.out
    return changed(repo, before)


def by_issue(repo, body: str) -> Files:
    issue = {"number": 12, "body": body, "user": {"login": "octocat", "id": 5}, "author_association": "MEMBER"}
    event = repo.write("../event.json", json.dumps({"issue": issue | {"created_at": "2026-11-20T12:00:00Z"}}))
    before = files(repo)
    ran = repo.run("from-issue", str(event), "-o", str(repo.root.parent / "out"))
    assert (ran.code, files(repo)) == (0, before), ran.out
    proposal = json.loads((repo.root.parent / "out/proposal.json").read_text(encoding="utf-8"))
    return {file["path"]: file["content"].encode() for file in proposal["files"]}


def list_of(tab, demo, task: Task) -> str:
    """The list that a page's form makes of what is typed into it."""
    tab.go(f"{demo.html.as_uri()}/{task.page}.html#{task.form}")
    for name, value in task.fields.items():
        tab.run(
            f"(([form, name, value]) => {{ const field = document.getElementById(form).elements[name]; field.value = value;"
            f" field.dispatchEvent(new Event('input', {{bubbles: true}})) }})({json.dumps([task.form, name, value])})"
        )
    for value in task.ticks:
        tab.run(f"document.querySelector(`#{task.form} [value='{value}']`).click()")
    assert not tab.faults, task
    made = tab.run(f"document.querySelector(`#{task.form} [data-do=list]`).textContent")
    assert "changes:" in made, tab.run(f"document.getElementById('{task.form}').innerText")
    return made


def filled(name: str, said: dict[str, str]) -> str:
    """The form of an issue as GitHub writes down what was said in it."""
    fields = [asked.label for asked in FORMS[name].fields]
    assert set(said) <= set(fields)
    return "\n\n".join(f"### {label}\n\n{said.get(label, '_No response_')}" for label in fields).replace("\n", "\r\n")


@pytest.mark.samples(2)
@pytest.mark.browser
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
@pytest.mark.parametrize("name", TASKS)
def test_a_daily_task_is_the_same_bytes_by_command_by_form_and_by_issue(name, records, demo, tab):
    task = TASKS[name]
    made = list_of(tab, demo, task)
    typed_in = by_command(records, task)
    assert len(typed_in) == (2 if name in ("lead", "somebody new") else 1)
    assert by_list(records, made) == typed_in
    assert by_issue(records, f"{task.form}.\n\n```salesops\n{made}```\n".replace("\n", "\r\n")) == typed_in
    if task.issue:
        assert by_issue(records, filled(task.issue, task.said)) == typed_in


@pytest.mark.parametrize("name", ["lead", "call", "move", "loss", "renewal"])
def test_a_daily_task_is_one_command_or_eight_fields_and_nobody_types_yaml(name):
    task = TASKS[name]
    assert len(task.fields) + bool(task.ticks) <= MOST
    assert len(task.said) <= MOST
    assert not any(
        value.startswith(("{", "[", "- ")) or ": {" in value
        for value in (*task.answers, *task.fields.values(), *task.said.values())
    )
