"""A class for each stage of a run (extract, transform, load, report, notify), and logging."""
