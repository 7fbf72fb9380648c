"""Batch normalisation."""

from typing import Any, ClassVar

from tinygrad_c import dtypes
from tinygrad_c.creation import tensor
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F
from tinygrad_c.nn import init
from tinygrad_c.nn.module import Module
from tinygrad_c.nn.parameter import Parameter, unset
from tinygrad_c.tensor import Tensor


class BatchNorm(Module):
    """What `BatchNorm1d` and `BatchNorm2d` have in common.

    ``momentum=None`` makes the running statistics the plain averages over all batches.
    """

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None
    # The shapes that are taken, by the number of their dimensions.
    shapes: ClassVar[dict[int, str]]
    # What a state may lack: PyTorch's did before it counted batches.
    optional_keys: ClassVar = {"num_batches_tracked"}

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats

        def vector():
            return unset(self, num_features, device, dtype)

        self.register_parameter("weight", Parameter(vector()) if affine else None)
        self.register_parameter("bias", Parameter(vector()) if affine and bias else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", vector() if tracked else None)
        self.register_buffer("running_var", vector() if tracked else None)
        count = tensor(0, dtype=dtypes.int64) if tracked else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget all batches: mean 0, variance 1."""
        if self.running_mean is not None:
            self.running_mean.zero_()
        if self.running_var is not None:
            self.running_var.fill_(1)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0, and no running statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() not in self.shapes:
            raise ShapeError(
                f"{type(self).__name__}: input must be {' or '.join(self.shapes.values())}, "
                f"got {tuple(x.shape)}"
            )
        momentum = 0.0 if self.momentum is None else self.momentum
        tracks = self.training and self.track_running_stats
        if tracks and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1.0 / float(self.num_batches_tracked.item())
        uses_running = not self.training or self.track_running_stats
        return F.batch_norm(
            x,
            self.running_mean if uses_running else None,
            self.running_var if uses_running else None,
            self.weight,
            self.bias,
            self.training or (self.running_mean is None and self.running_var is None),
            momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(BatchNorm):
    """y = (x - mean) / sqrt(var + eps) * weight + bias, for each channel

    x: (N, C) or (N, C, L). In training mean and var are those of the batch, and the running ones
    follow them with `momentum`; in eval mode they are the running ones. See
    `nn.functional.batch_norm`.
    """

    shapes: ClassVar = {2: "(N, C)", 3: "(N, C, L)"}


class BatchNorm2d(BatchNorm):
    """y = (x - mean) / sqrt(var + eps) * weight + bias, for each channel

    x: (N, C, H, W). In training mean and var are those of the batch, and the running ones follow
    them with `momentum`; in eval mode they are the running ones. See `nn.functional.batch_norm`.
    """

    shapes: ClassVar = {4: "(N, C, H, W)"}
