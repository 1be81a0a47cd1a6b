"""An emulated Google on loopback: the Sheets API v4 and the OAuth 2.0 token endpoint."""
