"""Letters reach everybody who can be reached, now or with the next run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run, Select, World, letter_texts, log_text


def test_m2_one_refused_recipient_does_not_cost_the_others_their_letter(
    world: World, run: Run, tmp_path: Path
) -> None:
    world.mail.refuse_recipient("b@uni.example", "550 5.1.1 No such user")
    addresses = "a@uni.example, b@uni.example; c@uni.example"
    assert run(RECIPIENTS_EMAILS=addresses) == 0
    (letter,) = world.mail.letters
    assert letter.recipients == ("a@uni.example", "c@uni.example")
    assert "b@uni.example was refused" in log_text(tmp_path)


def test_m1_recipients_that_are_no_addresses_are_named_and_the_others_served(
    world: World, run: Run, tmp_path: Path
) -> None:
    assert run(RECIPIENTS_EMAILS="a@uni.example;; a@; ,a@uni.example, nobody") == 0
    assert world.mail.letters[0].recipients == ("a@uni.example",)
    assert letter_texts(world)[0].startswith("⚠️")
    assert "got no letter: a@, nobody" in log_text(tmp_path)


def test_m5_a_letter_that_cannot_go_out_is_sent_by_the_next_run_in_order(
    world: World, run: Run, tmp_path: Path
) -> None:
    world.mail.refuse_login("535 5.7.8 Error: authentication failed")
    assert run() == 7
    assert len(list((tmp_path / "var" / "outbox").glob("*.eml"))) == 1
    world.mail.behave()
    assert run() == 0
    assert ["New: 0\n" in letter for letter in letter_texts(world)] == [False, True]


def test_xt7_a_letter_that_is_refused_for_good_is_named_by_the_next_one(
    world: World, run: Run
) -> None:
    secret = world.environ["SENDER_PASSWORD"]
    world.mail.refuse_sender(f"552 5.3.4 {secret} is too much", times=2)
    assert [run(), run()] == [7, 0]
    (letter,) = letter_texts(world)
    assert letter.startswith("⚠️")
    assert "000001.refused (etl@uni.example: 552 5.3.4 *** is too much)" in " ".join(letter.split())


def test_m5_the_first_failure_wins_over_the_letters(world: World, run: Run) -> None:
    world.mail.refuse_login("535 5.7.8 Error: authentication failed")
    assert run(DB_NAME="nowhere") == 5


@pytest.mark.parametrize("mode", [None, "--report-only", "--replay-rejected"])
def test_no_letter_is_sent_or_kept_when_none_is_wanted(
    mode: str | None, world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    assert run(*([mode] if mode else []), "--no-letter") == 0
    assert world.mail.letters == []
    assert not (tmp_path / "var" / "outbox").exists()
    assert "--no-letter, Python" in log_text(tmp_path)
    assert select("SELECT status FROM etl_runs") == [("succeeded",)]


def test_a_failure_without_a_letter_is_shown_all_the_same(
    world: World, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--no-letter", DB_NAME="nowhere") == 5
    assert 'database "nowhere" does not exist' in capsys.readouterr().err
    assert world.mail.letters == []


def test_letters_that_wait_go_on_waiting(world: World, run: Run) -> None:
    world.mail.refuse_login("535 5.7.8 Error: authentication failed")
    assert run() == 7
    world.mail.behave()
    assert run("--no-letter") == 0
    assert world.mail.letters == []
    assert run() == 0
    assert len(world.mail.letters) == 2
