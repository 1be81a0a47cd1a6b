"""One batch for one tab, and what becomes of it when Google refuses it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from etl.sheets.batches import lesser_batches
from etl.sheets.cells import Request
from etl.sheets.client import RefusedBatchError, RemoteSpreadsheet
from etl.sheets.obstacles import TabPlan, refuse_likeliest

log = logging.getLogger(__name__)


def write(spreadsheet: RemoteSpreadsheet, plan: TabPlan, plan_again: Callable[[], TabPlan]) -> None:
    """Writes the batch; a refused one as the workbook needs it by then, or without its looks.

    Raises `ReportError` with what stands in the way, as far as the workbook shows it.
    """
    if not plan.batch:
        return
    try:
        spreadsheet.update(plan.batch)
    except RefusedBatchError as error:
        log.info("report: Google refused the batch: %s", error)
        # Somebody else may have made the same tab or chart in between.
        again = plan_again()
        if not again.batch:
            return
        other = [again.batch] if again.batch != plan.batch else []
        _write_first_accepted(spreadsheet, again, [*other, *lesser_batches(again.batch)], error)


def _write_first_accepted(
    spreadsheet: RemoteSpreadsheet,
    plan: TabPlan,
    batches: Sequence[Sequence[Request]],
    refusal: RefusedBatchError,
) -> None:
    for batch in batches:
        try:
            spreadsheet.update(batch)
        except RefusedBatchError as error:
            refusal = error
        else:
            return
    refuse_likeliest(plan, spreadsheet.account, refusal)
    raise refusal
