"""A connection that did not come about, as a problem that people can mend.

There is no code to go by, only a sentence: libpq's in English, or the server's in its own language
(here: English or Russian). Nothing of it is passed on, since it names host, user and database.
"""

from __future__ import annotations

import re

from etl.models.errors import LoadError, Problem

# Names stand between quotes, and may be words of the lists below.
QUOTED = re.compile(r'"[^"\n]*"')

PROBLEM_OF_WORDS = {
    "authentication failed": Problem.DATABASE_LOGIN,
    "проверку подлинности": Problem.DATABASE_LOGIN,
    "no password supplied": Problem.DATABASE_LOGIN,
    "pg_hba.conf": Problem.DATABASE_LOGIN,
    'role "" does not exist': Problem.DATABASE_LOGIN,
    'роль "" не существует': Problem.DATABASE_LOGIN,
    "not permitted to log in": Problem.DATABASE_LOGIN,
    "вход запрещён": Problem.DATABASE_LOGIN,
    'database "" does not exist': Problem.DATABASE_MISSING,
    'база данных "" не существует': Problem.DATABASE_MISSING,
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
CONNECT_RIGHT = "CONNECT"  # in the detail of "permission denied for database", in any language
ANY_CAUSE = "it broke off the connection"


def refusal(text: str) -> LoadError:
    """What libpq's sentences come to."""
    words = QUOTED.sub('""', text)
    for known, problem in PROBLEM_OF_WORDS.items():
        if known in words:
            return LoadError(problem)
    if CONNECT_RIGHT in words:
        return LoadError(Problem.DATABASE_RIGHT, message="CONNECT ON DATABASE")
    causes = (cause for known, cause in CAUSE_OF_WORDS.items() if known in words)
    return LoadError(Problem.DATABASE_UNREACHABLE, cause=next(causes, ANY_CAUSE))
