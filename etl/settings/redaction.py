"""Takes secrets and student ids out of any text that leaves the program."""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from urllib.parse import quote, quote_plus, unquote, unquote_plus

MASK = "***"
# A shorter secret or rest of one stands in many undone, folded or base64 texts by chance.
SHORTEST_REST = 4
# In whatever order its escapes are undone, a text has few forms; one with more is made to deceive.
UNDONE_AT_MOST = 200
ESCAPES = re.compile(r"[%&=\\]")
# As JSON, PHP, JavaScript, Python, Perl and C write characters.
ESCAPED = re.compile(
    r"[\\%](?:(?:u|U0000)([0-9A-Fa-f]{4})|[ux]\{([0-9A-Fa-f]{1,5})\}|x([0-9A-Fa-f]{2})"
    r"|(?<!%)(?:([0-7]{1,3})|(.)))"
)
# Characters that are bytes of one in UTF-8: nginx and Python's `bytes` escape each byte.
BYTES = re.compile("[\x80-\xff]{2,}")
IN_BASE64 = re.compile(r"(?<![\w+/-])[\w+/-]{16,}+", re.ASCII)
STANDARD = str.maketrans("-_", "+/")
# Not a part of a longer number; but right after a URL-encoded character such as a colon.
STUDENT_ID = re.compile(r"(?:(?<![0-9a-f])|(?<=%[0-9A-Fa-f]{2}))[0-9a-f]{32}(?![0-9a-f])")


class Redactor:
    """A callable that returns a text with `***` for secrets and `<id>` for ids of students.

    Secrets are found by value, in each form in which they travel, such as base64, since a server
    may echo them in any sentence. If escapes in a text hide one, the whole text becomes `***`. Ids
    are found by shape: the grader writes them as 32 hexadecimal digits.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        every = {secret for secret in secrets if secret}
        containing = {one for one in every if any(other in one for other in every - {one})}
        # Without the part that is a secret of its own the rest of one would not be recognised.
        self._passes = [_longest_first(some) for some in (containing, every) if some]

    def __call__(self, text: str) -> str:
        return STUDENT_ID.sub("<id>", self.hide_secrets(text, is_thorough=True))

    def hide_secrets(self, text: str, *, is_thorough: bool = False) -> str:
        """Returns the text with `***` for secrets; ids of students stay, for the quarantine.

        To find secrets behind escapes, these are undone in texts with signs of them, such as %; if
        `is_thorough`, which is too slow for thousands of records, in every text.
        """
        for forms in self._passes:
            for form in forms:
                text = text.replace(form, MASK)
            if (is_thorough or ESCAPES.search(text)) and _is_disguised(text, forms):
                return MASK
        return text


def _is_disguised(text: str, forms: Sequence[str]) -> bool:
    """Whether a secret shows once escapes are undone, in any order; True if there is no end."""
    long_forms = [form for form in forms if len(form) >= SHORTEST_REST]
    undone = [text]
    for one in undone:
        undone += {undo(one) for undo in UNDO}.difference(undone)
        data = one.encode("utf-8", "surrogatepass")
        shown = one + quopri.decodestring(data).decode("utf-8", "replace")
        if len(undone) > UNDONE_AT_MOST or any(form in shown for form in long_forms):
            return True
    return False


def _longest_first(secrets: Iterable[str]) -> list[str]:
    """Returns all forms, longest first: one that contains another is hidden as a whole."""
    forms = {form for secret in secrets for form in _forms(secret)}
    folded = {" ".join(form.split()) for form in forms}  # on one line, as in our sentences
    forms |= {form for form in folded if len(form) >= SHORTEST_REST}
    return sorted(forms, key=lambda form: (-len(form), form))


def _character(escape: re.Match[str]) -> str:
    *hexadecimal, octal, letter = escape.groups()
    digits = "".join(filter(None, hexadecimal))
    return letter or chr(int(digits, 16) if digits else int(octal, 8))


def _decoded(word: re.Match[str]) -> str:
    try:
        return base64.b64decode(word[0].translate(STANDARD) + "==").decode()
    except ValueError:  # only looks like base64
        return word[0]


UNDO: tuple[Callable[[str], str], ...] = (
    unquote,
    unquote_plus,
    html.unescape,
    partial(ESCAPED.sub, _character),
    partial(BYTES.sub, lambda found: found[0].encode("latin-1").decode("utf-8", "replace")),
    partial(IN_BASE64.sub, _decoded),
)


def _forms(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    yield from (secret, quote(data, safe=""), quote(data), quote_plus(data))
    yield from (json.dumps(secret)[1:-1], repr(secret)[1:-1])
    yield from _base64_forms(data)


def _base64_forms(data: bytes) -> Iterator[str]:
    """Yields base64 of the secret, alone and inside of a longer text, as in a login."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):  # the text before it shifts its bits by 0, 2 or 4
            text = encode(bytes(shift) + data).decode("ascii").rstrip("=")
            whole = text[(0, 2, 3)[shift] : len(text) - bool((shift + len(data)) % 3)]
            if len(whole) >= SHORTEST_REST:
                yield whole
