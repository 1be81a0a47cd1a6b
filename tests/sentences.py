"""Every sentence of a language, and the blanks in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import etl.texts

FOLDER = Path(etl.texts.__file__).parent


def sections(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def sentences(language: str) -> dict[str, str]:
    """All texts of the file by their dotted names; those of a list have their numbers."""
    return dict(_texts("", sections(language)))


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
        return
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _texts(f"{name}.{key}" if name else key, one)


def blanks(*texts: str) -> dict[str, str]:
    """Each blank's name with the forms of the noun that follows it, or nothing."""
    parsed = (part for text in texts for part in Formatter().parse(text))
    return {name: forms or "" for _, name, forms, _ in parsed if name}
