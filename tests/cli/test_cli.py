"""The command line, as its users meet it."""

import json
import re
import signal
import subprocess
import sys

import pytest

import tinygrad_c as tgc
from tinygrad_c.cli import main

PROGRAM = [sys.executable, "-m", "tinygrad_c"]


def run_main(capsys, *argv):
    """(exit code, standard output, standard error) of a command line."""
    try:
        code = main(argv)
    except SystemExit as end:
        code = end.code
    return code, *capsys.readouterr()


def test_the_module_is_the_command():
    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"tinygrad_c {tgc.__version__}\n"


@pytest.mark.parametrize("command", [(), ("train",)])
def test_help_has_examples(capsys, command):
    code, out, err = run_main(capsys, *command, "--help")
    assert (code, err) == (0, "")
    assert "examples:\n  tinygrad_c train" in out


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["train", "--epochs", "0"], "--epochs must be a whole number of at least 1, got '0'."),
        (["train", "--batch-size", "many"], "--batch-size must be .* at least 1, got 'many'."),
        (["train", "--hidden", "8", "-1"], "--hidden must be .* at least 1, got '-1'."),
        (["train", "--threads", "2.5"], "--threads must be .* at least 1, got '2.5'."),
        (["train", "--seed", "-1"], "--seed must be .* at least 0, got '-1'."),
        (["train", "--lr", "nan"], "--lr must be a number above 0, got 'nan'."),
        (["train", "--lr", "-3"], "--lr must be a number above 0, got '-3'."),
        (["train", "--lr"], "--lr: expected one argument."),
        (["train", "--speed", "9"], "unrecognized arguments: --speed 9."),
        (["fly"], "command: invalid choice: 'fly'"),
        ([], "the following arguments are required: command."),
    ],
)
def test_a_wrong_argument_is_one_sentence(capsys, argv, sentence):
    code, out, err = run_main(capsys, *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("tinygrad_c")
    assert re.search(sentence, err)


def test_info_says_what_a_result_depends_on(capsys):
    code, out, _ = run_main(capsys, "info")
    facts = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert code == 0
    assert list(facts) == [
        *["tinygrad_c", "python", "numpy", "safetensors", "platform", "isa", "threads"],
        *["compiler", "flags", "memory"],
    ]
    assert facts["tinygrad_c"] == tgc.__version__
    assert "generic" in facts["isa"]
    assert "-ffp-contract=off" in facts["flags"]


def test_train_leaves_a_run(capsys, tmp_path):
    threads = tgc.get_num_threads()
    out_folder = tmp_path / "run"
    argv = ["train", "--epochs", "2", "--hidden", "16", "8", "--threads", "1", "--seed", "5"]
    code, out, err = run_main(capsys, *argv, "--out", str(out_folder))
    tgc.set_num_threads(threads)
    assert (code, err) == (0, "")
    assert "epoch 1/2  loss" in out
    assert "Test accuracy" in out
    config = json.loads((out_folder / "config.json").read_text())
    assert (config["hidden"], config["seed"], config["threads"]) == ([16, 8], 5, 1)
    assert config["environment"]["tinygrad_c"] == tgc.__version__
    checkpoint = tgc.load(out_folder / "checkpoint.safetensors")
    assert [tuple(p.shape) for p in checkpoint["model"].values()] == [
        *[(16, 64), (16,), (8, 16), (8,), (10, 8), (10,)],
    ]
    assert (out_folder / "curves.png").exists()
    code, _, err = run_main(capsys, "train", "--out", str(out_folder))
    assert (code, err.count("\n")) == (1, 1)
    assert "already holds a run" in err


def test_the_same_seed_gives_the_same_model(capsys, tmp_path):
    for name in ("a", "b"):
        argv = ["train", "--epochs", "1", "--hidden", "--out", str(tmp_path / name)]
        assert run_main(capsys, *argv)[0] == 0
    a, b = (tgc.load(tmp_path / name / "checkpoint.safetensors")["model"] for name in "ab")
    assert {k: v.tolist() for k, v in a.items()} == {k: v.tolist() for k, v in b.items()}


def test_five_seeds_read_97_percent_of_the_test_digits(capsys, tmp_path):
    accuracies = []
    for seed in range(5):
        argv = ["train", "--seed", str(seed), "--out", str(tmp_path / str(seed))]
        _, out, _ = run_main(capsys, *argv)
        accuracies.append(float(out.split("Test accuracy ")[1].split("%")[0]))
    assert sum(accuracies) / 5 >= 97, accuracies


def test_ctrl_c_saves_the_model(tmp_path):
    argv = ["train", "--epochs", "100000", "--out", str(tmp_path / "run")]
    with subprocess.Popen(
        [*PROGRAM, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not process.stdout.readline().startswith("epoch"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "the model is saved in" in err
    assert "Traceback" not in err
    assert len(tgc.load(tmp_path / "run" / "checkpoint.safetensors")["history"]) >= 1
    assert (tmp_path / "run" / "curves.png").exists()


def test_an_interrupt_outside_training_is_a_sentence(capsys, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_c.cli.info.run", interrupt)
    assert run_main(capsys, "info") == (130, "", "Interrupted.\n")
