"""Configurations as TOML."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_c.train.config import read_toml, to_toml

VALUES = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.booleans(),
)


@given(value=VALUES | st.lists(VALUES, max_size=4))
def test_every_value_comes_back(value):
    (loaded,) = tomllib.loads(to_toml({"key": value})).values()
    assert repr(loaded) == repr(value)


def test_a_table_has_a_line_for_each_value_that_is_there():
    table = {"lr": 0.001, "hidden": [8, 4], "threads": None, "name": 'a "b"', "deep": True}
    assert to_toml(table) == 'lr = 0.001\nhidden = [8, 4]\nname = "a \\"b\\""\ndeep = true\n'


def test_other_values_are_refused():
    with pytest.raises(TypeError, match="must be a number, str, bool or list, got {}"):
        to_toml({"a": {}})


@pytest.mark.parametrize("content", [b"lr = ", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_damaged_file_is_named(content, tmp_path):
    (tmp_path / "c.toml").write_bytes(content)
    with pytest.raises(ValueError, match=r"c\.toml' must be a TOML file, got "):
        read_toml(tmp_path / "c.toml")
