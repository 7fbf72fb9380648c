"""``TINYGRAD_C_PURE=1``: run the plain Python sources instead of the modules compiled from them.

The same files, uncompiled, so that a debugger can step through an operation and its gradient.
The kernels and their bindings stay compiled.
"""

import importlib.util
import sys
from pathlib import Path

from tinygrad_c._kernels import objects

PACKAGE = Path(__file__).parent
COMPILED = ("autograd", "ops", "tensor")


class SourceFinder:
    """Finds the .py file where the import system would prefer the compiled module beside it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """The spec of the source file, or None to leave the module to the other finders."""
        parts = name.split(".")
        if parts[0] != PACKAGE.name or len(parts) < 2 or parts[1] not in COMPILED:
            return None
        source = PACKAGE.joinpath(*parts[1:]).with_suffix(".py")
        if not source.exists():
            return None
        return importlib.util.spec_from_file_location(name, source)


def install():
    """Put the finder first."""
    sys.meta_path.insert(0, SourceFinder)
    objects.new_instance = new_instance


def new_instance(cls):
    """``cls.__new__(cls)`` with the fields that a compiled class has from the start."""
    t = cls.__new__(cls)
    sys.modules["tinygrad_c.autograd.node"].TensorBase.__init__(t)
    return t
