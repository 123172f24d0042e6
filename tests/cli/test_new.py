"""``salesops new``: a lead is one command, as spoken; what nobody said is asked, or named, and never made up."""

from __future__ import annotations

import json
import sys

import pytest
from gitting import Git
from terminal import typed

from salesops.records.yaml_reader import UNSEEN, read

PINECREST = (
    "new",
    "deal",
    "Pinecrest College",
    "--kind",
    "edu",
    "--country",
    "canada",
    "--tier",
    "gen",
    "--owner",
    "jim",
)
EXPERIMENT = (
    "new", "experiment", "Names: more replies", "--variant", "plain", "--variant", "named", "--cohort", "outr, 1 dec",
    "--measure", "outreach-to", "--stop", "20 each or 30 jun 2027", "--owner", "jim",
)  # fmt: skip
on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")


@pytest.fixture
def crm(repo):
    repo.deal("next: {action: Call the dean, due: 2026-11-27}\n", "acme")
    return repo


def text(repo, path: str) -> str:
    return (repo.root / path).read_text(encoding="utf-8")


def files(repo) -> set[str]:
    return {str(file.relative_to(repo.root)) for file in repo.root.rglob("*.yaml")}


# ── a deal ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_is_two_files_from_one_line(crm):
    words = ("--source", "conference", "--worth", "1450/month 12", "--with", "dean", "--next", "Send slides, mon")
    ran = crm.run(*PINECREST, *words, "--happened", "Met at the fair, wants a demo")
    assert ran.code == 0
    assert text(crm, "members/pinecrest-college.yaml") == (
        'name: "Pinecrest College"\nkind: "educational organisation"\ncountry: CA\ncontacts:\n  - {id: dean, role: Dean}\n'
    )
    assert text(crm, "deals/pinecrest-college-general.yaml") == (
        'title: "General Membership"\nmember: pinecrest-college\ntype: new business\ntier: general\nowner: jim\n'
        "stages:\n  - enrichment: 2026-11-20\nvalue: {mrr: 1450 USD, months: 12}\nsource: {channel: conference}\n"
        'next: {action: "Send slides", due: 2026-11-23}\nactivity:\n  - date: 2026-11-20\n    kind: meeting\n'
        '    about: other\n    status: held\n    with: [dean]\n    note: "Met at the fair, wants a demo"\n'
    )
    assert "before Outreach the process will ask: MANIAC-T: need" in ran.out
    assert "new: educational organisation, CA, contact Dean" in ran.out
    assert "canada: CA" in ran.err
    assert "1450/month 12: 1450 USD a month for 12 months" in ran.err


def test_what_happened_is_a_note_where_nobody_said_that_they_met(crm):
    assert crm.run(*PINECREST, "--happened", "Metrics are bad there").code == 0
    assert text(crm, "deals/pinecrest-college-general.yaml").endswith(
        'activity:\n  - {date: 2026-11-20, kind: note, note: "Metrics are bad there"}\n'
    )


