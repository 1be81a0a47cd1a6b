"""Mail: the letter about a run, the session with the server, and the letters that wait on disk."""
