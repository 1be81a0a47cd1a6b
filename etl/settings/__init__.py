"""What can be asked for: options, `.env`, the environment."""
