"""Softmax regression: a linear model."""

import math
from collections.abc import Sequence

from tinygrad_c.nn import Flatten, Linear, Module
from tinygrad_c.tensor import Tensor


class SoftmaxRegression(Module):
    """Logits that are linear in the pixels: logistic regression for many classes.

    image_shape : (channels, height, width) of the images
    num_classes : how many logits
    """

    def __init__(self, image_shape: Sequence[int] = (1, 28, 28), num_classes: int = 10) -> None:
        super().__init__()
        self.flatten = Flatten()
        self.fc = Linear(math.prod(image_shape), num_classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.flatten(x))
