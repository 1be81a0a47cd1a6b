"""What Google answers, as far as it is read here. Whatever else comes is somebody else's answer.

As in all of Google's JSON, what is zero, false or empty may be left out.
Sources: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets and
https://developers.google.com/identity/protocols/oauth2/service-account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar

import msgspec
from requests.exceptions import InvalidJSONError

SOMEBODY_ELSE = "something other than Google answers, such as a proxy"

Value = str | float | bool | None
Count = Annotated[int, msgspec.Meta(ge=0)]


class GoogleJson(msgspec.Struct, frozen=True, rename="camel"):
    """Fields in camelCase; those that are not named are ignored."""


class GridProperties(GoogleJson, frozen=True):
    row_count: Count = 0
    column_count: Count = 0


class TabProperties(GoogleJson, frozen=True):
    title: str
    sheet_id: int = 0
    sheet_type: str = "GRID"
    hidden: bool = False
    grid_properties: GridProperties = GridProperties()


class GridRange(GoogleJson, frozen=True):
    """Half-open; None is the end of the grid."""

    sheet_id: int = 0
    start_row_index: Count = 0
    end_row_index: Count | None = None
    start_column_index: Count = 0
    end_column_index: Count | None = None


class Chart(GoogleJson, frozen=True):
    """`spec` is kept as it came, since it goes back with little changed."""

    chart_id: int
    spec: dict[str, Any] = {}

    def ranges(self) -> list[GridRange]:
        """What it shows."""
        return [read_answer(source, GridRange) for source in sources(self.spec)]


class DeveloperMetadata(GoogleJson, frozen=True):
    metadata_key: str = ""


class Editors(GoogleJson, frozen=True):
    users: list[str] = []
    groups: list[str] = []


class ProtectedRange(GoogleJson, frozen=True):
    """A sheet as a whole has a range without bounds. `editors` is shown to editors alone."""

    range: GridRange | None = None
    named_range_id: str = ""
    table_id: str = ""
    warning_only: bool = False
    requesting_user_can_edit: bool | None = None
    editors: Editors | None = None
    unprotected_ranges: list[GridRange] = []

    @property
    def place(self) -> GridRange | None:
        """None: the range of a name or of a table, where Google does not repeat it."""
        is_elsewhere = self.named_range_id or self.table_id
        return self.range or (None if is_elsewhere else GridRange())

    def keeps_out(self, account: str) -> bool:
        """Whether `account` may not edit it; a group may have it as a member."""
        if self.warning_only or self.requesting_user_can_edit is not None:
            return not (self.warning_only or self.requesting_user_can_edit)
        editors = self.editors or Editors()
        is_named = account.casefold() in map(str.casefold, editors.users)
        return not (is_named or editors.groups)


class Table(GoogleJson, frozen=True):
    range: GridRange


class Tab(GoogleJson, frozen=True):
    properties: TabProperties
    charts: list[Chart] = []
    developer_metadata: list[DeveloperMetadata] = []
    merges: list[GridRange] = []
    protected_ranges: list[ProtectedRange] = []
    tables: list[Table] = []

    @property
    def has_cells(self) -> bool:
        """A chart in a tab of its own has none, and those of a data source are Google's."""
        size = self.properties.grid_properties
        return self.properties.sheet_type == "GRID" and size.row_count * size.column_count > 0


class SpreadsheetProperties(GoogleJson, frozen=True):
    title: str


class Spreadsheet(GoogleJson, frozen=True):
    properties: SpreadsheetProperties
    sheets: Annotated[list[Tab], msgspec.Meta(min_length=1)]


class ValueRange(GoogleJson, frozen=True):
    range: str
    values: list[list[Value]] = []


class ValueRanges(GoogleJson, frozen=True):
    value_ranges: list[ValueRange]


class BatchUpdate(GoogleJson, frozen=True):
    """A reply for each request."""

    replies: list[dict[str, Any]]


class Refusal(GoogleJson, frozen=True):
    """google.rpc.Status."""

    message: str = ""
    status: str = ""
    details: list[dict[str, Any]] = []


class Token(msgspec.Struct, frozen=True):
    """RFC 6749, section 5.1; the token goes into a header."""

    access_token: Annotated[str, msgspec.Meta(pattern="^[!-~]+$")]
    expires_in: int = 3600


class RefusedGrant(msgspec.Struct, frozen=True):
    """RFC 6749, section 5.2."""

    error: str
    error_description: str = ""


def sources(spec: object) -> Iterator[Any]:
    """Every range that a chart's description names, wherever its kind of chart has them."""
    parts: Iterable[tuple[object, Any]] = ()
    if isinstance(spec, dict):
        parts = spec.items()
    elif isinstance(spec, list):
        parts = enumerate(spec)
    for name, part in parts:
        if name == "sources" and isinstance(part, list):
            yield from part
        else:
            yield from sources(part)


T = TypeVar("T")


def read_answer(answer: object, kind: type[T]) -> T:
    """The answer as what it should be. Raises `InvalidJSONError`, as for no JSON at all."""
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        raise InvalidJSONError(SOMEBODY_ELSE) from error
