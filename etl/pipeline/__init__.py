"""Code that all commands share: the run, its components, its stages, and its words to people."""
