"""What each library computes with: its version, and which kernels it has chosen for this CPU."""

import importlib
import importlib.util
import os
import re
import subprocess
import sys

# A product and a convolution, by which MKL and oneDNN say in a process of their own what they run.
PROGRAM = """
import torch
torch.ones(64, 64) @ torch.ones(64, 64)
torch.nn.functional.conv2d(torch.ones(8, 16, 14, 14), torch.ones(32, 16, 3, 3))
"""
# {what is named: where it stands in that output}
PATTERNS = {
    "MKL": r"MKL_VERBOSE \w*MKL (.+?) Product build",
    "MKL instructions": r"architecture (.+?)(?: with support.*)?(?: enabled processors)?, Lnx",
    "oneDNN": r"info,oneDNN (v[\d.]+)",
    "oneDNN instructions": r"cpu,isa:(.+)",
    "oneDNN convolution": r"exec,cpu,convolution,([^,]+)",
}


def describe(library):
    """{"version": ..., "kernels": {what: which}}"""
    kernels = {"tinygrad_c": tinygrad_c, "torch": pytorch, "numpy": numpy}[library.__name__]
    return {"version": library.__version__, "kernels": kernels(library)}


def tinygrad_c(_library):
    """The variant of the kernels, and the compiler."""
    runtime = importlib.import_module("tinygrad_c._kernels.runtime")
    return {"kernels": runtime.current_isa(), "compiler": runtime.build_info()["compiler"]}


def numpy(np):
    """The architecture that OpenBLAS names, and the widest instructions of NumPy's own loops."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    simd = np.show_config(mode="dicts").get("SIMD Extensions", {})
    found = [*simd.get("baseline", []), *simd.get("found", [])]
    return {
        f"{blas.get('name', 'BLAS')} {blas.get('version', '')}".strip(): blas_architecture(),
        "loops": found[-1] if found else "unknown",
    }


def blas_architecture():
    """The kernels of the BLAS that this process has loaded, where threadpoolctl can say."""
    if not importlib.util.find_spec("threadpoolctl"):
        return "unknown (threadpoolctl is not installed)"
    pools = importlib.import_module("threadpoolctl").threadpool_info()
    named = [pool["architecture"] for pool in pools if pool.get("architecture")]
    return ", ".join(named) or "unknown"


def pytorch(torch):
    """The instructions of its own kernels, of MKL, which multiplies, and of oneDNN, which
    convolves."""
    environment = os.environ | {"MKL_VERBOSE": "1", "ONEDNN_VERBOSE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    own = {"own kernels": torch.backends.cpu.get_cpu_capability()}
    return own | from_verbose(result.stdout)


def from_verbose(text):
    """{what: which}, from what MKL and oneDNN print with their variables *_VERBOSE."""
    found = {what: re.search(pattern, text) for what, pattern in PATTERNS.items()}
    return {what: match[1].strip() if match else "unknown" for what, match in found.items()}


def lines(descriptions):
    """A line for each library."""
    for name, facts in descriptions.items():
        kernels = ", ".join(f"{what}: {which}" for what, which in facts["kernels"].items())
        yield f"{name} {facts['version']} ({kernels})"
