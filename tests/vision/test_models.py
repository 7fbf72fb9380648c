"""The models: shapes, sizes, and that they are what they say."""

import pytest

import tinygrad_c as tgc
from tinygrad_c.vision import models

SHAPES = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (1, 9, 13), (2, 33, 40)]


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
        (models.LeNet5(), 61_706),
        (models.LeNet5((1, 32, 32)), 61_706),
        (models.LeNet5((3, 32, 32)), 62_006),
        (models.CourseCNN(), 426_122),
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


def test_images_too_small_to_be_pooled_twice_are_refused():
    with pytest.raises(ValueError, match=r"height and a width of at least 4, got \(1, 3, 8\)"):
        models.CourseCNN((1, 3, 8))


def test_lenet_pads_small_images_to_its_field():
    for side, padding in ((28, 2), (27, 3), (32, 0), (40, 0), (8, 12)):
        assert models.LeNet5((1, side, side)).features[0].padding == (padding, padding)


def test_an_unknown_name_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="name must be one of mlp, softmax.*, got 'vgg'"):
        models.get_model("vgg")
