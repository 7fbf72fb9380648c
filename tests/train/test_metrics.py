"""Loss, accuracy and confusion."""

import math

import numpy as np
import pytest

from tinygrad_c.train.metrics import EpochMetrics, Predictions, Score, best_epoch


def metrics(epoch, accuracy, loss):
    return EpochMetrics(epoch, 1.0, 0.5, loss, accuracy, 0.1, 1.0, 9.0)


def test_an_empty_score_has_no_mean():
    assert math.isnan(Score().loss)
    assert math.isnan(Score().accuracy)


def test_the_best_epoch_has_the_highest_accuracy_then_the_lowest_loss():
    history = [
        metrics(1, 0.8, 0.5),
        metrics(2, 0.9, 0.4),
        metrics(3, 0.9, 0.3),
        metrics(4, 0.9, 0.3),
    ]
    assert best_epoch(history).epoch == 3
    assert best_epoch([metrics(1, 0.1, math.nan), metrics(2, 0.1, math.nan)]).epoch == 1
    with pytest.raises(ValueError, match="empty"):
        best_epoch([])


def test_predictions_count_and_sort_mistakes():
    predictions = Predictions(
        np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.8, 0.1, 0.1], [0, 0, 1.0]]),
        np.array([0, 1, 1, 2, 2]),
    )
    assert predictions.classes.tolist() == [0, 0, 1, 0, 2]
    assert predictions.wrong.tolist() == [3, 1]
    assert predictions.accuracy == 0.6
    assert predictions.confusion().tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert math.isclose(predictions.loss, -np.log([0.7, 0.3, 0.8, 0.1, 1.0]).mean())


def test_predictions_of_nothing_and_of_the_impossible():
    empty = Predictions(np.zeros((0, 3)), np.zeros(0, np.int64))
    assert math.isnan(empty.accuracy)
    assert math.isnan(empty.loss)
    assert empty.confusion().tolist() == [[0] * 3] * 3
    assert Predictions(np.array([[1.0, 0.0]]), np.array([1])).loss == math.inf
