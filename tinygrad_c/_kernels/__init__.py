"""Bindings of the C kernels: NumPy arrays in, NumPy arrays out, no gradients."""

from importlib.util import find_spec

if find_spec(f"{__name__}.runtime") is None:
    raise ImportError(
        f"the kernels in {__path__[0]} are not built. To use an installed tinygrad_c, run Python "
        "outside the folder of its sources; to build these: python setup.py build_ext --inplace"
    )
