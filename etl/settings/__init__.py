"""Reads the command line and the settings in `.env` and environment; masks secrets."""
