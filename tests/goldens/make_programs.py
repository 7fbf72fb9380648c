"""Record from torch what the small programs of `programs/*.txt` give:
``python -m tests.goldens.make_programs``.

Written with torch 2.13.0. The tests read the results, and need no torch.

A file begins with statements that all its programs share; below ``---`` each line is a program:
statements between semicolons, and last an expression. ``t`` is the module, tinygrad_c or torch.
"""

import json
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).with_name("programs")
RESULTS = FOLDER / "results.json"


def programs(path):
    """(the shared statements, the programs) of a file."""
    setup, body = path.read_text().split("---\n")
    lines = [line for line in body.splitlines() if line and not line.startswith("#")]
    return setup, lines


def described(t, value):
    """A result as JSON has it: a tensor by dtype, shape, need of a gradient and elements."""
    if isinstance(value, t.Tensor):
        array = value.detach().numpy()
        return {
            "dtype": array.dtype.name,
            "shape": list(array.shape),
            "requires_grad": value.requires_grad,
            "values": [
                float(f"{x:.9g}") if isinstance(x, float) else x for x in array.ravel().tolist()
            ],
        }
    if isinstance(value, (tuple, list)):
        return [described(t, item) for item in value]
    if isinstance(value, (bool, int, float, str, type(None))):
        return value
    return str(value).replace("torch.", "").replace("tinygrad_c.", "")


def outcome(t, setup, program):
    """What a program gives; the exception that it ends with."""
    names = {"t": t, "np": np, "nan": float("nan"), "inf": float("inf")}
    *statements, last = program.split("; ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec("\n".join([setup, *statements]), names)
            return described(t, eval(last, names))
        except Exception as error:
            return error


def main():
    """All programs of all files, with torch."""
    import torch

    results = {}
    for path in sorted(FOLDER.glob("*.txt")):
        setup, lines = programs(path)
        results[path.stem] = found = {}
        for line in lines:
            result = outcome(torch, setup, line)
            found[line] = "error" if isinstance(result, Exception) else result
    text = json.dumps(results, separators=(",", ":"))
    RESULTS.write_text(text.replace('},"', '},\n"').replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    main()
