"""HTTP requests that carry the login given to them, and never one from a netrc file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from requests.auth import AuthBase


class HTTPSession(requests.Session):
    """A `requests` session that takes no login from a netrc file, not even its `default` one.

    `requests` prefers a netrc login to an `Authorization` header and to the login in an address,
    after a redirect too (psf/requests, issue 3929). Its switch `trust_env` would also ignore the
    environment's proxies and authorities, so it is off only while `requests` looks for logins.
    """

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        with self._without_netrc():
            return super().prepare_request(request)

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        with self._without_netrc():
            super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call]

    @contextmanager
    def _without_netrc(self) -> Iterator[None]:
        self.trust_env, before = False, self.trust_env
        try:
            yield
        finally:
            self.trust_env = before


class BearerToken(AuthBase):
    """Authentication by a bearer token in the header (RFC 6750, section 2.1)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
