"""Configurations as TOML: flat tables of numbers, strings, booleans and lists of them."""

import json
import tomllib
from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """The table in the file `path`.

    Raises
    ------
    ValueError : where the file is no TOML; the message names it.
    OSError : where the file cannot be read.
    """
    try:
        return tomllib.loads(path.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{str(path)!r} must be a TOML file, got {error}") from None


def to_toml(table: dict[str, Any]) -> str:
    """`table` as TOML, one line for each member that is not None."""
    return "".join(
        f"{key} = {to_value(value)}\n" for key, value in table.items() if value is not None
    )


def to_value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(to_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        # A string of JSON is one of TOML, but for the one character that only TOML escapes.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    raise TypeError(f"to_toml: a value must be a number, str, bool or list, got {value!r}")
