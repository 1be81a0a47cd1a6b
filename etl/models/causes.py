"""The cause of an error, in few words that name no secret."""

from __future__ import annotations

import re


def root_cause(error: BaseException) -> str:
    """The innermost system error of a chain in a few words, never the URL that it was about."""
    seen: set[int] = set()
    words = type(error).__name__
    current: object = error
    while isinstance(current, BaseException) and id(current) not in seen:
        seen.add(id(current))
        if isinstance(current, OSError) and current.strerror:
            words = _in_few_words(current)
        inner = [getattr(current, "reason", None), *current.args]
        chained = current.__cause__ or current.__context__
        current = next((i for i in inner if isinstance(i, BaseException)), chained)
    return words


def _in_few_words(error: OSError) -> str:
    """Of OpenSSL's sentence neither its place in the source nor the host's name."""
    sentence = getattr(error, "verify_message", None) or str(error.strerror)
    text = re.sub(r"^\[SSL: \w+\] | \(_ssl\.c:\d+\)$", "", sentence)
    return text.partition(", certificate is not valid for")[0]
