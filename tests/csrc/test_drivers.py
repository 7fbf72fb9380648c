"""Compile all of csrc with warnings as errors; run the C drivers beside this file under sanitizers.

A driver is a `test_<name>.c` with a `main` that returns 0 when all its checks hold (`check.h`).
It is linked with all of csrc, or with those files that a line "Sources: ..." in it names.
Objects are kept under `build/csrc-<mode>`, and compiled anew when a file that they read is newer.
"""

import os
import re
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tinygrad_c._kernels import runtime

ROOT = Path(__file__).parents[2]
DRIVERS = sorted(Path(__file__).parent.glob("test_*.c"))
CC = shlex.split(os.environ.get("CC", "gcc"))
FLAGS = [
    "-std=gnu11", "-ffp-contract=off", "-fno-math-errno", "-Werror=implicit-function-declaration",
    f"-I{ROOT / 'csrc'}", f"-I{Path(__file__).parent}",
]  # fmt: skip
SANITIZE = ["-g1", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"]
MODES = {
    "plain": ["-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror"],
    # Unoptimized: instrumented vector code takes the optimizer longer than the drivers run.
    "address": ["-O0", *SANITIZE, "-fsanitize=address,undefined"],
    "thread": ["-O1", *SANITIZE, "-fsanitize=thread"],
}
# The variants worth the time of an instrumented compilation; the others are linked as they are.
# Which thread runs which chunk does not depend on the instruction set.
INSTRUMENTED = {"plain": set(), "address": set(runtime.isas()), "thread": {"generic"}}
ISAS = {"avx2", "avx512"}

pytestmark = [
    pytest.mark.sanitizers,
    pytest.mark.skipif(not shutil.which(CC[0]), reason="there is no C compiler"),
]


def is_current(target):
    """Whether `target` is newer than all files that it was compiled from, as gcc listed them."""
    listing = target.with_suffix(".d")
    if not target.exists() or not listing.exists():
        return False
    sources = listing.read_text().replace("\\\n", " ").split(":", 1)[1].split()
    made = target.stat().st_mtime
    return all(os.path.exists(path) and os.stat(path).st_mtime < made for path in sources)


def compile_object(source, mode):
    """The object file of `source`; what the compiler says becomes the error."""
    variant = source.stem.rpartition("_")[2]
    if variant in ISAS - INSTRUMENTED[mode]:
        mode = "plain"
    target = ROOT / f"build/csrc-{mode}" / source.relative_to(ROOT).with_suffix(".o")
    if not is_current(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [*CC, *FLAGS, *MODES[mode], "-MMD", "-c", str(source), "-o", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return target


def compile_objects(sources, mode):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda source: compile_object(source, mode), sources))


def sources_of(driver):
    named = re.search(r"Sources:(.*?)[*]/", driver.read_text(), re.DOTALL)
    if named:
        return [ROOT / "csrc" / name for name in re.findall(r"\S+[.]c", named[1])]
    return sorted(ROOT.glob("csrc/**/*.c"))


def build(driver, mode):
    *objects, main = compile_objects([*sources_of(driver), driver], mode)
    program = main.with_suffix("")
    command = [*CC, *MODES[mode], *objects, main, "-o", program, "-lpthread", "-lm"]
    subprocess.run(command, check=True)
    return program


def run(program, mode, *arguments):
    # Drivers fork on purpose, and a child of a process with threads may start threads again.
    environment = {**os.environ, "TSAN_OPTIONS": "die_after_fork=0"}
    if mode == "thread":
        environment["TINYGRAD_C_ISA"] = "generic"
    for prefix in [], ["setarch", "--addr-no-randomize"]:
        command = [*prefix, str(program), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=300, env=environment
        )
        # Older thread sanitizers do not know the addresses that newer kernels draw.
        if "unexpected memory mapping" not in done.stderr:
            break
    return done


def test_compiles_without_a_warning():
    compile_objects(sorted(ROOT.glob("csrc/**/*.c")), "plain")


RUNS = [
    pytest.param(driver, mode, id=f"{driver.stem}-{mode}")
    for driver in DRIVERS
    for mode in ("address", "thread")
    # A driver without the pool has one thread.
    if mode == "address" or ROOT / "csrc/runtime/threads.c" in sources_of(driver)
]


@pytest.mark.parametrize(("driver", "mode"), RUNS)
def test_driver(driver, mode):
    done = run(build(driver, mode), mode)
    assert done.returncode == 0, f"{driver.name} under the {mode} sanitizer:\n{done.stderr}"
    assert done.stderr == ""


# 16 floats fill their size class, 17 end within one; the last ones lie in mappings of their own.
@pytest.mark.parametrize("what", ["slice", "slices", "block"])
@pytest.mark.parametrize("n", [16, 17, 4096, 1 << 20])
def test_overrun_is_reported(what, n):
    program = build(Path(__file__).with_name("overrun.c"), "address")
    for index in (0, n - 1):
        done = run(program, "address", what, str(n), str(index))
        assert done.returncode == 0, done.stderr
    done = run(program, "address", what, str(n), str(n))
    assert done.returncode != 0
    assert "AddressSanitizer: use-after-poison" in done.stderr


@pytest.mark.parametrize("index", [0, 15])
def test_use_after_free_is_reported(index):
    done = run(
        build(Path(__file__).with_name("overrun.c"), "address"),
        "address", "freed", "16", str(index),
    )  # fmt: skip
    assert done.returncode != 0
    assert "AddressSanitizer: use-after-poison" in done.stderr
