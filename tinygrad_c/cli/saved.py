"""The model of a run, for the commands that use it."""

from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from tinygrad_c._kernels.runtime import set_num_threads
from tinygrad_c.cli.settings import run_settings
from tinygrad_c.train.checkpoint import read_checkpoint, restore
from tinygrad_c.train.data import SPECS, ImageSpec
from tinygrad_c.train.metrics import EpochMetrics
from tinygrad_c.train.run import RunFiles
from tinygrad_c.train.setup import make_trainer
from tinygrad_c.train.trainer import Trainer


@dataclass(frozen=True)
class SavedRun:
    """A run folder, its settings and a trainer that stands where a checkpoint of it stood.

    `history` is that of the last checkpoint, whichever the trainer comes from.
    """

    files: RunFiles
    settings: dict[str, Any]
    spec: ImageSpec
    trainer: Trainer
    history: list[EpochMetrics]

    @property
    def name(self) -> str:
        return f"{self.settings['model']} on {self.settings['data']}"


def open_run(arguments: Namespace) -> SavedRun:
    """The run that the arguments RUN and --checkpoint name.

    Raises
    ------
    FileNotFoundError : where the folder holds no run, or the run has no such checkpoint yet.
    ValueError : where a file is damaged.
    """
    if arguments.threads is not None:
        set_num_threads(arguments.threads)
    files = RunFiles(arguments.folder)
    settings = run_settings(files)
    path = files.best if arguments.checkpoint == "best" else files.last
    if not path.exists():
        raise FileNotFoundError(f"{files.path} has no {path.name} yet: its first epoch is not done")
    trainer = make_trainer(settings)
    restore(trainer, path)
    history = [EpochMetrics(**metrics) for metrics in read_checkpoint(files.last)["history"]]
    return SavedRun(files, settings, SPECS[settings["data"]], trainer, history)
