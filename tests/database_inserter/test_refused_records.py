"""A record that only the database refuses costs itself, never its slice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import Problem
from etl.models.records import Counts, Loaded, Reason
from etl.postgres.journal import read_journal
from tests.conftest import Parameters, rows_in
from tests.database_inserter.batches import (
    DAY,
    UTC_ZONE,
    Slice,
    batch,
    entry,
    insert,
    opened,
    refused,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

GOOD = [record(lti_user_id=f"u{n}") for n in range(9)]
BAD = record(lti_user_id="bad-student")
SLICE = batch(*GOOD[:4], BAD, *GOOD[4:])
ONE_REFUSED = Counts(received=10, inserted=9, rejected=1)
KEPT = "SELECT reason, record, detail FROM rejected_attempts"
IS_BAD = "user_id = 'bad-student'"

STRIKE = (
    "CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF {condition} THEN RAISE EXCEPTION 'no % here', 'bad-student' {using}; END IF;"
    " RETURN new; END $$;"
)
EACH = STRIKE.format(condition=f"new.{IS_BAD}", using="{using}")
BEFORE_EACH = (
    "CREATE TRIGGER strike BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION strike()"
)
AT_COMMIT = (
    "CREATE CONSTRAINT TRIGGER strike AFTER INSERT ON attempts DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION strike()"
)
OF_ALL = STRIKE.format(condition=f"EXISTS (SELECT FROM fresh WHERE {IS_BAD})", using="")
AFTER_ALL = (
    "CREATE TRIGGER strike AFTER INSERT ON attempts REFERENCING NEW TABLE AS fresh"
    " FOR EACH STATEMENT EXECUTE FUNCTION strike()"
)
STUDENTS = (
    "CREATE TABLE students (user_id VARCHAR(32) PRIMARY KEY);"
    " INSERT INTO students SELECT 'u' || n FROM generate_series(0, 8) AS n;"
    " ALTER TABLE attempts ADD CONSTRAINT known FOREIGN KEY (user_id) REFERENCES students"
)
ZERO = f"(CASE WHEN {IS_BAD} THEN 0 ELSE 1 END)"
PARTED = (
    OWN_DDL.replace("id SERIAL PRIMARY KEY", "id SERIAL").removesuffix(";\n")
    + " PARTITION BY LIST (user_id);"
    + "CREATE TABLE part PARTITION OF attempts FOR VALUES IN "
    + str(tuple(f"u{n}" for n in range(9)))
)
DOMAIN = (
    "CREATE DOMAIN student AS VARCHAR(32) CONSTRAINT real_student CHECK (value <> 'bad-student');"
    + OWN_DDL.replace("user_id VARCHAR(32)", "user_id student")
)
ADD = OWN_DDL + "ALTER TABLE attempts ADD "
RULES = [
    (f"{ADD} CONSTRAINT late CHECK (NOT {IS_BAD})", "23514 late"),
    (f"{OWN_DDL} ALTER TABLE attempts ALTER user_id TYPE VARCHAR(9)", "22001"),
    (f"{ADD} share INT GENERATED ALWAYS AS (1 / {ZERO}) STORED", "22012"),
    (f"{ADD} size SMALLINT GENERATED ALWAYS AS (40000 - 40000 * {ZERO}) STORED", "22003"),
    (DOMAIN, "23514 real_student"),
    (PARTED, "23514"),
    (OWN_DDL + STUDENTS, "23503 known"),
    (OWN_DDL + STUDENTS + " DEFERRABLE INITIALLY DEFERRED", "23503 known"),
    (OWN_DDL + EACH.format(using="") + BEFORE_EACH, "P0001 strike"),
    (OWN_DDL + EACH.format(using="USING ERRCODE = 'UE001'") + BEFORE_EACH, "UE001 strike"),
    (OWN_DDL + EACH.format(using="USING CONSTRAINT = new.user_id") + BEFORE_EACH, "P0001 strike"),
    (OWN_DDL + EACH.format(using="") + AT_COMMIT, "P0001 strike"),
    (OWN_DDL + OF_ALL + AFTER_ALL, "P0001 strike"),
]


def load(inserter: DatabaseInserter, slice_: Slice) -> Loaded:
    return inserter.insert(slice_.answer, slice_.batches)


@pytest.mark.parametrize(("table", "rule"), RULES)
def test_p12_whatever_refuses_a_record_the_others_are_stored(
    build: Build, execute: Execute, table: str, rule: str
) -> None:
    execute(table)
    inserter = opened(build())
    for inserted, duplicates in ((9, 0), (0, 9)):
        loaded = load(inserter, SLICE)
        assert loaded.counts == Counts(10, inserted, duplicates, rejected=1)
        assert loaded.reasons == {Reason.REFUSED_BY_DATABASE: 1}
        assert loaded.rules == {rule: 1}
        assert loaded.distinct == {DAY: 9}
    assert execute("SELECT count(*) FROM attempts") == [(9,)]
    assert execute(KEPT) == [("refused_by_database", json.dumps(BAD), rule)]
    assert execute("SELECT sum(rejected) FROM etl_slices") == [(2,)]


@pytest.mark.parametrize(
    ("index", "rule"),
    [
        ("CREATE UNIQUE INDEX one ON attempts (user_id, created_at)", "23505 one"),
        ("ALTER TABLE attempts ADD CONSTRAINT one EXCLUDE (user_id WITH =)", "23P01 one"),
    ],
)
def test_p12_what_the_administrator_wants_once_comes_in_once(
    build: Build, execute: Execute, index: str, rule: str
) -> None:
    execute(f"{OWN_DDL} {index}")
    run = GOOD[0] | {"attempt_type": "run", "is_correct": None}
    loaded = load(opened(build()), batch(*GOOD, run))
    assert (loaded.counts, loaded.rules) == (ONE_REFUSED, {rule: 1})


def test_p12_an_index_that_a_long_text_does_not_fit_in(build: Build, execute: Execute) -> None:
    execute(OWN_DDL + "CREATE INDEX urls ON attempts (lis_outcome_service_url)")
    noise = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(3000))
    long = record(passback_params=repr({"lis_outcome_service_url": noise}))
    loaded = load(opened(build()), batch(*GOOD, long))
    assert (loaded.counts, loaded.rules) == (ONE_REFUSED, {"54000": 1})


def test_p12_a_policy_for_rows_refuses_one_and_a_missing_right_none(
    build: Build, role: str, execute: Execute
) -> None:
    rights = f'GRANT SELECT, INSERT ON attempts TO "{role}"'
    execute(
        f"{OWN_DDL} ALTER TABLE attempts ENABLE ROW LEVEL SECURITY;"
        " CREATE POLICY all_seen ON attempts FOR SELECT USING (true);"
        f" CREATE POLICY no_bad ON attempts FOR INSERT WITH CHECK (NOT {IS_BAD});"
        f' {rights}; GRANT USAGE ON SEQUENCE attempts_id_seq TO "{role}";'
        f' GRANT CREATE ON SCHEMA public TO "{role}"'
    )
    inserter = opened(build(user=role))
    loaded = load(inserter, SLICE)
    assert (loaded.counts, loaded.rules) == (ONE_REFUSED, {"42501": 1})
    execute(rights.replace("GRANT", "REVOKE").replace("TO", "FROM"))
    assert refused(lambda: load(inserter, SLICE)).problem == Problem.DATABASE_RIGHT


def test_p12_a_character_that_the_databases_encoding_lacks(
    build: Build, encoded: Callable[[str], Parameters]
) -> None:
    latin = encoded("LATIN1")
    inserter = opened(build(server=latin))
    slavic = record(passback_params=repr({"oauth_consumer_key": "ключ"}))
    sent = json.dumps(slavic, ensure_ascii=False)
    for inserted, duplicates in ((9, 0), (0, 9)):
        loaded = load(inserter, batch(*GOOD, sent))
        assert loaded.counts == Counts(10, inserted, duplicates, rejected=1)
        assert (loaded.rules, loaded.distinct) == ({"22P05": 1}, {DAY: 9})
    bad = '{"lti_user_id": "Иван 🎓"}'
    assert insert(inserter, batch(bad)).rejected == 1
    failure = {"problem": "grader_refused", "ru": "Грейдер ответил: “нет”"}
    inserter.close(entry(status="failed", error="Грейдер ответил: “нет”", failure=failure))
    assert read_journal(latin, UTC_ZONE, 1).runs[0].failure == failure
    kept = rows_in(latin, "SELECT record FROM rejected_attempts ORDER BY id")
    assert [json.loads(text) for (text,) in kept] == [slavic, json.loads(bad)]


def test_p12_what_has_the_key_of_a_refused_record_takes_its_place(
    build: Build, execute: Execute
) -> None:
    execute(f"{ADD} CHECK (lis_result_sourcedid <> 'nowhere')")
    nowhere = GOOD[0] | {"passback_params": repr({"lis_result_sourcedid": "nowhere"})}
    loaded = load(opened(build()), batch(nowhere, nowhere, *GOOD, GOOD[0], *GOOD))
    assert loaded.counts == Counts(21, inserted=9, duplicates=10, rejected=2)
    assert loaded.distinct == {DAY: 9}


def test_p12_a_table_that_refuses_too_many_is_wrong_itself(build: Build, execute: Execute) -> None:
    execute(f"{ADD} CONSTRAINT late CHECK (NOT {IS_BAD} AND user_id > 'u1')")
    inserter = opened(build())
    error = refused(lambda: load(inserter, SLICE))
    assert error.problem == Problem.DATABASE_REFUSES
    assert error.facts["rules"] == {"23514 late": 3}
    assert (error.facts["received"], error.facts["limit_percent"]) == (10, 20)
    assert execute("SELECT 1 FROM attempts UNION SELECT 1 FROM rejected_attempts") == []
    inserter.close(entry())
    assert load(opened(build(max_rejected_share=0.3)), SLICE).counts.inserted == 7


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("53100", Problem.DATABASE_FULL),
        ("40P01", Problem.DATABASE_WAIT),
        ("42501", Problem.DATABASE_RIGHT),
        ("42703", Problem.DATABASE_TABLE),
        ("XX001", Problem.DATABASE_ERROR),
    ],
)
def test_p12_a_fault_of_the_whole_is_never_taken_for_a_records(
    build: Build, execute: Execute, code: str, problem: Problem
) -> None:
    """Also while the refused ones are being looked for: the last record meets it."""
    using = f"USING ERRCODE = '{code}'"
    strike = STRIKE.format(condition="new.user_id = 'u8'", using=using)
    execute(f"{ADD} CHECK (NOT {IS_BAD}); {strike} {BEFORE_EACH}")
    assert refused(lambda: load(opened(build()), SLICE)).problem == problem
    assert execute("SELECT 1 FROM attempts UNION SELECT 1 FROM rejected_attempts") == []


@pytest.mark.parametrize("refused_ones", [1, 8])
def test_p12_the_cost_follows_the_number_of_refused_records(
    build: Build, execute: Execute, refused_ones: int
) -> None:
    """Counted by a sequence, which no rollback takes back."""
    execute(
        f"{ADD} CHECK (user_id NOT LIKE 'bad%'); CREATE SEQUENCE statements;"
        " CREATE FUNCTION count_one() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM nextval('statements'); RETURN NULL; END $$;"
        " CREATE TRIGGER count_one BEFORE INSERT ON attempts EXECUTE FUNCTION count_one()"
    )
    users = [f"u{n}" if n % 128 or n >= 128 * refused_ones else f"bad{n}" for n in range(1024)]
    loaded = load(opened(build()), batch(*(record(lti_user_id=user) for user in users)))
    assert loaded.counts == Counts(1024, inserted=1024 - refused_ones, rejected=refused_ones)
    ((statements,),) = execute("SELECT last_value FROM statements")
    assert statements <= 2 + 2 * 10 * refused_ones


def test_p12_a_slice_without_refused_records_is_made_and_loaded_once(
    inserter: DatabaseInserter,
) -> None:
    made = []

    def batches() -> list[Any]:
        made.append(1)
        return SLICE.batches()

    inserter.insert(SLICE.answer, batches)
    assert made == [1]


def test_p12_a_rule_that_is_gone_at_the_second_look_has_refused_nothing(
    build: Build, execute: Execute
) -> None:
    strike = STRIKE.format(condition="nextval('looks') = 1", using="")
    execute(f"{OWN_DDL} CREATE SEQUENCE looks; {strike} {BEFORE_EACH}")
    loaded = load(opened(build()), SLICE)
    assert (loaded.counts, loaded.reasons) == (Counts(10, inserted=10), {})


def test_p12_a_replay_loads_what_the_table_takes_by_then(build: Build, execute: Execute) -> None:
    execute(f"{ADD} CONSTRAINT late CHECK (NOT {IS_BAD})")
    inserter = opened(build())
    load(inserter, SLICE)
    for rule_is_gone in (False, True):
        slice_ = batch(*map(json.loads, (record for _, record, _ in execute(KEPT))))
        loaded = inserter.replay(lambda _, valid=slice_: valid.batches())
        assert loaded.counts.inserted == rule_is_gone
        assert execute("SELECT resolved_at IS NOT NULL FROM rejected_attempts") == [(rule_is_gone,)]
        execute("ALTER TABLE attempts DROP CONSTRAINT IF EXISTS late")
    assert execute("SELECT count(*) FROM attempts") == [(10,)]
