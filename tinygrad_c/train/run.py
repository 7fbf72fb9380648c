"""The folder of a training run: its configuration, metrics and checkpoints."""

import csv
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from time import monotonic
from typing import Any, Self

from tinygrad_c.serialization import TEMPORARY, write_atomically
from tinygrad_c.train.callback import Callback
from tinygrad_c.train.checkpoint import restore, save_checkpoint
from tinygrad_c.train.config import read_toml, to_toml
from tinygrad_c.train.lock import FolderLock
from tinygrad_c.train.metrics import EpochMetrics, Score, best_epoch
from tinygrad_c.train.trainer import Trainer


class RunFiles:
    """The paths of what a run folder holds."""

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)
        self.config = self.path / "config.toml"
        self.environment = self.path / "environment.json"
        self.metrics = self.path / "metrics.csv"
        self.last = self.path / "last.safetensors"
        self.best = self.path / "best.safetensors"

    def read_config(self) -> dict[str, Any]:
        """The configuration of the run.

        Raises
        ------
        FileNotFoundError : where the folder holds no run.
        """
        if not self.config.exists():
            raise FileNotFoundError(f"{self.path} holds no run: it has no {self.config.name}")
        return read_toml(self.config)


class RunFolder(Callback, RunFiles):
    """Keeps the record of a run; give it to the Trainer as a callback, and close it at the end.

    - config.toml, environment.json: `config` and `environment`, written at once
    - metrics.csv: one line for each epoch
    - last.safetensors: the whole state, after each epoch, and within one where `save_every`
      seconds have passed since the last time
    - best.safetensors: the state after the epoch of the highest validation accuracy

    Each file is replaced in one step. A lock keeps others from writing to the folder until
    `close` or the end of the process.

    Parameters
    ----------
    path : the folder, made where it is not there
    config, environment : tables, JSON's and TOML's simple types
    resume : go on with the run that the folder holds; otherwise it must hold none
    save_every : seconds

    Raises
    ------
    FileExistsError : where the folder already holds a run, and `resume` is False.
    FileNotFoundError : where it holds none, and `resume` is True.
    BlockingIOError : where another run is writing to the folder.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        config: dict[str, Any],
        environment: dict[str, Any] | None = None,
        *,
        resume: bool = False,
        save_every: float = 60.0,
    ):
        RunFiles.__init__(self, path)
        self.settings = config
        self.save_every = save_every
        if resume:
            self.read_config()
        self.path.mkdir(parents=True, exist_ok=True)
        self.lock = FolderLock(self.path)
        try:
            if not resume and self.config.exists():
                raise FileExistsError(
                    f"{self.path} already holds a run: go on with it by --resume, or choose "
                    "another folder"
                )
            self._remove_leftovers()
            write_atomically(self.environment, encoded(environment or {}))
            write_atomically(self.config, to_toml(config).encode())
        except BaseException:
            self.lock.release()
            raise
        self.saved = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others write to the folder."""
        self.lock.release()

    def restore(self, trainer: Trainer) -> None:
        """Let `trainer` go on from the last checkpoint, if there is one, and write metrics.csv anew
        from it: the two may be an epoch apart after a crash."""
        if self.last.exists():
            restore(trainer, self.last)
        self._write_metrics(trainer.history)

    def save(self, trainer: Trainer) -> None:
        """Write the last checkpoint."""
        save_checkpoint(trainer, self.last, self.settings)
        self.saved = monotonic()

    def on_batch_end(self, trainer: Trainer, score: Score) -> None:
        if monotonic() - self.saved >= self.save_every:
            self.save(trainer)

    def on_epoch_end(self, trainer: Trainer, metrics: EpochMetrics) -> None:
        # The best first: a crash between the two repeats the epoch, and so writes it again.
        if best_epoch(trainer.history) is metrics:
            save_checkpoint(trainer, self.best, self.settings)
        self.save(trainer)
        self._write_metrics(trainer.history)

    def _write_metrics(self, history: Sequence[EpochMetrics]) -> None:
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow([field.name for field in fields(EpochMetrics)])
        writer.writerows(asdict(metrics).values() for metrics in history)
        write_atomically(self.metrics, table.getvalue().encode())

    def _remove_leftovers(self) -> None:
        """Remove the half-written files of a run that was killed."""
        for path in self.path.glob(f".*{TEMPORARY}"):
            with suppress(OSError):
                path.unlink()


def encoded(table: dict[str, Any]) -> bytes:
    return (json.dumps(table, indent=2) + "\n").encode()
