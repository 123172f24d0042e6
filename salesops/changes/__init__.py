"""What happened between two states of the records: sentences, the effect on every metric, and bridges that add up."""
