"""What goes wrong with the embedded server."""

from __future__ import annotations


class EmbeddedError(Exception):
    """Why the embedded server cannot be used, in a few words for people."""
