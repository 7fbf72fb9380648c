"""The folder of a run."""

import csv
import json

import pytest

import tinygrad_c as tgc
from tinygrad_c.train import EpochMetrics, RunFolder, draw_curves


def png_size(path):
    """(width, height) of a PNG file, from its header."""
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(header[16:20]), int.from_bytes(header[20:24])


def test_a_run_leaves_its_record(problem, tmp_path):
    folder = RunFolder(tmp_path / "runs" / "one", config={"lr": 0.05, "hidden": [8]})
    trainer = problem.trainer([folder])
    trainer.fit(problem.loader(), problem.loader(), epochs=3)
    folder.close(trainer, title="A run")
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "checkpoint.safetensors",
        "config.json",
        "curves.png",
        "metrics.csv",
    ]
    assert json.loads((folder.path / "config.json").read_text()) == {"lr": 0.05, "hidden": [8]}
    with open(folder.metrics, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [
        EpochMetrics(int(row.pop("epoch")), *map(float, row.values())) for row in rows
    ] == trainer.history
    assert png_size(folder.curves) == (1500, 600)
    restored = problem.trainer()
    restored.load_state_dict(tgc.load(folder.checkpoint))
    score = restored.evaluate(problem.loader())
    assert (score.loss, score.accuracy) == (
        trainer.history[-1].val_loss,
        trainer.history[-1].val_accuracy,
    )


def test_the_record_is_there_after_every_epoch(problem, tmp_path):
    folder = RunFolder(tmp_path, config={})
    trainer = problem.trainer([folder])
    for epochs in (1, 2):
        trainer.fit(problem.loader(), problem.loader(), epochs)
        assert len(folder.metrics.read_text().splitlines()) == 1 + epochs
        assert len(tgc.load(folder.checkpoint)["history"]) == epochs


def test_a_run_without_an_epoch_is_saved_without_curves(problem, tmp_path):
    folder = RunFolder(tmp_path, config={})
    folder.close(problem.trainer())
    assert folder.checkpoint.exists()
    assert not folder.curves.exists()


def test_a_folder_holds_one_run(tmp_path):
    RunFolder(tmp_path, config={})
    with pytest.raises(FileExistsError, match="already holds a run"):
        RunFolder(tmp_path, config={})


@pytest.mark.parametrize("epochs", [1, 40])
def test_curves_of_any_length(epochs, tmp_path):
    history = [
        EpochMetrics(i, 2 / i, 1 - 1 / i, 2.1 / i, 1 - 1.1 / i, 1, 9) for i in range(1, epochs + 1)
    ]
    draw_curves(history, tmp_path / "curves.png")
    assert png_size(tmp_path / "curves.png") == (1500, 600)
