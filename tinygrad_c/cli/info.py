"""`tinygrad_c info`: what this installation runs on."""

import os
import platform
from importlib.metadata import version

import tinygrad_c as tgc
from tinygrad_c._kernels import runtime


def run() -> int:
    """Print the facts, one on a line."""
    facts = {**versions(), **runtime.build_info(), **memory()}
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:{width}}  {value}")
    return 0


def versions() -> dict[str, str]:
    """The versions and the kernels that a result depends on."""
    return {
        "tinygrad_c": tgc.__version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "numpy": version("numpy"),
        "safetensors": version("safetensors"),
        "platform": platform.platform(),
        "isa": f"{runtime.current_isa()} (this CPU has {', '.join(runtime.isas())})",
        "threads": f"{tgc.get_num_threads()} (of {os.cpu_count()} CPUs)",
    }


def memory() -> dict[str, str]:
    """The memory of the arena and of the machine."""
    stats = runtime.memory_stats()
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "memory": f"{total / 2**30:.1f} GiB in this machine, "
        f"{stats['in_use'] / 2**20:.1f} MiB in use by arrays, "
        f"{stats['cached'] / 2**20:.1f} MiB cached"
    }
