"""`tinygrad_c train`: a multi-layer perceptron learns to read handwritten digits."""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import FrameType

import tinygrad_c as tgc
from tinygrad_c import nn, optim
from tinygrad_c.cli.info import versions
from tinygrad_c.train import RunFolder, Trainer, show_progress
from tinygrad_c.utils.data import DataLoader, TensorDataset
from tinygrad_c.vision.datasets import Digits

# Without it the network fits all 1,085 images by the tenth epoch and stops learning.
LABEL_SMOOTHING = 0.1
EVALUATION_BATCH = 512
INPUTS, CLASSES = 64, 10


def run(arguments: Namespace) -> int:
    """Train, evaluate, keep the record; returns the exit code."""
    if arguments.threads is not None:
        tgc.set_num_threads(arguments.threads)
    tgc.manual_seed(arguments.seed)
    model = perceptron(arguments.hidden)
    folder = RunFolder(
        arguments.out or default_folder(),
        config={
            **options(arguments),
            "label_smoothing": LABEL_SMOOTHING,
            "environment": versions(),
        },
    )
    trainer = Trainer(
        model,
        optim.Adam(model.parameters(), lr=arguments.lr),
        nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING),
        callbacks=[show_progress(), folder],
    )
    widths = "-".join(map(str, [INPUTS, *arguments.hidden, CLASSES]))
    print(f"Training a {widths} network on handwritten digits; results go to {folder.path}")
    with stop_on_interrupt(trainer):
        trainer.fit(
            loader("train", arguments.batch_size, shuffle=True),
            loader("validation", EVALUATION_BATCH),
            arguments.epochs,
        )
    return finish(trainer, folder)


def finish(trainer: Trainer, folder: RunFolder) -> int:
    """Evaluate on the test images and close the folder, or say where an interrupted run stands."""
    if trainer.stopped:
        folder.close(trainer, title=f"Digits, interrupted in epoch {trainer.epoch + 1}")
        print(
            f"Interrupted in epoch {trainer.epoch + 1}; the model is saved in {folder.checkpoint}",
            file=sys.stderr,
        )
        return 128 + signal.SIGINT
    score = trainer.evaluate(loader("test", EVALUATION_BATCH))
    folder.close(trainer, title=f"Digits: test accuracy {score.accuracy:.2%}")
    print(f"Test accuracy {score.accuracy:.2%} on {score.samples} images")
    print(f"Curves   {folder.curves}\nMetrics  {folder.metrics}\nModel    {folder.checkpoint}")
    return 0


def perceptron(hidden: Sequence[int]) -> nn.Sequential:
    """Linear layers of the given widths with ReLU between them: (N, 1, 8, 8) -> (N, classes)."""
    widths = [INPUTS, *hidden]
    layers: list[nn.Module] = [nn.Flatten()]
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], CLASSES))


def loader(split: str, batch_size: int, shuffle: bool = False) -> DataLoader:
    """The batches of a split of the digits."""
    return DataLoader(TensorDataset(*Digits(split).tensors()), batch_size, shuffle)


def options(arguments: Namespace) -> dict[str, object]:
    """The arguments of the command line, without what the parser added."""
    return {key: value for key, value in vars(arguments).items() if key not in ("command", "run")}


def default_folder() -> Path:
    """A folder under runs/ that does not exist yet."""
    base = Path("runs") / datetime.now().strftime("digits-%Y%m%d-%H%M%S")
    path, copies = base, 1
    while path.exists():
        copies += 1
        path = Path(f"{base}-{copies}")
    return path


@contextmanager
def stop_on_interrupt(trainer: Trainer) -> Iterator[None]:
    """Let the first Ctrl-C end the training after its current step, the second at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, previous)
        trainer.stop()

    previous = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
