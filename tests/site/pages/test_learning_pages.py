"""What we know, hypotheses, experiments and decisions: an index and a page each, with counts, intervals and the deals by name."""

from datetime import date

from salesops.site.pages import every_page

SUBJECT = """
    hypothesis: A named colleague gets more calls
    variants: [plain, named]
    cohort: {stage: outreach, since: 2026-01-10}
    measure: outreach-to-discovery
    stop: {each_variant: 1}
    status: running
    """
MAIL = "activity: [{date: 2026-01-20, kind: email, experiment: subject, variant: %s, replied: 2026-01-21}]"


def test_an_experiment_shows_its_variants_with_their_deals_and_what_may_be_said(repo, page_of):
    repo.write("playbook/experiments/subject.yaml", SUBJECT)
    repo.deal(
        "stages: [enrichment: 2026-01-05, outreach: 2026-01-19, discovery: 2026-02-01]\n" + MAIL % "plain", id="a"
    )
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\n" + MAIL % "named", id="b")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]", id="c")
    text = page_of("experiments/subject").text
    assert "plain 1 1 of 1 too few to say 1 deal Cascadia University" in text
    assert "named 1 no data 1 still open –" in text
    assert "plain against named – – too few" in text
    assert "stop rule reached on 2026-01-20" in text
    assert "no activity of it is part of the experiment Cascadia University" in text
    assert "cannot be told" in text
    assert "2 experiments running." in page_of("experiments").text


def test_an_experiment_says_only_what_is_said_of_it(repo, page_of):
    page = page_of("experiments/subject-lines")
    said = [term.text for term in page.one("dl", class_="so-facts").every("dt")]
    assert said == ["Status", "Declared"]
    repo.write("playbook/experiments/subject-lines.yaml", SUBJECT.replace("    measure: outreach-to-discovery\n", ""))
    measured_by_nobody = page_of("experiments/subject-lines")
    heads = [head.text for head in next(measured_by_nobody.every("thead")).every("th")]
    assert heads == ["Variant", "Attempts"]


def test_without_experiments_hypotheses_or_decisions_their_pages_say_how_to_begin(repo, page_of):
    for kind in ("icp", "experiments", "decisions"):
        for path in repo.root.glob(f"playbook/{kind}/*.yaml"):
            path.unlink()
    assert "No experiment yet: salesops new experiment begins one." in page_of("experiments").text
    assert "No hypothesis yet" in page_of("hypotheses").text
    assert "No decision yet" in page_of("decisions").text
    assert page_of("knowledge").text.count("Nobody has answered this yet.") == 4


def test_an_answer_stands_under_its_question_with_its_day_its_evidence_and_its_deals(repo, page_of):
    repo.write(
        "playbook/knowledge.yaml",
        "answers: [{question: needs, date: 2026-03-02, answer: Teaching without installs, evidence: Two wins, deals: [cascadia-2025]}]",
    )
    text = page_of("knowledge").text
    assert "Teaching without installs Answered on Mon 2 Mar. It rests on: Two wins (Cascadia University" in text
    assert "nothing has spoken for it in 180 days" in text
    assert "Answered" not in page_of("knowledge", date(2026, 3, 1)).text


def test_a_decision_says_what_it_answers_why_and_until_when(repo, page_of):
    repo.write(
        "playbook/decisions/d.yaml",
        "date: 2026-04-06\nanswers: v3\nverdict: hold\nwhy: Too early to say\nuntil: 2026-06-01\n",
    )
    page = page_of("decisions/d")
    assert "Answers v3 Verdict hold Why Too early to say Until Mon 1 Jun to be looked at again" in page.text
    assert "../process/v3.html" in [link["href"] for link in page.every("a")]
    assert "It answers neither a red line nor a target" in page.text


def test_on_a_day_before_a_hypothesis_was_written_down_there_is_no_page_of_it(repo, page_of):
    repo.write("playbook/icp/teaching.yaml", "claim: They teach\nversion: 1\nsince: 2026-06-01\nstatus: testing\n")
    assert "Teaching They teach" in page_of("hypotheses").text
    assert "They teach" not in page_of("hypotheses", date(2026, 5, 31)).text


def test_a_hypothesis_shows_what_delivery_sees_of_those_that_were_won_under_it(repo, page_of):
    file = repo.root / "deals/cascadia-2025.yaml"
    assert "hypothesis: teaching-led" in file.read_text()
    repo.member(
        "health: [{date: 2026-05-01, status: green, active_users: 100}, {date: 2026-10-01, status: amber, active_users: 80, satisfaction: 3, note: The server is slow}]"
    )
    page = page_of("hypotheses/teaching-led")
    (row,) = (row for row in page.every("tr") if "The server is slow" in row.text)
    assert "3 of 5" in row.text
    assert "80 (−20)" in row.text
    assert "The server is slow" not in page_of("hypotheses/teaching-led", date(2026, 9, 30)).text, (
        "it is of a later day"
    )


def test_what_is_tried_and_decided_is_headed_in_words_and_its_id_is_found(repo, page_of):
    repo.write("playbook/experiments/named-colleague-subject.yaml", SUBJECT)
    repo.write(
        "playbook/decisions/2026-05-small-members.yaml",
        "date: 2026-04-06\nanswers: v3\nverdict: hold\nwhy: Too early to say\nuntil: 2026-06-01\n",
    )
    repo.deal("activity: [{date: 2026-01-20, kind: email, experiment: named-colleague-subject, variant: plain}]")
    for path, title, file in (
        (
            "experiments/named-colleague-subject",
            "Named colleague subject",
            "playbook/experiments/named-colleague-subject.yaml",
        ),
        ("decisions/2026-05-small-members", "Small members", "playbook/decisions/2026-05-small-members.yaml"),
    ):
        page = page_of(path)
        assert page.one("h1").text == title
        assert page.text.endswith(f"Record: {file}")
        assert title in [link.text for link in page_of(path.partition("/")[0]).every("a")]
        [found] = [it for it in every_page(repo.book().on(date(2026, 11, 20))) if it.path == path]
        assert path.partition("/")[2] in found.words, "the search finds it by its id"
    assert "Named colleague subject" in [link.text for link in page_of("deals/acme").every("a")]
    assert "Named colleague subject" in [link.text for link in page_of("review").every("a")]
    assert "Small members" in [link.text for link in page_of("").every("a")]
