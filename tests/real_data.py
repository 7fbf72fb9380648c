"""Where the data sets are that are too large to come with the tests."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2] / "shared" / "data"


def folder(name):
    """The folder of the data set `name`, or the reason to skip the test."""
    path = Path(os.environ.get("TINYGRAD_C_DATA", BESIDE)) / name
    if not path.is_dir():
        pytest.skip(f"there is no {path}: TINYGRAD_C_DATA names the folder that holds {name}/")
    return path
