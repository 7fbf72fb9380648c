"""Functions of classes and other indices."""

from tinygrad_c._kernels import index
from tinygrad_c.autograd import no_grad
from tinygrad_c.autograd.op import wrap
from tinygrad_c.errors import whole
from tinygrad_c.nn.functional.checks import check_tensors
from tinygrad_c.ops import embedding as ops_embedding
from tinygrad_c.ops.comparison import where
from tinygrad_c.tensor import Tensor


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """y[..., c] = 1 where c is the class, else 0: int64 (*) to int64 (*, num_classes).

    -1 stands for one more than the largest class in `tensor`.
    """
    check_tensors("one_hot", tensor=tensor)
    num_classes = whole("one_hot", "num_classes", num_classes)
    if num_classes == -1:
        if tensor.numel() == 0:
            raise ValueError("one_hot: num_classes must be given where there are no classes")
        num_classes = max(tensor.max().item() + 1, 1)
    return wrap(index.one_hot(tensor.array, num_classes))


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """y[..., j] = weight[input[...], j]: int64 (*) to (*, columns).

    Parameters
    ----------
    input : int64 or int32 (*)
        Numbers of rows, from 0 to rows - 1.
    weight : (rows, columns)
        The table.
    padding_idx : int, optional
        A row that gets no gradient; negative ones count from the end.
    max_norm, norm_type : float
        The rows that are taken are first scaled down to at most this norm, in `weight` itself.
    scale_grad_by_freq : bool
        Divide the gradient of each row by the number of times that it is taken.
    sparse : bool
        Accepted for PyTorch's sake: gradients are dense, their numbers the same.

    Raises
    ------
    IndexError
        If a number is out of range.
    ValueError
        If padding_idx is no row.
    """
    check_tensors("embedding", input=input, weight=weight)
    rows = weight.shape[0] if weight.dim() else 0
    padding_idx = None if padding_idx is None else whole("embedding", "padding_idx", padding_idx)
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise ValueError(
            f"embedding: padding_idx must be within the {rows} rows of weight, got {padding_idx}"
        )
    skip = -1 if padding_idx is None else padding_idx % rows
    if max_norm is not None:
        limit_norms(weight, input, max_norm, norm_type)
    return ops_embedding.embedding(weight, input, skip, scale_grad_by_freq)


def limit_norms(weight, index, max_norm, norm_type):
    """Scale the rows of `weight` at `index` down to `max_norm`, in place."""
    with no_grad():
        rows = ops_embedding.embedding(weight, index.reshape(-1))
        norms = rows.norm(norm_type, 1, True)
        scaled = rows * (max_norm / (norms + 1e-7))  # PyTorch's 1e-7
        # A row that occurs several times is written several times, each time with the same numbers.
        weight[index.reshape(-1)] = where(norms > max_norm, scaled, rows)
