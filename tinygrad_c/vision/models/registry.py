"""The models by name."""

from typing import Any

from tinygrad_c.nn import Module
from tinygrad_c.vision.models.course_cnn import CourseCNN
from tinygrad_c.vision.models.lenet import LeNet5
from tinygrad_c.vision.models.mlp import MLP
from tinygrad_c.vision.models.softmax import SoftmaxRegression

MODELS: dict[str, type[Module]] = {
    "mlp": MLP,
    "softmax": SoftmaxRegression,
    "lenet5": LeNet5,
    "course-cnn": CourseCNN,
}


def list_models() -> list[str]:
    """The names that `get_model` knows."""
    return list(MODELS)


def get_model(name: str, **config: Any) -> Module:
    """The model `name`, made with the arguments `config` of its class.

    Raises
    ------
    ValueError : where there is no model of that name.
    """
    if name not in MODELS:
        raise ValueError(f"get_model: name must be one of {', '.join(MODELS)}, got {name!r}")
    return MODELS[name](**config)
