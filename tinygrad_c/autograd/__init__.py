"""Automatic differentiation in reverse mode.

Read in this order: `node` (what the graph is made of), `op` (how an operation is written, with
`tinygrad_c.ops.elementwise` beside it), `engine` (backward), `views` (writing in place).
"""

from tinygrad_c.autograd.function import Function
from tinygrad_c.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from tinygrad_c.autograd.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygrad_c.autograd.roots import backward, grad

__all__ = [
    "Function",
    "GradcheckError",
    "backward",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]
