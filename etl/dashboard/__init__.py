"""The dashboard: the history as one page that opens without a network."""
