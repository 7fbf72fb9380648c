"""The models: shapes, sizes, and that they are what they say."""

import pytest

import tinygrad_c as tgc
from tinygrad_c.vision import models

SHAPES = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (1, 9, 13)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", models.list_models())
def test_every_model_reads_images_of_any_size(name, shape):
    model = models.get_model(name, image_shape=shape, num_classes=7)
    logits = model(tgc.randn(3, *shape))
    assert tuple(logits.shape) == (3, 7)
    logits.sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (models.SoftmaxRegression(), 7_850),
        (models.MLP(), 203_530),
        (models.MLP(hidden=(256, 128)), 235_146),
        (models.MLP((3, 4, 4), 2, hidden=()), 98),
    ],
)
def test_parameters(model, parameters):
    assert sum(p.numel() for p in model.parameters()) == parameters


def test_an_mlp_without_hidden_layers_is_a_softmax_regression():
    x = tgc.randn(2, 1, 5, 5)
    outputs = []
    for make in (models.SoftmaxRegression, lambda *a: models.MLP(*a, hidden=())):
        tgc.manual_seed(0)
        outputs.append(make((1, 5, 5), 3)(x).tolist())
    assert outputs[0] == outputs[1]


def test_an_unknown_name_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="name must be one of mlp, softmax.*, got 'vgg'"):
        models.get_model("vgg")
