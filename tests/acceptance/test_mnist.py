"""A course's PyTorch script runs here with only its import lines changed, and gives its numbers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import real_data

SCRIPT = Path(__file__).with_name("mnist_cnn.py")
# Of torch 2.13 with seed 0: python mnist_cnn.py DATA --library torch --steps 20
LOSSES = [
    *(2.296663284301758, 2.3057572841644287, 2.265594482421875, 2.2716705799102783),
    *(2.220890760421753, 2.1956374645233154, 2.1273953914642334, 2.0848872661590576),
    *(2.0256731510162354, 1.906046986579895, 1.834747552871704, 1.7160462141036987),
    *(1.5586004257202148, 1.4552973508834839, 1.2811017036437988, 1.2176637649536133),
    *(1.0991442203521729, 0.9148395657539368, 0.8230717778205872, 0.780943751335144),
]


def run(*options):
    command = [sys.executable, str(SCRIPT), str(real_data.folder("mnist")), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_first_losses_are_those_of_pytorch():
    assert run("--steps", "20")["losses"] == pytest.approx(LOSSES, abs=1e-4)


@pytest.mark.slow
def test_two_epochs_read_98_percent_of_the_test_images():
    report = run("--epochs", "2")
    assert report["test accuracy"][-1] >= 0.98
