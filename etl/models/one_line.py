"""A text from outside, for a place that holds one line."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Nothing invisible in it, and blanks one by one."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())
