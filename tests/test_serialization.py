"""Saving and loading: every value comes back, and a file is whole or was never there."""

import json
import math
import os
import signal
import subprocess
import sys
import threading
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import tinygrad_c as tgc
from tinygrad_c import serialization

DTYPES = [np.bool_, np.uint8, np.int32, np.int64, np.float32, np.float64]


@st.composite
def tensors(draw):
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    array = np.arange(math.prod(shape)).reshape(shape).astype(draw(st.sampled_from(DTYPES)))
    return tgc.from_numpy(array)


KEYS = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), tensors())
OBJECTS = st.recursive(
    LEAVES,
    lambda children: st.one_of(
        st.lists(children, max_size=4),
        st.lists(children, max_size=4).map(tuple),
        st.dictionaries(KEYS | st.tuples(KEYS, KEYS), children, max_size=4),
        st.lists(st.tuples(KEYS, children), max_size=4).map(OrderedDict),
    ),
    max_leaves=12,
)


def same(a, b):
    """Whether two objects have the same types and values all the way down; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tgc.Tensor):
        x, y = a.detach().numpy(), b.detach().numpy()
        return a.requires_grad == b.requires_grad and (
            (x.dtype, x.shape, x.tobytes()) == (y.dtype, y.shape, y.tobytes())
        )
    if isinstance(a, dict):
        return len(a) == len(b) and all(map(same, a.items(), b.items()))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return repr(a) == repr(b)


def round_trip(obj, folder):
    tgc.save(obj, folder / "object.safetensors")
    return tgc.load(folder / "object.safetensors")


@given(obj=OBJECTS)
def test_every_object_comes_back(obj, tmp_path_factory):
    assert same(round_trip(obj, tmp_path_factory.mktemp("saved")), obj)


def test_a_checkpoint_comes_back(tmp_path):
    checkpoint = {
        "epoch": 3,
        "best": math.inf,
        "worst": math.nan,
        "model": OrderedDict(weight=tgc.tensor([[1.5, -0.0]]), bias=tgc.tensor([2.0])),
        "optimizer": {
            "state": {0: {"step": tgc.tensor(7.0), "exp_avg": tgc.tensor([0.5])}},
            "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999), "params": [0], "amsgrad": False}],
        },
    }
    assert same(round_trip(checkpoint, tmp_path), checkpoint)


def test_the_tensors_of_a_file_have_their_names(tmp_path):
    path = tmp_path / "names.safetensors"
    state = {
        "fc.weight": tgc.tensor([1.0]),
        "fc": {"weight": tgc.tensor([2.0]), 0: [tgc.tensor(3)]},
    }
    tgc.save({**state, "__metadata__": tgc.tensor(4), "\ud800": tgc.tensor(5)}, path)
    assert {name: array.tolist() for name, array in load_file(path).items()} == {
        "fc.weight": [1.0],
        "fc.weight~2": [2.0],
        "fc.0.0": 3,
        "__metadata__~2": 4,
        "\\ud800": 5,
    }
    with safe_open(path, framework="numpy") as file:
        json.loads(file.metadata()["structure"], parse_constant=pytest.fail)


def test_strided_tensors_come_back(tmp_path):
    base = tgc.from_numpy(np.arange(24.0).reshape(4, 6))
    views = [base.t(), base[1:, ::2], base[:, :1], base[0].unsqueeze(0)]
    for view, loaded in zip(views, round_trip(views, tmp_path), strict=True):
        assert loaded.tolist() == view.tolist()


def test_shared_tensors_are_stored_once_and_stay_shared(tmp_path):
    weight = tgc.tensor([1.0, 2.0])
    tied = {"a": weight, "b": weight.detach(), "c": tgc.tensor([1.0, 2.0])}
    loaded = round_trip(tied, tmp_path)
    assert set(load_file(tmp_path / "object.safetensors")) == {"a", "c"}
    loaded["a"][0] = 5.0
    assert (loaded["b"].tolist(), loaded["c"].tolist()) == ([5.0, 2.0], [1.0, 2.0])


def test_requires_grad_comes_back(tmp_path):
    leaf = tgc.tensor([2.0], requires_grad=True)
    loaded = round_trip([leaf, leaf.detach(), leaf * 3], tmp_path)
    assert [tensor.requires_grad for tensor in loaded] == [True, False, True]
    assert loaded[2].is_leaf


# Failures


def test_a_save_that_cannot_be_names_the_file(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for path, error in [
        (tmp_path / "folder", IsADirectoryError),
        (tmp_path / "absent" / "x", FileNotFoundError),
        (tmp_path / "file" / "x", NotADirectoryError),
        (tmp_path / ("n" * 256), OSError),
    ]:
        with pytest.raises(error) as info:
            tgc.save({"a": 1}, path)
        assert info.value.filename == str(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("name", ["n" * 255, "new\nline", "ünïcode", "-", " "])
def test_any_name_of_a_file_will_do(name, tmp_path):
    tgc.save({"a": 1}, tmp_path / name)
    assert tgc.load(tmp_path / name) == {"a": 1}


def test_the_umask_decides_who_may_read(tmp_path):
    before = os.umask(0o027)
    try:
        tgc.save(1, tmp_path / "x")
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


def test_a_file_keeps_its_mode(tmp_path):
    path = tmp_path / "private"
    path.touch(0o600)
    tgc.save(1, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert tgc.load(path) == 1


def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    tgc.save({"a": tgc.ones(1)}, pipe)
    reader.join()
    (tmp_path / "file").write_bytes(read[0])
    assert pipe.is_fifo()
    assert tgc.load(tmp_path / "file")["a"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("obj", "place"),
    [
        (object(), r"builtins.object at obj"),
        ({"a": [1, {2}]}, r"builtins.set at obj\['a'\]\[1\]"),
        ({"loss": np.float64(1)}, r"numpy.float64 at obj\['loss'\]"),
        ({"w": np.ones(2)}, r"numpy.ndarray at obj\['w'\]"),
        ({1: b"bytes"}, r"builtins.bytes at obj\[1\]"),
        ([os.stat_result(range(10))], r"os.stat_result at obj\[0\]"),
    ],
)
def test_other_types_are_refused_with_their_place(obj, place, tmp_path):
    with pytest.raises(TypeError, match=f"save: obj must be made of .* got {place}$"):
        tgc.save(obj, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_an_object_that_contains_itself_is_refused(tmp_path):
    obj = []
    obj.append({"self": obj})
    message = r"must not contain itself .* 100 deep, got dict at obj\[0\]\['self'\]\[0\]\.\.\."
    with pytest.raises(ValueError, match=message):
        tgc.save(obj, tmp_path / "x")


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (x,), lambda x: {0: x}])
def test_objects_nested_100_deep_come_back(wrap, tmp_path):
    obj = None
    for _ in range(100):
        obj = wrap(obj)
    assert round_trip(obj, tmp_path) == obj
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        tgc.save(wrap(obj), tmp_path / "x")


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_save_leaves_the_old_file(step, error, tmp_path, monkeypatch):
    path = tmp_path / "x.safetensors"
    tgc.save({"epoch": 1}, path)

    def fail(*args):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(type(error)):
            tgc.save({"epoch": 2}, path)
    assert tgc.load(path) == {"epoch": 1}
    assert list(tmp_path.iterdir()) == [path]


SAVE_FOREVER = """
import sys
import tinygrad_c as tgc
epoch = 0
while True:
    tgc.save({"epoch": epoch, "again": epoch, "weight": tgc.zeros(50_000)}, sys.argv[1])
    print(epoch, flush=True)
    epoch += 1
