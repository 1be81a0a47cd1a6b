"""LMS analytics pipeline: attempts from the grader into PostgreSQL, a sheet and a letter."""
