"""The README tells the truth: its example prints what it says, its files and commands exist."""

import doctest
import re
import shlex
from pathlib import Path

from tinygrad_c.cli.arguments import parse

README = Path(__file__).parents[1] / "README.md"


def test_the_example_prints_what_the_readme_says():
    result = doctest.testfile(str(README), module_relative=False)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_the_files_of_the_readme_exist():
    paths = re.findall(r"`((?:csrc|tinygrad_c|\.ci)/[\w./]+)`", README.read_text())
    assert len(paths) > 10
    for path in paths:
        assert (README.parent / path).exists(), path


def test_the_readme_knows_how_long_the_files_are():
    rows = re.findall(r"^\| (`[^|]*) \| (\d+) \|", README.read_text(), re.MULTILINE)
    assert len(rows) > 10
    for names, lines in rows:
        paths = [README.parent / name for name in re.findall(r"`([^`]+)`", names)]
        found = sum(len(path.read_text().splitlines()) for path in paths)
        assert abs(found - int(lines)) <= 0.05 * found, (names, found)


def test_the_pictures_of_the_readme_exist_and_are_small():
    pictures = re.findall(r"docs/images/[\w.-]+", README.read_text())
    assert len(pictures) == 4
    for picture in pictures:
        assert 1000 < (README.parent / picture).stat().st_size < 50_000, picture


def test_the_commands_of_the_readme_are_accepted():
    lines = re.findall(r"^tinygrad_c .*", README.read_text(), re.MULTILINE)
    assert len(lines) > 5
    for line in lines:
        _, *argv = shlex.split(line, comments=True)
        assert callable(parse(argv).run)
