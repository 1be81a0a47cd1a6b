"""A 200 is no success unless it is a list, and a redirect is no way to another server."""

from __future__ import annotations

import gzip
import json

import pytest

from etl.models.errors import Problem
from tests.api_client.conftest import LOGIN, RECORDS, WEEK, Client, failure, texts, values
from tests.grader_faults import Exchange, GraderServer, Status, raw, redirect

ODD = {
    "a page": (b"<html>\n  <b>Not   found</b></html>", "<html> <b>Not found</b></html>"),
    "errors": (b'{"errors": "no such client"}', '{"errors": "no such client"}'),
    "pages": (b'{"next": 2, "results": [{"lti_user_id": "anna"}]}', '{"next": 2, "results": [{"'),
    "a text": (b'"[]"', '"[]"'),
    "blanks": (b" \r\n", ""),
    "UTF-16": ('{"x":[{"lti_user_id":'.encode("utf-16"), '{"x":[{"'),
    "UTF-16 unmarked": ('{"x":[{"lti_user_id":'.encode("utf-16-le"), '{"x":[{"'),
    "control characters": (b"a\x00b\x1b[31mc", "ab [31mc"),
    "a student at the edge": (b"x" * 290 + b" " + b"0a" * 16, "x" * 290 + " <id>"),
    "a long page": (b"x" * 100_000, "x" * 300),
}


@pytest.mark.parametrize(("body", "said"), ODD.values(), ids=ODD)
def test_a8_what_is_no_list_is_quoted_and_never_a_success(
    grader: GraderServer, client: Client, body: bytes, said: str
) -> None:
    grader.always(raw(body))
    error = failure(client())
    assert error.problem is Problem.API_ANSWER_UNEXPECTED
    assert error.facts == {"said": said}
    assert len(grader.requests) == 1


@pytest.mark.parametrize("status", [202, 204])
def test_a8_any_other_success_is_none(grader: GraderServer, client: Client, status: int) -> None:
    grader.always(Status(status))
    error = failure(client())
    assert error.problem is Problem.API_ANSWER_UNEXPECTED
    assert str(error.facts["said"]).startswith(f"HTTP {status} ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_xt5_a_byte_order_mark_before_the_list_is_no_fault(
    grader: GraderServer, client: Client, encoding: str
) -> None:
    grader.then(raw(json.dumps(RECORDS).encode(encoding)))
    assert values(client().fetch(WEEK)) == RECORDS


@pytest.mark.parametrize("body", [b"[]", b" [ ]\r\n"])
def test_a9_an_empty_list_is_an_answer(grader: GraderServer, client: Client, body: bytes) -> None:
    grader.then(raw(body))
    answer = client().fetch(WEEK)
    assert (texts(answer), answer.count) == ([], 0)


def test_a_list_that_is_packed_in_parts_is_unpacked(grader: GraderServer, client: Client) -> None:
    body = json.dumps(RECORDS).encode()
    packed = gzip.compress(body[:99]) + gzip.compress(body[99:])
    grader.then(Status(200, {"Content-Encoding": "GZIP"}, packed))
    assert values(client().fetch(WEEK)) == RECORDS


def test_r10_odd_records_arrive_as_they_came_and_cost_none_of_the_others(
    grader: GraderServer, client: Client
) -> None:
    depth = 20_000
    deep = b'{"x":' * depth + b"[{},{}]" + b"}" * depth
    odd = [b'{"a": NaN, "a":1}', b"123456789012345678901234567890", b'"\\ud800"', deep]
    records = [*(json.dumps(one).encode() for one in RECORDS), *odd] * 3
    grader.then(raw(b"[" + b",".join(records) + b"]", "text/html"))  # labelled as it may be
    assert texts(client().fetch(WEEK)) == records


def test_a14_a_redirect_on_the_grader_itself_is_followed(
    grader: GraderServer, client: Client
) -> None:
    def endless_detour(exchange: Exchange) -> None:
        target = exchange.handler.path.replace("/statistics", grader.url, 1)
        exchange.begin(302, {"Location": target, "Transfer-Encoding": "chunked"})
        exchange.write(b"3\r\n...\r\n")
        exchange.ended()

    grader.then(endless_detour, lambda exchange: redirect(exchange.handler.path)(exchange))
    assert values(client(timeout_seconds=1).fetch(WEEK)) == RECORDS
    assert [request.query for request in grader.requests] == [grader.requests[0].query] * 3


@pytest.mark.parametrize("code", [301, 307])
def test_a14_a_redirect_to_another_host_is_refused(
    grader: GraderServer, client: Client, code: int
) -> None:
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as other:
        grader.always(redirect(other.url, code))
        assert failure(client()).problem is Problem.API_REDIRECT
    assert (len(grader.requests), other.requests) == (1, [])


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "http://{here}@evil.example/",
        "http://evil.example\\@{here}/",
        "mailto:someone@evil.example",
    ],
)
def test_a14_no_spelling_of_another_origin_is_followed(
    grader: GraderServer, client: Client, target: str
) -> None:
    grader.always(redirect(target.format(here=f"127.0.0.1:{grader.server_port}")))
    assert failure(client()).problem is Problem.API_REDIRECT
    assert len(grader.requests) == 1


def test_a14_a_redirect_from_https_to_plain_http_is_refused(
    secure_grader: GraderServer, client: Client
) -> None:
    secure_grader.then(redirect(secure_grader.url.replace("https", "http")))
    error = failure(client(secure_grader.url))
    assert error.problem is Problem.API_REDIRECT
    assert error.facts == {"host": "http://127.0.0.1"}


@pytest.mark.parametrize("target", ["http://[::1", "\udcff", "http://127.0.0.1:port/"])
def test_a14_a_redirect_that_cannot_be_read_is_refused(
    grader: GraderServer, client: Client, target: str
) -> None:
    def lead_astray(exchange: Exchange) -> None:
        location = target.encode("ascii", "surrogateescape")
        exchange.handler.close_connection = True
        exchange.write(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n")

    grader.always(lead_astray)
    assert failure(client()).problem in {Problem.API_REQUEST_REFUSED, Problem.API_REDIRECT}


def test_a14_a_redirect_in_circles_is_left_soon(grader: GraderServer, client: Client) -> None:
    grader.always(lambda exchange: redirect(exchange.handler.path)(exchange))
    error = failure(client())
    assert error.facts["said"] == "TooManyRedirects"
    assert len(grader.requests) == 5 * 6
