"""Turns exceptions into failures of the run, and failures into text and JSON."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from etl.models.errors import ExitCode, Failure, PipelineError, Problem, Stage, Terminated
from etl.models.peers import causes, harmless
from etl.models.window import Window
from etl.texts import CATALOGUES, EN

OWN_FACTS = (int, float, date, Window, Mapping)  # types of our own facts; others may quote a peer


def failure_of(error: BaseException, stage: Stage) -> Failure:
    """Returns `error` as a `Failure` in `stage`; a `PipelineError` has its own stage instead."""
    stops = (one for one in causes(error) if isinstance(one, KeyboardInterrupt | Terminated))
    match next(stops, error):  # the driver may fail to roll back what a signal ended
        case PipelineError() as error:
            code, details, settings = error.exit_code, error.details, error.problems
            return Failure(error.stage, error.problem, error.facts, code, details, settings)
        case KeyboardInterrupt():
            return Failure(stage, Problem.INTERRUPTED, {}, ExitCode.INTERRUPTED)
        case Terminated():
            return Failure(stage, Problem.TERMINATED, {}, ExitCode.TERMINATED)
    story = "".join(traceback.format_exception(error))  # for developers
    return Failure(stage, Problem.BUG, {"kind": type(error).__name__}, ExitCode.BUG, story)


def failure_text(failure: Failure) -> str:
    """Returns the failure in English, for log and stderr: what happened, what to do, details."""
    lines = [EN.what_happened(failure.problem, failure.facts)]
    lines += [f"  {EN.setting(problem)}" for problem in failure.settings]
    lines.append(EN.what_to_do(failure.problem, failure.facts))
    return "\n".join([*lines, failure.details] if failure.details else lines)


def for_programs(failure: Failure) -> dict[str, object]:
    """Returns JSON for `etl_runs.failure`: the problem's key and sentences, and integer facts."""
    what_happened = {
        one.language: one.what_happened(failure.problem, failure.facts) for one in CATALOGUES
    }
    numbers = {name: fact for name, fact in failure.facts.items() if isinstance(fact, int)}
    return {"problem": failure.problem, "what_happened": what_happened, **numbers}


def redacted(failure: Failure, redact: Callable[[str], str]) -> Failure:
    """Returns the failure with `redact` applied to details and to facts that may quote a server."""
    facts = {
        name: fact if isinstance(fact, OWN_FACTS) else harmless(redact(str(fact)))
        for name, fact in failure.facts.items()
    }
    return replace(failure, facts=facts, details=harmless(redact(failure.details)))
