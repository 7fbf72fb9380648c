"""Ctrl-C, SIGTERM and kill -9 at any moment: nothing is lost, and what goes on ends the same."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from random import Random

import pytest

import tinygrad_c as tgc
from tinygrad_c.cli import main
from tinygrad_c.cli.interrupts import Interrupted, interrupts
from tinygrad_c.train import read_checkpoint

PROGRAM = [sys.executable, "-m", "tinygrad_c"]
RUN = ["train", "mlp", "--hidden", "64", "--epochs", "8", "--batch-size", "8", "--seed", "3"]


def start(*argv):
    return subprocess.Popen(
        [*PROGRAM, *map(str, argv)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for_line(process, beginning):
    """Read the output until a line begins so."""
    while not process.stdout.readline().startswith(beginning):
        assert process.poll() is None, process.stderr.read()


def end(process, number):
    """Send a signal and wait: (exit code, standard error).

    The processor may have other work, in other tests or programs: what the process still computes
    after the signal, in seconds of its own time, must be below one.
    """
    spent = own_seconds(process.pid)
    others = children_seconds()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert children_seconds() - others - spent < 1
    return process.returncode, err


def own_seconds(pid):
    """The processor time of a process that runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    """The processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def weights(folder, name="last"):
    state = read_checkpoint(folder / f"{name}.safetensors")["model"]
    return {key: value.tolist() for key, value in state.items()}


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The weights, last and best, of a run that nothing interrupts."""
    folder = tmp_path_factory.mktemp("straight") / "run"
    assert main([*RUN, "--out", str(folder)]) == 0
    return weights(folder), weights(folder, "best")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_saves_and_says_how_to_go_on(tmp_path, straight, number, code):
    folder = tmp_path / "a run"
    with start(*RUN, "--epochs", "100000", "--out", folder) as process:
        wait_for_line(process, "epoch ")
        returned, err = end(process, number)
    assert (returned, err.count("\n")) == (code, 1)
    resume = f"tinygrad_c train --resume --out '{folder}'"
    assert re.fullmatch(rf"Interrupted in epoch \d+, saved. Go on with: {resume}\n", err)
    state = read_checkpoint(folder / "last.safetensors")
    assert len(state["history"]) >= 1
    epochs = str(max(8, len(state["history"]) + 1))
    assert main(["train", "--resume", "--out", str(folder), "--epochs", epochs]) == 0
    if epochs == "8":
        assert (weights(folder), weights(folder, "best")) == straight


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_interrupts_at_random_moments(tmp_path, straight, seed):
    """Signals, until the run is done; each is answered at once, and the end is the same."""
    random = Random(seed)
    argv, signals = [*RUN, "--out", tmp_path / "run"], 0
    while True:
        with start(*argv) as process:
            if signals == 0:
                wait_for_line(process, "Training")
            else:
                wait_for_line(process, ("Going on", "Training", "mlp"))
            time.sleep(random.random() * 0.15)
            number = random.choice([signal.SIGINT, signal.SIGTERM])
            code, err = end(process, number)
        if code == 0:
            break
        signals += 1
        assert code == 128 + number, err
        assert "Traceback" not in err
        assert "Go on with: tinygrad_c train --resume" in err
        argv = ["train", "--resume", "--out", tmp_path / "run"]
        if signals == 20:
            assert main(list(map(str, argv))) == 0
            break
    assert (weights(tmp_path / "run"), weights(tmp_path / "run", "best")) == straight


def test_a_signal_that_a_callback_swallows_is_raised_again():
    class Referent:
        pass

    referent = Referent()
    reference = weakref.ref(referent, lambda _: signal.raise_signal(signal.SIGTERM))
    before = sys.unraisablehook, signal.getsignal(signal.SIGALRM)
    with pytest.raises(Interrupted) as caught, interrupts:
        del referent
        time.sleep(10)
    assert reference() is None
    assert caught.value.code == 143
    assert (sys.unraisablehook, signal.getsignal(signal.SIGALRM)) == before


