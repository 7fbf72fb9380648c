"""What the machine can do, measured in the same run: the yardstick of `python -m benchmarks`.

``Peak(isa, threads)`` compiles `peak.c` with the system's C compiler.
"""

import ctypes
import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np

# What the compiler may use, and the bytes of a vector.
ISAS = {
    "avx512": (["-mavx512f", "-mprefer-vector-width=512"], 64),
    "avx2": (["-mavx2", "-mfma"], 32),
    "generic": ([], 16),
}


class Peak:
    """Operations and bytes per second of `threads` threads with the instructions of `isa`."""

    def __init__(self, isa, threads):
        self.threads = threads
        flags, width = ISAS[isa]
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder, "peak.so")
            source = Path(__file__).with_name("peak.c")
            command = ["cc", "-O2", "-shared", "-fPIC", "-pthread", f"-DWIDTH={width}", *flags]
            subprocess.run([*command, str(source), "-o", str(library)], check=True)
            self.library = ctypes.CDLL(str(library))
        self.library.peak_flops.restype = ctypes.c_double
        self.library.peak_bandwidth.restype = ctypes.c_double

    @functools.cache  # noqa: B019  there is one object in the process
    def flops(self, item_size=4):
        """Floating-point operations per second; a fused multiply-add is two."""
        return self.library.peak_flops(self.threads, item_size)

    def bandwidth(self, nbytes):
        """Bytes read and written per second by a loop over `nbytes` in all, half of each."""
        return self._bandwidth(max(12, nbytes.bit_length()))

    @functools.cache  # noqa: B019
    def _bandwidth(self, bits):
        n = (1 << bits) // 8
        to, source = np.zeros(n, np.float32), np.ones(n, np.float32)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (to, source)]
        return self.library.peak_bandwidth(self.threads, *pointers, ctypes.c_size_t(n))
