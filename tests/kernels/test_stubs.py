"""The .pyi beside a binding says what the binding has: editors and mypy read nothing else."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import tinygrad_c._kernels

SOURCES = Path(__file__).parents[2] / "tinygrad_c" / "_kernels"
MODULES = sorted(path.stem for path in SOURCES.glob("*.pyx"))


def stub_of(module):
    """{name: its parameters with defaults as text, None for what is no function}."""
    found = {}
    for node in ast.parse((SOURCES / f"{module}.pyi").read_text()).body:
        if isinstance(node, ast.FunctionDef):
            defaults = [None] * (len(node.args.args) - len(node.args.defaults)) + [
                ast.unparse(default) for default in node.args.defaults
            ]
            found[node.name] = [
                (argument.arg, default)
                for argument, default in zip(node.args.args, defaults, strict=True)
            ]
            if node.args.vararg:
                found[node.name].append((node.args.vararg.arg, None))
        elif isinstance(node, ast.ClassDef):
            found[node.name] = None
    return found


def binding_of(module):
    """The same of the compiled module, without what starts with an underscore."""
    compiled = import_module(f"{tinygrad_c._kernels.__name__}.{module}")
    return {
        name: None if isinstance(value, type) else parameters_of(value)
        for name, value in vars(compiled).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == compiled.__name__
        if isinstance(value, type) or callable(value)
    }


def parameters_of(function):
    return [
        (name, None if parameter.default is parameter.empty else repr(parameter.default))
        for name, parameter in inspect.signature(function).parameters.items()
    ]


@pytest.mark.parametrize("module", MODULES)
def test_a_stub_says_what_its_binding_has(module):
    assert stub_of(module) == binding_of(module)
