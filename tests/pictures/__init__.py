"""`python -m tests.pictures` makes the README's pictures anew, out of real runs of the program."""
