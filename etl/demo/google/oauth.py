"""An emulated Google token endpoint for one service account: the JWT bearer grant of RFC 7523.

Source: https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
# google-auth writes this audience, whatever the token_uri is.
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
LEEWAY = timedelta(minutes=5)
LIFETIME = timedelta(hours=1)
BAD_SIGNATURE = "Invalid JWT Signature."
BAD_TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


class GrantError(Exception):
    """A refused token request, to be answered with HTTP 400 and `answer`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = {"error": error, "error_description": description}


class TokenEndpoint:
    """The token endpoint of one service account; remembers the tokens that it issued."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._revoked = False
        self._tokens: set[str] = set()
        key = _private_key()
        self._public_key = key.public_key()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.service_account = _service_account(url, pem.decode())

    def issue(self, form: Mapping[str, str], clock_skew: timedelta) -> dict[str, object]:
        """Exchanges a signed JWT for a bearer token. Raises `GrantError` in Google's words."""
        if form.get("grant_type") != GRANT:
            raise GrantError("unsupported_grant_type", "Invalid grant_type.")
        claims = self._verified(form.get("assertion", ""))
        self._check(claims, datetime.now(UTC) + clock_skew)
        token = "ya29." + secrets.token_urlsafe(32)
        self._tokens.add(token)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def accepts(self, authorization: str) -> bool:
        """Returns whether an Authorization header carries a token that was issued here."""
        scheme, _, token = authorization.partition(" ")
        return scheme == "Bearer" and token in self._tokens

    def revoke_key(self) -> None:
        """Makes `issue` refuse the key; tokens already issued stay valid, as at Google."""
        self._revoked = True

    def _verified(self, assertion: str) -> dict[str, Any]:
        signed, _, signature = assertion.rpartition(".")
        try:
            header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
            self._public_key.verify(
                _decoded(signature), signed.encode(), padding.PKCS1v15(), SHA256()
            )
        except (ValueError, Base64Error, InvalidSignature) as error:
            raise GrantError("invalid_grant", BAD_SIGNATURE) from error
        if self._revoked or header.get("alg") != "RS256":
            raise GrantError("invalid_grant", BAD_SIGNATURE)
        return dict(claims)

    def _check(self, claims: dict[str, Any], now: datetime) -> None:
        issued, expires = (datetime.fromtimestamp(claims.get(k, 0), UTC) for k in ("iat", "exp"))
        if not (issued <= now + LEEWAY and now < expires <= issued + LIFETIME):
            raise GrantError("invalid_grant", BAD_TIMES)
        if claims.get("iss") != self.service_account["client_email"]:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") not in (GOOGLE_AUDIENCE, self._url):
            raise GrantError(
                "invalid_grant",
                f"Invalid JWT: Failed audience check. The right audience is {GOOGLE_AUDIENCE}",
            )
        if SCOPE not in str(claims.get("scope")).split():
            raise GrantError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")


@cache
def _private_key() -> rsa.RSAPrivateKey:
    """Returns one short key per process: both making a key and reading it take time."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it opens nothing


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _service_account(token_uri: str, private_key: str) -> dict[str, str]:
    email = "reporter@demo-project.iam.gserviceaccount.com"
    return {
        "type": "service_account",
        "project_id": "demo-project",
        "private_key_id": secrets.token_hex(20),
        "private_key": private_key,
        "client_email": email,
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{email}",
        "universe_domain": "googleapis.com",
    }
