"""What is made of measured times: ratios, who is behind, means."""

import pytest

from benchmarks import times
from benchmarks.limits import Limits, step_of

NAME = "exp of 4096"


def test_lower_quartile():
    assert times.lower_quartile([4.0, 1.0, 2.0, 3.0]) == 1.75
    assert times.lower_quartile([5.0]) == 5


def test_the_best_rounds_are_compared_and_the_rounds_with_each_other():
    row = times.compare({"tinygrad_c": [2.0, 3.0], "torch": [1.0, 4.0], "numpy": [9.0, 9.0]})
    assert (row["tinygrad_c"], row["torch"], row["numpy"]) == (2, 1, 9)
    assert row["ratio"] == 2
    assert row["quartile"] == times.lower_quartile([2.0, 0.75])


def test_numpy_stands_in_for_pytorch():
    assert times.compare({"tinygrad_c": [2.0], "numpy": [4.0]})["ratio"] == 0.5
    assert "ratio" not in times.compare({"tinygrad_c": [2.0]})


def test_the_share_of_the_limit():
    # exp of 4096 floats reads and writes 16 KiB each: 2 seconds at this rate.
    limits = Limits(4096.0, [[2, step_of(1 << 15), 16384.0]])
    row = times.judge({"case": NAME, "seconds": {"tinygrad_c": [4.0], "torch": [5.0]}}, limits)
    assert row["of_limit"] == 0.5
    assert row["bound"] == "memory"
    assert times.rate(row) == "0 GB/s"
    limits.flops = 1024.0
    row = times.judge({"case": NAME, "seconds": {"tinygrad_c": [4.0]}}, limits)
    assert (row["of_limit"], row["bound"]) == (1, "arithmetic")


def test_behind_is_what_the_quartile_says():
    rows = [
        {"case": name, "ratio": ratio, "quartile": quartile}
        for name, ratio, quartile in (("a", 1.5, 1.04), ("b", 1.1, 1.06), ("c", 1.3, 1.2))
    ]
    assert [row["case"] for row in times.behind([*rows, {"case": "alone"}])] == ["c", "b"]


def test_means_by_family():
    rows = [
        {"case": str(ratio), "family": family, "ratio": ratio, "quartile": quartile}
        for family, ratio, quartile in (
            ("matmul", 0.25, 0.2), ("matmul", 1.0, 1.06), ("conv", 2.0, 1.0),
        )
    ]  # fmt: skip
    rows.append({"case": "alone", "family": "conv"})
    found = {row["family"]: (row["cases"], row["mean"], row["behind"]) for row in times.means(rows)}
    assert found == {
        "matmul": (2, pytest.approx(0.5), 1),
        "conv": (1, pytest.approx(2), 0),
        "all": (3, pytest.approx(0.5 ** (1 / 3)), 1),
    }
    assert list(times.means([])) == []
