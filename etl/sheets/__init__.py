"""What the reporter needs of Google Sheets: a bounded transport, errors in words, the layout."""
