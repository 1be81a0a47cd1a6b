"""The outer world on loopback: what the pipeline talks to in a demonstration and in tests."""
