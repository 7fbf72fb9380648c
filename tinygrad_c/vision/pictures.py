"""Pictures: Pillow's images where Pillow is installed, NumPy arrays elsewhere."""

import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from numpy import ndarray


@cache
def pillow() -> ModuleType | None:
    """The module PIL.Image; None where Pillow is not installed."""
    try:
        return import_module("PIL.Image")
    except ModuleNotFoundError:
        return None


def make_picture(pixels: ndarray) -> Any:
    """A Pillow image of uint8 pixels (H, W) or (H, W, 3); without Pillow the array itself."""
    module = pillow()
    return pixels if module is None else module.fromarray(pixels)


def is_picture(image: Any) -> bool:
    """Whether `image` is a Pillow image."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(image, module.Image)
