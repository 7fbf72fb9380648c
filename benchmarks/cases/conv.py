"""Convolutions: the layers of small networks and of ResNets, and shapes that nobody has chosen."""

import math
import random
from dataclasses import dataclass

from benchmarks.cases.case import Case


@dataclass(frozen=True)
class Layer:
    """A convolution of a batch of square images, or of volumes of as many planes as `depth`."""

    batch: int
    channels: int
    size: int
    outputs: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    depth: int = 0
    transposed: bool = False

    @property
    def sizes(self):
        """Of an image or a volume, along each axis."""
        return (self.depth,) * bool(self.depth) + (self.size, self.size)

    def outside(self, n):
        """The size of the output where that of the input is n."""
        spread = self.dilation * (self.kernel - 1) + 1
        if self.transposed:
            return (n - 1) * self.stride - 2 * self.padding + spread
        return (n + 2 * self.padding - spread) // self.stride + 1

    def __str__(self):
        image = "x".join(map(str, (self.batch, self.channels, *self.sizes)))
        text = f"{image} -> {self.outputs} k{self.kernel}"
        unusual = {"s": self.stride, "d": self.dilation, "g": self.groups}
        return text + "".join(f" {letter}{n}" for letter, n in unusual.items() if n > 1)

    def case(self, for_torch, backward):
        """Its sizes: a product and a sum for each tap of each output, forward and for each
        gradient; that of an input of up to 3 channels, the first layer's, is not taken."""
        pixels = math.prod(self.sizes)
        places = math.prod(map(self.outside, self.sizes))
        taps = self.channels // self.groups * self.kernel ** len(self.sizes)
        x = 4 * self.batch * self.channels * pixels
        w = 4 * self.outputs * (taps + 1)
        y = 4 * self.batch * self.outputs * places
        # The window moves over the places of the output, or of the input.
        flops = 2 * self.batch * self.outputs * taps * (pixels if self.transposed else places)
        if not backward:
            return Case(for_torch, flops=flops, reads=x + w, writes=y)
        inner = self.channels > 3
        grad_x, passes = (x, 3) if inner else (0, 2)
        return Case(
            for_torch,
            flops=passes * flops,
            reads=2 * x + w + inner * w + y,
            writes=y + w + grad_x,
            held=x + grad_x + 2 * w + 2 * y,
        )


# LeNet-5, the course's network, ResNet-20 on 32 x 32 and ResNet-18 on 224 x 224 pixels.
LAYERS = [
    Layer(64, 1, 28, 6, 5, padding=2),
    Layer(64, 6, 14, 16, 5),
    Layer(256, 1, 28, 16, 3, padding=1),
    Layer(256, 16, 14, 32, 3, padding=1),
    Layer(256, 32, 7, 64, 3, padding=1),
    Layer(128, 3, 32, 16, 3, padding=1),
    Layer(128, 16, 32, 16, 3, padding=1),
    Layer(128, 16, 32, 32, 3, 2, 1),
    Layer(128, 32, 16, 32, 3, padding=1),
    Layer(128, 32, 16, 64, 3, 2, 1),
    Layer(128, 64, 8, 64, 3, padding=1),
    Layer(32, 3, 224, 64, 7, 2, 3),
    Layer(32, 64, 56, 64, 3, padding=1),
    Layer(32, 64, 56, 128, 3, 2, 1),
    Layer(32, 64, 56, 128, 1, 2),
    Layer(32, 128, 28, 128, 3, padding=1),
    Layer(32, 128, 28, 256, 3, 2, 1),
    Layer(32, 256, 14, 256, 3, padding=1),
    Layer(32, 256, 14, 512, 3, 2, 1),
    Layer(32, 512, 7, 512, 3, padding=1),
]
OTHERS = [
    Layer(32, 64, 56, 256, 1),
    Layer(128, 64, 28, 64, 3, padding=1, groups=64),
    Layer(128, 64, 28, 64, 3, 2, 1, groups=64),
    Layer(64, 64, 28, 64, 3, padding=1, groups=4),
    Layer(64, 32, 28, 32, 3, padding=2, dilation=2),
]
# What a network computes for one image, and layers that have one place.
SINGLE = [
    Layer(1, 64, 8, 64, 3, padding=1),
    Layer(1, 128, 14, 128, 3, padding=1),
    Layer(1, 256, 7, 256, 3, padding=1),
    Layer(1, 512, 4, 512, 1),
    Layer(16, 256, 1, 512, 1),
    Layer(64, 16, 5, 120, 5),
]
# The generator of a DCGAN and the decoder of a U-Net.
TRANSPOSED = [
    Layer(64, 100, 1, 256, 4, transposed=True),
    Layer(64, 128, 8, 64, 4, 2, 1, transposed=True),
    Layer(32, 128, 28, 64, 2, 2, transposed=True),
]
VOLUMES = [
    Layer(2, 3, 32, 16, 3, padding=1, depth=16),
    Layer(8, 16, 16, 16, 3, padding=1, depth=16),
    Layer(8, 16, 16, 32, 3, 2, 1, depth=16),
    Layer(4, 64, 8, 64, 3, padding=1, depth=8),
    Layer(4, 64, 8, 128, 3, 2, 1, depth=8),
]


def drawn(n, batch, seed):
    """n drawn layers, most of them odd."""
    draw = random.Random(seed)
    for _ in range(n):
        channels, outputs = (round(2 ** draw.uniform(0, 7)) for _ in range(2))
        kernel, stride = draw.choice([1, 2, 3, 3, 4, 5]), draw.choice([1, 1, 1, 2])
        size = round(2 ** draw.uniform(3, 6))
        yield Layer(batch, channels, size, outputs, kernel, stride, draw.randint(0, kernel // 2))


def convolution(layer, backward):
    """The forward pass, or with all gradients: of weight and bias, and of an input of more than 3
    channels, which is not the first layer's."""

    def for_torch(torch):
        x = torch.randn(layer.batch, layer.channels, *layer.sizes)
        kind = f"Conv{'Transpose' * layer.transposed}{len(layer.sizes)}d"
        model = getattr(torch.nn, kind)(
            layer.channels, layer.outputs, layer.kernel, layer.stride, layer.padding,
            dilation=layer.dilation, groups=layer.groups,
        )  # fmt: skip

        def forward():
            with torch.no_grad():
                return model(x)

        g = torch.randn(*forward().shape)
        x.requires_grad_(layer.channels > 3)

        def both():
            model.zero_grad()
            x.grad = None
            model(x).backward(g)

        return both if backward else forward

    return layer.case(for_torch, backward)


def named(prefix, layers):
    """Both cases of every layer."""
    for layer in layers:
        yield f"{prefix} {layer}, forward", convolution(layer, backward=False)
        yield f"{prefix} {layer}, with gradients", convolution(layer, backward=True)


CASES = {
    **dict(named("conv", LAYERS + OTHERS + SINGLE)),
    **dict(named("transposed conv", TRANSPOSED)),
    **dict(named("conv3d", VOLUMES)),
    **dict(named("drawn conv", drawn(8, batch=32, seed=0))),
    **dict(named("drawn conv", drawn(4, batch=1, seed=1))),
}
