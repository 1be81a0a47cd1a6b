"""Takes secrets and student ids out of any text that leaves the program."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
PERCENT = re.compile(r"%[0-9A-F]{2}")
# A shorter rest of a secret, folded or inside of base64, stands in many texts by chance.
SHORTEST_REST = 4
# Not a part of a longer number; but right after a URL-encoded character such as a colon.
STUDENT_ID = re.compile(r"(?:(?<![0-9a-f])|(?<=%[0-9A-Fa-f]{2}))[0-9a-f]{32}(?![0-9a-f])")


class Redactor:
    """A function that replaces secrets in a text by `***` and ids of students by `<id>`.

    Secrets are found by value, in each form in which they travel, since a server may echo them in
    any sentence. The longest comes first: a secret that contains another one is gone as a whole.
    Ids are found by shape: the grader writes them as 32 hexadecimal digits.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        folded = {" ".join(form.split()) for form in forms}  # on one line, as in our sentences
        forms |= {form for form in folded if len(form) >= SHORTEST_REST}
        self._longest_first = sorted(forms, key=lambda form: (-len(form), form))

    def __call__(self, text: str) -> str:
        return STUDENT_ID.sub("<id>", self.hide_secrets(text))

    def hide_secrets(self, text: str) -> str:
        """Returns the text without secrets, but with ids, which the quarantine needs."""
        for form in self._longest_first:
            text = text.replace(form, MASK)
        return text


def _forms(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    yield secret
    for encoded in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield encoded
        yield PERCENT.sub(lambda found: found[0].lower(), encoded)
    for quoted in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret)):
        yield quoted[1:-1]
        yield json.dumps(quoted[1:-1])[1:-1]  # JSON inside of JSON, as passbacks are
    yield from _base64_forms(data)


def _base64_forms(data: bytes) -> Iterator[str]:
    """Yields base64 of the secret alone and inside of a longer text, as `user:secret` in a login.

    The text before it shifts its bits by 0, 2 or 4.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            text = encode(bytes(shift) + data).decode("ascii").rstrip("=")
            whole = text[(0, 2, 3)[shift] : len(text) - bool((shift + len(data)) % 3)]
            if len(whole) >= SHORTEST_REST:
                yield whole
