"""The moments that a person names, by a day or a commit: the states of the records that commands compare or count."""

from __future__ import annotations

import re

from salesops.cli.day import day_given
from salesops.store.commits import CommitBooks, NamedCommit, commit_asked_for

DAY_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def named_moment(archive: CommitBooks, text: str, name: str) -> NamedCommit:
    """The state that a person names, by a day or a commit; what looks like a day must be one."""
    if DAY_FORM.fullmatch(text):
        day_given(text, name)
    return commit_asked_for(archive, text)
