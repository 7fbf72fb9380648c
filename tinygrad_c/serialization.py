"""Save and load: nested Python objects with tensors, as safetensors files.

The tensors of an object are the tensors of the file, under names like `optimizer.state.0.exp_avg`,
so that any reader of safetensors sees the weights of a state dict under their own names. Everything
else stands as JSON in the file's metadata: a list stands for a list, and an object with one member,
the tag, for what JSON cannot say: {"tensor": name}, {"dict": [[key, value], ...]},
{"tuple": [...]}, {"float": "nan"}. There is no pickle: loading a file never runs code.
"""

import json
import math
import os
import stat
from collections import OrderedDict
from contextlib import suppress
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from tinygrad_c.creation import from_numpy
from tinygrad_c.dtypes import device
from tinygrad_c.tensor import Tensor

FORMAT = "1"
MAPPINGS = {"dict": dict, "OrderedDict": OrderedDict}
TAGS = {kind: tag for tag, kind in MAPPINGS.items()}
MAX_DEPTH = 100
# How the name of a file that is being written ends; it begins with a dot.
TEMPORARY = ".tmp"
# The dtypes of safetensors that a Tensor has, and those that float32 holds exactly.
DTYPES = {"BOOL", "U8", "I32", "I64", "F32", "F64"}
HALVES = {"F16", "BF16"}
# What decoding raises where the JSON of a file is not what `save` writes.
DAMAGES = (KeyError, TypeError, ValueError, OverflowError, RecursionError)

Path = str | os.PathLike[str]


def save(obj: Any, f: Path) -> None:
    """Write `obj` to the file `f`, whole or not at all.

    `obj` is made of Tensors, dicts, lists, tuples, str, int, float, bool and None, nested in any
    way. Tensors over the same elements are stored once, and share their memory again after
    `load`; other views are stored as tensors of their own. A Parameter is stored as a Tensor.

    The bytes go to a temporary file in the folder of `f`, are flushed to the disk, and take the
    place of `f` in one step: whatever goes wrong, a file that was there before is still whole.

    Raises
    ------
    TypeError : where `obj` holds any other type; the message names the place.
    ValueError : where `obj` contains itself or is nested more than 100 deep.
    OSError : where the file cannot be written.
    """
    check_path("save", f)
    writer = _Writer()
    structure = json.dumps(writer.encode(obj, ()), allow_nan=False)
    metadata = {"tinygrad_c": FORMAT, "structure": structure}
    write_atomically(f, to_bytes(writer.arrays, metadata))


def load(f: Path, map_location: Any = None, *, weights_only: bool = True) -> Any:
    """Read the object that `save` wrote to the file `f`.

    A safetensors file of another program gives a dict of its tensors by name; those of float16
    and bfloat16 become float32, which holds their numbers exactly.

    Parameters
    ----------
    f : the path of the file
    map_location : None or the CPU, where all tensors are
    weights_only : must be True: files hold no code that could run

    Raises
    ------
    ValueError : where the file is damaged, is no safetensors file or is of a later format, or
        has a tensor of a dtype that Tensors do not have.
    OSError : where the file cannot be read.
    """
    check_path("load", f)
    if map_location is not None:
        try:
            device(map_location)
        except (RuntimeError, TypeError):
            raise ValueError(
                f"load: map_location must be None or 'cpu', got {map_location!r}"
            ) from None
    if not weights_only:
        raise ValueError("load: weights_only must be True, files hold no code, got False")
    if os.path.exists(f) and stat.S_ISFIFO(os.stat(f).st_mode):
        raise ValueError(f"load: {os.fspath(f)!r} must be a file, got a pipe")
    with open(f, "rb"):
        pass  # OSError names the file, which safe_open does not always do
    try:
        with safe_open(f, framework="numpy") as file:
            metadata = file.metadata() or {}
            dtypes = {name: file.get_slice(name).get_dtype() for name in file.offset_keys()}
            check_dtypes(f, dtypes)
            found = read_bfloat16(f, [name for name, dtype in dtypes.items() if dtype == "BF16"])
            tensors = {
                name: found[name] if name in found else read_tensor(file, name, dtype)
                for name, dtype in dtypes.items()
            }
        if "tinygrad_c" not in metadata:
            return tensors
        if metadata["tinygrad_c"] == FORMAT:
            return _decode(json.loads(metadata["structure"]), tensors)
    except UnknownDtypeError:
        raise
    except (SafetensorError, *DAMAGES) as error:
        raise ValueError(
            f"load: {os.fspath(f)!r} must be a whole safetensors file, got {error}"
        ) from error
    raise ValueError(
        f"load: {os.fspath(f)!r} must have format {FORMAT}, got {metadata['tinygrad_c']!r}: "
        "a later version of tinygrad_c wrote it"
    )


def check_path(name: str, f: Any) -> None:
    if not isinstance(f, (str, os.PathLike)):
        raise TypeError(f"{name}: f must be a path, got {type(f).__name__}")


class UnknownDtypeError(ValueError):
    """A file has a tensor of a dtype that Tensors do not have."""


