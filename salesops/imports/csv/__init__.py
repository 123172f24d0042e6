"""A table of comma-separated values, and the mapping that says what its columns mean."""
