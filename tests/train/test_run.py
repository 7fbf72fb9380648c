"""The folder of a run."""

import csv
import errno
import os
import resource
import tomllib
from dataclasses import asdict

import pytest

import tinygrad_c as tgc
from tinygrad_c.train import Callback, EpochMetrics, RunFiles, RunFolder, read_checkpoint

CONFIG = {"lr": 0.05, "hidden": [8]}


def fit(problem, folder, epochs, **options):
    trainer = problem.trainer([folder], **options)
    folder.restore(trainer)
    trainer.fit(problem.loader(), problem.loader(), epochs)
    return trainer


def rows(folder):
    with open(folder.metrics, newline="") as file:
        return [
            EpochMetrics(int(row.pop("epoch")), *map(float, row.values()))
            for row in csv.DictReader(file)
        ]


def test_a_run_leaves_its_record(problem, tmp_path):
    with RunFolder(tmp_path / "runs" / "one", CONFIG, {"python": "3"}) as folder:
        trainer = fit(problem, folder, 3)
    assert sorted(path.name for path in folder.path.iterdir()) == [
        ".lock",
        "best.safetensors",
        "config.toml",
        "environment.json",
        "last.safetensors",
        "metrics.csv",
    ]
    assert tomllib.loads(folder.config.read_text()) == CONFIG == folder.read_config()
    assert folder.environment.read_text() == '{\n  "python": "3"\n}\n'
    assert rows(folder) == trainer.history
    state = read_checkpoint(folder.last)
    assert state["config"] == CONFIG
    assert state["history"] == [asdict(metrics) for metrics in trainer.history]


def test_the_record_is_there_after_every_epoch(problem, tmp_path):
    with RunFolder(tmp_path, CONFIG) as folder:
        trainer = problem.trainer([folder])
        for epochs in (1, 2):
            trainer.fit(problem.loader(), problem.loader(), epochs)
            assert rows(folder) == trainer.history
            assert len(tgc.load(folder.last)["history"]) == epochs


def test_the_best_epoch_is_kept(problem, tmp_path):
    with RunFolder(tmp_path, CONFIG) as folder:
        trainer = fit(problem, folder, 3)
        best = tgc.load(folder.best)
        # Weights that read nothing cannot be the best.
        for group in trainer.optimizer.param_groups:
            group["lr"] = 1e9
        trainer.fit(problem.loader(), problem.loader(), 4)
    assert trainer.history[-1].val_accuracy < best["history"][-1]["val_accuracy"]
    assert len(tgc.load(folder.best)["history"]) == len(best["history"])
    assert len(tgc.load(folder.last)["history"]) == 4


def test_steps_are_saved_when_their_time_has_come(problem, tmp_path):
    with RunFolder(tmp_path, CONFIG, save_every=0) as folder:
        seen = []

        class Look(Callback):
            def on_batch_end(self, trainer, score):
                seen.append(tgc.load(folder.last)["batch"])

        trainer = problem.trainer([folder, Look()])
        trainer.fit(problem.loader(), problem.loader(), 1)
    assert seen == [1, 2, 3]


def test_a_run_goes_on(problem, tmp_path):
    with RunFolder(tmp_path / "a", CONFIG) as folder:
        straight = fit(problem, folder, 4)
    with RunFolder(tmp_path / "b", CONFIG) as folder:
        fit(problem, folder, 2)
    folder.metrics.write_text("what a crash left")
    (folder.path / ".0123abcd.tmp").write_text("half a checkpoint")
    with RunFolder(tmp_path / "b", CONFIG, resume=True) as folder:
        assert not list(folder.path.glob("*.tmp"))
        trainer = problem.trainer([folder])
        folder.restore(trainer)
        assert rows(folder) == trainer.history
        trainer.fit(problem.loader(), problem.loader(), 4)
    assert [m.val_loss for m in rows(folder)] == [m.val_loss for m in straight.history]


def test_a_run_that_never_saved_begins_anew(problem, tmp_path):
    RunFolder(tmp_path, CONFIG).close()
    with RunFolder(tmp_path, CONFIG, resume=True) as folder:
        assert fit(problem, folder, 1).epoch == 1


# Failures


def test_a_folder_holds_one_run(tmp_path):
    RunFolder(tmp_path, CONFIG).close()
    with pytest.raises(FileExistsError, match="already holds a run"):
        RunFolder(tmp_path, CONFIG)
    RunFolder(tmp_path, CONFIG, resume=True).close()


def test_a_folder_has_one_writer(tmp_path):
    with RunFolder(tmp_path, CONFIG), pytest.raises(BlockingIOError, match="another training"):
        RunFolder(tmp_path, CONFIG, resume=True)
    RunFolder(tmp_path, CONFIG, resume=True).close()


def test_a_folder_without_a_run_cannot_go_on(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent holds no run: it has no config\.toml"):
        RunFolder(tmp_path / "absent", CONFIG, resume=True)
    assert not (tmp_path / "absent").exists()
    with pytest.raises(FileNotFoundError, match="holds no run"):
        RunFiles(tmp_path).read_config()


def small_files():
    """Let no file of this process grow beyond 100 bytes; returns what ends that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def no_space(monkeypatch):
    """Let every flush fail as it does where the disk is full."""

    def fail(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)


def read_only(monkeypatch):
    """Let no file be opened for writing, as in a folder that is read-only."""
    real = open

    def refuse(path, mode="r", **options):
        if "x" in mode or "w" in mode:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, mode, **options)

    monkeypatch.setattr("builtins.open", refuse)


@pytest.mark.parametrize("fault", [no_space, read_only])
def test_a_failure_leaves_the_old_checkpoint(problem, tmp_path, monkeypatch, fault):
    with RunFolder(tmp_path, CONFIG) as folder:
        trainer = fit(problem, folder, 1)
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        with monkeypatch.context() as patch:
            fault(patch)
            with pytest.raises(OSError, match=r"safetensors'$"):
                trainer.fit(problem.loader(), problem.loader(), 2)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    # The trainer itself has lost nothing either.
    trainer.fit(problem.loader(), problem.loader(), 3)
    assert len(tgc.load(folder.last)["history"]) == 3


def test_a_file_that_cannot_grow_leaves_the_old_checkpoint(problem, tmp_path):
    with RunFolder(tmp_path, CONFIG) as folder:
        trainer = fit(problem, folder, 1)
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        restore_limit = small_files()
        try:
            with pytest.raises(OSError, match="File too large"):
                folder.save(trainer)
        finally:
            restore_limit()
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_checkpoint_that_is_a_folder_is_named(problem, tmp_path):
    with RunFolder(tmp_path, CONFIG) as folder:
        folder.last.mkdir()
        with pytest.raises(IsADirectoryError, match=r"last\.safetensors'$"):
            folder.save(problem.trainer())


def test_a_run_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError, match="file'$"):
        RunFolder(tmp_path / "file", CONFIG)
    with pytest.raises(NotADirectoryError, match="file/below'$"):
        RunFolder(tmp_path / "file" / "below", CONFIG)
