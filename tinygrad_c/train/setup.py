"""From settings to a trainer: the models, optimizers and schedules by name, and their defaults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinygrad_c import optim
from tinygrad_c._kernels.random import default_generator
from tinygrad_c.nn import CrossEntropyLoss, Module
from tinygrad_c.optim import lr_scheduler
from tinygrad_c.train.callback import Callback
from tinygrad_c.train.data import SPECS
from tinygrad_c.train.trainer import Trainer
from tinygrad_c.vision.models import get_model


@dataclass(frozen=True)
class OptimizerChoice:
    """An optimizer, the learning rate that suits it where none is given, and other options."""

    make: Callable[..., Any]
    lr: float
    options: dict[str, Any] = field(default_factory=dict)


OPTIMIZERS = {
    "adam": OptimizerChoice(optim.Adam, 0.002),
    "adamw": OptimizerChoice(optim.AdamW, 0.002),
    "sgd": OptimizerChoice(optim.SGD, 0.05, {"momentum": 0.9}),
    "rmsprop": OptimizerChoice(optim.RMSprop, 0.001),
    "adagrad": OptimizerChoice(optim.Adagrad, 0.02),
}
# From an optimizer and the number of epochs. Over all of them, the learning rate falls to 0 along
# a cosine, to a hundredth by the same factor in every epoch, or to a hundredth in two steps.
SCHEDULERS: dict[str, Callable[[Any, int], Any]] = {
    "constant": lambda optimizer, epochs: None,
    "cosine": lr_scheduler.CosineAnnealingLR,
    "exponential": lambda optimizer, epochs: lr_scheduler.ExponentialLR(
        optimizer, 0.01 ** (1 / epochs)
    ),
    "step": lambda optimizer, epochs: lr_scheduler.StepLR(optimizer, -(-epochs // 3), 0.1),
}
DEFAULTS: dict[str, Any] = {
    "model": "course-cnn",
    "data": "digits",
    "optimizer": "adam",
    "scheduler": "constant",
    "label_smoothing": 0.0,
    "seed": 0,
}
# Without smoothing a network fits the 1,085 digits by the tenth epoch and stops learning.
DEFAULTS_BY_DATA: dict[str, dict[str, Any]] = {
    "digits": {"epochs": 30, "batch_size": 32, "label_smoothing": 0.1},
    "mnist": {"epochs": 5, "batch_size": 128},
    "fashion-mnist": {"epochs": 10, "batch_size": 128},
    "cifar10": {"epochs": 10, "batch_size": 128},
}


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The settings of a run: `given`, and for all else what suits the data and the optimizer."""
    chosen = {**DEFAULTS, **given}
    settings = {**DEFAULTS, **DEFAULTS_BY_DATA[chosen["data"]]}
    settings["lr"] = OPTIMIZERS[chosen["optimizer"]].lr
    return {**settings, **given}


def make_model(settings: dict[str, Any]) -> Module:
    """The model of a run, with the initial weights of its seed."""
    spec = SPECS[settings["data"]]
    options: dict[str, Sequence[int]] = (
        {"hidden": settings["hidden"]} if "hidden" in settings else {}
    )
    default_generator.manual_seed(settings["seed"])
    return get_model(
        settings["model"],
        image_shape=spec.image_shape,
        num_classes=len(spec.classes),
        **options,
    )


def make_trainer(settings: dict[str, Any], callbacks: Sequence[Callback] = ()) -> Trainer:
    """The trainer of a run."""
    model = make_model(settings)
    choice = OPTIMIZERS[settings["optimizer"]]
    optimizer = choice.make(model.parameters(), lr=settings["lr"], **choice.options)
    return Trainer(
        model,
        optimizer,
        CrossEntropyLoss(label_smoothing=settings["label_smoothing"]),
        callbacks,
        SCHEDULERS[settings["scheduler"]](optimizer, settings["epochs"]),
    )
