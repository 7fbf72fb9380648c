"""The commands on data sets that are read from files."""

import re

import numpy as np
import pytest
import real_data
from image_files import write_cifar10, write_mnist
from PIL import Image

from tinygrad_c.train.report import PICTURES


def test_train_eval_and_predict_with_mnist(command, tmp_path):
    write_mnist(tmp_path / "mnist", train=360, test=50)
    data, run = ["--data-dir", tmp_path / "mnist"], tmp_path / "run"
    argv = ["train", "softmax", "--data", "mnist", *data, "--epochs", "3", "--batch-size", "30"]
    code, out, err = command(*argv, "--out", run)
    assert (code, err) == (0, "")
    assert "Training softmax (7,850 parameters) on mnist" in out
    assert all((run / name).exists() for name in PICTURES)
    assert (run / "config.toml").read_text().count(f'data_dir = "{tmp_path}/mnist"') == 1

    (tmp_path / "mnist").rename(tmp_path / "moved")
    code, _, err = command("eval", run)
    assert (code, err.count("\n")) == (1, 1)
    assert "must be in" in err
    assert "Pass --download" in err
    code, out, err = command("eval", run, "--data-dir", tmp_path / "moved")
    assert (code, err) == (0, "")
    assert "on 50 test images" in out
    more = ["--resume", "--epochs", "4", "--data-dir", tmp_path / "moved", "--out", run]
    code, out, err = command("train", *more)
    assert (code, err) == (0, "")
    assert "with epoch 4" in out

    Image.fromarray(np.full((28, 28), 200, np.uint8)).save(tmp_path / "grey.png")
    code, out, err = command("predict", run, tmp_path / "grey.png")
    assert (code, err, out.count("%")) == (0, "", 3)


@pytest.mark.filterwarnings("default:CIFAR10")
@pytest.mark.parametrize("model", ["lenet5", "course-cnn"])
def test_train_with_cifar10_in_colour(command, tmp_path, model):
    write_cifar10(tmp_path / "cifar10")
    data = ["--data", "cifar10", "--data-dir", tmp_path / "cifar10"]
    code, out, err = command("train", model, *data, "--epochs", "1", "--out", tmp_path / "run")
    assert code == 0
    assert "on cifar10" in out
    assert re.fullmatch(r"(Warning: CIFAR10: the files in .* hold .* pictures\n)+", err)
    assert "bird" in command("eval", tmp_path / "run")[1]


def test_a_data_set_of_files_needs_its_folder(command, tmp_path):
    code, out, err = command("train", "--data", "mnist", "--out", tmp_path / "run")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--data mnist must come with --data-dir, its folder" in err
    code, out, err = command(
        "train", "--data", "mnist", "--data-dir", tmp_path, "--out", tmp_path / "r"
    )
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz must be in" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_mnist_is_read_with_98_percent_after_two_epochs(command, tmp_path):
    data = ["--data", "mnist", "--data-dir", real_data.folder("mnist")]
    code, out, err = command("train", *data, "--epochs", "2", "--out", tmp_path / "run")
    assert (code, err) == (0, "")
    assert float(re.search(r"Test accuracy ([\d.]+)% of 10,000", out)[1]) >= 98
