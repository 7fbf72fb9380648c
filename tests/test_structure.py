"""The rules of the house that a machine can check: who imports whom, sizes, flags."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_c

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tinygrad_c"

# A layer may import from itself and from those before it. `tensor` is the class and what stands
# around it; the errors, names of dtypes, extras and `lazy` are imported by all.
LAYERS = [
    ["cuda", "errors", "extras", "return_types", "_lazy"],
    ["_kernels"],
    ["dtypes", "autograd"],
    ["ops"],
    ["printing", "methods", "tensor", "creation", "serialization", "variants", "_functions"],
    ["nn", "optim", "utils", "vision"],
    ["train"],
    ["cli"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# The graph itself: below the operations, and without them.
GRAPH = {"node", "plan", "op", "engine", "views", "modes"}

sources = pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)


def imported(path):
    """The modules of the package that a file imports at its top level, without the package name.

    Imports inside functions are made when they are needed: they do not order the modules."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tinygrad_c"):
            parts = node.module.split(".")[1:]
            if parts:
                yield parts
            else:
                yield from ([alias.name] for alias in node.names)


def layer_of(path):
    """The first part of the module's name."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@sources
def test_imports_point_one_way(path):
    own = layer_of(path)
    if own not in LEVEL:
        assert own in {"__init__", "__main__", "_pure"}, f"{own} has no place among the layers"
        return
    for parts in imported(path):
        if parts[0] in LEVEL:
            assert LEVEL[parts[0]] <= LEVEL[own], f"{own} imports {'.'.join(parts)}"


@pytest.mark.parametrize("name", sorted(GRAPH))
def test_the_graph_imports_neither_operations_nor_tensor(name):
    for parts in imported(PACKAGE / "autograd" / f"{name}.py"):
        assert parts[0] in {"_kernels", "autograd", "errors"}
        assert parts[0] != "autograd" or len(parts) == 1 or parts[1] in GRAPH


@sources
def test_files_and_functions_are_short(path):
    text = path.read_text()
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = node.end_lineno - node.lineno + 1
            docstring = ast.get_docstring(node, clean=False)
            length -= docstring.count("\n") + 1 if docstring else 0
            assert length <= 60, f"{node.name} has {length} lines"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "csrc").rglob("*.[ch]")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_c_files_are_short_and_know_no_python(path):
    text = path.read_text()
    assert text.count("\n") <= 500
    assert "Python.h" not in text


@pytest.mark.parametrize("path", sorted((PACKAGE / "ops").glob("*.py")), ids=lambda p: p.stem)
def test_operations_move_no_data_with_numpy(path):
    assert "numpy" not in {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
        )
    }


def test_no_flag_that_changes_floating_point_or_the_cpu():
    code = re.sub(r"#.*", "", (ROOT / "setup.py").read_text())
    for flag in ("-ffast-math", "-Ofast", "-march=native"):
        assert flag not in code


def test_nothing_unpickles_or_evaluates():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not names & {"pickle", "marshal", "shelve"}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, path


def test_public_functions_have_docstrings():
    missing = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not ast.get_docstring(node):
                missing.append(f"{path.stem}.{node.name}")
    assert missing == []


def test_public_docstrings_state():
    for owner in (tinygrad_c, tinygrad_c.Tensor):
        for name in dir(owner):
            if not name.startswith("_"):
                assert "?" not in (getattr(owner, name).__doc__ or ""), name


def test_the_import_brings_no_module_that_few_use():
    script = "import sys, tinygrad_c; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    few = {"ssl", "http.client", "urllib.request", "tarfile", "tempfile", "hashlib", "matplotlib"}
    assert few.isdisjoint(done.stdout.split())


def test_submodules_that_the_import_leaves_out_are_there():
    script = """if True:
        import sys
        import tinygrad_c as torch
        left_out = {"tinygrad_c.vision", "tinygrad_c.utils.data"}
        assert left_out.isdisjoint(sys.modules)
        assert "vision" in dir(torch) and "data" in dir(torch.utils)
        assert torch.utils.data.DataLoader and torch.vision.datasets.MNIST
        assert left_out <= set(sys.modules)
        torch.visions
    """
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert "AttributeError: module 'tinygrad_c' has no attribute 'visions'" in done.stderr


def test_sources_without_kernels_say_so(tmp_path):
    ignore = shutil.ignore_patterns("*.so", "*.c", "__pycache__", "digits")
    shutil.copytree(PACKAGE, tmp_path / "tinygrad_c", ignore=ignore)
    done = subprocess.run(
        [sys.executable, "-c", "import tinygrad_c"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert f"the kernels in {tmp_path / 'tinygrad_c' / '_kernels'} are not built" in done.stderr
