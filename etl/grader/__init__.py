"""The grader: requests, answers cut into records, the rules that records must keep, and pace."""
