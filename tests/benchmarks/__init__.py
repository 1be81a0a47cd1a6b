"""How fast and how lean: `python -m tests.benchmarks`. Not collected by pytest."""