def check_dtypes(f: Path, dtypes: dict[str, str]) -> None:
    for name, dtype in dtypes.items():
        if dtype not in DTYPES | HALVES:
            raise UnknownDtypeError(
                f"load: {os.fspath(f)!r} must have tensors of the dtypes "
                f"{', '.join(sorted(DTYPES | HALVES))}, got {dtype} for {name!r}"
            )


def read_tensor(file: Any, name: str, dtype: str) -> Tensor:
    """The tensor `name` of the open `file`."""
    array = file.get_tensor(name)
    return from_numpy(array.astype(np.float32) if dtype == "F16" else array)


def read_bfloat16(f: Path, names: list[str]) -> dict[str, Tensor]:
    """Tensors that safetensors cannot give, because NumPy has no bfloat16: their 16 bits are the
    upper half of a float32. The file's header says at which bytes behind it they are."""
    tensors: dict[str, Tensor] = {}
    if not names:
        return tensors
    with open(f, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        for name in names:
            begin, end = header[name]["data_offsets"]
            file.seek(8 + length + begin)
            bits = np.frombuffer(file.read(end - begin), "<u2").astype(np.uint32) << 16
            tensors[name] = from_numpy(bits.view(np.float32).reshape(header[name]["shape"]))
    return tensors


class _Writer:
    """Collects the arrays of an object while it turns the rest into JSON."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.names: dict[tuple[Any, ...], str] = {}

    def encode(self, value: Any, place: tuple[Any, ...]) -> Any:
        kind = type(value)
        if len(place) > MAX_DEPTH:
            raise ValueError(
                f"save: obj must not contain itself or be nested more than {MAX_DEPTH} deep, "
                f"got {kind.__name__} at obj{_brackets(place[:3])}..."
            )
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind is list:
            return self.encode_members(value, place)
        if kind is tuple:
            return {"tuple": self.encode_members(value, place)}
        if kind in TAGS:
            return {
                TAGS[kind]: [
                    [self.encode(key, (*place, key)), self.encode(member, (*place, key))]
                    for key, member in value.items()
                ]
            }
        if isinstance(value, Tensor):
            return self.encode_tensor(value, place)
        raise TypeError(
            "save: obj must be made of Tensors, dicts, lists, tuples, str, int, float, bool and "
            f"None, got {kind.__module__}.{kind.__qualname__} at obj{_brackets(place)}"
        )

    def encode_members(self, members: Any, place: tuple[Any, ...]) -> list[Any]:
        return [self.encode(member, (*place, i)) for i, member in enumerate(members)]

    def encode_tensor(self, tensor: Tensor, place: tuple[Any, ...]) -> dict[str, Any]:
        array = tensor.detach().numpy()
        # What makes two tensors share all their elements. The tensors are alive while their
        # object is, so an address cannot be that of another array.
        identity = (array.ctypes.data, array.shape, array.strides, array.dtype)
        if identity not in self.names:
            self.names[identity] = self.free_name(place)
            self.arrays[self.names[identity]] = np.ascontiguousarray(array).reshape(array.shape)
        node: dict[str, Any] = {"tensor": self.names[identity]}
        if tensor.requires_grad:
            node["requires_grad"] = True
        return node

    def free_name(self, place: tuple[Any, ...]) -> str:
        """The place as a name that no other tensor of the file has."""
        base = ".".join(map(str, place)) or "tensor"
        # A str may hold halves of surrogate pairs, which UTF-8 cannot.
        name = base = base.encode("utf-8", "backslashreplace").decode()
        copies = 1
        while name in self.arrays or name == "__metadata__":
            copies += 1
            name = f"{base}~{copies}"
        return name


def _brackets(place: tuple[Any, ...]) -> str:
    return "".join(f"[{key!r}]" for key in place)


def _decode(node: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(node, list):
        return [_decode(member, tensors) for member in node]
    if not isinstance(node, dict):
        return node
    if "tensor" in node:
        return _decode_tensor(tensors[node["tensor"]], **node)
    ((tag, content),) = node.items()
    if tag == "tuple":
        return tuple(_decode(content, tensors))
    if tag == "float":
        return float(content)
    return MAPPINGS[tag](
        (_decode(key, tensors), _decode(member, tensors)) for key, member in content
    )


def _decode_tensor(stored: Tensor, tensor: str, requires_grad: bool = False) -> Tensor:
    """A new Tensor over the memory of `stored`."""
    return stored.detach().requires_grad_(requires_grad)


def write_atomically(f: Path, data: bytes) -> None:
    """Make `data` the content of the file `f`, or leave what was there.

    The file keeps its mode. What is no regular file, a pipe or a device, is just written to.

    Raises
    ------
    OSError : where it cannot be written; it names `f`.
    """
    path = os.path.realpath(f)
    # Short, so that it fits wherever the name of `f` does; next to it, so that it can be renamed.
    temporary = os.path.join(os.path.dirname(path), f".{os.urandom(4).hex()}{TEMPORARY}")
    try:
        before = os.stat(path) if os.path.exists(path) else None
        if before is not None and not stat.S_ISREG(before.st_mode):
            with open(path, "wb") as file:
                file.write(data)
            return
        try:
            with open(temporary, "xb") as file:
                if before is not None:
                    os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        _sync_folder(os.path.dirname(path))
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(f)) from None


def _sync_folder(folder: str) -> None:
    """Flush the name of a renamed file to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
