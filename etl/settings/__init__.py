"""Settings: options of the command line, `.env`, the environment."""
