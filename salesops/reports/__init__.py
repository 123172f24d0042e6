"""What people look at: each a pure function from a Snapshot to a value, shared by the command line and the pages."""
