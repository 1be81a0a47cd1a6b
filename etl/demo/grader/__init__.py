"""A stand-in for the grader on loopback, and the ways in which it misbehaves on request."""
