"""The folder of a training run: its configuration, metrics, curves and checkpoint."""

import csv
import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from tinygrad_c.extras import require
from tinygrad_c.serialization import save
from tinygrad_c.train.curves import draw_curves
from tinygrad_c.train.trainer import Callback, EpochMetrics, Trainer


class RunFolder(Callback):
    """Keeps the record of a run; give it to the Trainer as a callback.

    - config.json: `config`, written at once
    - metrics.csv: one line for each epoch, as it ends
    - checkpoint.safetensors: `trainer.state_dict()` after each epoch, replaced in one step
    - curves.png: loss and accuracy, drawn by `close`

    Raises
    ------
    FileExistsError : where the folder already holds a run.
    MissingPackageError : where matplotlib is not installed.
    """

    def __init__(self, path: str | os.PathLike[str], config: dict[str, Any]):
        require("matplotlib", extra="train")
        self.path = Path(path)
        self.checkpoint = self.path / "checkpoint.safetensors"
        self.curves = self.path / "curves.png"
        self.metrics = self.path / "metrics.csv"
        self.path.mkdir(parents=True, exist_ok=True)
        if self.metrics.exists():
            raise FileExistsError(f"RunFolder: {self.path} already holds a run")
        (self.path / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        self._append([field.name for field in fields(EpochMetrics)])

    def on_epoch_end(self, trainer: Trainer, metrics: EpochMetrics) -> None:
        self._append(asdict(metrics).values())
        save(trainer.state_dict(), self.checkpoint)

    def close(self, trainer: Trainer, title: str = "") -> None:
        """Save the model as it is now and draw the curves of the epochs so far."""
        save(trainer.state_dict(), self.checkpoint)
        if trainer.history:
            draw_curves(trainer.history, self.curves, title)

    def _append(self, row: Any) -> None:
        with open(self.metrics, "a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(row)
