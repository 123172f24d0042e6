"""The results of a message are added up to a day."""

from datetime import date

import pytest

from salesops.records.outreach import Outreach

INTRO = Outreach.model_validate(
    {
        "message": "intro@2",
        "results": [
            {"date": "2026-03-02", "sent": "40", "bounced": "2"},
            {"date": "2026-03-09", "sent": "10", "opened": "18", "replied": "5"},
        ],
    }
)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 3, 1), (0, 0, 0, 0)),
        (date(2026, 3, 2), (40, 2, 0, 0)),
        (date(2026, 3, 8), (40, 2, 0, 0)),
        (date(2026, 3, 9), (50, 2, 18, 5)),
    ],
)
def test_a_total_holds_what_was_counted_up_to_its_day(day, counts):
    assert tuple(INTRO.total(name, day) for name in ("sent", "bounced", "opened", "replied")) == counts
