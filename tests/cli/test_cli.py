"""What all commands share: help, versions, errors, exit codes."""

import re
import signal
import subprocess
import sys

import pytest

import tinygrad_c as tgc

PROGRAM = [sys.executable, "-m", "tinygrad_c"]


def test_the_module_is_the_command():
    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"tinygrad_c {tgc.__version__}\n"


@pytest.mark.parametrize("name", [None, "train", "eval", "predict"])
def test_help_has_examples(command, name):
    code, out, err = command(*([name] if name else []), "--help")
    assert (code, err) == (0, "")
    assert f"examples:\n  tinygrad_c {name or 'train'}" in out


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["train", "--epochs", "0"], "--epochs must be a whole number of at least 1, got '0'."),
        (["train", "--batch-size", "many"], "--batch-size must be .* at least 1, got 'many'."),
        (["train", "--hidden", "8", "-1"], "--hidden must be .* at least 1, got '-1'."),
        (["train", "--threads", "2.5"], "--threads must be .* at least 1, got '2.5'."),
        (["train", "--seed", "-1"], "--seed must be .* at least 0, got '-1'."),
        (["train", "--seed", "9" * 30], "--seed must be .* at least 0, got '999"),
        (["train", "--lr", "nan"], "--lr must be a number above 0, got 'nan'."),
        (["train", "--lr", "inf"], "--lr must be a number above 0, got 'inf'."),
        (["train", "--lr", "-3"], "--lr must be a number above 0, got '-3'."),
        (["train", "--lr"], "--lr: expected one argument."),
        (["train", "--label-smoothing", "1"], "--label-smoothing must be .* and below 1, got '1'."),
        (["train", "--optimizer", "magic"], "--optimizer must be one of adam, .*, got 'magic'."),
        (["train", "--data", "cats"], "--data must be one of digits.*, got 'cats'."),
        (["train", "--out", ""], "--out must be a text that is not empty, got ''."),
        (["train", "resnet"], "MODEL must be one of mlp, .*, got 'resnet'."),
        (["train", "softmax", "--hidden", "8"], "--hidden must come with the model mlp, got soft"),
        (["train", "--resume"], "--resume must come with --out, the folder of the run"),
        (["train", "--speed=9"], "unrecognized arguments: --speed=9."),
        (["eval"], "the following arguments are required: RUN."),
        (["eval", "run", "--checkpoint", "good"], "--checkpoint must be one of best, last, got"),
        (["predict", "run"], "the following arguments are required: IMAGE."),
        (["predict", "run", "x.png", "--top", "0"], "--top must be .* at least 1, got '0'."),
        (["fly"], "command: invalid choice: 'fly'"),
        ([], "the following arguments are required: command."),
    ],
)
def test_a_wrong_argument_is_one_sentence(command, argv, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = command(*argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("tinygrad_c")
    assert re.search(sentence, err)
    assert "--help`." in err
    assert not list(tmp_path.iterdir())


def test_info_says_what_a_result_depends_on(command):
    code, out, _ = command("info")
    facts = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert code == 0
    assert list(facts) == [
        *["tinygrad_c", "python", "numpy", "safetensors", "platform", "isa", "threads"],
        *["compiler", "flags", "memory"],
    ]
    assert facts["tinygrad_c"] == tgc.__version__
    assert "generic" in facts["isa"]
    assert "-ffp-contract=off" in facts["flags"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_outside_of_training_is_a_sentence(command, monkeypatch, number, code):
    def interrupt(arguments):
        signal.raise_signal(number)
        # The same wish once more, as from a terminal and from `make`: it changes nothing.
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(number)
    monkeypatch.setattr("tinygrad_c.cli.info.run", interrupt)
    assert command("info") == (code, "", "Interrupted.\n")
    assert signal.getsignal(number) is before


def test_a_signal_that_another_exception_hides_is_told(command, monkeypatch):
    """Extension modules that are cut short while they are imported raise ImportError."""

    def interrupt(arguments):
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    monkeypatch.setattr("tinygrad_c.cli.info.run", interrupt)
    assert command("info") == (143, "", "Interrupted.\n")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device", "/disk/x"), "/disk/x: No space left on device"),
        (ValueError("a\n  b"), "a b"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_a_failure_is_a_sentence(command, monkeypatch, error, sentence):
    def fail(arguments):
        raise error

    monkeypatch.setattr("tinygrad_c.cli.info.run", fail)
    assert command("info") == (1, "", f"tinygrad_c info: {sentence}\n")


def test_a_reader_that_goes_away_is_no_error():
    """As in `tinygrad_c info | head -0`."""
    with subprocess.Popen(
        [*PROGRAM, "info"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
