"""An emulated Google token endpoint for one service account: the JWT bearer grant of RFC 7523.

Source: https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from google.auth import jwt

from etl.demo.google.spreadsheet import ACCOUNT

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
LEEWAY = timedelta(minutes=5)
LIFETIME = timedelta(hours=1)
BAD_SIGNATURE = "Invalid JWT Signature."
BAD_TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


class GrantError(Exception):
    """A refused token request, to be answered with HTTP `code` and `answer`."""

    code = 400

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = {"error": error, "error_description": description}


class TokenEndpoint:
    """The token endpoint of one service account; remembers the tokens that it issued.

    `is_revoked`: the key gets no new tokens; those already issued stay valid, as at Google.
    """

    def __init__(self, url: str) -> None:
        self.is_revoked = False
        self._tokens: set[str] = set()
        private_key, self._public_key = _keys()
        # All that a key's file has: some tests cut it.
        self.service_account = {
            "type": "service_account",
            "project_id": "demo-project",
            "private_key_id": secrets.token_hex(20),
            "private_key": private_key,
            "client_email": ACCOUNT,
            "client_id": "100000000000000000000",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": url,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{ACCOUNT}",
            "universe_domain": "googleapis.com",
        }

    def issue(self, form: Mapping[str, str], clock_skew: timedelta) -> dict[str, object]:
        """Exchanges a signed JWT for a bearer token. Raises `GrantError` in Google's words."""
        try:
            claims: Mapping[str, Any] = jwt.decode(form["assertion"], self._public_key)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise GrantError("invalid_grant", BAD_SIGNATURE) from error
        if self.is_revoked:
            raise GrantError("invalid_grant", BAD_SIGNATURE)
        if not -LEEWAY <= clock_skew < LIFETIME:
            raise GrantError("invalid_grant", BAD_TIMES)
        if claims["iss"] != ACCOUNT:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        if claims["scope"] != SCOPE:
            raise GrantError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        token = "ya29." + secrets.token_urlsafe(32)
        self._tokens.add(token)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def accepts(self, authorization: str) -> bool:
        """Returns whether an Authorization header carries a token that was issued here."""
        return authorization.removeprefix("Bearer ") in self._tokens


@cache
def _keys() -> tuple[str, str]:
    """Returns one short private key per process, since making it takes time, and its public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it opens nothing
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