def test_everything_that_is_missing_is_named_at_once(crm):
    ran = crm.run("new", "deal", "Pinecrest College")
    assert ran.code == 1
    for option in ("--kind university|", "--country CODE", "--tier general|premier", "--owner PERSON"):
        assert f"  {option}" in ran.err
    assert "pinecrest" not in " ".join(files(crm))


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 1, "INSTITUTION"),
        (["cascadia"], 1, "--another    "),
        (["cascadia"], 1, "there already, with acme open in Enrichment"),
        (["cascadia", "--another", "--tier", "gen", "--owner", "jim"], 1, "--type new|existing    there is a contract (cascadia-2025)"),
        (["cascadia", "--another", "--kind", "other"], 1, "--new "),
        (["Pinecrest College", "--country", "atlantis"], 2, "--country: 'atlantis' is not a country"),
        (["Pinecrest College", "--kind", "un"], 2, "--kind: 'un' is more than one of: university, unknown"),
        (["Pinecrest College", "--tier", "gold"], 2, "--tier: 'gold' fits none: general, premier"),
        (["Pinecrest College", "--worth", "a lot"], 2, "--worth: 'a lot' is not an amount"),
        (["Pinecrest College", "--next", "Call"], 2, "--next: by when?"),
        (["Pinecrest College", "--next", "Call, 3/4"], 2, "'3/4' is 4 mar or 3 apr"),
        (["Pinecrest College", "--owner", "nobody"], 2, "there is no 'nobody' in the team"),
        (["Pinecrest College", "--owner", "me"], 2, "nobody has said here who you are"),
        (["Pinecrest College", "--with", "…"], 2, "has no letter or digit"),
        (["Pinecrest College", "--referred-by", "nobody"], 2, "there is no member 'nobody'"),
        ([""], 2, "INSTITUTION: nothing was said"),
    ],
)  # fmt: skip
def test_what_is_missing_or_unclear_is_said_and_nothing_is_written(crm, words, code, says):
    before = files(crm)
    ran = crm.run("new", "deal", *words)
    assert ran.code == code
    assert says in ran.out + ran.err
    assert files(crm) == before


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [("--id", "Not an id", 2), ("--id", "acme", 1), ("--happened", "…", 1), ("--what", "?", 1), ("--date", "2027-03-01", 1)],
)  # fmt: skip
def test_what_the_records_do_not_take_is_refused(crm, option, value, code):
    before = files(crm)
    assert crm.run(*PINECREST, option, value).code == code
    assert files(crm) == before


def test_a_name_that_sounds_like_one_on_file_is_listed_and_taken_for_another(crm):
    ran = crm.run("new", "deal", "Casscadia University", *PINECREST[3:])
    assert ran.code == 0
    assert "sounds like Cascadia University (cascadia-university), which is on file" in ran.err
    assert {"members/casscadia-university.yaml", "deals/casscadia-university-general.yaml"} <= files(crm)


def test_another_deal_of_an_institution_leaves_its_file_alone_but_for_a_new_contact(crm):
    before = text(crm, "members/cascadia-university.yaml")
    words = ("--another", "--type", "new", "--what", "Data School", "--tier", "general", "--owner", "jim")
    assert crm.run("new", "deal", "cascadia", *words, "--with", "director", "--with", "cio").code == 0
    assert text(crm, "members/cascadia-university.yaml") == before + "  - {id: cio, role: CIO}\n"
    assert 'title: "Data School"' in text(crm, "deals/cascadia-university-data-school.yaml")


def test_a_renewal_begins_where_renewals_begin_and_names_the_only_contract_there_is(crm):
    assert (
        crm.run(
            "new", "deal", "cascadia", "--another", "--type", "existing", "--tier", "gen", "--owner", "jim", "--id", "r"
        ).code
        == 0
    )
    assert "type: existing business\n" in text(crm, "deals/r.yaml")
    assert "renews: cascadia-2025\n" in text(crm, "deals/r.yaml")
    assert "  - renewals: 2026-11-20\n" in text(crm, "deals/r.yaml")


def test_the_id_is_readable_and_nobody_elses(crm):
    words = ("new", "deal", "cascadia", "--another", "--type", "new", "--tier", "gen", "--owner", "jim")
    assert [crm.run(*words).code for _ in range(3)] == [0, 0, 0]
    assert {f"deals/cascadia-university-general{end}.yaml" for end in ("", "-2026", "-2")} <= files(crm)
    assert crm.run("new", "deal", "cascadia", "--new", *PINECREST[3:]).code == 0
    assert crm.run("new", "deal", "Cascadia University", "--new", *PINECREST[3:]).code == 0
    assert "members/cascadia-university-ca.yaml" in files(crm)


def test_a_name_without_a_letter_for_an_id_is_asked_for_one(crm):
    words = ("new", "deal", "東京大学", "--kind", "univ", "--country", "japan", "--tier", "gen", "--owner", "jim")
    ran = crm.run(*words)
    assert ran.code == 1
    assert "--member-id ID" in ran.err
    assert crm.run(*words, "--member-id", "tokyo").code == 0
    assert 'name: "東京大学"' in text(crm, "members/tokyo.yaml")


