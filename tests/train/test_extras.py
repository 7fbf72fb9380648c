"""What users read where a package of an extra is missing."""

import sys

import pytest

from tinygrad_c.extras import MissingPackageError, require


def test_an_installed_package_is_imported():
    assert require("json.decoder", extra="train") is sys.modules["json.decoder"]


@pytest.mark.parametrize("module", ["absent_package", "absent_package.part"])
def test_a_missing_package_is_named_with_its_pip_line(module):
    message = r"^absent_package is not installed: pip install 'tinygrad_c\[train\]'$"
    with pytest.raises(MissingPackageError, match=message):
        require(module, extra="train")


def test_a_package_that_is_there_but_broken_keeps_its_error(tmp_path, monkeypatch):
    (tmp_path / "broken_package.py").write_text("import absent_package")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'absent_package'") as info:
        require("broken_package", extra="train")
    assert info.type is ModuleNotFoundError
