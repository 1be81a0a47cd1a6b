"""Reading one record of the grader: its JSON, and the Python literal inside it."""