def test_whoever_works_here_leads_it(crm):
    Git(crm.root).begin()
    Git(crm.root)("config", "salesops.me", "april")
    assert crm.run(*PINECREST[:-2]).code == 0
    assert "owner: april\n" in text(crm, "deals/pinecrest-college-general.yaml")


def test_a_trial_shows_both_files_and_writes_none(crm):
    before = files(crm)
    ran = crm.run(*PINECREST, "--dry-run")
    assert ran.code == 0
    assert "+++ b/members/pinecrest-college.yaml" in ran.out
    assert "+++ b/deals/pinecrest-college-general.yaml" in ran.out
    assert files(crm) == before


def test_a_program_gets_the_list_that_it_would_have_had_to_write(crm):
    ran = crm.run(*PINECREST, "--format", "json")
    told = json.loads(ran.out)
    assert [each["new"] for each in told["list"]] == ["member", "deal"]
    assert told["written"]
    assert ran.err == ""


@pytest.mark.parametrize("words", ["Costs: $5,000, she said", "it's", '"quoted"', "# no", "[x]", "{y}", "- dash", "yes", "a: b", "é 東京 🙂", "\\", "x" * 900])  # fmt: skip
def test_hard_words_come_back_letter_by_letter_from_every_text(crm, words):
    ran = crm.run(*PINECREST, f"--what={words}", f"--happened={words}", f"--source={words}", f"--next={words}, 27 nov", "--id", "hard")  # fmt: skip
    assert ran.code == 0, ran.out + ran.err
    document, problems = read("deals/hard.yaml", (crm.root / "deals/hard.yaml").read_bytes())
    assert problems == []
    data = document.data
    said = [data["title"], data["activity"][0]["note"], data["source"]["channel"], data["next"]["action"]]
    assert said == [words] * 4
    assert not UNSEEN.search(words)


# ── at a terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proof
@on_a_terminal
def test_at_a_terminal_a_lead_is_asked_for_and_comes_to_the_same(crm):
    Git(crm.root).begin()
    answers = [
        "cascadia", "Pinecrest College", "edu", "canada", "", "conference", "1450/month 12", "dean", "Met at the fair", "Send slides, mon", "jim", "y",
    ]  # fmt: skip
    code, screen = typed(crm.root, ["new", "deal"], answers)
    assert code == 0
    assert (
        "There already, with acme open in Enrichment. [o]pen it, [a]nother deal, [n]ew institution, or another name"
        in screen
    )
    assert "Nothing on file sounds like it." in screen
    assert "What, which tier  [General Membership, general]" in screen
    asked = (text(crm, "members/pinecrest-college.yaml"), text(crm, "deals/pinecrest-college-general.yaml"))
    for path in ("members/pinecrest-college.yaml", "deals/pinecrest-college-general.yaml"):
        (crm.root / path).unlink()
    words = ("--source", "conference", "--worth", "1450/month 12", "--with", "dean", "--next", "Send slides, mon")
    assert crm.run(*PINECREST, *words, "--happened", "Met at the fair").code == 0
    assert asked == (text(crm, "members/pinecrest-college.yaml"), text(crm, "deals/pinecrest-college-general.yaml"))


@pytest.mark.proof
@on_a_terminal
def test_at_a_terminal_who_you_are_is_asked_once_and_a_deal_that_is_there_is_shown(crm):
    Git(crm.root).begin()
    least = ["Pinecrest", "univ", "", "us", "", "", "", "", "", "", "april", "n"]
    code, screen = typed(crm.root, ["new", "deal"], least)
    assert (code, screen.count("It cannot be left open.")) == (0, 1)
    assert Git(crm.root)("config", "salesops.me").strip() == "april"
    code, screen = typed(crm.root, ["new", "deal", "cascadia"], ["o"])
    assert code == 0
    assert "General Membership · Cascadia University" in screen


@pytest.mark.proof
@on_a_terminal
def test_at_a_terminal_one_that_sounds_alike_is_a_choice(crm):
    answers = ["1", "a", "new", "Data School", "Data School, gen", "", "", "", "", "Call, mon", "jim", "n"]
    code, screen = typed(crm.root, ["new", "deal", "Casscadia"], answers)
    assert code == 0
    assert "1  cascadia-university  Cascadia University" in screen
    assert "which tier? Write it behind a comma: Data School, general" in screen


