"""What ``salesops new experiment`` and ``salesops new decision`` do: one file of the playbook, with all that makes it count."""

from __future__ import annotations

import re
from typing import Any, get_args

from click import UsageError

from salesops.cli import names
from salesops.cli.actions.new_deal import owner
from salesops.cli.actions.new_ids import own_id, there_or_free
from salesops.cli.form import Form
from salesops.cli.hands import Asked, Desk, desk_of, send, word_of
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import say
from salesops.edits.spoken import DUE, Unclear, day
from salesops.metrics import metrics_of
from salesops.output import show
from salesops.records.learning import STATUSES, Decision
from salesops.records.scalars import slug

WORDS_IN_ID = 4
_EACH = re.compile(r"(\d{1,4})\s+(?:attempts?\s+)?(?:in\s+)?(?:each|per)(?:\s+variant)?", re.ASCII | re.IGNORECASE)


def experiment(folder: str, hypothesis: str | None, **options: Any) -> int:
    """Write a planned experiment; 1 where it is refused."""
    how = {key: options.pop(key) for key in ("yes", "dry_run", "output_format", "as_of")}
    form = Form(desk_of(folder, **how))
    desk = form.desk
    metrics = names.metrics(metrics_of(desk.snapshot.process))
    plan: Asked = {
        "hypothesis": form.needed("HYPOTHESIS", hypothesis, "What do you believe", str, why="what you believe"),
        "variants": _variants(form, options["variant"]),
        "cohort": form.needed(
            '--cohort "STAGE, SINCE"',
            options["cohort"],
            "Which attempts count",
            lambda it: _cohort(form, it),
            hint="those that enter a stage, and since when: outreach, 1 dec",
        ),
        "measure": form.needed(
            "--measure METRIC",
            options["measure"],
            "Which metric decides",
            _one(metrics),
            hint="a metric, such as a conversion: outreach-to-discovery",
        ),
        "stop": form.needed(
            "--stop RULE",
            options["stop"],
            "When does it end",
            lambda it: _stop(form, it),
            hint='"20 each", a day, both with "or", or words',
        ),
        "owner": owner(form, options["owner"], "Who runs it"),
        "status": STATUSES[0],
    }
    form.complete()
    wanted = own_id(options["id_"]) or there_or_free(
        desk, "experiment", _of_words(plan["hypothesis"], "experiment"), plan
    )
    return send(desk, [{"new": "experiment", "id": wanted, **plan}])


def decision(folder: str, answers: str | None, **options: Any) -> int:
    """Write a decision; 1 where it is refused."""
    how = {key: options.pop(key) for key in ("yes", "dry_run", "output_format", "as_of")}
    form = Form(desk_of(folder, **how))
    desk, verdicts = form.desk, get_args(Decision.model_fields["verdict"].annotation)
    taken = desk.happened(options["date_"])
    choices = answerable(desk)
    if answers is None and form.asks:
        for choice in choices:
            say(f"  {show(choice.id)}  {show(choice.says)}")
    found: Asked = {
        "date": str(taken),
        "answers": form.open(
            "ANSWERS", answers, "What does it answer", _one(choices), hint="one of these; Enter where none"
        ),
        "verdict": form.needed(
            f"--verdict {'|'.join(verdicts)}",
            options["verdict"],
            "What was decided",
            lambda it: word_of(verdicts, it),
            hint=", ".join(verdicts),
            why="what was decided",
        ),
        "why": form.needed("--why WORDS", options["why"], "Why", str, why="the reason"),
        "until": form.open(
            "--until", options["until"], "Looked at again", lambda it: _day(form, it), hint="a day; Enter where not"
        ),
    }
    form.complete()
    about = found["answers"] or _of_words(found["why"], "decision")
    said = {key: value for key, value in found.items() if value}
    wanted = own_id(options["id_"]) or there_or_free(desk, "decision", f"{taken:%Y-%m}-{about}", said)
    return send(desk, [{"new": "decision", "id": wanted, **said}])


def answerable(desk: Desk) -> list[Choice]:
    """What a decision may answer: the red lines in force, the targets, the versions of the process."""
    targets = desk.book.targets.targets if desk.book.targets else ()
    return [
        *(
            Choice(line.id, (line.metric,), line.means or f"red line of {line.metric}")
            for line in desk.snapshot.process.red_lines
        ),
        *(Choice(target.id, (), f"target of {target.metric}") for target in targets),
        *(Choice(process.version, (), f"process, in force from {process.in_force}") for process in desk.book.processes),
    ]


# ── as spoken ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _one(choices: list[Choice]) -> Any:
    """Reads one of many, by how it begins; what fits is named where there are several, the nearest where there is none."""

    def reads(said: str) -> str:
        begun = [choice.id for choice in choices if names.folded(choice.id).startswith(names.folded(said))]
        if len(begun) == 1:
            return begun[0]
        try:
            return names.chosen(said, choices, f"there is no '{show(said)}'")
        except UsageError as unclear:
            raise Unclear(unclear.message) from None

    return reads


def _variants(form: Form, said: tuple[str, ...]) -> Any:
    def reads(words: str) -> list[str]:
        found = [part.strip() for part in words.split(",") if part.strip()]
        if len(found) < 2:
            raise Unclear("there is nothing to compare with: name two at least, with a comma between them")
        return found

    if said:
        if len(said) < 2:
            raise Usage("--variant: there is nothing to compare with: name two at least, each with its own --variant")
        return [*said]
    return form.needed("--variant A --variant B", None, "What is compared", reads, hint="two at least: plain, named")


def _cohort(form: Form, said: str) -> Asked:
    """A stage and the day from which on it counts, perhaps the last one too."""
    stage, *days = [part.strip() for part in said.split(",")]
    if not 1 <= len(days) <= 2:
        raise Unclear("a stage, and since when: outreach, 1 dec")
    found = {"stage": _one(names.stages(form.desk.snapshot.process))(stage)}
    return found | {key: _day(form, words) for key, words in zip(("since", "until"), days, strict=False)}


def _stop(form: Form, said: str) -> Any:
    """So many in each variant, a day, or whichever comes first; anything else in words."""
    rule: Asked = {}
    for part in re.split(r"\s+or\s+", said.strip(), flags=re.IGNORECASE):
        if match := _EACH.fullmatch(part.strip()):
            rule["each_variant"] = int(match[1])
            continue
        try:
            rule["until"] = _day(form, part.removeprefix("on ").removeprefix("until "))
        except Unclear:
            return said
    return rule


def _day(form: Form, said: str) -> str:
    found = str(day(said, form.desk.day, DUE))
    form.echo(said, found)
    return found


def _of_words(words: str, otherwise: str) -> str:
    """An id made of the first words that tell something."""
    telling = [word for word in slug(words).split("-") if len(word) > 3][:WORDS_IN_ID]
    return "-".join(telling) or slug(words)[:40].strip("-") or otherwise
