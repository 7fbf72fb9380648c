"""The micro-kernels of matrix products and convolutions keep their accumulators in registers.

A compiler that runs out of them puts some on the stack, in silence: the results stay right, and
take several times as long.
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tinygrad_c._kernels import runtime

ROOT = Path(__file__).parents[2]
CC = shlex.split(os.environ.get("CC", "gcc"))
FLAGS = ["-std=gnu11", "-O2", "-ffp-contract=off", "-fno-math-errno", f"-I{ROOT / 'csrc'}"]
KERNEL = re.compile(r"((?:tile|pack(?:ed|ing)|dot|channel|dense|place|row|tap)_(?:\d|thirds)\w+):")
MULTIPLY = re.compile(r"\s(vfmadd|v?mulp)")
INDEXED = re.compile(r"\svfmadd.*\(%\w+,%\w+")
STACK = re.compile(r"(?=.*%[xyz]mm).*\(%r[sb]p[,)]")

pytestmark = [
    pytest.mark.sanitizers,
    pytest.mark.skipif(not shutil.which(CC[0]), reason="there is no C compiler"),
    pytest.mark.skipif("avx2" not in runtime.isas(), reason="reads the assembly of x86"),
]


def functions(assembly):
    """The lines of each micro-kernel, by its name."""
    name, found = None, {}
    for line in assembly.splitlines():
        if label := KERNEL.match(line):
            name = label[1]
        elif re.match(r"\s*\.size", line):
            name = None
        if name:
            found.setdefault(name, []).append(line)
    return found


def loops(lines):
    """The lines from a label to a jump back to it, without a label in between."""
    start, name = 0, None
    for number, line in enumerate(lines):
        if label := re.match(r"(\.L\w+):", line):
            start, name = number, label[1]
        elif (jump := re.match(r"\s+j\w+\s+(\.L\w+)", line)) and jump[1] == name:
            yield lines[start:number]


@pytest.mark.parametrize("isa", ["avx2", "avx512"])
@pytest.mark.parametrize(
    ("family", "some"),
    [
        ("matmul", {"tile_6x2_f32", "packed_6x2_f64", "dot_3_f32"}),
        (
            "conv",
            {"channel_6x2_f32", "channel_thirds_x2_f64", "place_6x2_f64", "row_4x3x2_f32",
             "tap_2x3x2_f32", "dot_5x1_f64"},
        ),
    ],
)
def test_no_accumulator_is_on_the_stack(family, some, isa, tmp_path):
    target = tmp_path / f"{isa}.s"
    source = ROOT / f"csrc/{family}/{family}_{isa}.c"
    subprocess.run([*CC, *FLAGS, "-S", str(source), "-o", str(target)], check=True)
    kernels = functions(target.read_text())
    assert some <= kernels.keys()
    assert family != "matmul" or any(name.startswith("packing_") for name in kernels)
    assert ("dense_14x1_f32" in kernels) == (family == "conv" and isa == "avx512")
    for name, lines in kernels.items():
        if name.startswith("dense_1x"):  # one place has no step: it is the other kernel
            continue
        products = [loop for loop in loops(lines) if any(map(MULTIPLY.search, loop))]
        assert products, name
        for loop in products:
            assert not any(map(STACK.search, loop)), "\n".join([name, *loop])
            indexed = name.startswith("dense_") and any(map(INDEXED.search, loop))
            assert not indexed, "\n".join([name, *loop])
