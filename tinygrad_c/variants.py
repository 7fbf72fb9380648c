"""Choosing among the ways to compute one thing, and asking which one ran.

>>> with use_kernels(conv2d="im2col"):
...     y = model(x)                                 # doctest: +SKIP
>>> which_kernel("conv2d")                           # doctest: +SKIP
'im2col'
"""

from contextlib import ContextDecorator
from typing import Any

from tinygrad_c._kernels import conv

# What can be chosen: the binding that runs it, with `VARIANTS`, `variant`, `set_variant`, `ran`.
CHOICES = {"conv2d": conv}


class use_kernels(ContextDecorator):  # noqa: N801  a context manager, spelled as no_grad is
    """Run the named variants inside the ``with`` block, on this thread; a decorator too.

    ``conv2d``, which stands for all convolutions and their gradients, is one of

    - "naive": the definition, element by element (csrc/conv/naive.template.h)
    - "im2col": windows copied into columns, and a product of matrices (csrc/conv/columns.c)
    - "implicit", the default: taps read where they lie in the image (csrc/conv/layout.h). Windows
      too wide for any cache fall back to "naive".
    """

    def __init__(self, **variants: str) -> None:
        for name, variant in variants.items():
            if name not in CHOICES:
                known = ", ".join(CHOICES)
                raise ValueError(f"use_kernels: there is a choice for {known}, got {name!r}")
            if variant not in CHOICES[name].VARIANTS:
                known = ", ".join(CHOICES[name].VARIANTS)
                raise ValueError(f"use_kernels: {name} must be one of {known}, got {variant!r}")
        self.variants = variants
        self.before: list[dict[str, str]] = []

    def _recreate_cm(self) -> "use_kernels":
        # Calls of a decorated function overlap: each remembers by itself what was before.
        return use_kernels(**self.variants)

    def __enter__(self) -> "use_kernels":
        self.before.append({name: CHOICES[name].variant() for name in self.variants})
        for name, variant in self.variants.items():
            CHOICES[name].set_variant(variant)
        return self

    def __exit__(self, *exception: Any) -> None:
        for name, variant in self.before.pop().items():
            CHOICES[name].set_variant(variant)


def which_kernel(name: str) -> str | None:
    """The variant that this thread's last `name` ("conv2d") ran; None before the first."""
    if name not in CHOICES:
        known = ", ".join(CHOICES)
        raise ValueError(f"which_kernel: name must be one of {known}, got {name!r}")
    return CHOICES[name].ran()
