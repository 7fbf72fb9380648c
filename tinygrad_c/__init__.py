"""tinygrad_c: a small, fast autograd engine with PyTorch's names over C kernels.

>>> import tinygrad_c as torch
>>> x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad
tensor([2., 4., 6.])
"""

import os as _os
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _os.environ.get("TINYGRAD_C_PURE", "0") not in ("", "0"):
    from tinygrad_c import _pure

    _pure.install()

from tinygrad_c import autograd, cuda, nn, optim, utils
from tinygrad_c._functions import *
from tinygrad_c._kernels.random import (
    Generator,
    default_generator,
    initial_seed,
    manual_seed,
    seed,
)
from tinygrad_c._kernels.runtime import (
    current_isa,
    empty_cache,
    get_num_threads,
    isas,
    memory_stats,
    reset_peak_memory_stats,
    set_memory_cap,
    set_num_threads,
    use_isa,
)
from tinygrad_c._lazy import lazy as _lazy
from tinygrad_c.autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygrad_c.dtypes import *
from tinygrad_c.errors import ShapeError
from tinygrad_c.printing import set_printoptions
from tinygrad_c.serialization import load, save
from tinygrad_c.tensor import Tensor
from tinygrad_c.variants import kernel_source, use_kernels, which_kernel

if _TYPE_CHECKING:
    from tinygrad_c import vision

__getattr__, __dir__ = _lazy(__name__, "vision")

__version__ = "0.1.0"
