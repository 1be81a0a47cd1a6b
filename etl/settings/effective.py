"""What a run would go by: each setting's value as it may be shown, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic_core import PydanticUndefined

from etl.settings.sections import SECRETS, SECTIONS

LOGIN = re.compile("//[^/@]*@")


@dataclass(frozen=True)
class Effective:
    """`value` is no secret's and none that is wrong; `source` is empty for what is not set."""

    name: str
    value: str
    source: str


def effective(
    in_file: Mapping[str, str], environ: Mapping[str, str], wrong: Collection[str]
) -> Iterator[Effective]:
    """In the sections' order; `in_file` and `environ` without their empty values."""
    for section in SECTIONS:
        for field in section.model_fields.values():
            name = str(field.alias)
            value, source = "", ""
            if name in environ:
                value, source = environ[name], "environment"
            elif name in in_file:
                value, source = in_file[name], ".env"
            elif field.default not in (None, PydanticUndefined):
                value, source = str(field.default), "default"
            if source and name in wrong:
                value = "wrong"
            elif source and name in SECRETS:
                value = "set"
            yield Effective(name, LOGIN.sub("//***@", value), source)
