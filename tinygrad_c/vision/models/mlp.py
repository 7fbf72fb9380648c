"""A multi-layer perceptron."""

import math
from collections.abc import Sequence
from itertools import pairwise

from tinygrad_c.nn import Flatten, Linear, Module, ReLU, Sequential
from tinygrad_c.tensor import Tensor


class MLP(Module):
    """Linear layers with ReLU between them.

    image_shape : (channels, height, width) of the images
    num_classes : how many logits
    hidden : the widths of the layers between; none makes the model linear
    """

    def __init__(
        self,
        image_shape: Sequence[int] = (1, 28, 28),
        num_classes: int = 10,
        hidden: Sequence[int] = (256,),
    ) -> None:
        super().__init__()
        widths = [math.prod(image_shape), *hidden]
        layers: list[Module] = [Flatten()]
        for n_in, n_out in pairwise(widths):
            layers += [Linear(n_in, n_out), ReLU()]
        self.net = Sequential(*layers, Linear(widths[-1], num_classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)
