"""The least time of a case: what the machine did at its best, applied to its operations and bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cases.case import Case
from benchmarks.limits import LARGEST, SMALLEST, WRITTEN, Limits, mix, size_of, step_of

READ, ADD, SCALE, FILL = range(4)


@given(st.integers(size_of(SMALLEST), size_of(LARGEST)))
def test_a_working_set_is_measured_no_larger_and_less_than_a_fifth_smaller(nbytes):
    # To the byte that size_of rounds by.
    assert nbytes / 1.19 - 1 < size_of(step_of(nbytes)) <= nbytes + 1


@given(st.floats(0, 1))
def test_the_mix_writes_the_share(written):
    parts = mix(written)
    assert sum(parts.values()) == pytest.approx(1)
    assert sum(WRITTEN[loop] * part for loop, part in parts.items()) == pytest.approx(written)


def test_the_loops_are_the_ends_of_their_mixes():
    assert [mix(share) for share in WRITTEN] == [{loop: 1} for loop in (READ, ADD, SCALE, FILL)]


def test_a_larger_working_set_is_never_faster():
    limits = Limits(1.0, [[SCALE, step_of(1 << 20), 5.0], [SCALE, step_of(1 << 22), 7.0]])
    assert limits.bandwidth(1 << 20, SCALE) == 7
    assert limits.bandwidth(1 << 22, SCALE) == 7


def test_the_best_of_all_measurements_counts():
    limits = Limits(2.0, [[READ, 60, 3.0], [READ, 64, 1.0]])
    limits.join(Limits(1.0, [[READ, 60, 2.0], [READ, 64, 4.0], [FILL, 60, 1.0]]))
    assert limits.facts() == {
        "flops": 2.0,
        "rates": [[READ, 60, 3.0], [READ, 64, 4.0], [FILL, 60, 1.0]],
    }


def test_times_of_a_case():
    limits = Limits(100.0, [[READ, 80, 10.0], [ADD, 80, 6.0], [SCALE, 80, 4.0], [FILL, 80, 2.0]])
    assert limits.arithmetic(Case(None, flops=500)) == 5
    assert limits.arithmetic(Case(None)) == 0
    assert limits.traffic(Case(None)) == 0
    assert limits.traffic(Case(None, reads=400)) == 40
    assert limits.traffic(Case(None, reads=100, writes=100)) == 50
    # Three quarters written: halfway between a product with a number and a fill.
    assert limits.traffic(Case(None, reads=50, writes=150)) == pytest.approx(100 / 4 + 100 / 2)


def test_the_working_set_is_what_is_held():
    rates = [[READ, step_of(1 << 20), 8.0], [READ, step_of(1 << 24), 2.0]]
    twice = Case(None, reads=1 << 24, held=1 << 20)
    assert Limits(1.0, rates).traffic(twice) == (1 << 24) / 8
