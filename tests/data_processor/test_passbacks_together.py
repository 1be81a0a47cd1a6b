"""Passbacks that are decoded together give what each gives alone, whatever stands beside them."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.grader.passback import parse_passback, parse_passbacks

PLAIN = ["{}", "{'oauth_consumer_key': ''}", "{'lis_result_sourcedid': 'a:b'}"]
# Pieces that end, begin or run into a neighbour when they are put side by side.
TORN = [
    "{'oauth_consumer_key': 'x",
    "{'oauth_consumer_key': [1",
    "{'oauth_consumer_key': [{}",
    "{}]}",
    "{},{}",
    "{': 'y'}",
    "{'a",
    "{'x}'}",
    "{'a': 1}]",
    "{'a': 1},",
    " {}",
    "{} ",
    "{'a': \"b\"}",
    "{'a': '\\x41'}",
    "{'a': {'b': 1}}",
    "{'a': 'x\ny'}",
    "",
    "None",
]
FREE = st.text("{}[],:'\"\\ \nax1", max_size=12).map(lambda text: "{" + text)
TEXTS = st.lists(st.none() | st.sampled_from(PLAIN + TORN) | FREE, max_size=6)


@example(["{'x':[{}", "{}]}", "{},{}"])
@example(["{'a", "{': 'y'}", "{},{}"])
@example(["{'x': 'a", "b'}"])
@given(TEXTS)
@settings(deadline=None, max_examples=500)
def test_r7_together_is_as_alone(texts: list[str | None]) -> None:
    assert parse_passbacks(texts) == [parse_passback(text) for text in texts]
