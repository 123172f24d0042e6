"""Calendars: the meetings of an ICS file, each with the one deal that an attendee's address or the title names."""
