"""Packages that an extra installs, imported where they are used."""

from importlib import import_module
from types import ModuleType


class MissingPackageError(ImportError):
    """A package that an extra installs is not there; the message names the pip line."""


def require(module: str, extra: str) -> ModuleType:
    """The module `module`; MissingPackageError where its package is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        raise MissingPackageError(
            f"{package} is not installed: pip install 'tinygrad_c[{extra}]'", name=package
        ) from None
