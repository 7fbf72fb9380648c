"""LeNet-5, in the form in which it is taught today."""

from collections.abc import Sequence

from tinygrad_c.nn import Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from tinygrad_c.tensor import Tensor

# The side of the field in which an image stands; LeCun's digits of 28 x 28 stood in 32 x 32.
FIELD = 32


class LeNet5(Module):
    """Two convolutions of 5 x 5 with pooling, then three linear layers: 61,706 parameters for grey
    images of 28 x 28 or 32 x 32 and 10 classes.

    LeCun's layers and widths (6, 16, 120, 84), with ReLU in place of the scaled tanh, max pooling
    in place of the trained average, every feature map joined to all of the layer before, and a
    linear last layer in place of radial basis functions. Images smaller than 32 x 32 are padded
    with zeros to that size, as LeCun's were.

    image_shape : (channels, height, width) of the images
    num_classes : how many logits

    Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", 1998, section II B.
    """

    def __init__(self, image_shape: Sequence[int] = (1, 28, 28), num_classes: int = 10) -> None:
        super().__init__()
        channels, *sides = image_shape
        padding = [max(0, (FIELD - side + 1) // 2) for side in sides]
        # Each convolution takes 4 off a side, each pooling halves it.
        height, width = (
            ((side + 2 * pad - 4) // 2 - 4) // 2 for side, pad in zip(sides, padding, strict=True)
        )
        self.features = Sequential(
            Conv2d(channels, 6, 5, padding=(padding[0], padding[1])),
            ReLU(),
            MaxPool2d(2),
            Conv2d(6, 16, 5),
            ReLU(),
            MaxPool2d(2),
        )
        self.classifier = Sequential(
            Flatten(),
            Linear(16 * height * width, 120),
            ReLU(),
            Linear(120, 84),
            ReLU(),
            Linear(84, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))
