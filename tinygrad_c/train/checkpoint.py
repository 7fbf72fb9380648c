"""Checkpoints: the whole state of a training in one file."""

from pathlib import Path
from typing import Any

from tinygrad_c.serialization import load, save
from tinygrad_c.train.trainer import Trainer

# What restoring raises where a file of the right form holds other things than were saved.
MISFITS = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)


def save_checkpoint(trainer: Trainer, path: Path, config: dict[str, Any]) -> None:
    """Write the state of `trainer` and the configuration of its run, whole or not at all."""
    save({"config": config, **trainer.state_dict()}, path)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What `save_checkpoint` wrote.

    Raises
    ------
    ValueError : where the file is damaged or holds something else.
    OSError : where the file cannot be read.
    """
    state = load(path)
    if not isinstance(state, dict) or not {"config", "model", "optimizer"} <= state.keys():
        raise ValueError(f"{str(path)!r} must be the checkpoint of a run, got another file")
    return state


def restore(trainer: Trainer, path: Path) -> None:
    """Let `trainer` go on where that of the checkpoint `path` stood.

    Raises
    ------
    ValueError : where the file is damaged, or its state does not fit the model or the optimizer.
    OSError : where the file cannot be read.
    """
    state = read_checkpoint(path)
    try:
        trainer.load_state_dict(state)
    except MISFITS as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{str(path)!r} must fit the model and the optimizer: {reason}") from error
