"""Functions of classes and other indices."""

from tinygrad_c._kernels import index
from tinygrad_c.autograd.op import wrap
from tinygrad_c.tensor import Tensor


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """y[..., c] = 1 where c is the class, else 0: int64 (*) to int64 (*, num_classes).

    -1 stands for one more than the largest class in `tensor`.
    """
    if num_classes == -1:
        if tensor.numel() == 0:
            raise ValueError("one_hot: num_classes must be given where there are no classes")
        num_classes = max(tensor.max().item() + 1, 1)
    return wrap(index.one_hot(tensor.array, num_classes))
