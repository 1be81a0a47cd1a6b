"""Records that travel between stages, and what all modules share about peers and files."""
