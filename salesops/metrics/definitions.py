"""How the numbers are counted: one section for each definition on which the metrics and checks rest, for a salesperson first."""

from __future__ import annotations

from salesops.records.section import Section

DEFINITIONS: tuple[Section, ...] = (
    # What every number shares
    Section(
        "the-day",
        "The day of a number",
        """
        A number is about a day, which is printed with it. What happened up to that day counts, and what happened on the
        day itself too; what came later does not. `--as-of` asks for another day.

        Days are whole calendar days in the team's time zone, and the time between two of them is a plain difference: from
        1 March to 8 March it is 7 days, and what begins and ends on one day takes 0.

        Moves, meetings, parking and contracts carry their own days. An amount or an owner does not: for an earlier day it
        counts as it is written now. `--known` asks for what was written then.

        Rates and averages look back to the first record. `--from` narrows them: a conversion to attempts that first
        entered its stage from that day on, the win rate, Days in Pipeline and Days to Loss to what was closed from that
        day on, days in a stage to attempts that left it from that day on.
        """,
    ),
    Section(
        "behind-a-number",
        "The deals behind a number",
        """
        Every number names the deals that it counts, and those that it leaves out with the reason: parked, still open, no
        amount, no start of the contract.

        A deal whose file has errors, that has no stage, whose moves go back in time, or that is in a stage which no
        version of the process knows is in no number. It is named among those left out.
        """,
    ),
    Section(
        "no-data",
        "No data, and not yet",
        """
        "No data" means that there was nothing to count or to average: a rate of no decided attempts, an average of no
        deals, a sum of deals none of which has an amount. It is not zero. A count of nothing is 0.

        "Not yet" means that a number is defined and not built. It is never shown as 0.
        """,
    ),
    Section(
        "intervals",
        "Rates, averages and how sure they are",
        """
        A rate stands with its counts and an interval, as in "42.1 % · 8 of 19 · 95 % interval 23–64 %". The interval is
        Wilson's: if the attempts so far are a fair sample, the true rate lies in such an interval 95 times out of 100.

        Below 10 decided attempts there is no percentage: it reads "3 of 7", with the interval and the words "insufficient
        data". An average of fewer than 10 carries the same words.

        An average of days stands with the median and the 80 % mark: four of five took no longer. The interval of the
        median runs between two of the measured values, holds the median with at least 95 % certainty, and needs six of
        them. The ages of the deals now in a stage are all there is to know on that day, so they have no interval, and
        they are never too few.
        """,
    ),
    # Deals and their moves
    Section(
        "new-and-existing",
        "New and existing business",
        """
        Every deal is of one of two types: the renewal of a contract is existing business, everything else is new business.

        Counts, sums and days are split by type. Conversions, Days in Pipeline and Days to Loss count new business alone.
        """,
    ),
    Section(
        "visits-and-attempts",
        "Visits and attempts",
        """
        A deal's life is a list of visits. A visit is a stage and the days from the move into it to the next move; the
        last visit is still open. Moves are written oldest first, and none lies before the one above it. Two moves on one
        day count in the order in which they are written, and the stage between them counts as visited, for 0 days.

        When a lost deal is opened again, a second attempt begins. Rates count each attempt, counts of deals count the deal
        once. Going back a stage begins no attempt. Nor does moving
        from one won stage to another, as when the service of a member stops.

        A stage that had another name in an older version of the process counts under the name that it has become.
        """,
    ),
    Section(
        "moves",
        "Moves that a process allows",
        """
        A move is judged by the version of the process that was in force on its day, for ever.

        - The first line of a deal is the stage in which the process lets deals of its type start.
        - Every further line follows an exit of the stage above it.
        - A deal may go back to an earlier open stage on its way, with a reason under `moved_back` for that day.
        - A lost deal may be opened again in an open stage, with a reason under `reopened` for that day.

        Leaving out stages that lie between two others is no move: write the stages that were passed, even where several
        fell on one day. A won deal stays won; its renewal is a new deal.
        """,
    ),
    Section(
        "reached",
        "Reached, or beyond",
        """
        A stage is reached by being in it, or in any stage to which the exits of the process lead from it. So whoever is
        in Proposal has reached Discovery, also where Discovery was left out, and a win has reached everything before it.

        Being lost reaches nothing, and going back undoes nothing.
        """,
    ),
    Section(
        "open-deals",
        "Open deals",
        """
        A deal is open while it is in a stage that closes nothing, so neither won nor lost. The number counts the open deals
        that are not parked on the day: they are the pipeline, and the board.
        """,
    ),
    Section(
        "parked",
        "Parked deals",
        """
        A parked deal is kept warm. It is not lost, it keeps its stage, and it is left out of open deals, sales qualified
        deals, stalled deals, ages and the value of the pipeline. It is parked from the day of `since`, and on the day of
        `until` it is back; without `until` it stays parked. Spans are written oldest first, each ends after it began, and
        none begins before the one above it has ended.

        In a conversion and in the win rate a parked attempt is an open one: it counts in neither number of the rate. A
        meeting that is held while the deal is parked counts.

        The clock of a stage does not stop: days in a stage, and its age once it is back, count the days in which the deal
        was parked. Days in Pipeline counts them too, and shows the average without them as `active_mean`.
        """,
    ),
    # The pipeline
    Section(
        "sqd",
        "Sales qualified deals (SQD)",
        """
        The deals that are, at the end of the day, in a stage which the process marks as sales qualified, parked ones left
        out. In the process of the Sales Operations Overview these are Outreach, Discovery, Renewals and Proposal.

        The Overview lists the number under new business and yet counts Renewals in it. It is counted to the letter, so
        new and existing business always stand beside it.
        """,
    ),
    Section(
        "sqd-net-new",
        "SQD Net New, exits, and the true net",
        """
        SQD Net New counts the deals that came into the sales qualified stages in 7 days: the day itself and the six
        before it. Moves from one of these stages to another do not count. A deal counts once, however often it came in,
        and `by_entry` says for how many it was the first time.

        In spite of the name these are gross entries, as the Overview defines them. SQD exits counts the deals that left
        in the same 7 days, won, lost or gone back. A deal that came and went within them is in both.

        The true net is in `flow`, which counts every crossing: entries, and deals that came back from parking, less exits
        and deals that were parked. It is the SQD of the day less the SQD of a week earlier, unless a new version of the
        process has changed in between which stages are sales qualified. Parking and coming back take effect as a day
        begins, and a move of a parked deal moves nothing.
        """,
    ),
    Section(
        "meetings-per-week",
        "Meetings Per Week",
        """
        Meetings that were held, about discovery, renewal or proposal, in the week of the day, Monday to Sunday, up to the
        day. Those that are scheduled or cancelled, or to which nobody came, do not count, nor do meetings about other
        things, nor calls.

        One meeting about several deals carries the same `id` on each of them, and counts once, on its first day and with
        the type of its first deal. A meeting counts also where its deal was opened only afterwards.

        The eight weeks before stand beside it. The week that is running is marked: it is not over.
        """,
    ),
    Section(
        "stalled",
        "Stalled deals and real contacts",
        """
        An open deal has stalled when it is in its stage for more days than the stage's `stale_after`, or when more days
        than its `idle_after` have passed since the last real contact. Where the deal came into the stage after the last
        contact, the idle days count from there. On the day of the limit itself it has not stalled, and a stage without a
        limit stalls nothing.

        A real contact is a meeting that was held, a call, or the answer to an e-mail on the day of the answer. An e-mail
        that nobody answered is none, and an edit of the file is none.

        A stall never loses a deal. It asks for a decision: talk to them, move it, park it or close it.
        """,
    ),
    Section(
        "days-in-stage",
        "Days in a stage, and age",
        """
        Days in Discovery, and in every other open stage, is the average over attempts that have left the stage. Several
        visits of one attempt are added up. Deals that are still there are not in it.

        Age in Discovery is the average over the open deals that are there now: days since each of them came in. It is
        what finds stalled deals. `oldest` is the longest of them, and `cumulative` the average with the earlier visits of
        the attempt added.
        """,
    ),
    Section(
        "pipeline-value",
        "Pipeline value",
        """
        What the open deals are expected to bring over their terms, not weighted by how likely they are: `mrr` times
        `months`, and `one_off` once. A term whose length is not said counts as 12 months. Deals without an amount add
        nothing, and are counted beside it and named.
        """,
    ),
    Section(
        "currencies",
        "Money and currencies",
        """
        Amounts are exact decimals with their currency. They are added up currency by currency, never across, and no
        metric converts them.

        `playbook/rates.yaml` keeps dated exchange rates: a rate holds from its day until the next of the same pair, and
        where there is none nothing is guessed. Two rates of one pair for one day cannot both hold.
        """,
    ),
    # Outcomes
    Section(
        "conversions",
        "Conversions and their cohorts",
        """
        A conversion is a row of the process: from one stage to another. It counts attempts of new business, by their
        first entry into the stage from which it starts. Each of them is one of three:

        - converted, if it has since reached the other stage or one beyond it;
        - failed, if it has not, and was lost;
        - open, if it has not, and was not lost either; parked ones are among these.

        The rate is converted among converted and failed. Open attempts count in neither number and stand beside it.
        `to_date` is converted among all three, and can only be too low. Losses often take longer than successes, so a
        rate with many open attempts flatters.

        An attempt that reached the other stage and was never in the first is in none of the three: it is left out and
        named as skipped.

        The Lead qualification rate, which is not built yet, is the conversion from Enrichment to Outreach, campaign by
        campaign.
        """,
    ),
    Section(
        "win-rate",
        "Won, lost, and the win rate",
        """
        A deal is won on the day of the move into a won stage, and lost on that of the move into a lost one. The contract
        must be signed by the day of the win: a verbal yes is not a win.

        The win rate is won among won and lost, over attempts of both types, by the day of the close. A disqualification
        in the first stage is a loss like any other; `lost_from` says from which stage attempts were lost. Open and parked
        attempts are neither. A deal that was lost, opened again and won counts once on each side.
        """,
    ),
    Section(
        "days-to-close",
        "Days to the win, and to the loss",
        """
        Days in Pipeline is the average over won deals of new business: from the first day on which the deal was ever in
        the starting stage, which is Enrichment in the Overview, to the win. A deal that was won on the same day took 0. Wins that
        never were in that stage are left out and named; renewals never are, and are not counted. `active_mean` takes
        parked days out, `current_attempt_mean` starts with the attempt that was won.

        It looks at winners alone, and says nothing of deals that take long and are lost. Days to Loss stands beside it:
        from the first day of each attempt that was lost to its loss.
        """,
    ),
    Section(
        "open-rates",
        "E-mail open rates",
        """
        Not built yet. For each message it will be the e-mails that were opened among those delivered, which are those
        sent less those that came back. Opens are counted too high by mail programs that fetch pictures in advance, and
        too low by those that block them: answers are the better sign, and no red line should rest on opens.
        """,
    ),
    # Existing business
    Section(
        "contract-windows",
        "Contracts and their renewal windows",
        """
        A contract is in force on its first day and on its last. Every won deal whose contract has a start is on every day
        in exactly one of these; the first that fits holds:

        - ended: the service has stopped, on `service_ended` or before;
        - superseded: a won deal renews it, and the new term has begun;
        - not started: its first day is still to come;
        - open-ended: it has no last day;
        - overdue: its last day has passed while the service goes on;
        - 0 to 30, 31 to 90, 91 to 180 days, or later: so many days are left to its last day, on which 0 are left.

        Existing Business Active counts the contracts in force: open-ended, and those with 0 days or more left. Overdue
        ones are not among them, and stand beside it. A contract whose renewal is signed and has not started stays in its
        window and counts there as `secured`, also where it is overdue because there is a gap between the two terms.

        Deals are counted, so two contracts of one member are two; `members` counts the members. The Overview says
        "after contract start and before contract end". Read strictly that would leave out the first and the last day;
        `on_a_boundary_day` says how many contracts that concerns.
        """,
    ),
    Section(
        "renewals",
        "Renewals",
        """
        A renewal is a new deal of existing business, which names in `renews` the won deal whose contract it renews. The
        old deal stays won, so its history stays what it was. A deal in the Renewals stage is in no renewal window: only
        contracts that were won are, so nothing is counted twice.

        What is renewed was won, belongs to the same member, and is renewed once, unless the other renewal was lost. The
        new term starts after the first day of the old one, and takes its place from its own first day on. No chain of
        renewals leads back to where it began.
        """,
    ),
    Section(
        "recurring-revenue",
        "MRR and ARR",
        """
        MRR adds up `mrr` of the contracts that Existing Business Active counts, currency by currency. ARR is twelve times
        that. What is paid once, usage fees and cloud costs that are passed on are not recurring. `at_risk` is the MRR of
        overdue contracts, which is in neither sum. A contract in force without an `mrr` adds nothing and is named.
        """,
    ),
    Section(
        "retention",
        "Retention",
        """
        Not built yet. Gross retention will be the recurring revenue of the members of a year ago that is left now, with
        growth not counted, so never above 100 %. Net retention will count the growth of the same members; new members are
        in neither. An overdue contract is not a loss until the service stops.

        Six-month renewal will be the share of the members in service six months ago that still are.
        """,
    ),
    # Decisions
    Section(
        "targets",
        "Targets",
        """
        A target is a metric, what it must at least reach, and by which day. It is written in the unit of its metric: a
        number for a count or for days, a percentage for a share, an amount with its currency for money. Money is held
        against what the metric has in that currency. A target is reached when the reading is as large or larger.
        """,
    ),
    Section(
        "red-lines",
        "Red lines",
        """
        A red line is a bound for a rate: below it, from a number of decided attempts on, the team looks at its strategy
        anew. The process states each with its metric, which must be a share, and a decision in `playbook/decisions/`
        answers it by name. "After 20" means 20 or more; a rate that equals the bound is not below it.

        Few attempts trip a line by chance. At a true rate of 25 %, two or fewer of the first 20 convert 9 times out of
        100, which is below 15 %. The count of tripped lines, which is not built yet, will therefore tell lines that are
        tripped as written from those that are confirmed: there the upper end of a one-sided 95 % interval lies below
        the bound as well. The page of the process shows each line beside the rate of the day.
        """,
    ),
    Section(
        "forecasts",
        "Forecasts",
        """
        Not built yet. The weighted pipeline will be the value of each open deal times its chance: the estimate written in
        the deal, else the measured rate from its stage to a win where at least 10 attempts are decided, else the
        default of the stage. Each will be marked as what it is.

        A deal whose expected close has passed will be in no forecast until somebody writes a new day. Sales velocity will
        be open qualified deals times the mean amount won times the win rate, divided by the mean days to a win: money a
        day. The MRR forecast will spread the contracts that are signed over the next six calendar months, and add what
        renewals and new deals are expected to bring.
        """,
    ),
    Section(
        "closing-well",
        "Learning coverage and the hand-off",
        """
        Not built yet. Learning coverage will be the closed deals whose learning is complete among all closed deals; the
        team expects all of them. Hand-off lead time will be the days from the signature to the day on which the hubs are
        in active use.
        """,
    ),
)
"""The page "How the numbers are counted", in its order."""
