"""Which instruction set's kernels run, and how they were built."""

import os
import subprocess
import sys

import pytest

from tinygrad_c._kernels import runtime

SHOW = "from tinygrad_c._kernels import runtime; print(runtime.current_isa())"


def show(isa):
    environment = {**os.environ, "TINYGRAD_C_ISA": isa}
    return subprocess.run(
        [sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, check=False
    )


def test_isas_are_ordered():
    assert runtime.isas()[0] == "generic"
    assert set(runtime.isas()) <= {"generic", "avx2", "avx512"}


def test_use_isa(isa):
    assert runtime.current_isa() == isa


@pytest.mark.parametrize("name", ["", "AVX2", "sse", None, 2])
def test_use_isa_refuses_other_names(name):
    before = runtime.current_isa()
    with pytest.raises(ValueError, match=r"use_isa: name must be one of \['generic'.*got "):
        runtime.use_isa(name)
    assert runtime.current_isa() == before


@pytest.mark.parametrize("name", runtime.isas())
def test_environment_names_the_isa(name):
    assert show(name).stdout.strip() == name


def test_environment_that_names_none_takes_the_best():
    assert show("").stdout.strip() == runtime.isas()[-1]


def test_environment_that_names_another_fails_at_import():
    assert "ImportError: TINYGRAD_C_ISA=sse names no instruction set" in show("sse").stderr


def test_build_info():
    info = runtime.build_info()
    assert set(info) == {"compiler", "flags"}
    assert "-ffp-contract=off" in info["flags"]
    assert info["compiler"]
