"""`tinygrad_c train`: train a model, keep the record of it, go on after an interrupt."""

import shlex
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import tinygrad_c as tgc
from tinygrad_c.cli.errors import describe
from tinygrad_c.cli.interrupts import Interrupted, interrupts
from tinygrad_c.cli.settings import settings_of
from tinygrad_c.extras import require
from tinygrad_c.train.checkpoint import read_checkpoint
from tinygrad_c.train.data import SPECS, ImageData, load_data
from tinygrad_c.train.environment import commit, environment
from tinygrad_c.train.metrics import best_epoch
from tinygrad_c.train.progress import show_progress
from tinygrad_c.train.report import PICTURES, draw_report
from tinygrad_c.train.run import RunFolder
from tinygrad_c.train.setup import make_trainer
from tinygrad_c.train.trainer import Trainer
from tinygrad_c.utils.data import DataLoader

EVALUATION_BATCH = 512


def run(arguments: Namespace) -> int:
    """Train, evaluate, draw; returns the exit code."""
    settings = settings_of(arguments)
    require("matplotlib", extra="train")
    progress = show_progress()
    if "threads" in settings:
        tgc.set_num_threads(settings["threads"])
    data = load_data(settings["data"], settings.get("data_dir"), arguments.download)
    facts = {**environment(), "seed": settings["seed"], "commit": commit()}
    path = Path(arguments.out) if arguments.out else default_folder(settings)
    with (
        RunFolder(path, settings, facts, resume=arguments.resume) as folder,
        told_how_to_go_on(folder),
    ):
        trainer = make_trainer(settings, [progress, folder])
        folder.restore(trainer)
        announce(trainer, settings, folder)
        fit(trainer, settings, data, folder)
        finish(trainer, settings, data, folder)
    return 0


def fit(trainer: Trainer, settings: dict[str, Any], data: ImageData, folder: RunFolder) -> None:
    """Train to the last epoch; save the state where that is interrupted."""
    train = DataLoader(data.train, settings["batch_size"], shuffle=True)
    validation = DataLoader(data.validation, EVALUATION_BATCH)
    try:
        with interrupts.undisguised():
            trainer.fit(train, validation, settings["epochs"])
    except Interrupted as error:
        folder.save(trainer)
        epoch = min(trainer.epoch + 1, trainer.epochs)
        raise Interrupted(error.number, f"Interrupted in epoch {epoch}, saved.") from None


def announce(trainer: Trainer, settings: dict[str, Any], folder: RunFolder) -> None:
    """Say what begins, or where it goes on."""
    count = sum(p.numel() for p in trainer.model.parameters())
    place = f"{settings['model']} ({count:,} parameters) on {settings['data']}"
    if trainer.epoch == settings["epochs"]:
        what = f"{place}: all {trainer.epoch} epochs are done"
    elif trainer.epoch or trainer.batch:
        after = f"after {trainer.batch} steps of epoch" if trainer.batch else "with epoch"
        what = f"Going on with {place} {after} {trainer.epoch + 1}"
    else:
        what = f"Training {place}"
    print(f"{what}; results go to {folder.path}", flush=True)


@contextmanager
def told_how_to_go_on(folder: RunFolder) -> Iterator[None]:
    """Say how to go on where the block is interrupted or fails."""
    command = f"tinygrad_c train --resume --out {shlex.quote(str(folder.path))}"
    try:
        with interrupts.undisguised():
            yield
    except Interrupted as error:
        raise Interrupted(error.number, f"{error} Go on with: {command}") from None
    except OSError as error:
        raise ValueError(
            f"{describe(error)}. {standing(folder)} When that is repaired, go on with: {command}"
        ) from error


def standing(folder: RunFolder) -> str:
    """What a run that failed has left."""
    return (
        f"The checkpoint {folder.last} is whole."
        if folder.last.exists()
        else "There is no checkpoint yet."
    )


def finish(trainer: Trainer, settings: dict[str, Any], data: ImageData, folder: RunFolder) -> None:
    """Evaluate the best epoch on the test images, and draw the pictures."""
    best = best_epoch(trainer.history)
    trainer.model.load_state_dict(read_checkpoint(folder.best)["model"])
    loader = DataLoader(data.test, EVALUATION_BATCH)
    predictions = trainer.predict(loader)
    count = len(predictions.targets)
    print(
        f"Test accuracy {predictions.accuracy:.2%} of {count:,} images, with the weights of the "
        f"best epoch, {best.epoch}",
        flush=True,
    )
    draw_report(
        folder.path,
        f"{settings['model']} on {settings['data']}",
        trainer.model,
        SPECS[settings["data"]],
        trainer.history,
        predictions,
        loader,
    )
    print(f"Pictures  {folder.path}: {', '.join(PICTURES)}")
    print(f"Metrics   {folder.metrics}")
    print(f"Weights   {folder.best}")


def default_folder(settings: dict[str, Any]) -> Path:
    """A folder under runs/ that does not exist yet."""
    name = f"{settings['data']}-{settings['model']}"
    base = Path("runs") / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    path, copies = base, 1
    while path.exists():
        copies += 1
        path = Path(f"{base}-{copies}")
    return path
