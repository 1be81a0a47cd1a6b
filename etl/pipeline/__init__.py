"""What all commands share: the run, its components and its stages, and what it says to people."""
