"""Servers on loopback that the pipeline talks to in a demonstration and in tests."""
