"""Stand-ins for grader, Google and mail server on loopback, for a demonstration and for tests."""
