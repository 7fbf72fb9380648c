"""What a trainer calls as it goes."""

from typing import TYPE_CHECKING

from tinygrad_c.train.metrics import EpochMetrics, Score

if TYPE_CHECKING:
    from tinygrad_c.train.trainer import Trainer


class Callback:
    """Called by a Trainer as it goes; a subclass defines what it needs."""

    def on_epoch_start(self, trainer: "Trainer", batches: int) -> None:
        """Before epoch `trainer.epoch + 1` of `batches` steps, of which `trainer.batch` are done
        where an epoch that was cut short goes on."""

    def on_batch_end(self, trainer: "Trainer", score: Score) -> None:
        """After each step; `score` is that of the epoch so far."""

    def on_epoch_end(self, trainer: "Trainer", metrics: EpochMetrics) -> None:
        """After the evaluation of epoch `trainer.epoch`."""

    def on_fit_end(self, trainer: "Trainer") -> None:
        """When `fit` returns or raises."""
