"""The settings of a run: from the command line, a configuration file, or the run itself."""

from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from tinygrad_c.cli.arguments import MODEL, TRAIN_OPTIONS
from tinygrad_c.cli.errors import UsageError
from tinygrad_c.train.config import read_toml
from tinygrad_c.train.run import RunFiles
from tinygrad_c.train.setup import complete

OPTIONS = {"model": MODEL, **TRAIN_OPTIONS}
# What may change where a run goes on: all that leaves its numbers as they are.
FREE = ("data_dir", "epochs", "threads")


def settings_of(arguments: Namespace) -> dict[str, Any]:
    """The settings of `train`; what the command line says goes before what files say.

    Raises
    ------
    UsageError : where arguments contradict each other, or a file gives a wrong value.
    FileNotFoundError : where there is no such file, or no run to go on with.
    """
    given = {
        name: value
        for name, value in vars(arguments).items()
        if name in OPTIONS and value is not None
    }
    if arguments.resume:
        return resumed(arguments, given)
    if arguments.config:
        try:
            table = read_toml(Path(arguments.config))
        except ValueError as error:
            raise UsageError(f"--config {error}") from error
        given = {**checked(table, arguments.config), **given}
    settings = complete(given)
    check(settings)
    return settings


def checked(table: dict[str, Any], file: str | Path) -> dict[str, Any]:
    """The settings in a configuration file, each as its option converts it.

    Raises
    ------
    UsageError : where there is no such option or its value is wrong.
    """
    settings = {}
    for name, value in table.items():
        if name not in OPTIONS:
            raise UsageError(f"{file}: {name} is no option, there are {', '.join(OPTIONS)}")
        try:
            settings[name] = OPTIONS[name].from_file(value)
        except ArgumentTypeError as error:
            raise UsageError(f"{file}: {name} {error}") from None
    return settings


def run_settings(run: RunFiles) -> dict[str, Any]:
    """The settings of the run in a folder, checked.

    Raises
    ------
    ValueError : where its configuration is damaged.
    FileNotFoundError : where the folder holds no run.
    """
    try:
        settings = complete(checked(run.read_config(), run.config))
        check(settings)
    except UsageError as error:
        raise ValueError(str(error)) from error
    return settings


def resumed(arguments: Namespace, given: dict[str, Any]) -> dict[str, Any]:
    """The settings of the run in --out, with what `given` changes of them."""
    if not arguments.out:
        raise UsageError("--resume must come with --out, the folder of the run to go on with")
    if arguments.config:
        raise UsageError("--resume must not come with --config: a run keeps its configuration")
    settings = run_settings(RunFiles(arguments.out))
    for name, value in given.items():
        if name not in FREE and value != settings.get(name):
            raise UsageError(
                f"{flag(name)} must stay {settings.get(name)} where the run in {arguments.out} "
                f"goes on, got {value}"
            )
    if (
        settings["scheduler"] != "constant"
        and given.get("epochs", settings["epochs"]) != (settings["epochs"])
    ):
        raise UsageError(
            f"--epochs must stay {settings['epochs']} where the run in {arguments.out} goes on: "
            f"its learning rate follows the scheduler {settings['scheduler']} over all epochs"
        )
    return {**settings, **given}


def flag(name: str) -> str:
    """How the command line spells an option."""
    return "MODEL" if name == "model" else f"--{name.replace('_', '-')}"


def check(settings: dict[str, Any]) -> None:
    """UsageError where settings contradict each other."""
    if "hidden" in settings and settings["model"] != "mlp":
        raise UsageError(f"--hidden must come with the model mlp, got {settings['model']}")
    if settings["data"] != "digits" and "data_dir" not in settings:
        raise UsageError(f"--data {settings['data']} must come with --data-dir, its folder")
