"""Data classes that all layers share, and their tools for threads, files and connections."""
