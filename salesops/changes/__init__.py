"""What changed between two revisions of the records: sentences, the effect on every metric, and bridges that add up."""
