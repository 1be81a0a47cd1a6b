"""A connection that did not come about, as a problem that people can mend.

There is no code to go by, only a sentence: libpq's in English, or the server's in its own language
(here: English or Russian). A sentence of the server's that is not known is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from etl.models.errors import LoadError, Problem

# Names stand between quotes, those of the server's language, and may be words of the lists below.
QUOTED = re.compile('"[^"\n]*"|[«»„“][^«»„“”\n]*[«»“”]')

PROBLEM_OF_WORDS = {
    "authentication failed": Problem.DATABASE_LOGIN,
    "проверку подлинности": Problem.DATABASE_LOGIN,
    "no password supplied": Problem.DATABASE_LOGIN,
    "pg_hba.conf": Problem.DATABASE_LOGIN,
    'role "…" does not exist': Problem.DATABASE_LOGIN,
    'роль "…" не существует': Problem.DATABASE_LOGIN,
    "not permitted to log in": Problem.DATABASE_LOGIN,
    "вход запрещён": Problem.DATABASE_LOGIN,
    "no such user": Problem.DATABASE_LOGIN,  # PgBouncer, and so is the next
    "no such database": Problem.DATABASE_MISSING,
    'database "…" does not exist': Problem.DATABASE_MISSING,
    'база данных "…" не существует': Problem.DATABASE_MISSING,
}
CAUSE_OF_WORDS = {
    "Connection refused": "the connection was refused",
    "timeout expired": "no answer in time",
    "timed out": "no answer in time",
    "translate host name": "the name is unknown to DNS",
    "No route to host": "there is no way to it through the network",
    "Network is unreachable": "there is no way to it through the network",
    "No such file": "no such socket",
    "root certificate": "there is no root certificate to check it by",
    "certificate": "its certificate is not trusted",
    "SSL": "it does not speak TLS as asked",
    "too many": "it has no connection to spare",
    "слишком много": "it has no connection to spare",
    "slots are reserved": "it has no connection to spare",
    "слоты подключений": "it has no connection to spare",
    "database system is": "it is starting or stopping",
    "система баз данных": "it is starting or stopping",
}
# What libpq writes before a sentence, and a severity in the server's language before its own ones.
BEFORE_SENTENCE = re.compile(r"(?:connection to server .* failed: )?(\w+: {2})?")
NAMES = ("host", "user", "dbname", "password")
CONNECT_RIGHT = "CONNECT"  # in the detail of "permission denied for database", in any language
ANY_CAUSE = "it broke off the connection"


def refusal(text: str, server: Mapping[str, object]) -> LoadError:
    """What libpq's sentences come to, without the names in `server`, libpq's parameters.

    A letter goes to people who have no business with them.
    """
    words = QUOTED.sub('"…"', text)
    for known, problem in PROBLEM_OF_WORDS.items():
        if known in words:
            return LoadError(problem, message=_nameless(_sentence_with(known, words), server))
    if CONNECT_RIGHT in words:
        return LoadError(Problem.DATABASE_RIGHT, message="CONNECT ON DATABASE")
    causes = (cause for known, cause in CAUSE_OF_WORDS.items() if known in words)
    cause = next(causes, None) or _nameless(_server_sentence(words), server) or ANY_CAUSE
    return LoadError(Problem.DATABASE_UNREACHABLE, cause=cause)


def _nameless(sentence: str, server: Mapping[str, object]) -> str:
    """PgBouncer writes names without quotes."""
    for value in (server.get(key) for key in NAMES):
        if value:
            sentence = re.sub(rf"(?<!\w){re.escape(str(value))}(?!\w)", "…", sentence)
    return sentence


def _sentence_with(known: str, words: str) -> str:
    """Of several tries, with TLS and without, the one that `known` is of."""
    line = next(line for line in words.splitlines() if known in line)
    return BEFORE_SENTENCE.sub("", line, count=1).strip()


def _server_sentence(words: str) -> str:
    found = (BEFORE_SENTENCE.match(line) for line in words.splitlines())
    return next((one.string[one.end() :].strip() for one in found if one and one[1]), "")
