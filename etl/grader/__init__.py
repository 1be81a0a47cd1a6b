"""The grader's API: requests and their pace, answers cut into records, and rules for records."""
