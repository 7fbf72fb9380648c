"""Transforms of a batch give the bits of its images."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import tinygrad_c as tgc
from tests.vision.pictures import modes, paddings, sides
from tinygrad_c.vision import transforms
from tinygrad_c.vision.transforms.batch import takes_batches, transform_batch

steps = st.one_of(
    st.builds(transforms.RandomHorizontalFlip, st.floats(0, 1)),
    st.builds(transforms.CenterCrop, st.tuples(sides, sides)),
    st.builds(transforms.Pad, paddings, st.integers(0, 255), modes),
    st.builds(
        transforms.RandomCrop,
        st.tuples(sides, sides),
        st.one_of(st.none(), paddings),
        st.just(True),
        st.integers(0, 255),
        modes,
    ),
)


@given(
    batch=npst.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 5), sides, sides),
            st.tuples(st.integers(1, 5), sides, sides, st.just(3)),
        ),
    ),
    before=st.lists(steps, max_size=2),
    after=st.lists(steps, max_size=2),
    seed=st.integers(0, 2**32),
)
def test_a_batch_has_the_bits_of_its_images(batch, before, after, seed):
    transform = transforms.Compose(
        [
            transforms.Compose(before),
            transforms.ToTensor(),
            *after,
            transforms.Normalize([0.4], [0.3]),
        ]
    )
    stacked = batch[:, None] if batch.ndim == 3 else batch.transpose(0, 3, 1, 2)
    assert takes_batches(transform)
    assert transform.makes_tensors
    tgc.manual_seed(seed)
    expected = [transform(image).numpy() for image in batch]
    state = tgc.default_generator.get_state()
    tgc.manual_seed(seed)
    together = transform_batch(transform, stacked).numpy()
    assert np.array_equal(together, np.stack(expected))
    assert np.array_equal(tgc.default_generator.get_state(), state)


def test_what_a_subclass_changes_is_not_overlooked():
    class Brighter(transforms.Normalize):
        def forward(self, tensor):
            return super().forward(tensor) + 1

    class Corner(transforms.RandomCrop):
        @staticmethod
        def get_params(img, output_size):
            return 0, 0, *output_size

    class Twice(transforms.ToTensor):
        def __call__(self, pic):
            return 2 * super().__call__(pic)

    for transform in (
        Brighter([0.0], [1.0]),
        Corner(2),
        Twice(),
        transforms.Lambda(str),
        str,
        None,
    ):
        assert not takes_batches(transform)
        assert not takes_batches(transforms.Compose([transforms.ToTensor(), transform]))
