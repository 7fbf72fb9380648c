"""Files of safetensors that other programs write and read."""

import json
import os

import numpy as np
import pytest
from safetensors.numpy import save_file

import tinygrad_c as tgc


def test_files_of_other_programs_give_their_tensors(tmp_path):
    save_file(
        {"w": np.ones((2, 3), np.float32)}, tmp_path / "foreign.safetensors", {"format": "pt"}
    )
    loaded = tgc.load(str(tmp_path / "foreign.safetensors"), "cpu", weights_only=True)
    assert list(loaded) == ["w"]
    assert list(tgc.load(tmp_path / "foreign.safetensors", tgc.device("cpu:0"))) == ["w"]
    assert loaded["w"].dtype is tgc.float32
    assert loaded["w"].tolist() == [[1.0] * 3] * 2


def write_raw(path, dtype, shape, data, names="w"):
    """A safetensors file, byte by byte, as any program may write it; each tensor has `data`."""
    size = len(data)
    header = {
        name: {"dtype": dtype, "shape": shape, "data_offsets": [i * size, (i + 1) * size]}
        for i, name in enumerate(names)
    }
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data * len(names))


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
def test_halves_become_float32_without_a_change(dtype, tmp_path):
    values = np.array([[1.0, -0.0, 0.5], [np.inf, -3.0, 2.0**-14]], np.float32)
    bits = values.view(np.uint32) >> 16
    halves = values.astype(np.float16) if dtype == "F16" else bits.astype(np.uint16)
    write_raw(tmp_path / "x", dtype, [2, 3], halves.tobytes())
    loaded = tgc.load(tmp_path / "x")["w"]
    assert loaded.dtype is tgc.float32
    assert loaded.numpy().tobytes() == values.tobytes()
    loaded[0, 0] = 5.0
    write_raw(tmp_path / "x", dtype, [2, 3], halves.tobytes(), "ab")
    assert tgc.load(tmp_path / "x")["b"].numpy().tobytes() == values.tobytes()
    write_raw(tmp_path / "x", dtype, [0, 3], b"")
    assert tuple(tgc.load(tmp_path / "x")["w"].shape) == (0, 3)


@pytest.mark.skipif(not os.path.exists("/proc/self/io"), reason="the system counts no bytes")
def test_a_file_of_bfloat16_is_read_once(tmp_path):
    data = np.full(50_000, 0x3F80, "<u2").tobytes()
    write_raw(tmp_path / "x", "BF16", [50_000], data, range(50))
    before = bytes_read()
    loaded = tgc.load(tmp_path / "x")
    assert bytes_read() - before < 2 * 50 * len(data)
    assert len(loaded) == 50
    assert all((w == 1).all() for w in loaded.values())


def bytes_read():
    with open("/proc/self/io") as counts:
        return int(counts.readline().removeprefix("rchar: "))


def test_weights_travel_to_pytorch_and_back(tmp_path):
    torch = pytest.importorskip("torch")
    safetensors_torch = pytest.importorskip("safetensors.torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    safetensors_torch.save_file(theirs.state_dict(), tmp_path / "theirs")
    nn = tgc.nn
    ours = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    ours.load_state_dict(tgc.load(tmp_path / "theirs"))
    x = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
    expected = theirs(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(ours(tgc.from_numpy(x)).detach().numpy(), expected, rtol=1e-5)
    with tgc.no_grad():
        ours[0].weight.add_(1)
    tgc.save(ours.state_dict(), tmp_path / "ours")
    theirs.load_state_dict(safetensors_torch.load_file(tmp_path / "ours"))
    assert theirs[0].weight.tolist() == ours[0].weight.tolist()


@pytest.mark.parametrize(("dtype", "size"), [("I8", 1), ("I16", 2), ("U64", 8), ("F8_E4M3", 1)])
def test_dtypes_that_no_tensor_has_are_named(dtype, size, tmp_path):
    write_raw(tmp_path / "x", dtype, [1], b"\0" * size)
    message = f"load: '.*x' must have tensors of the dtypes BF16, BOOL, .*, got {dtype} for 'w'"
    with pytest.raises(ValueError, match=message):
        tgc.load(tmp_path / "x")
