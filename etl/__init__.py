"""The LMS analytics pipeline: from the grader's API to PostgreSQL, a sheet and a letter."""

__version__ = "1.1.0"
