"""The arguments of the command line: their names, their limits, their help."""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NoReturn

from tinygrad_c import __version__
from tinygrad_c.train.data import SPECS
from tinygrad_c.train.setup import DEFAULTS, DEFAULTS_BY_DATA, OPTIMIZERS, SCHEDULERS
from tinygrad_c.vision.models import list_models

EXAMPLES = """\
examples:
  tinygrad_c train                                     a network that reads handwritten digits
  tinygrad_c train mlp --hidden 128 64 --out runs/a    another one, kept in runs/a
  tinygrad_c eval runs/a                               how good it is, class by class
  tinygrad_c predict runs/a digit.png                  what it reads in an image
  tinygrad_c info                                      what this installation runs on
"""
TRAIN_EXAMPLES = """\
The digits come with the package; the other data sets are read from --data-dir.
The run folder receives config.toml, environment.json, metrics.csv, last.safetensors and
best.safetensors, and at the end curves.png, confusion.png, filters.png and mistakes.png.
Ctrl-C saves the state at once; --resume goes on, to the very same result.

examples:
  tinygrad_c train
  tinygrad_c train course-cnn --data mnist --data-dir data --download
  tinygrad_c train mlp --epochs 10 --batch-size 64 --lr 0.005 --hidden 128 64
  tinygrad_c train softmax --optimizer sgd --seed 7 --out runs/linear
  tinygrad_c train --resume --out runs/linear
  tinygrad_c train --config runs/linear/config.toml --seed 8 --out runs/again
"""
EVAL_EXAMPLES = """\
Prints loss and accuracy, and those of every class, and draws the pictures of the run anew.

examples:
  tinygrad_c eval runs/a
  tinygrad_c eval runs/a --checkpoint last --split validation
"""
PREDICT_EXAMPLES = """\
An image must have the size and the colours of the images that the model was trained on, light
strokes on a dark ground for digits. For others, --fit scales and converts them, and --invert
turns dark strokes on a light ground around.

examples:
  tinygrad_c predict runs/a digit.png
  tinygrad_c predict runs/a photo.jpg --fit --invert
"""


class Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ").replace(": must", " must", 1)
        self.exit(2, f"{self.prog}: {message}. See `{self.prog} --help`.\n")


def whole_number(least: int) -> Callable[[Any], int]:
    """A type of argument: a whole number of at least `least`."""

    def convert(given: Any) -> int:
        try:
            value = int(given) if isinstance(given, str) else as_int(given)
        except ValueError:
            value = least - 1
        if not least <= value < 2**63:
            raise argparse.ArgumentTypeError(
                f"must be a whole number of at least {least}, got {given!r}"
            )
        return value

    return convert


def as_int(given: Any) -> int:
    """`given`, if it is an int; TOML's booleans and floats are none."""
    if type(given) is not int:
        raise ValueError
    return given


def number(least: float, above: bool, below: float = math.inf) -> Callable[[Any], float]:
    """A type of argument: a finite number above `least`, or from it on, and below `below`."""
    limits = f"{'above' if above else 'of at least'} {least:g}"
    if below < math.inf:
        limits += f" and below {below:g}"

    def convert(given: Any) -> float:
        try:
            value = math.nan if isinstance(given, bool) else float(given)
        except (TypeError, ValueError):
            value = math.nan
        if not (least < value if above else least <= value) or not value < below:
            raise argparse.ArgumentTypeError(f"must be a number {limits}, got {given!r}")
        return value

    return convert


def one_of(names: Sequence[str]) -> Callable[[Any], str]:
    """A type of argument: one of `names`."""

    def convert(given: Any) -> str:
        if given not in names:
            raise argparse.ArgumentTypeError(f"must be one of {', '.join(names)}, got {given!r}")
        return given

    return convert


def text(given: Any) -> str:
    """A type of argument: any text that a file can hold, not empty."""
    try:
        if given and given.encode():
            return given
    except (AttributeError, UnicodeEncodeError):
        pass
    raise argparse.ArgumentTypeError(f"must be a text that is not empty, got {given!r}")


@dataclass(frozen=True)
class Option:
    """An option of `train`: on the command line ``--name``, in a configuration ``name = ...``."""

    convert: Callable[[Any], Any]
    help: str
    more: dict[str, Any] = field(default_factory=dict)

    def from_file(self, value: Any) -> Any:
        """The value that a configuration file gives.

        Raises
        ------
        argparse.ArgumentTypeError : where it is wrong.
        """
        if "nargs" not in self.more or self.more["nargs"] == "?":
            return self.convert(value)
        if not isinstance(value, list):
            raise argparse.ArgumentTypeError(f"must be a list, got {value!r}")
        return [self.convert(member) for member in value]


def by_data(name: str) -> str:
    """The default of an option for every data set, in words."""
    values = {data: {**DEFAULTS, **own}[name] for data, own in DEFAULTS_BY_DATA.items()}
    return ", ".join(f"{data} {value}" for data, value in values.items())


