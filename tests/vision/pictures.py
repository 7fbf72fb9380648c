"""Small pictures in every form that transforms take, and how NumPy pads them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import tinygrad_c as tgc

modes = st.sampled_from(["constant", "edge", "reflect", "symmetric"])
sides = st.integers(1, 7)
paddings = st.one_of(
    st.integers(0, 4),
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
pictures = npst.arrays(
    np.uint8, st.one_of(st.tuples(sides, sides), st.tuples(sides, sides, st.just(3)))
)


def planes(picture):
    """A picture (H, W) or (H, W, 3) as a tensor (C, H, W) of its pixels."""
    array = picture[None] if picture.ndim == 2 else picture.transpose(2, 0, 1)
    return tgc.from_numpy(np.ascontiguousarray(array))


def edges_of(padding):
    numbers = [padding] * 2 if isinstance(padding, int) else list(padding)
    left, top, right, bottom = (numbers * 2)[:4]
    return left, top, right, bottom


def naive_pad(picture, padding, fill, mode):
    left, top, right, bottom = edges_of(padding)
    widths = [(top, bottom), (left, right), (0, 0)][: picture.ndim]
    if mode == "constant":
        return np.pad(picture, widths, constant_values=fill)
    return np.pad(picture, widths, mode=mode)


def kinds(picture):
    """The picture as an array, as a tensor and, where Pillow is there, as its image; and a
    function from each back to an array."""
    yield picture, np.asarray
    yield (
        planes(picture),
        lambda t: t.numpy()[0] if picture.ndim == 2 else t.numpy().transpose(1, 2, 0),
    )
    try:
        from PIL import Image
    except ModuleNotFoundError:
        return
    yield Image.fromarray(picture), np.asarray
