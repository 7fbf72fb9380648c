"""`tinygrad_c train`: the run folder, configurations, going on."""

import json
import re
import subprocess
import time
import tomllib

import pytest

import tinygrad_c as tgc
from tinygrad_c.train.report import PICTURES

TINY = ["mlp", "--hidden", "8", "--epochs", "2", "--batch-size", "128"]
RECORD = ["best.safetensors", "config.toml", "environment.json", "last.safetensors", "metrics.csv"]


def model_of(folder, name="last"):
    state = tgc.load(folder / f"{name}.safetensors")["model"]
    return {key: value.tolist() for key, value in state.items()}


def test_train_leaves_a_run(command, tmp_path):
    folder = tmp_path / "run"
    argv = ["mlp", "--epochs", "2", "--hidden", "16", "8", "--threads", "1", "--seed", "5"]
    code, out, err = command("train", *argv, "--out", folder)
    assert (code, err) == (0, "")
    assert "Training mlp (1,266 parameters) on digits" in out
    assert "epoch 1/2  loss" in out
    assert "Test accuracy" in out
    assert sorted(p.name for p in folder.iterdir()) == sorted([".lock", *RECORD, *PICTURES])
    config = tomllib.loads((folder / "config.toml").read_text())
    assert config == {
        "model": "mlp",
        "data": "digits",
        "epochs": 2,
        "batch_size": 32,
        "optimizer": "adam",
        "lr": config["lr"],
        "scheduler": config["scheduler"],
        "label_smoothing": 0.1,
        "hidden": [16, 8],
        "seed": 5,
        "threads": 1,
    }
    environment = json.loads((folder / "environment.json").read_text())
    assert environment["tinygrad_c"] == tgc.__version__
    assert (environment["seed"], environment["threads"].split()[0]) == (5, "1")
    assert [tuple(p.shape) for p in tgc.load(folder / "last.safetensors")["model"].values()] == [
        *[(16, 64), (16,), (8, 16), (8,), (10, 8), (10,)],
    ]


def test_the_commit_is_recorded(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "file").write_text("a")
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    for changed in (False, True):
        if changed:
            (tmp_path / "file").write_text("b")
        assert command("train", *TINY, "--out", f"runs/{changed}")[0] == 0
        facts = json.loads((tmp_path / f"runs/{changed}/environment.json").read_text())
        assert facts["commit"] == head.stdout.strip() + "+" * changed


def test_the_folder_has_a_name_by_default(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert command("train", *TINY)[0] == 0
    names = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(names) == 2
    assert all(name.startswith("digits-mlp-2") for name in names)


def test_the_same_seed_gives_the_same_model_for_any_number_of_threads(command, tmp_path):
    for name, threads in (("a", 1), ("b", 2), ("c", 3)):
        argv = ["train", *TINY, "--threads", threads, "--out", tmp_path / name]
        assert command(*argv)[0] == 0
    assert command("train", *TINY, "--seed", "1", "--out", tmp_path / "d")[0] == 0
    a, b, c, d = (model_of(tmp_path / name) for name in "abcd")
    assert a == b == c != d


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("constant", [1, 1, 1, 1]),
        ("cosine", [1, 0.853553, 0.5, 0.146447]),
        ("exponential", [1, 0.316228, 0.1, 0.0316228]),
        ("step", [1, 1, 0.1, 0.1]),
    ],
)
def test_schedulers(command, tmp_path, name, rates):
    run = tmp_path / "run"
    argv = ["train", *TINY, "--epochs", "4", "--scheduler", name, "--lr", "0.01", "--out", run]
    assert command(*argv)[0] == 0
    history = tgc.load(run / "last.safetensors")["history"]
    assert [epoch["lr"] for epoch in history] == pytest.approx([0.01 * r for r in rates], rel=1e-5)
    code, _, err = command("train", "--resume", "--epochs", "6", "--out", run)
    assert code == (0 if name == "constant" else 2)
    assert ("--epochs must stay 4 where the run in" in err) is (name != "constant")


@pytest.mark.slow
def test_five_seeds_of_the_default_read_98_percent_of_the_test_digits(command, tmp_path):
    accuracies = []
    for seed in range(5):
        start = time.monotonic()
        code, out, _ = command("train", "--seed", seed, "--out", tmp_path / str(seed))
        assert (code, time.monotonic() - start < 60) == (0, True)
        accuracies.append(float(re.search(r"Test accuracy ([\d.]+)%", out)[1]))
    assert sum(accuracies) / 5 >= 98, accuracies


# Configurations


def test_a_configuration_gives_options_and_the_command_line_goes_before(command, tmp_path):
    (tmp_path / "c.toml").write_text('model = "softmax"\nepochs = 1\nlr = 1\nbatch_size = 256\n')
    argv = ["train", "--config", tmp_path / "c.toml", "--lr", "0.5", "--out", tmp_path / "run"]
    assert command(*argv)[0] == 0
    config = tomllib.loads((tmp_path / "run" / "config.toml").read_text())
    assert (config["model"], config["epochs"], config["lr"]) == ("softmax", 1, 0.5)


