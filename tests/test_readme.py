"""The README tells the truth: its example prints what it says, its files exist."""

import doctest
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_example_prints_what_the_readme_says():
    result = doctest.testfile(str(README), module_relative=False)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_the_files_of_the_readme_exist():
    paths = re.findall(r"`((?:csrc|tinygrad_c|\.ci)/[\w./]+)`", README.read_text())
    assert len(paths) > 10
    for path in paths:
        assert (README.parent / path).exists(), path
