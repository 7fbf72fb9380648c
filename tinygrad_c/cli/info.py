"""`tinygrad_c info`: what this installation runs on."""

import os
from argparse import Namespace

from tinygrad_c._kernels import runtime
from tinygrad_c.train.environment import environment


def run(arguments: Namespace) -> int:
    """Print the facts, one on a line."""
    facts = {**environment(), **runtime.build_info(), **memory()}
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:{width}}  {value}")
    return 0


def memory() -> dict[str, str]:
    """The memory of the arena and of the machine."""
    stats = runtime.memory_stats()
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "memory": f"{total / 2**30:.1f} GiB in this machine, "
        f"{stats['in_use'] / 2**20:.1f} MiB in use by arrays, "
        f"{stats['cached'] / 2**20:.1f} MiB cached"
    }
