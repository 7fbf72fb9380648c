"""The convolutional network of the course."""

from collections.abc import Sequence

from tinygrad_c.nn import Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from tinygrad_c.tensor import Tensor


class CourseCNN(Module):
    """Three convolutions of 3 x 3 with 16, 32 and 64 channels, pooling after the first two, and
    two linear layers: 426,122 parameters for grey images of 28 x 28 and 10 classes.

    image_shape : (channels, height, width) of the images, at least 4 x 4
    num_classes : how many logits

    Raises
    ------
    ValueError : where the images are too small to be pooled twice.
    """

    def __init__(self, image_shape: Sequence[int] = (1, 28, 28), num_classes: int = 10) -> None:
        super().__init__()
        channels, height, width = image_shape
        if min(height, width) < 4:
            raise ValueError(
                "CourseCNN: image_shape must have a height and a width of at least 4, "
                f"got {tuple(image_shape)}"
            )
        self.model = Sequential(
            Conv2d(channels, 16, 3, stride=1, padding=1),
            ReLU(),
            MaxPool2d(2, 2),
            Conv2d(16, 32, 3, stride=1, padding=1),
            ReLU(),
            MaxPool2d(2, 2),
            Conv2d(32, 64, 3, stride=1, padding=1),
            ReLU(),
            Flatten(),
            Linear(64 * (height // 4) * (width // 4), 128),
            ReLU(),
            Linear(128, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)
