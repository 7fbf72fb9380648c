"""Tools around training, under PyTorch's paths."""

from typing import TYPE_CHECKING

from tinygrad_c._lazy import lazy

if TYPE_CHECKING:
    from tinygrad_c.utils import data as data

__getattr__, __dir__ = lazy(__name__, "data")
