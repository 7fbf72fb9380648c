"""Gradients cut to size, and parameters as one vector: ``torch.nn.utils``'s names."""

from tinygrad_c.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_, get_total_norm
from tinygrad_c.nn.utils.vector import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "get_total_norm",
    "parameters_to_vector",
    "vector_to_parameters",
]
