"""All of it on a day: the records joined, visits and moves, what a deal still needs."""
