"""Code that commands share: the run, its components and stages, its failures, the terminal."""
