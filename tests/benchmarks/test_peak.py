"""The yardstick compiles for every CPU."""

import subprocess
from pathlib import Path

import pytest

from benchmarks import peak
from tinygrad_c._kernels import runtime


@pytest.mark.parametrize("isa", runtime.isas())
def test_the_loops_compile_without_warnings(isa):
    flags, width = peak.ISAS[isa]
    source = Path(peak.__file__).with_name("peak.c")
    command = ["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-S"]
    command += [f"-DWIDTH={width}", *flags, str(source), "-o", "/dev/null"]
    subprocess.run(command, check=True)
