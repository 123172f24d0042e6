"""What other programs keep becomes records: one module for each step from a file of theirs to files of ours."""