"""


def test_a_killed_process_leaves_a_whole_file(tmp_path):
    path = tmp_path / "x.safetensors"
    for saves in (1, 2, 5):
        with subprocess.Popen(
            [sys.executable, "-c", SAVE_FOREVER, path], stdout=subprocess.PIPE
        ) as process:
            for _ in range(saves):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        loaded = tgc.load(path)
        assert loaded["epoch"] == loaded["again"] >= saves - 1


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "x")
    tgc.save(1, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert tgc.load(tmp_path / "real" / "x") == 1


def saved_bytes(folder):
    tgc.save({"n": [1, (2.5, None)], "w": tgc.tensor([1.0, 2.0])}, folder / "whole")
    return (folder / "whole").read_bytes()


def test_a_truncated_file_is_refused(tmp_path):
    data = saved_bytes(tmp_path)
    for size in range(len(data)):
        (tmp_path / "cut").write_bytes(data[:size])
        with pytest.raises(ValueError, match=r"load: '.*cut' must be a whole safetensors file"):
            tgc.load(tmp_path / "cut")


@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_harmless(place, byte, tmp_path_factory):
    folder = tmp_path_factory.mktemp("changed")
    data = bytearray(saved_bytes(folder))
    data[int(place * len(data))] = byte
    (folder / "changed").write_bytes(data)
    try:
        tgc.load(folder / "changed")
    except ValueError as error:
        assert "changed' must" in str(error)


@pytest.mark.parametrize(
    "structure",
    [
        "",
        "{",
        "{}",
        '{"set": []}',
        '{"tensor": "absent"}',
        '{"tensor": "w", "more": 1}',
        '{"dict": 3}',
        '{"dict": [[1]]}',
        '{"dict": [[[], 1]]}',
        '{"tuple": 3}',
        '{"float": "many"}',
        '{"float": 1' + "0" * 400 + "}",
        "[" * 100_000,
    ],
)
def test_a_damaged_structure_is_refused(structure, tmp_path):
    metadata = {"tinygrad_c": "1", "structure": structure}
    save_file({"w": np.ones(1)}, tmp_path / "x", metadata)
    with pytest.raises(ValueError, match="must be a whole safetensors file"):
        tgc.load(tmp_path / "x")


def test_a_later_format_is_named(tmp_path):
    save_file({}, tmp_path / "x", {"tinygrad_c": "2", "structure": "1"})
    with pytest.raises(ValueError, match="must have format 1, got '2': a later version"):
        tgc.load(tmp_path / "x")


def test_a_missing_file_and_wrong_options_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="absent"):
        tgc.load(tmp_path / "absent")
    for place in ("cuda", "None", 1.5):
        with pytest.raises(ValueError, match=f"map_location must be None or 'cpu', got {place!r}"):
            tgc.load(tmp_path / "absent", map_location=place)
    with pytest.raises(ValueError, match="weights_only must be True"):
        tgc.load(tmp_path / "absent", weights_only=False)


def test_the_package_has_one_save_and_one_load():
    assert (tgc.save, tgc.load) == (serialization.save, serialization.load)
