"""The arguments of the command line: their names, their limits, their help."""

import argparse
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from tinygrad_c import __version__

EXAMPLES = """\
examples:
  tinygrad_c train                                  a network that reads handwritten digits
  tinygrad_c train --epochs 10 --hidden 128 64      ten epochs, two hidden layers
  tinygrad_c train --seed 7 --out runs/seed-7       another start, kept in runs/seed-7
  tinygrad_c info                                   what this installation runs on
"""
TRAIN_EXAMPLES = """\
Trains on the 1,797 handwritten digits that come with the package (60 % training, 20 % validation,
20 % test). The run folder receives config.json, metrics.csv, curves.png and
checkpoint.safetensors. Ctrl-C ends the run after the current step and saves the model.

examples:
  tinygrad_c train
  tinygrad_c train --epochs 10 --batch-size 64 --lr 0.005
  tinygrad_c train --hidden 128 64 --threads 1 --out runs/deep
"""


class Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ").replace(": must", " must", 1)
        self.exit(2, f"{self.prog}: {message}. See `{self.prog} --help`.\n")


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments, with the function that runs the command as `run`."""
    parser = Parser(
        prog="tinygrad_c",
        description="A small, fast autograd engine with PyTorch's names.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tinygrad_c {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    add_train(commands)
    info = commands.add_parser("info", help="print what this installation runs on")
    info.set_defaults(run=run_info)
    return parser.parse_args(argv)


def add_train(commands: Any) -> None:
    train = commands.add_parser(
        "train",
        help="train a network on handwritten digits",
        description="Train a network of linear layers with ReLU on handwritten digits.",
        epilog=TRAIN_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def option(flag: str, kind: Callable[[str], Any], default: Any, text: str, **more: Any) -> None:
        train.add_argument(flag, type=kind, default=default, help=text, **more)

    option("--epochs", whole_number(1), 30, "passes over the training images (%(default)s)")
    option("--batch-size", whole_number(1), 32, "images in a step (%(default)s)")
    option("--lr", positive_number, 0.003, "learning rate of Adam (%(default)s)")
    option("--seed", whole_number(0), 0, "of all random numbers (%(default)s)")
    option(
        "--hidden",
        whole_number(1),
        [256],
        "widths of the hidden layers (256)",
        nargs="*",
        metavar="N",
    )
    option("--threads", whole_number(1), None, "CPU threads (all that the process may use)")
    option(
        "--out", str, None, "run folder, new or empty (runs/digits-<date>-<time>)", metavar="DIR"
    )
    train.set_defaults(run=run_train)


def whole_number(least: int) -> Callable[[str], int]:
    """A type of argument: a whole number of at least `least`."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(
                f"must be a whole number of at least {least}, got {text!r}"
            )
        return value

    return convert


def positive_number(text: str) -> float:
    """A type of argument: a finite number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return value


def run_train(arguments: argparse.Namespace) -> int:
    from tinygrad_c.cli.train import run

    return run(arguments)


def run_info(arguments: argparse.Namespace) -> int:
    from tinygrad_c.cli.info import run

    return run()
