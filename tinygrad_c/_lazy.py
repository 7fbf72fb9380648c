"""Submodules that are imported when they are first used (PEP 562): those that take their time."""

import sys
from importlib import import_module


def lazy(package, *names):
    """The `__getattr__` and the `__dir__` of a package that has these submodules."""

    def get(name):
        if name in names:
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names_of():
        return sorted({*vars(sys.modules[package]), *names})

    return get, names_of
