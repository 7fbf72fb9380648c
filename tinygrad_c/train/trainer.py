"""The training loop: epochs of steps, each followed by an evaluation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tinygrad_c.autograd import no_grad
from tinygrad_c.nn import Module
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
    seconds: float
    samples_per_second: float


class Callback:
    """Called by a Trainer as it goes; a subclass defines what it needs."""

    def on_epoch_start(self, trainer: "Trainer", batches: int) -> None:
        """Before the first of `batches` steps of epoch `trainer.epoch + 1`."""

    def on_batch_end(self, trainer: "Trainer", score: Score) -> None:
        """After each step; `score` is that of the epoch so far."""

    def on_epoch_end(self, trainer: "Trainer", metrics: EpochMetrics) -> None:
        """After the evaluation of epoch `trainer.epoch`."""


class Trainer:
    """Trains a model that maps inputs (N, ...) to logits (N, classes).

    Parameters
    ----------
    model : Module
    optimizer : over the parameters of `model`
    criterion : function of logits and targets (N,) whose result is the mean loss, a scalar
    callbacks : called in the order given

    Attributes
    ----------
    epoch : int, the number of epochs finished
    history : list of EpochMetrics, one for each of them
    stopped : bool, whether `stop` ended the last `fit`
    """

    def __init__(
        self,
        model: Module,
        optimizer: Any,
        criterion: Callable[[Tensor, Tensor], Tensor],
        callbacks: Sequence[Callback] = (),
    ):
        self.model = model
        self.optimizer = optimizer
        self.criterion = criterion
        self.callbacks = callbacks
        self.history: list[EpochMetrics] = []
        self.epochs = 0
        self.stopped = False

    @property
    def epoch(self) -> int:
        """The number of epochs finished."""
        return len(self.history)

    def fit(self, train_loader: Any, val_loader: Any, epochs: int) -> list[EpochMetrics]:
        """Train until `epochs` epochs are finished, those of earlier calls included.

        Both loaders are iterables of (inputs, targets) with a length. An epoch that `stop` cuts
        short is not evaluated and does not count.
        """
        self.epochs = epochs
        self.stopped = False
        while self.epoch < epochs and not self.stopped:
            for callback in self.callbacks:
                callback.on_epoch_start(self, len(train_loader))
            start = perf_counter()
            score = self.train_epoch(train_loader)
            seconds = perf_counter() - start
            if not self.stopped:
                self._finish_epoch(score, self.evaluate(val_loader), seconds)
        return self.history

    def stop(self) -> None:
        """End `fit` after the step that is running: model and optimizer are then consistent."""
        self.stopped = True

    def train_epoch(self, loader: Iterable[Any]) -> Score:
        """One step for every batch."""
        self.model.train()
        score = Score()
        for inputs, targets in loader:
            self.optimizer.zero_grad()
            logits = self.model(inputs)
            loss = self.criterion(logits, targets)
            loss.backward()
            self.optimizer.step()
            score.add(loss, logits.detach(), targets)
            for callback in self.callbacks:
                callback.on_batch_end(self, score)
            if self.stopped:
                break
        return score

    def evaluate(self, loader: Iterable[Any]) -> Score:
        """Loss and accuracy in evaluation mode, without recording; the mode is restored."""
        was_training = self.model.training
        self.model.eval()
        score = Score()
        try:
            with no_grad():
                for inputs, targets in loader:
                    logits = self.model(inputs)
                    score.add(self.criterion(logits, targets), logits, targets)
        finally:
            self.model.train(was_training)
        return score

    def _finish_epoch(self, train: Score, val: Score, seconds: float) -> None:
        metrics = EpochMetrics(
            epoch=self.epoch + 1,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            val_loss=val.loss,
            val_accuracy=val.accuracy,
            seconds=seconds,
            samples_per_second=train.samples / seconds,
        )
        self.history.append(metrics)
        for callback in self.callbacks:
            callback.on_epoch_end(self, metrics)

    def state_dict(self) -> dict[str, Any]:
        """Everything that `load_state_dict` needs to go on, for `tinygrad_c.save`."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "history": [vars(metrics) for metrics in self.history],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where the trainer stood whose `state_dict` this is."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history = [EpochMetrics(**metrics) for metrics in state["history"]]
