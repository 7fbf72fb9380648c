"""Loss and accuracy: of the samples seen so far, of an epoch, and of every single sample."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinygrad_c.tensor import Tensor


@dataclass
class Score:
    """Loss and accuracy over the samples seen so far: means over samples, not over batches."""

    loss_sum: float = 0.0
    correct: int = 0
    samples: int = 0

    def add(self, loss: Tensor, logits: Tensor, targets: Tensor) -> None:
        """Count a batch: its mean loss (), logits (N, classes) and targets (N,)."""
        size = len(targets)
        self.loss_sum += loss.item() * size
        self.correct += int((logits.argmax(1) == targets).sum().item())
        self.samples += size

    @property
    def loss(self) -> float:
        """The mean loss of a sample; NaN before the first."""
        return self.loss_sum / self.samples if self.samples else float("nan")

    @property
    def accuracy(self) -> float:
        """The share of samples whose largest logit is that of their target."""
        return self.correct / self.samples if self.samples else float("nan")


@dataclass(frozen=True)
class EpochMetrics:
    """What one epoch gave. `seconds` is the time of its training steps, without evaluation."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    lr: float
    seconds: float
    samples_per_second: float


def best_epoch(history: Sequence[EpochMetrics]) -> EpochMetrics:
    """The epoch of the highest validation accuracy; of equals that of the lowest loss, the first.

    Raises
    ------
    ValueError : where `history` is empty.
    """
    return max(history, key=lambda metrics: (metrics.val_accuracy, -metrics.val_loss))


@dataclass(frozen=True)
class Predictions:
    """What a model says of every sample of a data set.

    Attributes
    ----------
    probabilities : array (N, classes), the softmax of the logits
    targets : array (N,) of the right classes
    """

    probabilities: np.ndarray
    targets: np.ndarray

    @property
    def classes(self) -> np.ndarray:
        """(N,) the most probable class of every sample; of equals the first."""
        return self.probabilities.argmax(1)

    @property
    def wrong(self) -> np.ndarray:
        """The places of the samples that are read wrong, the one with the least probability for
        its right class first."""
        places = np.flatnonzero(self.classes != self.targets)
        right = self.probabilities[places, self.targets[places]]
        return places[np.argsort(right, kind="stable")]

    @property
    def accuracy(self) -> float:
        """The share of samples whose most probable class is the right one."""
        return float((self.classes == self.targets).mean()) if len(self.targets) else float("nan")

    @property
    def loss(self) -> float:
        """The mean of the negative logarithm of the right class's probability."""
        right = self.probabilities[np.arange(len(self.targets)), self.targets].astype(np.float64)
        with np.errstate(divide="ignore"):
            return float(-np.log(right).mean()) if len(right) else float("nan")

    def confusion(self) -> np.ndarray:
        """``m[i, j]``: how many samples of class i are taken for class j; (classes, classes)."""
        n = self.probabilities.shape[1]
        pairs = self.targets * n + self.classes
        return np.bincount(pairs, minlength=n * n).reshape(n, n)
