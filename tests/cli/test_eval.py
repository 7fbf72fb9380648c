"""`tinygrad_c eval`: the scores of a run."""

import re
import shutil

import pytest

from tinygrad_c.train.report import PICTURES


def test_eval_prints_scores_and_draws_pictures(command, trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "run")
    for name in PICTURES:
        (folder / name).unlink()
    code, out, err = command("eval", folder, "--threads", "1")
    assert (code, err) == (0, "")
    first, header, *classes, last = out.splitlines()
    accuracy = float(
        re.search(r"mlp on digits, best .* accuracy ([\d.]+)%, .* 355 test images", first)[1]
    )
    assert header.split() == ["class", "images", "right", "mostly", "taken", "for"]
    assert len(classes) == 10
    right = sum(int(c.split()[1]) * float(c.split()[2][:-1]) for c in classes)
    assert right / 355 == pytest.approx(accuracy, abs=0.01)
    assert all((folder / name).stat().st_size > 1000 and name in last for name in PICTURES)


@pytest.mark.parametrize(("split", "images"), [("train", "1,085"), ("validation", "357")])
def test_other_parts_and_checkpoints(command, trained, tmp_path, split, images):
    folder = shutil.copytree(trained, tmp_path / "run")
    code, out, _ = command("eval", folder, "--split", split, "--checkpoint", "last")
    assert code == 0
    assert "last checkpoint (epoch 2)" in out
    assert f"on {images} {'training' if split == 'train' else split} images" in out


def test_a_run_without_a_checkpoint_is_refused(command, trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "run")
    (folder / "best.safetensors").unlink()
    code, _, err = command("eval", folder)
    assert (code, err.count("\n")) == (1, 1)
    assert "has no best.safetensors yet" in err


def test_a_folder_without_a_run_is_refused(command, tmp_path):
    code, _, err = command("eval", tmp_path / "absent")
    assert (code, err.count("\n")) == (1, 1)
    assert "absent holds no run" in err


def test_a_damaged_configuration_is_named(command, trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "run")
    (folder / "config.toml").write_text('model = "other"\n')
    code, _, err = command("eval", folder)
    assert (code, err.count("\n")) == (1, 1)
    assert "config.toml: model must be one of" in err
