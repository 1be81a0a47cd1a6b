"""argparse with complaints that fit the terminal and say which option is meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from shutil import get_terminal_size
from textwrap import wrap
from typing import NoReturn


class OptionParser(argparse.ArgumentParser):
    """Alike in all versions of Python: suggestions are argparse's own only since 3.14."""

    def refuse(self, words: Sequence[str]) -> NoReturn:
        """`words` are none of the options, written nearly so or not at all."""
        message = f"unrecognized arguments: {' '.join(words)}"
        names = [word.partition("=")[0] for word in words]
        near = (get_close_matches(name, self._option_string_actions, 1) for name in names)
        if meant := " ".join(option for options in near for option in options):
            message += f"; is {meant} meant?"
        self.error(message)

    def error(self, message: str) -> NoReturn:
        """On a terminal no word is broken; elsewhere the line stays whole, to be searched."""
        self.print_usage(sys.stderr)
        text = f"{self.prog}: error: {message}"
        if sys.stderr.isatty():
            width = get_terminal_size().columns - 1
            lines = wrap(text, width, break_long_words=False, break_on_hyphens=False)
            text = "\n".join(lines)
        self.exit(2, f"{text}\n")
