"""Samplers: the order in which a loader visits the examples of a data set.

A sampler is an iterable of indices with a length. Those that draw random numbers take them from
the same generators in the same order as PyTorch's, so the same seed gives the same order.
"""

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np

from tinygrad_c._kernels.random import Generator, exponential_, uniform_
from tinygrad_c.creation import as_tensor, randint, randperm
from tinygrad_c.dtypes import float64

T_co = TypeVar("T_co", covariant=True)


def draw_seed(generator: Generator | None) -> int:
    """A random seed for another generator: a whole number in [0, 2**63)."""
    return int(randint(2**63, (), generator=generator).item())


def check_count(sampler: str, name: str, count: Any) -> None:
    """ValueError unless `count` is a whole number above 0."""
    if not isinstance(count, int) or isinstance(count, bool) or count <= 0:
        raise ValueError(f"{sampler}: {name} must be a whole number above 0, got {count!r}")


class Sampler(Generic[T_co]):
    """The base of all samplers: `__iter__` gives the indices, `__len__` their number."""

    def __iter__(self) -> Iterator[T_co]:
        raise TypeError(f"{type(self).__name__}: a sampler must define __iter__")


class SequentialSampler(Sampler[int]):
    """The indices 0, 1, ..., len(data_source) - 1."""

    def __init__(self, data_source: Sized):
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Indices in random order, drawn anew in every pass.

    Without a generator each pass draws a seed from the default generator, so that the order
    depends on `manual_seed` and on how many passes there were.

    Parameters
    ----------
    data_source : anything with a length
    replacement : whether an index may come twice in a pass
    num_samples : the number of indices of a pass, the length of `data_source` by default; where
        it is larger, whole permutations follow each other
    generator : where the numbers come from, the default generator by default

    Raises
    ------
    ValueError : where a pass would have no index, or `data_source` has become empty.
    TypeError : where `replacement` is no bool.
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ):
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(f"RandomSampler: replacement must be a bool, got {replacement!r}")
        check_count("RandomSampler", "num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:
        """The number of indices of a pass; follows the data source where it was not given."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        check_count("RandomSampler", "the length of data_source", len(self.data_source))
        generator = self.generator
        if generator is None:
            generator = Generator()
            generator.manual_seed(draw_seed(None))
        draws = self._with_replacement if self.replacement else self._permutations
        yield from draws(len(self.data_source), generator)

    def _with_replacement(self, n: int, generator: Generator) -> Iterator[int]:
        # PyTorch draws 32 at a time and then the rest.
        for start in range(0, self.num_samples, 32):
            count = min(32, self.num_samples - start)
            yield from randint(n, (count,), generator=generator).tolist()

    def _permutations(self, n: int, generator: Generator) -> Iterator[int]:
        # One more permutation than whole ones are needed, even where none of it is: PyTorch
        # draws it too, and a generator that is passed in must be left as PyTorch leaves it.
        for _ in range(self.num_samples // n):
            yield from randperm(n, generator=generator).tolist()
        yield from randperm(n, generator=generator).tolist()[: self.num_samples % n]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[Any]):
    """The given indices in random order, drawn anew in every pass."""

    def __init__(self, indices: Sequence[Any], generator: Generator | None = None):
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[Any]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices drawn with given weights: i comes with probability ``weights[i] / sum(weights)``.

    Parameters
    ----------
    weights : N numbers, at least 0, with a sum above 0
    num_samples : the number of indices of a pass
    replacement : whether an index may come twice in a pass
    generator : where the numbers come from, the default generator by default

    Raises
    ------
    ValueError : where `weights` has not one dimension or holds a negative number, an infinity or
        NaN, where their sum is 0, or where more indices are drawn without replacement than there
        are weights above 0.
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ):
        check_count("WeightedRandomSampler", "num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(
                f"WeightedRandomSampler: replacement must be a bool, got {replacement!r}"
            )
        self.weights = as_tensor(weights, dtype=float64)
        if self.weights.ndim != 1:
            raise ValueError(
                "WeightedRandomSampler: weights must have one dimension, "
                f"got shape {tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator
        self._checked_weights()

    def _checked_weights(self) -> np.ndarray:
        weights = self.weights.detach().numpy()
        if not np.all(np.isfinite(weights) & (weights >= 0)) or not np.any(weights):
            raise ValueError(
                "WeightedRandomSampler: weights must be at least 0, finite and not all 0, got "
                f"{weights.tolist()!r:.200}"
            )
        possible = np.count_nonzero(weights)
        if not self.replacement and self.num_samples > possible:
            raise ValueError(
                f"WeightedRandomSampler: num_samples must be at most {possible}, the number of "
                f"weights above 0, without replacement, got {self.num_samples}"
            )
        return weights

    def __iter__(self) -> Iterator[int]:
        weights = self._checked_weights()
        if self.replacement and self.num_samples > 1:
            # Where evenly drawn numbers fall among the sums of the weights.
            sums = np.cumsum(weights)
            sums /= sums[-1]
            sums[-1] = 1
            drawn = uniform_(np.empty(self.num_samples), 0, 1, self.generator)
            order = np.searchsorted(sums, drawn)
        else:
            # The largest of w / e, where e is exponential, is i with probability w[i] / sum(w);
            # the largest k are k draws without replacement (Efraimidis and Spirakis, 2006).
            keys = weights / exponential_(np.empty(len(weights)), 1, self.generator)
            order = np.argsort(-keys, kind="stable")[: self.num_samples]
        yield from order.tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[Any]]):
    """Lists of `batch_size` indices of another sampler; the last may be shorter.

    Parameters
    ----------
    sampler : iterable of indices
    batch_size : how many indices a batch has
    drop_last : whether a shorter last batch is left out

    Raises
    ------
    ValueError : where `batch_size` is no whole number above 0 or `drop_last` no bool.
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool):
        check_count("BatchSampler", "batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"BatchSampler: drop_last must be a bool, got {drop_last!r}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)  # type: ignore[arg-type]
        return whole + (rest > 0 and not self.drop_last)
