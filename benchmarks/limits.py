"""What the machine did at its best, and the least time that a case takes at that rate."""

import math
from bisect import bisect_left
from collections import defaultdict

# The loops of `peak.c`, by the share of their bytes that they write: a sum, an addition of two
# arrays, a product with a number, a fill.
WRITTEN = (0, 1 / 3, 1 / 2, 1)
# Working sets are measured from 16 KiB up, in steps of a quarter of a power of two; one of
# 256 MiB is taken to be in no cache.
SMALLEST, LARGEST = 4 * 14, 4 * 28


def step_of(nbytes):
    """The largest step that is not above a working set of `nbytes`."""
    return min(max(math.floor(4 * math.log2(max(nbytes, 1))), SMALLEST), LARGEST)


def size_of(step):
    """Bytes of the working set of a step."""
    return round(2 ** (step / 4))


def mix(written):
    """{loop: its part of the bytes}, for the two loops whose shares of writes enclose `written`."""
    upper = max(1, bisect_left(WRITTEN, written))
    low, high = WRITTEN[upper - 1 : upper + 1]
    part = (written - low) / (high - low)
    return {loop: x for loop, x in ((upper - 1, 1 - part), (upper, part)) if x > 0}


class Limits:
    """The best of all measurements: `flops` per second, and bytes per second of each loop and step.

    What else the machine has to do can only make a measurement slower, so the best of many short
    ones, spread over the run, is the machine's.
    """

    def __init__(self, flops=0.0, rates=()):
        self.flops = flops
        self.rates = defaultdict(float)
        for loop, step, rate in rates:
            self.rates[loop, step] = rate

    def facts(self):
        """The arguments that make these limits again."""
        return {"flops": self.flops, "rates": [[*key, rate] for key, rate in self.rates.items()]}

    def join(self, other):
        """Take over what others measured on this machine, where it is better."""
        self.flops = max(self.flops, other.flops)
        for key, rate in other.rates.items():
            self.rates[key] = max(self.rates[key], rate)

    def bandwidth(self, nbytes, loop):
        """Bytes per second over a working set: a larger one is never faster."""
        step = step_of(nbytes)
        return max(rate for (of, at), rate in self.rates.items() if of == loop and at >= step)

    def arithmetic(self, case):
        """Seconds that the operations of a case take."""
        return case.flops / self.flops if case.flops else 0.0

    def traffic(self, case):
        """Seconds that the bytes of a case take."""
        nbytes = case.reads + case.writes
        parts = mix(case.writes / nbytes) if nbytes else {}
        return sum(
            part * nbytes / self.bandwidth(case.working_set, loop) for loop, part in parts.items()
        )
