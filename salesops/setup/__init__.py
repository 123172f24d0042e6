"""A new repository: its files, and what is wrong with a set-up."""
