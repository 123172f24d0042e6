"""Where records live: the folder on disk, and the commits of git."""
