"""Choosing among the ways to compute one thing, asking which one ran, and reading it.

>>> with use_kernels(conv2d="im2col"):
...     y = model(x)                                 # doctest: +SKIP
>>> which_kernel("conv2d")                           # doctest: +SKIP
'im2col'
>>> print(kernel_source("matmul", "dots"))           # doctest: +SKIP
/* csrc/matmul/dot.template.h */
...
"""

from contextlib import ContextDecorator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tinygrad_c._kernels import conv, matmul

# In the package where it is installed, beside it in a checkout.
FOLDERS = [Path(__file__).parent / "csrc", Path(__file__).parents[1] / "csrc"]


class Choice(NamedTuple):
    """What can be chosen for one thing."""

    # The binding, with `VARIANTS`, `variant`, `set_variant` and `ran`.
    binding: ModuleType
    # The file in csrc that each variant is written in.
    sources: dict[str, str]


CHOICES = {
    "conv2d": Choice(
        conv,
        {
            "auto": "conv/layout.c",
            "naive": "conv/naive.template.h",
            "im2col": "conv/columns.template.h",
            "implicit": "conv/conv.template.h",
        },
    ),
    "matmul": Choice(
        matmul,
        {
            "auto": "matmul/plan.c",
            "naive": "matmul/naive.c",
            "tiles": "matmul/matmul.template.h",
            "packed": "matmul/packed.template.h",
            "dots": "matmul/dot.template.h",
            "axpys": "matmul/axpy.template.h",
        },
    ),
}


def choice_of(op: str, name: str) -> Choice:
    if name not in CHOICES:
        raise ValueError(f"{op}: there is a choice for {', '.join(CHOICES)}, got {name!r}")
    return CHOICES[name]


def check_variant(op: str, name: str, variant: str) -> None:
    known = choice_of(op, name).sources
    if variant not in known:
        raise ValueError(f"{op}: {name} must be one of {', '.join(known)}, got {variant!r}")


class use_kernels(ContextDecorator):  # noqa: N801  a context manager, spelled as no_grad is
    """Run the named variants inside the ``with`` block, on this thread; a decorator too.

    ``conv2d``, which stands for all convolutions and their gradients, is one of

    - "auto", the default: "implicit", or "im2col" where the image is its own columns and a product
      of matrices is faster: for some windows of one element, and for a window of the whole image
    - "naive": the definition, element by element
    - "im2col": windows copied into columns, and a product of matrices, which obeys ``matmul``
    - "implicit": taps read where they lie in the image. Windows too wide for any cache fall back to
      "naive".

    ``matmul``, which stands for all products of matrices and linear layers, is one of

    - "auto", the default: the one of those below that is estimated to be the fastest
    - "naive": the definition, element by element; whole numbers know no other
    - "tiles": a tile of the result in registers, operands in place or packed block by block
    - "packed": the same with the second operand, or both, packed before; for one product, not for a
      batch of them
    - "dots": dot products; for few rows, where the second operand is contiguous along the sum
    - "axpys": multiples of rows are added; for few rows, where the second operand's are contiguous

    Products that a variant is not for fall back to "tiles". ``kernel_source`` shows each.
    """

    def __init__(self, **variants: str) -> None:
        for name, variant in variants.items():
            check_variant("use_kernels", name, variant)
        self.variants = variants
        self.before: list[dict[str, str]] = []

    def _recreate_cm(self) -> "use_kernels":
        # Calls of a decorated function overlap: each remembers by itself what was before.
        return use_kernels(**self.variants)

    def __enter__(self) -> "use_kernels":
        self.before.append({name: CHOICES[name].binding.variant() for name in self.variants})
        for name, variant in self.variants.items():
            CHOICES[name].binding.set_variant(variant)
        return self

    def __exit__(self, *exception: Any) -> None:
        for name, variant in self.before.pop().items():
            CHOICES[name].binding.set_variant(variant)


def which_kernel(name: str) -> str | None:
    """The variant that the last `name` ("conv2d", "matmul") of this thread ran, None before it."""
    ran: str | None = choice_of("which_kernel", name).binding.ran()
    return ran


def kernel_source(name: str, variant: str | None = None) -> str:
    """The C source of a variant of `name`; by default of the one that ran last, or would run.

    Below its name in csrc. What differs between instruction sets, vectors and their operations, is
    in csrc/vec.
    """
    choice = choice_of("kernel_source", name)
    if variant is None:
        variant = choice.binding.ran() or choice.binding.variant()
    check_variant("kernel_source", name, variant)
    file = choice.sources[variant]
    path = next(path for folder in FOLDERS if (path := folder / file).exists())
    return f"/* csrc/{file} */\n{path.read_text()}"
