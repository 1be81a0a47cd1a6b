"""One slice into `attempts`, exactly once."""
