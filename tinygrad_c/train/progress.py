"""What a training run shows while it goes: a bar on a terminal, plain lines elsewhere."""

import os
import sys
from time import perf_counter
from typing import Any, TextIO

from tinygrad_c.extras import require
from tinygrad_c.train.callback import Callback
from tinygrad_c.train.metrics import EpochMetrics, Score
from tinygrad_c.train.trainer import Trainer

BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed}<{remaining} {postfix}"
# Seconds between two refreshes of the bar.
INTERVAL = 0.1


def show_progress(stream: TextIO | None = None) -> Callback:
    """A bar where `stream` (standard output by default) is a terminal that can draw one, else
    plain lines.

    Raises
    ------
    MissingPackageError : where tqdm, which draws the bar, is not installed.
    """
    stream = stream or sys.stdout
    draws = stream.isatty() and os.environ.get("TERM") != "dumb"
    return ProgressBar(stream) if draws else PlainProgress(stream)


def summary(metrics: EpochMetrics, epochs: int) -> str:
    """One line about an epoch."""
    return (
        f"epoch {metrics.epoch:{len(str(epochs))}}/{epochs}"
        f"  loss {metrics.train_loss:.4f}  accuracy {metrics.train_accuracy:6.2%}"
        f"  val loss {metrics.val_loss:.4f}  val accuracy {metrics.val_accuracy:6.2%}"
        f"  {metrics.samples_per_second:,.0f} samples/s"
    )


class PlainProgress(Callback):
    """One line for each epoch."""

    def __init__(self, stream: TextIO):
        self.stream = stream

    def on_epoch_end(self, trainer: Trainer, metrics: EpochMetrics) -> None:
        print(summary(metrics, trainer.epochs), file=self.stream, flush=True)


class ProgressBar(Callback):
    """A bar for the running epoch with loss, accuracy and samples/s; one line when it is done."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.tqdm = require("tqdm", extra="train").tqdm
        self.bar: Any = None
        self.started = self.shown = 0.0
        self.samples = 0

    def on_epoch_start(self, trainer: Trainer, batches: int) -> None:
        self.bar = self.tqdm(
            total=batches,
            initial=trainer.batch,
            desc=f"epoch {trainer.epoch + 1}/{trainer.epochs}",
            bar_format=BAR,
            leave=False,
            file=self.stream,
            mininterval=INTERVAL,
        )
        self.started = perf_counter()
        self.shown = 0.0
        self.samples = trainer.score.samples

    def on_batch_end(self, trainer: Trainer, score: Score) -> None:
        now = perf_counter()
        if now - self.shown > INTERVAL:
            self.shown = now
            self.bar.set_postfix_str(
                f"loss {score.loss:.4f}, accuracy {score.accuracy:.2%}, "
                f"{(score.samples - self.samples) / (now - self.started):,.0f} samples/s",
                refresh=False,
            )
        self.bar.update()

    def on_epoch_end(self, trainer: Trainer, metrics: EpochMetrics) -> None:
        self.bar.close()
        print(summary(metrics, trainer.epochs), file=self.stream, flush=True)

    def on_fit_end(self, trainer: Trainer) -> None:
        if self.bar is not None:
            self.bar.close()
