"""What the files mean: one module for each kind of record, and the scalars they are made of."""
