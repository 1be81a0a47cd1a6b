"""A stand-in for the grader on loopback, and how it misbehaves on request."""
