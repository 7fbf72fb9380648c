"""Pictures: they are drawn for every size of problem, and show what they say."""

import numpy as np
import pytest

from tinygrad_c import nn
from tinygrad_c.train import (
    EpochMetrics,
    Predictions,
    draw_confusion,
    draw_curves,
    draw_filters,
    draw_mistakes,
)
from tinygrad_c.train.pictures import sheet


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """The figures that were written, which are still there to be asked."""
    figures = []
    write = sheet.write

    def keep(figure, path):
        figures.append(figure)
        write(figure, path)

    for name in ("curves", "confusion", "sheet"):
        monkeypatch.setattr(f"tinygrad_c.train.pictures.{name}.write", keep)
    return figures


def png_size(path):
    """(width, height) of a PNG file, from its header."""
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(header[16:20]), int.from_bytes(header[20:24])


def predictions(n, classes, wrong):
    """Predictions for n samples, the first `wrong` of which are wrong, ever less so."""
    targets = np.arange(n) % classes
    probabilities = np.zeros((n, classes))
    read = np.where(np.arange(n) < wrong, (targets + 1) % classes, targets)
    probabilities[np.arange(n), targets] += np.linspace(0.0, 0.4, n)
    probabilities[np.arange(n), read] += 1 - np.linspace(0.0, 0.4, n)
    return Predictions(probabilities, targets)


@pytest.mark.parametrize("epochs", [1, 19, 40])
def test_curves_of_any_length(epochs, tmp_path, drawn):
    history = [
        EpochMetrics(i, 2 / i, 1 - 1 / i, 2.1 / i, 1 - 1.1 / i, 0.1, 1, 9)
        for i in range(1, epochs + 1)
    ]
    draw_curves(history, tmp_path / "curves.png", "A run")
    assert png_size(tmp_path / "curves.png") == (1500, 630)
    loss, accuracy = drawn[0].axes
    assert loss.lines[0].get_ydata().tolist() == [m.train_loss for m in history]
    assert accuracy.lines[1].get_ydata().tolist() == [100 * m.val_accuracy for m in history]
    assert drawn[0].get_suptitle() == "A run"


def test_curves_with_nan_are_drawn(tmp_path):
    nan = float("nan")
    draw_curves([EpochMetrics(1, nan, 0.1, nan, 0.1, 0.1, 1, 9)], tmp_path / "curves.png")


@pytest.mark.parametrize(("classes", "wrong"), [(2, 0), (10, 7), (30, 60)])
def test_the_confusion_matrix_shows_its_counts(classes, wrong, tmp_path, drawn):
    names = [f"class {i}" for i in range(classes)]
    given = predictions(3 * classes, classes, wrong)
    draw_confusion(given, names, tmp_path / "confusion.png")
    counts = given.confusion()
    shown = {tuple(map(int, t.get_position())): int(t.get_text()) for t in drawn[0].axes[0].texts}
    assert shown == {(j, i): counts[i, j] for i, j in np.ndindex(counts.shape) if counts[i, j]}


def test_a_class_without_samples_has_an_empty_row(tmp_path):
    draw_confusion(Predictions(np.eye(3)[:2], np.arange(2)), "abc", tmp_path / "confusion.png")


@pytest.mark.parametrize(
    ("model", "shape", "panels"),
    [
        (nn.Linear(64, 10), (1, 8, 8), 10),
        (nn.Linear(64, 256), (1, 8, 8), 64),
        (nn.Linear(48, 5), (3, 4, 4), 5),
        (nn.Linear(32, 3), (2, 4, 4), 6),
        (nn.Linear(16, 1), (1, 4, 4), 1),
    ],
)
def test_filters_are_shown_as_images(model, shape, panels, tmp_path, drawn):
    draw_filters(model, shape, tmp_path / "filters.png")
    shown = [image.get_array() for image in drawn[0].axes[0].images]
    assert len(shown) == panels
    assert shown[0].shape == (*shape[1:], 3)[: 3 if shape[0] == 3 else 2]


@pytest.mark.parametrize("value", [0.0, 1e30, float("inf"), float("nan")])
def test_filters_of_any_values_are_drawn(value, tmp_path):
    model = nn.Linear(16, 2)
    nn.init.constant_(model.weight, value)
    draw_filters(model, (1, 4, 4), tmp_path / "filters.png")


def test_predictions_that_are_nan_are_drawn(tmp_path):
    given = Predictions(np.full((3, 2), np.nan), np.array([0, 1, 1]))
    draw_confusion(given, "ab", tmp_path / "confusion.png")
    draw_mistakes(np.full((3, 1, 4, 4), np.nan), given, "ab", tmp_path / "mistakes.png")


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 4)])
@pytest.mark.parametrize(("wrong", "panels"), [(0, 12), (1, 1), (9, 9), (40, 24)])
def test_the_worst_mistakes_come_first(shape, wrong, panels, tmp_path, drawn):
    images = np.random.default_rng(0).random((40, *shape))
    draw_mistakes(images, predictions(40, 4, wrong), "abcd", tmp_path / "mistakes.png", "Run")
    (axes,) = drawn[0].axes
    words = [text.get_text() for text in axes.texts]
    assert len(axes.images) == len(words) / 2 == panels
    assert words[:2] == ["b  100%" if wrong else "a  100%", "is a"]
    assert ("no mistakes" in drawn[0].texts[0].get_text()) is (wrong == 0)
    shown = np.asarray(axes.images[0].get_array()).reshape(*shape[1:], -1)
    np.testing.assert_allclose(np.moveaxis(shown, -1, 0), images[0])


@pytest.mark.parametrize("count", range(1, 101))
def test_a_grid_has_room_and_no_empty_row(count):
    rows, columns = sheet.grid_of(count)
    assert rows * columns >= count > (rows - 1) * columns
    assert rows * columns - count < columns
