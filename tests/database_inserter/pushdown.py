"""Forms of SQL that Citus 13.2 refuses, or computes on its coordinator: seen on a real cluster."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

DISTRIBUTED = {"attempts", "etl_student_task_days"}


def refusals(sql: str) -> list[str]:
    """Why a cluster would refuse the statements; `sql` may have psycopg2's placeholders."""
    found = []
    for tree in sqlglot.parse(sql.replace("%%", "%"), read="postgres"):
        assert tree
        for select in tree.find_all(exp.Select):
            found += _refusals(select)
    return found


def _refusals(select: exp.Select) -> Iterator[str]:
    sources = _sources(select)
    if any(map(_is_distributed, sources)) and not select.expressions:
        yield "a subquery with an empty list may have to be computed apart"
    if any(map(_reads_distributed, sources)) and any(map(_is_lateral, sources)):
        yield "a lateral subquery without FROM, or a function, beside a distributed table"
    if any(_is_temporary(one) for one in sources) and _inner_distributed(select):
        yield "a local temporary table compared with a distributed one: name the latter by WITH"
    if len(sources) > 1 and any(_is_union(one) and _reads_distributed(one) for one in sources):
        yield "a join above a union: join in each part of it"
    for join in select.args.get("joins") or []:
        others = [one for one in sources if one is not join.this and _reads_distributed(one)]
        if others and _reads_distributed(join.this) and not _is_by_student(join):
            yield "distributed tables joined without user_id"
    for inner in _inner_distributed(select) if any(map(_reads_distributed, sources)) else ():
        if not _is_by_student(inner):
            yield "distributed tables compared without user_id"


def _sources(select: exp.Select) -> list[exp.Expression]:
    """What stands in FROM."""
    begin = select.args.get("from_")
    return [begin.this, *(join.this for join in select.args.get("joins") or [])] if begin else []


def _is_distributed(source: exp.Expression) -> bool:
    return isinstance(source, exp.Table) and source.name in DISTRIBUTED and not source.db


def _is_temporary(source: exp.Expression) -> bool:
    return isinstance(source, exp.Table) and source.db == "pg_temp"


def _is_lateral(source: exp.Expression) -> bool:
    """A subquery's own FROM makes it one that can be pushed down."""
    return isinstance(source, exp.Lateral) and not source.find(exp.From)


def _is_union(source: exp.Expression) -> bool:
    return isinstance(source, exp.Subquery) and isinstance(source.this, exp.SetOperation)


def _reads_distributed(source: exp.Expression) -> bool:
    return any(map(_is_distributed, source.find_all(exp.Table)))


def _inner_distributed(select: exp.Select) -> list[exp.Select]:
    """Queries in the conditions that read a distributed table."""
    where = select.args.get("where")
    inner = where.find_all(exp.Select) if where else []
    return [one for one in inner if any(map(_is_distributed, _sources(one)))]


def _is_by_student(part: exp.Expression) -> bool:
    using = [one.name for one in part.args.get("using") or []]
    equal = [{one.this.name, one.expression.name} for one in part.find_all(exp.EQ)]
    return "user_id" in using or {"user_id"} in equal
