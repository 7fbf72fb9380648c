"""Floats of all sizes through the vectors' functions, on every ISA: `vec_sweep.c`.

Every 101st of them; ``VEC_SWEEP_STRIDE=1`` takes them all, some minutes for each function.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.csrc.test_drivers import CC, FLAGS, ROOT

HERE = Path(__file__).parent
ISAS = ("generic", "avx2", "avx512")
FUNCTIONS = [
    "exp", "expm1", "log", "log1p", "tanh", "sigmoid", "erf", "erfc", "gelu", "gelu_tanh",
    "gelu_slope", "gelu_tanh_slope", "sin", "cos", "pow_third", "pow_odd", "pow_large",
]  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The compiled sweep: one object for each ISA, of the same source."""
    folder = tmp_path_factory.mktemp("sweep")
    objects = []
    for isa in ISAS:
        objects.append(folder / f"{isa}.o")
        header = [f'-DISA_HEADER="vec/{isa}.h"', f"-DISA_TABLE=sweep_{isa}"]
        source = ["-c", HERE / "vec_sweep_isa.c", "-o", objects[-1]]
        subprocess.run([*CC, *FLAGS, "-O2", *header, *source], check=True)
    sources = [HERE / "vec_sweep.c", ROOT / "csrc/runtime/cpu.c"]
    target = ["-o", folder / "sweep", "-lm"]
    subprocess.run([*CC, *FLAGS, "-O2", *sources, *objects, *target], check=True)
    return folder / "sweep"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_floats_are_within_the_limit(program, function):
    command = [program, function, os.environ.get("VEC_SWEEP_STRIDE", "101")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ulp") >= 1
