"""Every number a second time: SQL over plain tables, and whole days and cents where SQL does not fit, written from the definitions and not from the program."""
