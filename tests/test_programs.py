"""Small programs give what they give in PyTorch: values, dtypes, shapes, gradients, or an error.

Where something differs on purpose, docs/differences.md has it and its reason.
"""

import json
import math

import pytest

import tinygrad_c as tc
from tests.goldens.make_programs import FOLDER, RESULTS, outcome, programs

EXPECTED = json.loads(RESULTS.read_text())
# What no wrong input may end with: these say that something here went wrong.
INTERNAL = (AttributeError, AssertionError, SystemError, UnboundLocalError, RecursionError)

CASES = [
    pytest.param(path.stem, *programs(path), id=path.stem) for path in sorted(FOLDER.glob("*.txt"))
]


def near(found, expected):
    """Are both the same, floats to rounding?"""
    if isinstance(expected, dict):
        # Differences such as 1 - y**2 lose what both libraries round y by: a unit of 1 each.
        tolerance, least = (1e-13, 1e-7) if expected["dtype"] == "float64" else (2e-6, 2**-22)
        return (
            isinstance(found, dict)
            and all(found[key] == expected[key] for key in ("dtype", "shape", "requires_grad"))
            and len(found["values"]) == len(expected["values"])
            and all(
                repr(a) == repr(b) or math.isclose(a, b, rel_tol=tolerance, abs_tol=least)
                for a, b in zip(found["values"], expected["values"], strict=True)
            )
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(map(near, found, expected))
        )
    if isinstance(expected, float) and isinstance(found, float):
        return found == expected or math.isclose(found, expected, rel_tol=2e-6)
    return type(found) is type(expected) and found == expected


def differences(name, setup, lines, expected):
    """The programs of a file that give something else than expected, as text."""
    for line in lines:
        found = outcome(tc, setup, line)
        wanted = expected[line]
        if isinstance(found, INTERNAL):
            yield f"{name}: {line}\n    ended with {found!r}"
        elif isinstance(found, Exception):
            if wanted != "error":
                yield f"{name}: {line}\n    raised {found!r}\n    instead of {wanted}"
            elif not str(found):
                yield f"{name}: {line}\n    raised {found!r} without a text"
        elif not near(found, wanted):
            yield f"{name}: {line}\n    gave {found}\n    instead of {wanted}"


@pytest.mark.parametrize(("name", "setup", "lines"), CASES)
def test_programs_give_what_they_give_in_pytorch(name, setup, lines):
    assert set(lines) == set(EXPECTED[name]), "record them: python -m tests.goldens.make_programs"
    found = list(differences(name, setup, lines, EXPECTED[name]))
    assert not found, "\n".join(found)


def test_a_difference_is_noticed():
    setup, line = "x = t.ones(2)\n", "x * 2"
    right = {"dtype": "float32", "shape": [2], "requires_grad": False, "values": [2.0, 2.0]}
    assert not list(differences("", setup, [line], {line: right}))
    for wrong in (
        {**right, "dtype": "float64"},
        {**right, "shape": [2, 1]},
        {**right, "requires_grad": True},
        {**right, "values": [2.0, 2.1]},
        [right],
        "error",
    ):
        assert list(differences("", setup, [line], {line: wrong})), wrong
    assert list(differences("", setup, ["x[9]"], {"x[9]": right}))
    assert list(differences("", setup, ["x.nothing()"], {"x.nothing()": "error"}))