def test_the_configuration_of_a_run_repeats_it(command, tmp_path, trained):
    argv = ["train", "--config", trained / "config.toml", "--out", tmp_path / "again"]
    assert command(*argv)[0] == 0
    assert model_of(tmp_path / "again") == model_of(trained)
    config = (tmp_path / "again" / "config.toml").read_text()
    assert config == (trained / "config.toml").read_text()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("epochs = 0", "c.toml: epochs must be a whole number of at least 1, got 0"),
        ("epochs = true", "c.toml: epochs must be a whole number of at least 1, got True"),
        ("epochs = 1.5", "c.toml: epochs must be a whole number of at least 1, got 1.5"),
        ("lr = true", "c.toml: lr must be a number above 0, got True"),
        ("lr = [1]", "c.toml: lr must be a number above 0, got [1]"),
        ("model = 3", "c.toml: model must be one of mlp"),
        ("data = []", "c.toml: data must be one of digits"),
        ("data_dir = 3", "c.toml: data_dir must be a text that is not empty, got 3"),
        ("hidden = 8", "c.toml: hidden must be a list, got 8"),
        ('hidden = ["8", 0]', "c.toml: hidden must be a whole number of at least 1, got 0"),
        ("speed = 3", "c.toml: speed is no option, there are model, data, "),
        ("speed", "c.toml' must be a TOML file, got "),
    ],
)
def test_a_wrong_configuration_is_one_sentence(command, tmp_path, content, sentence):
    (tmp_path / "c.toml").write_text(content)
    code, out, err = command("train", "--config", tmp_path / "c.toml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_a_missing_configuration_is_named(command, tmp_path):
    code, _, err = command("train", "--config", tmp_path / "absent.toml")
    assert (code, err.count("\n")) == (1, 1)
    assert "absent.toml: No such file" in err


# Going on


def test_a_run_goes_on_for_more_epochs_with_the_same_bits(command, tmp_path):
    argv = ["train", *TINY]
    assert command(*argv, "--epochs", "4", "--out", tmp_path / "straight")[0] == 0
    assert command(*argv, "--epochs", "2", "--out", tmp_path / "run")[0] == 0
    tgc.manual_seed(77)
    more = ["train", "--resume", "--epochs", "4", "--threads", "1", "--out", tmp_path / "run"]
    code, out, err = command(*more)
    assert (code, err) == (0, "")
    assert "Going on with mlp (610 parameters) on digits with epoch 3" in out
    for name in ("last", "best"):
        assert model_of(tmp_path / "run", name) == model_of(tmp_path / "straight", name)
    code, out, _ = command("train", "--resume", "--out", tmp_path / "run")
    assert code == 0
    assert "all 4 epochs are done" in out
    assert model_of(tmp_path / "run") == model_of(tmp_path / "straight")


@pytest.mark.parametrize(
    ("argv", "code", "sentence"),
    [
        (["--lr", "9"], 2, "--lr must stay 0.002 where the run in "),
        (["softmax"], 2, "MODEL must stay mlp where the run in "),
        (["--config", "c.toml"], 2, "--resume must not come with --config"),
    ],
)
def test_what_a_run_that_goes_on_cannot_change(command, trained, argv, code, sentence):
    result, out, err = command("train", *argv, "--resume", "--out", trained)
    assert (result, out, err.count("\n")) == (code, "", 1)
    assert sentence in err


def test_there_must_be_a_run_to_go_on_with(command, tmp_path):
    code, _, err = command("train", "--resume", "--out", tmp_path)
    assert (code, err.count("\n")) == (1, 1)
    assert "holds no run: it has no config.toml" in err


def test_a_folder_holds_one_run(command, trained):
    code, _, err = command("train", *TINY, "--out", trained)
    assert (code, err.count("\n")) == (1, 1)
    assert "already holds a run" in err
    assert "go on with it by --resume" in err


@pytest.mark.parametrize("damage", ["", "no checkpoint", "cut"])
def test_a_damaged_checkpoint_is_named(command, tmp_path, damage):
    folder = tmp_path / "run"
    assert command("train", *TINY, "--out", folder)[0] == 0
    whole = (folder / "last.safetensors").read_bytes()
    (folder / "last.safetensors").write_bytes(whole[:5000] if damage == "cut" else damage.encode())
    code, _, err = command("train", "--resume", "--out", folder)
    assert (code, err.count("\n")) == (1, 1)
    assert "last.safetensors' must be a whole safetensors file" in err
    tgc.save({"epoch": 3}, folder / "last.safetensors")
    code, _, err = command("train", "--resume", "--out", folder)
    assert (code, err.count("\n")) == (1, 1)
    assert "must be the checkpoint of a run, got another file" in err
