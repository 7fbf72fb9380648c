"""Losses: modules around the functions of the same names in ``nn.functional``.

Shapes: N examples, C classes, d1, d2, ... further dimensions; * any dimensions. x is float32 or
float64, and the loss has its dtype, or that of a `target` in float64: one number for the
`reduction` "mean" or "sum", one for each example or element for "none". Logarithms are natural.
ValueError for another reduction; calls raise ShapeError for other shapes and TypeError for other
dtypes.
"""

from tinygrad_c.nn import functional as F
from tinygrad_c.nn.functional.loss import check_reduction
from tinygrad_c.nn.module import Module
from tinygrad_c.tensor import Tensor


class MSELoss(Module):
    """mean((x - target)**2), or the sum, or with reduction="none" each square.

    x, target: (*); shapes that broadcast are accepted with a warning.
    """

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = check_reduction("MSELoss", reduction)

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(x, target, reduction=self.reduction)


class BCELoss(Module):
    """The cross-entropy between probabilities `target` and x of yes::

        loss = -weight * (target * log(x) + (1 - target) * log(1 - x))

    x, target: (*), both in [0, 1] (RuntimeError); weight: broadcast to that. The mean is over all
    elements, whatever their weights. As in PyTorch the logarithms are -100 at least.
    """

    weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.reduction = check_reduction("BCELoss", reduction)

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(x, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(Module):
    """`BCELoss` of the probabilities sigmoid(x), without overflow::

        loss = -weight * (pos_weight * target * log(sigmoid(x))
                          + (1 - target) * log(1 - sigmoid(x)))

    x, target: (*); weight, pos_weight: broadcast to that. The mean is over all elements, whatever
    their weights.
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)
        self.reduction = check_reduction("BCEWithLogitsLoss", reduction)

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            x, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class NLLLoss(Module):
    """The negative log-likelihood of the classes `target`, given log-probabilities x of all::

        loss[n] = -weight[target[n]] * x[n, target[n]]
        mean = sum(loss) / sum(weight[target])

    x: (N, C), (N, C, d1, ...) or (C); target: int64 or uint8 (N), (N, d1, ...) or (); weight: (C).
    Where the target is `ignore_index` the loss and the weight are 0. IndexError for a target that
    is no class.
    """

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = check_reduction("NLLLoss", reduction)

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(
            x, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class CrossEntropyLoss(Module):
    """The cross-entropy between softmax(x) and the classes `target`::

        p[n] = log(softmax(x[n]))
        loss[n] = -weight[target[n]] * p[n, target[n]]
        mean = sum(loss) / sum(weight[target])

    `label_smoothing` s mixes the class with equal probabilities of all, and where the target is
    `ignore_index` loss and weight are 0. In place of the classes there may be their probabilities
    q, of which none is ignored. For classes and for probabilities::

        loss[n] = -(1 - s) * weight[target[n]] * p[n, target[n]] - s / C * sum(weight * p[n])
        loss[n] = -sum(((1 - s) * q[n] + s / C) * weight * p[n])
        mean = sum(loss) / the number of losses         of probabilities

    x: (N, C), (N, C, d1, ...) or (C), scores before softmax; target: int64 or uint8 (N),
    (N, d1, ...) or (), or floating like x; weight: (C). Calls raise IndexError for a target that is
    no class, ValueError for an s outside of [0, 1].

    Source of the smoothing: Szegedy et al., "Rethinking the Inception architecture for computer
    vision", 2016.
    """

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = check_reduction("CrossEntropyLoss", reduction)
        self.label_smoothing = label_smoothing

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            x,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
