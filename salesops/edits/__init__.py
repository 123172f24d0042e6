"""A record's text: written, changed in the lines that must change, fixed, merged."""
