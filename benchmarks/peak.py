"""What the machine can do, measured in the same run: the yardstick of `python -m benchmarks`.

``Peak(isa, threads)`` compiles `peak.c` with the system's C compiler. Its `limits` are the best of
all calls of `probe`, each of which takes some hundredths of a second.
"""

import ctypes
import subprocess
import tempfile
from pathlib import Path

from benchmarks.limits import LARGEST, Limits, mix, size_of, step_of

# What the compiler may use, and the bytes of a vector.
ISAS = {
    "avx512": (["-mavx512f", "-mprefer-vector-width=512"], 64),
    "avx2": (["-mavx2", "-mfma"], 32),
    "generic": ([], 16),
}
SECONDS = ctypes.c_double(0.004)


class Peak:
    """Measures `threads` threads with the instructions of `isa`."""

    def __init__(self, isa, threads):
        self.threads = threads
        self.limits = Limits()
        flags, width = ISAS[isa]
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder, "peak.so")
            source = Path(__file__).with_name("peak.c")
            command = ["cc", "-O2", "-shared", "-fPIC", "-pthread", f"-DWIDTH={width}", *flags]
            subprocess.run([*command, str(source), "-o", str(library)], check=True)
            self.library = ctypes.CDLL(str(library))
        self.library.peak_flops.restype = ctypes.c_double
        self.library.peak_bandwidth.restype = ctypes.c_double
        self.library.peak_memory.restype = ctypes.c_void_p
        room = ctypes.c_size_t.in_dll(self.library, "peak_room").value
        memory = self.library.peak_memory(ctypes.c_size_t(size_of(LARGEST) + room))
        if not memory:
            raise MemoryError(f"no memory for a working set of {size_of(LARGEST)} bytes")
        self.memory = ctypes.c_void_p(memory)

    def probe(self, case):
        """Measure what limits `case`."""
        found = Limits(self.library.peak_flops(self.threads, SECONDS))
        nbytes = case.reads + case.writes
        for loop in mix(case.writes / nbytes) if nbytes else ():
            self._probe_memory(found, step_of(case.working_set), loop)
        self.limits.join(found)

    def _probe_memory(self, found, step, loop):
        size = ctypes.c_size_t(size_of(step))
        found.rates[loop, step] = self.library.peak_bandwidth(
            self.threads, loop, self.memory, size, SECONDS
        )
