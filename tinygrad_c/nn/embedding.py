"""Embedding: a table of vectors, one for each number."""

from typing import Any

from tinygrad_c.autograd import no_grad
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F
from tinygrad_c.nn import init
from tinygrad_c.nn.module import Module
from tinygrad_c.nn.parameter import Parameter, unset
from tinygrad_c.tensor import Tensor


class Embedding(Module):
    """y[..., j] = weight[x[...], j]

    x: int64 or int32 (*), y: (*, embedding_dim), weight: (num_embeddings, embedding_dim), at first
    drawn from N(0, 1). The row `padding_idx` is 0 at first and gets no gradient. For the other
    options see `nn.functional.embedding`.
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        shape = (num_embeddings, embedding_dim)
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(
                f"Embedding: padding_idx must be within {num_embeddings} rows, got {padding_idx}"
            )
        if _weight is not None and tuple(_weight.shape) != shape:
            raise ShapeError(
                f"Embedding: weight must be (num_embeddings, embedding_dim) = {shape}, "
                f"got {tuple(_weight.shape)}"
            )
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        table = unset(self, shape, device, dtype) if _weight is None else _weight
        self.weight = Parameter(table, requires_grad=not _freeze)
        if _weight is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the table anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, x: Tensor) -> Tensor:
        return F.embedding(
            x,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        options = {
            "padding_idx": (self.padding_idx, None),
            "max_norm": (self.max_norm, None),
            "norm_type": (self.norm_type, 2),
            "scale_grad_by_freq": (self.scale_grad_by_freq, False),
            "sparse": (self.sparse, False),
        }
        given = [f"{name}={value}" for name, (value, usual) in options.items() if value != usual]
        return ", ".join([str(self.num_embeddings), str(self.embedding_dim), *given])

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> "Embedding":
        """A layer with the given table, which is not trained if `freeze`."""
        if embeddings.dim() != 2:
            raise ShapeError(
                "Embedding.from_pretrained: embeddings must be (num_embeddings, embedding_dim), "
                f"got {tuple(embeddings.shape)}"
            )
        rows, columns = embeddings.shape
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
        return cls(rows, columns, *options, _weight=embeddings, _freeze=freeze)
