"""Google Sheets: calls with time limits, errors in plain words, and the layout of our two tabs."""
