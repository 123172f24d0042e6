"""The manual of what the reader itself refuses: files, YAML and single values. Rules about the process are in ``checks``.

Each entry is a fact, why it matters and what to do, with a bad and a good example, as every check has it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from salesops.problems import Severity


@dataclass(frozen=True)
class Refusal:
    """One code of the reader: its manual and its examples (fragments that replace keys of an otherwise sound record).

    Where no fragment can show it, as with a file's name or size, ``bad`` is empty and ``example`` says it in words.
    """

    code: str
    manual: str
    bad: str = ""
    good: str = ""
    kind: str = "deal"
    severity: Severity = Severity.ERROR
    example: str = ""
    source: str = "reference/records#yaml"

    @property
    def summary(self) -> str:
        """The first line of the manual."""
        return self.manual.split("\n", 1)[0]


def _refusal(code: str, fact: str, rest: str, bad: str = "", good: str = "", **more: object) -> Refusal:
    return Refusal(code, f"{fact}\n\n{rest}", inspect.cleandoc(bad), inspect.cleandoc(good), **more)  # type: ignore[arg-type]


REFUSALS: dict[str, Refusal] = {
    refusal.code: refusal
    for refusal in (
        # The file
        _refusal(
            "file-name",
            "A file's name is not an id, or the file does not belong in this folder.",
            "The name without `.yaml` is the record's id, by which everything else refers to it: lower-case letters, digits and hyphens, at most 80. Rename the file, or move it elsewhere.",
            example="deals/Cascadia General.yml; write deals/cascadia-general.yaml",
            source="reference/records#ids",
        ),
        _refusal(
            "id-taken",
            "Two files have the same id.",
            "Ids are unique over all folders, so that a name means one thing. Rename one of the two files.",
            example="deals/2025/acme.yaml next to deals/acme.yaml",
            source="reference/records#ids",
        ),
        _refusal(
            "record-ignored",
            "Git ignores a file in a folder of records.",
            "It would be in no commit, so nobody else would have it and nothing would be missing. Change the pattern that fits it (`git check-ignore -v FILE` names it), or move the file elsewhere. It is looked for by `check --against`.",
            example="deals/2026-draft.yaml where .gitignore says *-draft.yaml",
            source="reference/records#the-past",
        ),
        _refusal(
            "record-ignored-soon",
            "A pattern of .gitignore fits a record that git keeps.",
            "This one stays, the next of its kind would be in no commit. Change the pattern. It is looked for by `check --against`.",
            severity=Severity.WARNING,
            example="deals/*.yaml in .gitignore",
            source="reference/records#the-past",
        ),
        _refusal(
            "record-attribute",
            "A line of .gitattributes is new, and by it git may join or store records otherwise than before.",
            "A merge attribute decides what becomes of two changes of one record, a filter what is stored. Look whether it is meant for records. It is looked for by `check --against`.",
            severity=Severity.WARNING,
            example="deals/*.yaml merge=ours",
            source="reference/records#merging",
        ),
        _refusal(
            "not-a-file",
            "An entry is a link, a folder or a device where a plain file belongs.",
            "The target of a link cannot be reviewed, and may be outside of the repository. Replace it by a plain file.",
            example="deals/acme.yaml that points at ../../secret.yaml",
            source="reference/records#plain-files",
        ),
        _refusal(
            "file-too-large",
            "A file is larger than a record may be.",
            "Records are read by people; whatever is larger than 256 KiB is an export or an attachment. Keep it elsewhere and put a link under `links:`.",
            example="a deal with a pasted e-mail archive",
            source="reference/records#limits",
        ),
        _refusal(
            "not-utf-8",
            "A file is not UTF-8 text.",
            "Other encodings look different on every machine. Save the file as UTF-8, without a byte-order mark.",
            example="a file saved as Windows-1252 or UTF-16",
        ),
        # YAML
        _refusal(
            "unseen-character",
            "A text has an invisible character, or one that changes how the text around it reads.",
            "Such characters make a reviewer see something else than the program reads. Delete it; it was probably pasted. `salesops check --fix` deletes zero-width characters that stand outside of quotes.",
            'title: "Acme\\u202erenewal"  # <--',
            "title: Acme renewal",
        ),
        _refusal(
            "merge-conflict",
            "A file has an unresolved merge conflict.",
            "Two people changed the same lines and git left both, one above the line of ======= and one below it. Ask the other person which is right; keep those lines, delete the lines of <<<<<<<, ======= and >>>>>>>, then `git add` the file and commit. What `salesops merge-driver --help` sets up once spares most of this.",
            "title: Acme\n<<<<<<< HEAD  # not a comment: a marker\n",
            "title: Acme",
            source="reference/records#merging",
        ),
        _refusal(
            "not-yaml",
            "A file is not valid YAML.",
            "The usual causes are a text with `: ` in it that is not quoted, a tab, a bracket or quote that is not closed, or lines that are not indented alike. The message names the line; blanks, tabs and bullets that were pasted from a document are made plain by `salesops check --fix`.",
            "title: Acme: renewal  # <--",
            'title: "Acme: renewal"',
        ),
        _refusal(
            "not-a-record",
            "A file has a list, a single text or nothing instead of a record.",
            "A record is lines of `key: value`. Start with the keys that every record of its kind has.",
            example="a file with nothing but a comment",
        ),
        _refusal(
            "second-document",
            "A file has a second document after `---`.",
            "It would be ignored. Move it to a file of its own.",
            example="two deals in one file",
        ),
        _refusal(
            "yaml-directive",
            "A file begins with a % directive.",
            "Directives change how the rest is read. Delete the line.",
            example="%YAML 1.1",
        ),
        _refusal(
            "yaml-anchor",
            "A value begins with &, which YAML reads as an anchor.",
            "The value itself would be lost. Quote the text if the & belongs to it, otherwise delete the anchor.",
            "title: &Acme  # <--",
            'title: "&Acme"',
        ),
        _refusal(
            "yaml-alias",
            "A value begins with *, which repeats another part of the file.",
            "A record reads from top to bottom, and repetition can make a small file enormous in memory. Write the value out.",
            "x: {a: *b}  # <--",
            'x: {a: "*b"}',
        ),
        _refusal(
            "yaml-merge",
            "A key << copies keys from elsewhere.",
            "A record must spell out all it says. Write the keys out.",
            "x: {<<: {a: b}}  # <--",
            "x: {a: b}",
        ),
        _refusal(
            "yaml-tag",
            "A value carries a tag that begins with !.",
            "Types come from the fields, never from the file. Delete the tag.",
            "title: !secret Acme  # <--",
            "title: Acme",
        ),
        _refusal(
            "key-twice",
            "A key is given twice.",
            "YAML would silently take the last one. Keep one of the two.",
            "title: Acme\ntitle: Acme again  # <--",
            "title: Acme",
        ),
        _refusal(
            "key-not-text",
            "A key is a list or a mapping.",
            "Fields have names. Write the name of the field.",
            "x: {? [a] : b}  # <--",
            "x: {a: b}",
        ),
        _refusal(
            "too-deep",
            "Values are nested more than 16 levels deep.",
            "No record is this deep. Look for a bracket that is not closed.",
            "x: {a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}  # <--",
            "x: {a: [[1]]}",
            source="reference/records#limits",
        ),
        _refusal(
            "too-many-values",
            "A file has more than 20,000 values.",
            "A record is read by people. Split it, or link to the data.",
            example="a list with a line for every user",
            source="reference/records#limits",
        ),
        _refusal(
            "too-many-problems",
            "A file has more than 50 YAML errors, and the rest is not shown.",
            "Fix those that are shown, and check again.",
            example="an export that was saved as a deal",
            source="reference/records#limits",
        ),
        _refusal(
            "text-too-long",
            "A text is longer than a field may be.",
            "Long texts belong in documents. Link to the document.",
            example="a note of 30,000 characters",
            source="reference/records#limits",
        ),
        _refusal(
            "text-cut-by-comment",
            "A plain value is followed by # and a number, which YAML reads as a comment.",
            "`Acme #2` is read as `Acme`. Quote the text if the # belongs to it.",
            "title: Acme #2",
            'title: "Acme #2"',
            severity=Severity.WARNING,
        ),
        _refusal(
            "text-cut-by-comma",
            "A comma ends a text between braces, and what follows it would be lost.",
            "`{note: Two hubs, standard}` is read as the note `Two hubs` and a field `standard`. Put the whole text in quotes, or write an amount without the comma: `salesops check --fix` does it.",
            "icp: {hypothesis: teaching-led, version: 1, note: Two hubs, standard}  # <--",
            'icp: {hypothesis: teaching-led, version: 1, note: "Two hubs, standard"}',
        ),
        # Shape
        _refusal(
            "field-missing",
            "A required field is missing.",
            "The message says what it means and offers a line to paste. The reference lists the fields of every record.",
            "title: null\nmember: cascadia-university",
            "title: Acme",
            source="reference/records#fields",
        ),
        _refusal(
            "unknown-key",
            "A key is not a field of this record.",
            "A misspelled key would be ignored silently. Correct it; the team's own fields go under `x:`.",
            "ownr: jim  # <--",
            "owner: jim",
            source="reference/records#fields",
        ),
        _refusal(
            "wrong-shape",
            "A field has a list, a mapping or a text where another of them is expected.",
            "The message says what belongs there. A list of one still needs its brackets.",
            "parked: soon  # <--",
            "parked: []",
            source="reference/records#fields",
        ),
        _refusal(
            "value-missing",
            "A text is empty, or an entry of a list is.",
            "To leave a field empty, leave its key out. Write the value, or delete the key.",
            'title: ""  # <--',
            "title: Acme",
            source="reference/records#fields",
        ),
        _refusal(
            "placeholder-left",
            "A value is still the placeholder that a fix left for a person to fill in.",
            "`?`, `…` and `https://…` stand for what only somebody who was there can say; a record that kept them would say that it was said. Write what is true, or delete the key.",
            "icp: {hypothesis: teaching-led, version: 1, note: …}  # <--",
            "icp: {hypothesis: teaching-led, version: 1, note: Three active courses}",
            source="reference/records#fields",
        ),
        _refusal(
            "move-unreadable",
            "A line of `stages` is not one stage and its day.",
            "One line, one move: the difference between two commits is the transition. Write `- stage: day`.",
            """
            stages:
              - {enrichment: 2026-01-05, outreach: 2026-01-06}  # <--
            """,
            """
            stages:
              - enrichment: 2026-01-05
            """,
            source="reference/fields#deal.stages",
        ),
        # Values
        _refusal(
            "not-a-date",
            "A day is not written as YYYY-MM-DD, or does not exist.",
            "Days are whole calendar days from 1990 to 2100; anything else would be a guess. Write it as 2026-02-09.",
            "expected_close: 2099-2-9  # <--",
            "expected_close: 2099-02-09",
            source="reference/records#values",
        ),
        _refusal(
            "not-money",
            "An amount is not a plain number and a currency.",
            "Money is exact: 0 or more, at most two decimals, no thousands marks, and an ISO 4217 code. Write it as 1250 USD.",
            "value: {mrr: 1_000 USD}  # <--",
            "value: {mrr: 1000 USD}",
            source="reference/records#values",
        ),
        _refusal(
            "not-a-percentage",
            "A share is not written as a percentage from 0% to 100%.",
            "0.6 and 60 are read differently by different people. Write it as 60%.",
            "probability: {value: 0.6, date: 2026-03-05, why: Dean agreed}  # <--",
            "probability: {value: 60%, date: 2026-03-05, why: Dean agreed}",
            source="reference/records#values",
        ),
        _refusal(
            "token-too-short",
            "A token from which a pseudonym is made is too short.",
            "A pseudonym is made from a secret; one of fewer than 16 characters can be found by trying. Write at least 16 characters that were drawn at random, such as `openssl rand -hex 16` prints.",
            "public: {title: Us, members: [{member: cascadia-university, as: pseudonym, token: cascadia}]}",
            "public: {title: Us, members: [{member: cascadia-university, as: pseudonym, token: 9f0c52d1a7e84b36}]}",
            kind="team",
            source="reference/fields#team.public.members",
        ),
        _refusal(
            "not-a-number",
            "A number is not written in digits.",
            "Thousands marks, underscores and leading zeros are read differently by different programs. Write digits only.",
            "value: {mrr: 1000 USD, months: twelve}  # <--",
            "value: {mrr: 1000 USD, months: 12}",
            source="reference/records#values",
        ),
        _refusal(
            "not-true-or-false",
            "A yes-or-no field is neither true nor false.",
            "Yes, no, on and off mean different things to different versions of YAML. Write true or false.",
            "icp: {hypothesis: teaching-led, version: 1, fit: yes}  # <--",
            "icp: {hypothesis: teaching-led, version: 1, fit: true}",
            source="reference/records#values",
        ),
        _refusal(
            "not-a-month",
            "A month is not written as YYYY-MM.",
            "Invoices are by month. Write it as 2026-10.",
            "invoices: [{month: May 2026}]  # <--",
            "invoices: [{month: 2026-10}]",
            kind="member",
            source="reference/records#values",
        ),
        _refusal(
            "not-an-id",
            "A name of a record or a person is not an id.",
            "Ids are file names: lower-case letters, digits and hyphens. Write the id, not the full name.",
            "owner: Jim Brown  # <--",
            "owner: jim",
            source="reference/records#ids",
        ),
        _refusal(
            "not-a-choice",
            "A value is not one of the allowed words.",
            "Numbers are counted by these words. The message lists them and offers the nearest.",
            "type: New Business  # <--",
            "type: new business",
            source="reference/records#fields",
        ),
        _refusal(
            "not-a-link",
            "A link is not http, https or mailto, or has characters that are not allowed in a link.",
            "Other kinds of links can run code in the browser of whoever clicks them. Copy the address from the browser.",
            'links: [{kind: notes, url: "javascript:alert(1)"}]  # <--',
            'links: [{kind: notes, url: "https://notes.example/acme"}]',
            source="reference/records#links",
        ),
        _refusal(
            "not-an-email",
            "An e-mail address is not valid.",
            "Write it as name@university.example.",
            "contacts: [{id: a-smith, email: a.smith}]  # <--",
            "contacts: [{id: a-smith, email: a.smith@university.example}]",
            kind="member",
            source="reference/fields#member.contacts.email",
        ),
        _refusal(
            "not-a-phone-number",
            "A telephone number is not valid.",
            "Write it as people dial it, with its country where that is not obvious.",
            "contacts: [{id: a-smith, phone: ask Jim}]  # <--",
            "contacts: [{id: a-smith, phone: +1 604 555 0100}]",
            kind="member",
            source="reference/fields#member.contacts.phone",
        ),
        _refusal(
            "not-a-country",
            "A country is not a code of ISO 3166-1.",
            "Two capital letters, such as US or CA: names are spelt in too many ways. Write the code.",
            "country: Canada  # <--",
            "country: CA",
            kind="member",
            source="reference/records#values",
        ),
        _refusal(
            "not-a-currency",
            "A currency is not a code of ISO 4217.",
            "Three capital letters, such as USD. Write the code.",
            "currency: dollars  # <--",
            "currency: USD",
            kind="team",
            source="reference/records#values",
        ),
        _refusal(
            "not-a-ror-id",
            "A ROR id is not well formed, or its check digits are wrong.",
            "The check digits catch a mistyped character. Copy the id from the institution's page.",
            "ror: https://ror.org/04xm1d338  # <--",
            "ror: https://ror.org/04xm1d337",
            kind="member",
            source="reference/records#values",
        ),
        _refusal(
            "not-a-time-zone",
            "A time zone is not an IANA name.",
            "The team's zone decides when a day begins. Write a name such as America/Vancouver or UTC.",
            "time_zone: Pacific  # <--",
            "time_zone: America/Vancouver",
            kind="team",
            source="reference/records#values",
        ),
        _refusal(
            "not-a-github-account",
            "The name of a GitHub account or team is not valid.",
            "Reviews are requested from it by name. Write octocat, or organisation/team, without @ and without the address.",
            'github: "@our-org/sales"  # <--',
            "github: our-org/sales",
            kind="team",
            source="reference/fields#team.github",
        ),
        # A process that builds on another
        _refusal(
            "process-from-unknown",
            "A process version builds on one that is not there, on itself, or leaves out what that one does not have.",
            "Nobody could say what the version asks for. `from` names a version in `playbook/process/`, and `without` paths of it, such as `stages.renewals`. Correct the name.",
            kind="process",
            example="from: v2 in playbook/process/v4.yaml, where there is no playbook/process/v2.yaml",
            source="reference/records#process-from",
        ),
        # A list of changes
        _refusal(
            "change-unclear",
            "A change of a list does not begin with a word for it, or names a kind of record that is none.",
            "Each begins with `new`, `log`, `move`, `set`, `clear` or `add` and the record that it is about. Write one of them.",
            example="{moved: owlspruce-general, to: proposal}",
            source="reference/records#change-lists",
        ),
        _refusal(
            "change-record-unknown",
            "A change is about a record that is not there, or cannot be read.",
            "Nothing of the list is written. Correct the id; for what is neither a deal nor a member, say `kind`.",
            example="{set: owlspruce-genral, fields: {next.due: 2026-12-04}}",
            source="reference/records#change-lists",
        ),
        _refusal(
            "change-id-taken",
            "A new record has an id that another one has, and does not say the same.",
            "Ids are unique, so that a name means one thing. Choose another id, or change the record that is there.",
            example="{new: deal, id: owlspruce-general, …} where there is such a deal",
            source="reference/records#change-lists",
        ),
        _refusal(
            "change-grown-old",
            "A list was made for something else than stands in the record now.",
            "Somebody changed it in the meantime, and their word would be lost. Look at the record again, and make the change anew.",
            example="{move: owlspruce-general, to: proposal, date: 2026-11-21, was: discovery} where it is in Outreach",
            source="reference/records#change-lists",
        ),
        _refusal(
            "change-twice",
            "A list says two things of the same field.",
            "Done again, the first would take back the second. Leave the one that holds.",
            example="two changes that set next.due of one deal",
            source="reference/records#change-lists",
        ),
        _refusal(
            "change-impossible",
            "A change cannot be made without touching more of the file than was asked for.",
            "A comment would be lost, or the lines are written so that only a person can change them. Edit the file by hand: `salesops edit` opens it and checks it.",
            example="set: next, where a comment stands between its braces",
            source="reference/records#change-lists",
        ),
        _refusal(
            "change-not-by-issue",
            "An issue asks for a change of something else than deals and members.",
            "The playbook decides how every deal is judged. Change it in a pull request of its own.",
            example="{set: subject-lines, kind: experiment, fields: {status: stopped}} in an issue",
            source="reference/records#change-lists",
        ),
    )
}
"""Every code of the reader."""
