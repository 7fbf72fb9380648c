"""The command line, run in the process of the tests or in one of its own."""

import sys

import pytest

import tinygrad_c as tgc
from tinygrad_c.cli import main

PROGRAM = [sys.executable, "-m", "tinygrad_c"]
# Small enough for an instant.
TINY = ["mlp", "--hidden", "8", "--epochs", "2", "--batch-size", "128"]


@pytest.fixture
def command(capsys):
    """A function that runs a command line: (exit code, standard output, standard error)."""
    threads = tgc.get_num_threads()

    def run(*argv):
        try:
            code = main(list(map(str, argv)))
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    yield run
    tgc.set_num_threads(threads)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder of a run that is done; not to be changed."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    assert main(["train", *TINY, "--out", str(folder)]) == 0
    return folder