NAME, NUMBER = {"metavar": "NAME"}, {"metavar": "N"}
RATES = ", ".join(f"{name} {choice.lr:g}" for name, choice in OPTIMIZERS.items())
MODEL = Option(one_of(list_models()), f"{', '.join(list_models())} ({DEFAULTS['model']})")
TRAIN_OPTIONS = {
    "data": Option(one_of(list(SPECS)), f"{', '.join(SPECS)} ({DEFAULTS['data']})", NAME),
    "data_dir": Option(text, "folder of the files of the data set", {"metavar": "DIR"}),
    "epochs": Option(
        whole_number(1), f"passes over the training images ({by_data('epochs')})", NUMBER
    ),
    "batch_size": Option(whole_number(1), f"images in a step ({by_data('batch_size')})", NUMBER),
    "optimizer": Option(
        one_of(list(OPTIMIZERS)), f"{', '.join(OPTIMIZERS)} ({DEFAULTS['optimizer']})", NAME
    ),
    "lr": Option(number(0, above=True), f"learning rate ({RATES})", {"metavar": "X"}),
    "scheduler": Option(
        one_of(list(SCHEDULERS)), f"{', '.join(SCHEDULERS)} ({DEFAULTS['scheduler']})", NAME
    ),
    "label_smoothing": Option(
        number(0, above=False, below=1),
        f"share of a target spread over all classes ({by_data('label_smoothing')})",
        {"metavar": "X"},
    ),
    "hidden": Option(
        whole_number(1),
        "widths of the hidden layers of mlp (256)",
        {"nargs": "*", "metavar": "N"},
    ),
    "seed": Option(whole_number(0), f"of all random numbers ({DEFAULTS['seed']})", NUMBER),
    "threads": Option(whole_number(1), "CPU threads (all that the process may use)", NUMBER),
}


class Help(argparse.RawDescriptionHelpFormatter):
    """Options in one column, their meaning in the next."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=100)


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments, with the function that runs the command as `run`."""
    parser = Parser(
        prog="tinygrad_c",
        description="A small, fast autograd engine with PyTorch's names.",
        epilog=EXAMPLES,
        formatter_class=Help,
    )
    parser.add_argument("--version", action="version", version=f"tinygrad_c {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    add_train(commands)
    add_eval(commands)
    add_predict(commands)
    add_command(commands, "info", "print what this installation runs on")
    return parser.parse_args(argv)


def add_command(commands: Any, name: str, summary: str, epilog: str = "") -> Parser:
    """A command that the module `tinygrad_c.cli.<name>` runs, imported when it is called."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=Help,
    )

    def run(arguments: argparse.Namespace) -> int:
        return import_module(f"tinygrad_c.cli.{name}").run(arguments)

    parser.set_defaults(run=run)
    return parser


def add_train(commands: Any) -> None:
    train = add_command(commands, "train", "train a model that classifies images", TRAIN_EXAMPLES)
    # Options that are not given are absent or None: a configuration file may give them.
    train.add_argument(
        "model",
        nargs="?",
        type=MODEL.convert,
        metavar="MODEL",
        help=MODEL.help,
    )
    for name, option in TRAIN_OPTIONS.items():
        train.add_argument(
            f"--{name.replace('_', '-')}",
            type=option.convert,
            default=argparse.SUPPRESS,
            help=option.help,
            **option.more,
        )
    train.add_argument("--config", type=text, metavar="FILE.toml", help="options from a file")
    train.add_argument(
        "--out", type=text, metavar="DIR", help="run folder (runs/<data>-<model>-<date>-<time>)"
    )
    train.add_argument("--resume", action="store_true", help="go on with the run in --out")
    add_download(train)


def add_eval(commands: Any) -> None:
    command = add_command(commands, "eval", "evaluate the model of a run", EVAL_EXAMPLES)
    add_run(command)
    command.add_argument(
        "--split",
        type=one_of(["train", "validation", "test"]),
        default="test",
        metavar="NAME",
        help="train, validation or test (%(default)s)",
    )
    command.add_argument("--data-dir", type=text, metavar="DIR", help="where the data set is now")
    add_download(command)
    command.add_argument(
        "--batch-size",
        type=whole_number(1),
        default=512,
        metavar="N",
        help="images at a time (%(default)s)",
    )


def add_predict(commands: Any) -> None:
    command = add_command(
        commands, "predict", "read images with the model of a run", PREDICT_EXAMPLES
    )
    add_run(command)
    command.add_argument("images", nargs="+", metavar="IMAGE", help="files: PNG, JPEG, ...")
    command.add_argument("--fit", action="store_true", help="scale and convert to what is needed")
    command.add_argument("--invert", action="store_true", help="exchange light and dark")
    command.add_argument(
        "--top", type=whole_number(1), default=3, metavar="N", help="classes to show (%(default)s)"
    )


def add_download(command: Parser) -> None:
    command.add_argument(
        "--download", action="store_true", help="get what is missing in --data-dir"
    )


def add_run(command: Parser) -> None:
    command.add_argument("folder", metavar="RUN", help="the folder of a run")
    command.add_argument(
        "--checkpoint",
        type=one_of(["best", "last"]),
        default="best",
        metavar="NAME",
        help="best or last (%(default)s)",
    )
    command.add_argument("--threads", type=whole_number(1), metavar="N", help="CPU threads")
