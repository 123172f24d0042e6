"""What the commands do: one module for each, with a function ``run`` that does the work, prints, and returns the exit code."""
