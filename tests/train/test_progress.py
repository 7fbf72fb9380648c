"""What a run prints."""

import io

from tinygrad_c.train import (
    Callback,
    EpochMetrics,
    PlainProgress,
    ProgressBar,
    progress,
    show_progress,
)
from tinygrad_c.train.progress import summary


class StopAfter(Callback):
    """Stops the trainer after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_batch_end(self, trainer, score):
        if trainer.batch == self.steps:
            trainer.stop()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_one_line_for_each_epoch_without_a_terminal(problem):
    stream = io.StringIO()
    shown = show_progress(stream)
    assert isinstance(shown, PlainProgress)
    trainer = problem.trainer([shown])
    trainer.fit(problem.loader(), problem.loader(), epochs=2)
    lines = stream.getvalue().splitlines()
    assert lines == [summary(metrics, 2) for metrics in trainer.history]


def test_a_line_has_all_numbers():
    metrics = EpochMetrics(3, 0.123456, 0.5, 2.0, 1.0, 0.1, 0.5, 12345.6)
    assert summary(metrics, 10) == (
        "epoch  3/10  loss 0.1235  accuracy 50.00%  val loss 2.0000  val accuracy 100.00%"
        "  12,346 samples/s"
    )


def test_a_dumb_terminal_gets_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(show_progress(Terminal()), PlainProgress)


def test_a_bar_that_goes_on_counts_from_where_it_stood(problem, monkeypatch):
    monkeypatch.setattr(progress, "INTERVAL", 0)
    stream = Terminal()
    trainer = problem.trainer()
    trainer.callbacks = [StopAfter(1)]
    trainer.fit(problem.loader(), problem.loader(), epochs=1)
    trainer.callbacks = [ProgressBar(stream)]
    trainer.fit(problem.loader(), problem.loader(), epochs=1)
    bars = [line for line in stream.getvalue().split("\r") if "%" in line]
    assert bars[0].startswith("epoch 1/1  33% |")
    assert trainer.callbacks[0].bar.disable


def test_a_bar_is_taken_away_when_the_training_is_cut_short(problem):
    stream = Terminal()
    shown = ProgressBar(stream)
    problem.trainer([shown, StopAfter(1)]).fit(problem.loader(), problem.loader(), epochs=1)
    assert stream.getvalue().endswith("\r")


def test_a_bar_on_a_terminal(problem, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    shown = show_progress(stream)
    assert isinstance(shown, ProgressBar)
    trainer = problem.trainer([shown])
    trainer.fit(problem.loader(), problem.loader(), epochs=2)
    output = stream.getvalue()
    assert "epoch 1/2" in output
    assert summary(trainer.history[1], 2) in output


def test_the_bar_shows_loss_accuracy_and_speed(problem, monkeypatch):
    monkeypatch.setattr(progress, "INTERVAL", 0)
    stream = Terminal()
    problem.trainer([ProgressBar(stream)]).fit(problem.loader(), problem.loader(), epochs=1)
    bar = stream.getvalue().rpartition("epoch 1/1")[0]
    for part in ("100% |", "loss ", "accuracy ", " samples/s"):
        assert part in bar
