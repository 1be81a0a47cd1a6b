"""What travels between stages, and how peers and files are treated everywhere."""
