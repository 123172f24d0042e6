"""What the records say, in the files of other programs: one module for each kind of file, and the tables that they share."""
