"""The charts of the pages: each a small pure function from snapshot and readings to a drawing, a sentence, and the same data as a table."""
