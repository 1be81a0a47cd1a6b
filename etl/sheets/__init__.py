"""Google Sheets for the reporter: calls with timeouts, errors in words, the layout of our tabs."""
