"""Tables of Airtable: the CSV that a view downloads, of any table, and of the two of the users with their six statuses."""
