"""What travels between stages. No I/O."""
