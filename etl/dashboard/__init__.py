"""The dashboard: one page that opens without a network, made out of the history."""
