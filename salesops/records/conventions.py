"""What holds for every record and for its past: where it lives, what may stand in it, and what may change later."""

from __future__ import annotations

from salesops.records.section import Section

CONVENTIONS: tuple[Section, ...] = (
    # The file
    Section(
        "ids",
        "Where a record lives, and what it is called",
        """
        Each kind of record has its folder, or its one file; the page of the fields names them. Deals and members may lie
        in folders of their own below `deals/` and `members/`, since the folder says nothing about the record.

        The name of the file without `.yaml` is the id, by which everything else refers to the record: lower-case letters,
        digits and hyphens, beginning with a letter or digit, at most 80 characters. Names that Windows keeps for
        itself, such as `con` or `aux`, are not taken. No two deals or members share an id, in whatever folders they are,
        and no two records of any other kind do.

        Only records live in these folders. A `README.md`, a `CODEOWNERS` file, and what begins with a dot may lie beside
        them.
        """,
    ),
    Section(
        "plain-files",
        "Plain files only",
        """
        A record is a plain file that everybody can read and review. Links are not followed, neither those that stand for
        a file nor those that stand for a folder, because what they lead to may lie outside of the repository.
        """,
    ),
    Section(
        "limits",
        "How large a record may be",
        """
        A record is read by people. A file holds at most 256 KiB, 20,000 values and 16 levels inside one another, and a
        text at most 20,000 characters. Whatever is larger belongs into a document, with a link to it here. Of the faults
        of one file at most 50 are shown at a time.
        """,
    ),
    Section(
        "yaml",
        "How YAML is read",
        """
        Files are UTF-8 text. YAML never guesses here: every value is text until its field gives it a type, so `NO` stays
        Norway and `2026-02` is not a number. What would let a file say something else than it shows is refused: anchors,
        repeated parts, merge keys, tags, directives, a second document, a key given twice, characters that cannot be seen,
        a `#` that cuts a value short.
        """,
    ),
    # What stands in it
    Section(
        "fields",
        "Fields",
        """
        The page of the fields names every field of every record, and which of them must be given. An empty value, `~` and
        `null` mean that nothing is given. A key that is no field is refused, since a mistyped one would be ignored in
        silence. A team's own fields go under `x:`, where anything may stand.
        """,
    ),
    Section(
        "values",
        "How values are written",
        """
        - A day is `2026-02-09`, from 1990 to 2100, without a time; a month is `2026-05`.
        - Money is an amount from 0 on with at most two decimals, and a currency of ISO 4217: `1250 USD`, `412.50 CAD`.
        - A share is a percentage from `0%` to `100%`.
        - A number is digits without thousands marks, with a point where it may have decimals.
        - Yes and no are `true` and `false`.
        - A country is a code of ISO 3166-1, a time zone an IANA name, a research organisation its ROR id.

        Each of these has one way to be written, so that nobody and no program reads it differently.
        """,
    ),
    Section(
        "links",
        "Links",
        """
        A link begins with `https://`, `http://` or `mailto:`. Others can run something in the browser of whoever clicks
        them. Documents stay where they are, and the record links to them.
        """,
    ),
    Section(
        "references",
        "What a record names",
        """
        Whatever a record names has to be there: the member of a deal, the people of the team, a contact of the member, a
        hypothesis, an experiment, the deal that a hub runs under. People who have left the team stay in
        `playbook/team.yaml`, because the past names them.
        """,
    ),
    Section(
        "what-happened",
        "What happened, and what is planned",
        """
        A day by which something has happened does not lie after the day of the check. A meeting to come is
        `status: scheduled`, what will be done goes under `next`, and the hoped-for close under `expected_close`.
        """,
    ),
    Section(
        "secrets",
        "Secrets",
        """
        Passwords, tokens and private keys do not belong into a record. Whoever can read the repository, now or later, has
        them, and deleting them from the file leaves them in the history. Withdraw them where they were issued. The
        check knows the form of the usual tokens and keys, and never prints one.
        """,
    ),
    Section(
        "personal-data",
        "Personal data",
        """
        Names, e-mail addresses and telephone numbers of people outside of the team stand in one place: under `contacts` of
        their member. Everything else names them by the id of the contact, so that an address is corrected once, and
        taken out once; addresses and numbers elsewhere are pointed out. What was committed stays in the history of the
        repository, so write down no more than the work needs.
        """,
    ),
    # The process
    Section(
        "process-versions",
        "Versions of the process",
        """
        Each version of the process is a file in `playbook/process/`, called as the version is, with the day from which it
        is in force. Every move is judged by the version in force on its day, for ever; moves older than the oldest
        version are judged by that one.

        A version is whole: what its exits, starts, conversions and `becomes` name are stages of it, a deal can come to
        each stage, and each open stage has an exit. No two versions begin on one day. Names of stages are lower-case
        letters, digits, blanks and hyphens, at most 40, and the id of a conversion is the id of no other metric.

        Once moves were made under a version it does not change, and a new one begins after the last move. Only so do old
        deals and old numbers stay what they were. A change of the process is a new file.
        """,
    ),
    Section(
        "needs",
        "What an exit may ask for",
        """
        The exits of a stage may have needs, and a deal that takes such an exit meets them or carries a waiver for each
        that it does not. A need is one of two things:

        - a field that is given, or that has one of some values: `{field: maniac_t.need, is: [met, partial]}`;
        - activities: `{activity: meeting, about: discovery, status: held, at_least: 1}`, that had taken place by the day
        of the move.

        `contact` is a held meeting, a call or an answered e-mail. Where several exits lead to the same stage, it is enough
        to meet one of them. A team's own fields can be asked for, as in `{field: x.vpat}`.
        """,
    ),
    # Its past
    Section(
        "the-past",
        "What an earlier commit said",
        """
        `stages` is only added to. With `salesops check --against REV` the records are compared with what they were where
        the two histories parted: a move that is gone, has another stage or another day, or stands behind one that was
        put before it, is an error until somebody signs for it. So is another type of the deal.

        What a closed deal says of its contract, win or loss may be completed. Where it says something else than before,
        that is pointed out. A file that was renamed or moved to another folder is the same record, and a deal that was
        deleted and is written anew under its id is the old one. Comments, blanks and the order of keys are not the past.
        """,
    ),
    Section(
        "signatures",
        "Waivers and corrections",
        """
        Two kinds of exceptions are possible, each with a person, a day and a reason, and each shown and counted.

        - A waiver, under `waived`, lets a deal enter a stage without one need of the exit.
        - A correction, under `corrections`, says what a move or a field was before it was put right.

        What was signed stays, and its reason may be reworded. A waiver that nothing needs any more is pointed out.
        """,
    ),
    Section(
        "removing",
        "Removing a record",
        """
        A deal that vanished would take its share of every rate with it. Whoever deletes a deal, a member, a hypothesis, an
        experiment or a decision adds a line to `playbook/removed.yaml`: kind, id, day, person and reason. The line
        stays for as long as the record is gone.
        """,
    ),
    Section(
        "merging",
        "Two people, one record",
        """
        Where two people changed the same lines, git leaves both in the file between marks, and the file is no record until
        somebody has chosen. Where the branch that a change is going to has changed the same record meanwhile, the check
        says so: bring your branch up to date, and look at the record again.
        """,
    ),
)
"""The page "Records and their past", in its order."""
