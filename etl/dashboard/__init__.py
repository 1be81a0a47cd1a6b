"""The dashboard: the figures of all days as one HTML page, which opens without a network."""