SAVE_FOREVER = """
import sys
import tinygrad_c as tgc
from tinygrad_c.train import RunFolder
from tinygrad_c.train.data import load_data
from tinygrad_c.train.setup import complete, make_trainer
from tinygrad_c.utils.data import DataLoader

settings = complete({"model": "mlp", "hidden": [64]})
data = load_data("digits", None)
with RunFolder(sys.argv[1], settings, resume=sys.argv[2] == "again", save_every=0) as folder:
    trainer = make_trainer(settings, [folder])
    folder.restore(trainer)
    print("begun", flush=True)
    trainer.fit(DataLoader(data.train, 32, shuffle=True), DataLoader(data.validation, 512), 10**9)
"""


def kill(folder, times, random):
    """Kill a training that saves after every step at random moments; it goes on each time."""
    place = (0, 0)
    for attempt in range(times):
        how = "again" if attempt else "anew"
        with subprocess.Popen(
            [sys.executable, "-c", SAVE_FOREVER, folder, how], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout.readline() == b"begun\n"
            time.sleep(random.random() * 0.05)
            process.kill()
        if (folder / "last.safetensors").exists():
            state = read_checkpoint(folder / "last.safetensors")
            reached = (len(state["history"]), state["batch"])
            assert reached >= place
            place = reached
        if (folder / "best.safetensors").exists():
            read_checkpoint(folder / "best.safetensors")
        assert len(list(folder.glob("*.tmp"))) <= 1
    return place


def test_a_kill_leaves_a_checkpoint_to_go_on_from(tmp_path):
    assert kill(tmp_path / "run", 3, Random(0)) > (0, 0)


@pytest.mark.slow
def test_200_kills_leave_checkpoints_to_go_on_from(tmp_path):
    assert kill(tmp_path / "run", 200, Random(1)) > (1, 0)


@pytest.mark.slow
def test_a_run_that_is_killed_ends_with_the_same_bits(tmp_path, straight):
    random = Random(2)
    argv = [*RUN, "--out", tmp_path / "run"]
    for _ in range(10):
        with start(*argv) as process:
            wait_for_line(process, ("Training", "Going on", "mlp"))
            time.sleep(random.random() * 0.1)
            process.kill()
        argv = ["train", "--resume", "--out", tmp_path / "run"]
    assert main(list(map(str, argv))) == 0
    assert (weights(tmp_path / "run"), weights(tmp_path / "run", "best")) == straight


def test_two_runs_in_one_folder(tmp_path):
    with start(*RUN, "--epochs", "100000", "--out", tmp_path / "run") as process:
        wait_for_line(process, "epoch ")
        with start("train", "--resume", "--out", tmp_path / "run") as second:
            out, err = second.communicate(timeout=60)
        assert (second.returncode, out, err.count("\n")) == (1, "", 1)
        assert f"another training (process {process.pid}) is writing to this folder" in err
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert tgc.load(tmp_path / "run" / "last.safetensors")["history"]


def test_a_full_disk_is_a_sentence_and_leaves_the_old_checkpoint(tmp_path):
    """A file that must not grow beyond 3 kB stands for the full disk: configuration and metrics
    fit, a checkpoint does not."""
    folder = tmp_path / "run"
    assert main([*RUN, "--epochs", "1", "--out", str(folder)]) == 0
    before = (folder / "last.safetensors").read_bytes()
    limited = ["sh", "-c", 'ulimit -f 6; exec "$@"', "sh", *PROGRAM]
    done = subprocess.run(
        [*limited, "train", "--resume", "--epochs", "3", "--out", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert re.search(
        rf"(last|best)\.safetensors: File too large\. The checkpoint {folder}/last.safetensors is "
        rf"whole\. When that is repaired, go on with: tinygrad_c train --resume --out {folder}\n",
        done.stderr,
    )
    assert (folder / "last.safetensors").read_bytes() == before
    assert main(["train", "--resume", "--epochs", "2", "--out", str(folder)]) == 0
