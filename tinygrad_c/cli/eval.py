"""`tinygrad_c eval`: how good the model of a run is, class by class."""

from argparse import Namespace
from collections.abc import Sequence

import numpy as np

from tinygrad_c.cli.saved import open_run
from tinygrad_c.extras import require
from tinygrad_c.train.data import load_data
from tinygrad_c.train.metrics import Predictions
from tinygrad_c.train.report import PICTURES, draw_report
from tinygrad_c.utils.data import DataLoader

PARTS = {"train": "training", "validation": "validation", "test": "test"}


def run(arguments: Namespace) -> int:
    """Print the scores and draw the pictures anew; returns the exit code."""
    require("matplotlib", extra="train")
    saved = open_run(arguments)
    folder = arguments.data_dir or saved.settings.get("data_dir")
    data = load_data(saved.settings["data"], folder, arguments.download)
    loader = DataLoader(getattr(data, arguments.split), arguments.batch_size)
    predictions = saved.trainer.predict(loader)
    print(
        f"{saved.name}, {arguments.checkpoint} checkpoint (epoch {saved.trainer.epoch}): "
        f"accuracy {predictions.accuracy:.2%}, loss {predictions.loss:.4f} on "
        f"{len(predictions.targets):,} {PARTS[arguments.split]} images"
    )
    print("\n".join(table(predictions, saved.spec.classes)))
    draw_report(
        saved.files.path,
        saved.name,
        saved.trainer.model,
        saved.spec,
        saved.history,
        predictions,
        loader,
    )
    print(f"Pictures  {saved.files.path}: {', '.join(PICTURES)}")
    return 0


def table(predictions: Predictions, classes: Sequence[str]) -> list[str]:
    """A line for each class: how many, how many are found, and what they are mostly taken for."""
    counts = predictions.confusion()
    width = max(5, *map(len, classes))
    lines = [f"{'class':{width}}  images    right  mostly taken for"]
    for row, name in enumerate(classes):
        total = counts[row].sum()
        mistakes = counts[row].copy()
        mistakes[row] = 0
        right = f"{counts[row, row] / total:8.2%}" if total else "       -"
        others = [
            f"{classes[column]} ({mistakes[column]})"
            for column in np.argsort(-mistakes, kind="stable")[:3]
            if mistakes[column]
        ]
        lines.append(f"{name:{width}}  {total:6,} {right}  {', '.join(others)}".rstrip())
    return lines