# ── a member, an experiment, a decision ───────────────────────────────────────────────────────────────────────────────


def test_a_member_is_one_line(crm):
    ran = crm.run("new", "member", "Pinecrest", "--kind", "cons", "--country", "unknown", "--with", "dean", "--website", "https://pine.example")  # fmt: skip
    assert ran.code == 0
    assert 'kind: consortium\ncountry: unknown\nwebsite: "https://pine.example"\n' in text(
        crm, "members/pinecrest.yaml"
    )
    ran = crm.run("new", "member", "pinecrest", "--kind", "cons", "--country", "unknown")
    assert ran.code == 2
    assert "Pinecrest is there already: pinecrest" in ran.err
    ran = crm.run("new", "member")
    assert (ran.code, ran.err.count("\n")) == (1, 4)


def test_an_experiment_is_planned_with_all_that_decides_it(crm):
    assert crm.run(*EXPERIMENT).code == 0
    assert text(crm, "playbook/experiments/names-more-replies.yaml") == (
        'hypothesis: "Names: more replies"\nvariants: [plain, named]\ncohort: {stage: outreach, since: 2026-12-01}\n'
        "measure: outreach-to-discovery\nstop: {each_variant: 20, until: 2027-06-30}\nowner: jim\nstatus: planned\n"
    )
    assert "There already" in crm.run(*EXPERIMENT).out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["A"], 1, "--variant A --variant B"),
        (["A", "--variant", "one"], 2, "nothing to compare with"),
        (["A", "--measure", "nothing"], 2, "there is no 'nothing'"),
        (["A", "--cohort", "outreach"], 2, "a stage, and since when"),
        (["A", "--cohort", "nowhere, 1 dec"], 2, "there is no 'nowhere'"),
    ],
)
def test_an_experiment_that_decides_nothing_is_refused(crm, words, code, says):
    ran = crm.run("new", "experiment", *words)
    assert ran.code == code
    assert says in ran.err


def test_the_end_of_an_experiment_may_be_in_words(crm):
    words = [*EXPERIMENT]
    words[words.index("--stop") + 1] = "When we know, or in May"
    assert crm.run(*words).code == 0
    assert "stop: When we know, or in May\n" in text(crm, "playbook/experiments/names-more-replies.yaml")


def test_a_decision_names_what_it_answers(crm):
    words = (
        "new",
        "decision",
        "outreach-b",
        "--verdict",
        "ho",
        "--why",
        "Replies: on their way",
        "--until",
        "1 feb 2027",
    )
    assert crm.run(*words).code == 0
    assert text(crm, "playbook/decisions/2026-11-outreach-broken.yaml") == (
        'date: 2026-11-20\nanswers: outreach-broken\nverdict: hold\nwhy: "Replies: on their way"\nuntil: 2027-02-01\n'
    )
    assert "There already" in crm.run(*words).out
    ran = crm.run("new", "decision")
    assert ran.code == 1
    assert "--verdict pivot|hold|gather more    what was decided" in ran.err
    assert "there is no 'nothing'" in crm.run("new", "decision", "nothing").err


@on_a_terminal
def test_at_a_terminal_what_a_decision_may_answer_is_listed(crm):
    code, screen = typed(crm.root, ["new", "decision"], ["v3", "gather", "Too few, yet", "", "y"])
    assert code == 0
    assert "  outreach-broken  " in screen
    assert "answers: v3\n" in text(crm, "playbook/decisions/2026-11-v3.yaml")


@pytest.mark.parametrize(("said", "meant"), [("Referral", "referral"), ("conf", "conference"), ("Podcast", "Podcast")])
def test_the_first_lead_is_counted_under_the_usual_word_for_how_it_came_about(crm, said, meant):
    words = ("--source", said, "--next", "Send slides, mon")
    assert crm.run(*PINECREST, *words).code == 0
    assert f"source: {{channel: {meant}}}" in text(crm, "deals/pinecrest-college-general.yaml")
