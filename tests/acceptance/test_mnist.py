"""A course's PyTorch script runs here with only its import lines changed, and gives its numbers."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
import real_data

SCRIPT = Path(__file__).with_name("mnist_cnn.py")
# Of torch 2.13: python mnist_cnn.py DATA --library torch --steps 20 --seed 4. Where an activation is
# within rounding of zero, or two of a pooling window of each other, the order of a sum decides which
# way a gradient goes, and Adam makes much of it: with seed 5, torch's own losses on two instruction
# sets are 4e-4 apart after 20 steps. Seed 4 meets no such tie.
SEED = 4
LOSSES = [
    *(2.3062000274658203, 2.2770612239837646, 2.235417366027832, 2.193376064300537),
    *(2.090669870376587, 2.0169918537139893, 1.9114388227462769, 1.77190363407135),
    *(1.5779764652252197, 1.5118718147277832, 1.3668991327285767, 1.1605236530303955),
    *(1.0978666543960571, 0.9897922277450562, 0.8173654675483704, 0.853762686252594),
    *(0.7147173881530762, 0.670090913772583, 0.6606065034866333, 0.6557769775390625),
]


def run(*options):
    command = [sys.executable, str(SCRIPT), str(real_data.folder("mnist")), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_first_losses_are_those_of_pytorch():
    losses = run("--steps", "20", "--seed", str(SEED))["losses"]
    assert losses == pytest.approx(LOSSES, abs=1e-4)


@pytest.mark.slow
def test_two_epochs_read_98_percent_of_the_test_images():
    # The order of a sum, which is another one with every instruction set, moves a single run by
    # some tenths of a percent: the median of three.
    runs = [run("--epochs", "2", "--seed", str(seed)) for seed in range(3)]
    assert statistics.median(report["test accuracy"][-1] for report in runs) >= 0.98
