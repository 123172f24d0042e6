"""Reports for a meeting: the weekly and the monthly review, from what is known of a day and of the one before."""
