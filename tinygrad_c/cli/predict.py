"""`tinygrad_c predict`: what the model of a run reads in an image."""

from argparse import Namespace
from collections.abc import Sequence

import numpy as np

from tinygrad_c.autograd import no_grad
from tinygrad_c.cli.saved import open_run
from tinygrad_c.creation import from_numpy
from tinygrad_c.train.images import read_image

BAR = 30


def run(arguments: Namespace) -> int:
    """Print the most probable classes of every image; returns the exit code."""
    saved = open_run(arguments)
    pixels = [
        read_image(path, saved.spec, arguments.fit, arguments.invert) for path in arguments.images
    ]
    saved.trainer.model.eval()
    with no_grad():
        logits = saved.trainer.model(from_numpy(saved.spec.normalize(np.stack(pixels))))
    for path, probabilities in zip(arguments.images, logits.softmax(1).numpy(), strict=True):
        print(path)
        print("\n".join(bars(probabilities, saved.spec.classes, arguments.top)))
    return 0


def bars(probabilities: np.ndarray, classes: Sequence[str], top: int) -> list[str]:
    """A line with a bar for each of the `top` most probable classes."""
    width = max(map(len, classes))
    return [
        f"  {classes[i]:{width}}  {probabilities[i]:7.2%}  {'█' * round(BAR * probabilities[i])}"
        for i in map(int, np.argsort(-probabilities, kind="stable")[:top])
    ]
