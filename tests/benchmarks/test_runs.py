"""Runs that are written, read and joined, and their tables."""

from itertools import pairwise

import pytest

import tinygrad_c
from benchmarks import memory, opponents, package, report, targets, threads, times
from benchmarks.limits import Limits, step_of
from benchmarks.runs import PARTS, Run, read
from tinygrad_c._kernels import runtime

FACTS = {
    "cpu": "a CPU", "cpus": 2, "threads": 2, "system": "Linux", "python": "3.11", "isa": "avx2",
    "huge_pages": "madvise", "libraries": {"torch": {"version": "2.13", "kernels": {"MKL": "AVX2"}}},
}  # fmt: skip
RATES = [[loop, step_of(1 << bits), 1e9] for loop in range(4) for bits in (14, 28)]


def run_of(name, seconds, flops=1e9):
    run = Run(dict(FACTS), Limits(flops, RATES))
    run.add("times", {"case": name, "seconds": seconds})
    return run


def test_files_are_read_as_one_run(tmp_path):
    seconds = [
        {"tinygrad_c": [2e-6, 3e-6], "torch": [4e-6, 4e-6]},
        {"tinygrad_c": [1e-6], "torch": [5e-6]},
    ]
    for i, flops in enumerate((2e9, 3e9)):
        run_of("exp of 4096", seconds[i], flops).write(tmp_path / f"{i}.json")
    run_of("log of 4096", seconds[0]).write(tmp_path / "2.json")
    joined = read([tmp_path / f"{i}.json" for i in range(3)])
    exp, log = joined.rows()["times"]
    assert exp["seconds"] == {"tinygrad_c": [2e-6, 3e-6, 1e-6], "torch": [4e-6, 4e-6, 5e-6]}
    assert (exp["tinygrad_c"], exp["torch"], exp["ratio"]) == (1e-6, 4e-6, 0.25)
    assert log["case"] == "log of 4096"
    assert joined.limits.flops == 3e9
    assert joined.facts == FACTS


def test_runs_of_different_machines_are_not_one(tmp_path):
    for threads_used in (1, 2):
        run = run_of("exp of 4096", {"tinygrad_c": [1e-6]})
        run.facts["threads"] = threads_used
        run.write(tmp_path / f"{threads_used}.json")
    with pytest.raises(SystemExit, match=r"2.json: threads must be as in .*1.json"):
        read([tmp_path / "1.json", tmp_path / "2.json"])


def full_run():
    run = run_of("exp of 4096", {"tinygrad_c": [3e-6], "torch": [2e-6], "numpy": [1e-6]})
    step, figures = "step: LeNet-5, batch 64", {"process": 5e6, "faults": 1.0}
    arena = {"alive": 1e6, "peak": 2e6, "workspace": 3e6}
    run.add("memory", {"case": step, "memory": {"tinygrad_c": figures | arena, "torch": figures}})
    latency = {"median_ms": 1.0, "p99_ms": 7.0, "calls": 100}
    run.add(
        "threads", {"case": threads.BUSY, "latencies": {"tinygrad_c": latency, "torch": latency}}
    )
    small = next(iter(threads.SMALL))
    run.add(
        "threads", {"case": small, "scaling": {"tinygrad_c": [4e-6, 2e-6], "torch": [4e-6, 4e-6]}}
    )
    run.add("package", {"case": package.IMPORT, "figures": {"tinygrad_c": 100.0, "torch": 1000.0}})
    return run


def test_markdown():
    lines = list(report.markdown(full_run()))
    headings = [line for line in lines if line.startswith("#")]
    assert headings[:5] == [
        "# Measured beside PyTorch and NumPy", "## Figures to hold", "## Behind PyTorch",
        "## Ratio by family", "## All cases",
    ]  # fmt: skip
    assert "- torch 2.13 (MKL: AVX2)" in lines
    assert "| exp of 4096 | 3.0 | 2.0 | 1.0 | 1.50 | 1.50 | 11 GB/s | 1092% |" in lines
    assert "| step: LeNet-5, batch 64 | page faults | 1 | 0 | missed |" in lines
    assert f"| {threads.BUSY} | 99th percentile, ms | 7 | 6 | missed |" in lines
    assert "| import (ms) | ratio | 0.1 | 0.15 |  |" in lines
    assert "| import (ms) | 100.0 | 1,000.0 |  | 0.100 |" in lines
    for above, line in pairwise(lines):
        if above.startswith("|") and line.startswith("|"):
            assert above.count("|") == line.count("|")


def test_text_has_the_same_tables():
    lines = list(report.text(full_run()))
    titles = [line[3:] for line in report.markdown(full_run()) if line.startswith("## ")]
    assert titles.pop() == "How it is measured"
    assert [line for line in lines if line in titles] == titles[::-1]


def test_figures_to_hold_are_those_of_cases():
    names = {name for module in PARTS.values() for name in module.NAMES}
    assert {*targets.RATIOS, *targets.FIGURES} <= names
    assert set(memory.NAMES) <= set(times.NAMES)


# ---- what is measured in the process of a library ----

VERBOSE = """\
MKL_VERBOSE oneMKL 2024.0 Update 2 Product build 20240605 for Intel(R) 64 architecture Intel(R) \
Advanced Vector Extensions 512 (Intel(R) AVX-512) with support of Intel(R) Deep Learning Boost \
(Intel(R) DL Boost), Lnx 2.50GHz lp64 gnu_thread
onednn_verbose,v1,info,oneDNN v3.12.0 (commit 80afa71049cd69a3df32adcccb623b12cd7baa22)
onednn_verbose,v1,info,cpu,isa:Intel AVX-512 with Intel DL Boost
onednn_verbose,v1,primitive,exec,cpu,reorder,jit:blk,undef,src:f32::blocked:abcd::f0
onednn_verbose,v1,primitive,exec,cpu,convolution,jit:avx512_core,forward_training,src:f32
"""


def test_kernels_are_read_from_what_mkl_and_onednn_print():
    assert opponents.from_verbose(VERBOSE) == {
        "MKL": "2024.0 Update 2",
        "MKL instructions": "Intel(R) Advanced Vector Extensions 512 (Intel(R) AVX-512)",
        "oneDNN": "v3.12.0",
        "oneDNN instructions": "Intel AVX-512 with Intel DL Boost",
        "oneDNN convolution": "jit:avx512_core",
    }
    older = "MKL_VERBOSE Intel(R) MKL 2020.0 Product build 20191122 for Intel(R) 64 architecture Intel(R) Advanced Vector Extensions 2 (Intel(R) AVX2) enabled processors, Lnx 3.8GHz"
    found = opponents.from_verbose(older)
    assert found["MKL instructions"] == "Intel(R) Advanced Vector Extensions 2 (Intel(R) AVX2)"
    assert set(opponents.from_verbose("").values()) == {"unknown"}


def test_a_library_describes_itself():
    described = opponents.describe(tinygrad_c)
    assert described["version"] == tinygrad_c.__version__
    assert described["kernels"]["kernels"] == runtime.current_isa()


def test_memory_of_a_step():
    case = times.CASES["step: MLP 784-256-128-10, batch 128"]
    found = memory.of_step(tinygrad_c, lambda: case.torch(tinygrad_c))
    # Parameters, gradients and two moments of 235,146 numbers, and the batch.
    assert found["alive"] >= 4 * 4 * 235_146 + 4 * 128 * 784
    assert found["peak"] > found["alive"]
    assert found["workspace"] > 0
