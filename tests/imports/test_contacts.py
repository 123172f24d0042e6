"""A table of people becomes contacts of the members that its rows name."""

from __future__ import annotations

from tabling import IN_PLACE, adds_up, row

from salesops.store.load import load

PEOPLE = """\
contacts:
  file: people.csv
  joins:
    roles: {file: roles.csv, key: mail, to: mail}
  member: {column: at}
  fields: {name: {column: name}, email: {column: mail}, role: {column: roles.role, missing: leave out}}
"""


def test_people_come_with_their_members_from_a_table_beside_that_of_the_deals(desk):
    people = "name,mail,at\nBo Ash,bo@cascadia.example,Cascadia University\nAda Elm,ada@nowhere.example,Nowhere\n"
    desk.repo.write("../people.csv", people)
    desk.repo.write("../roles.csv", "mail,role\nbo@cascadia.example,Provost\n")
    found = desk.run("--update", rows=row(1), map=IN_PLACE + PEOPLE)
    assert "name: Bo Ash" in desk.holds("members/cascadia-university.yaml")
    assert "role: Provost" in desk.holds("members/cascadia-university.yaml")
    assert adds_up(found)
    assert [said["row"] for said in found["skipped"]] == [3], "whose institution is not on file"
    assert load(desk.repo.root)[1] == []
    assert desk.run("--update", rows=row(1), map=IN_PLACE + PEOPLE)["written"] == []
