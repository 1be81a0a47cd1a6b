"""What the API client needs of HTTP and JSON: one request, and the splitting of its answer."""
