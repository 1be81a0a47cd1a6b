"""A stand-in for the grader on loopback, and the ways in which it can be told to misbehave."""
