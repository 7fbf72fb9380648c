"""Record PyTorch's random numbers: ``python tests/goldens/make_random.py`` (needs torch).

Writes tests/kernels/random.safetensors: for each seed, what one generator draws in a row. The
metadata hold the program, a list of ``[function, dtype, shape, arguments, axes]``; the test runs it
again. The array that is drawn to is a contiguous one of that shape, transposed to `axes` if they
are given.
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file

SEEDS = [0, 1, 42, 2147483647]
SIZES = [1, 5, 15, 16, 17, 31, 64, 100]
# nn.Linear(in, out) and Conv2d(in, out, (h, w)) by default: weight, then bias.
LAYERS = [(3, 2), (20, 7), (2, 4, 3, 3)]
TARGET = Path(__file__).parent.parent / "kernels" / "random.safetensors"


def layer_program(in_features, out_features, *kernel):
    """The draws of kaiming_uniform_(weight, sqrt(5)) and of the bias."""
    fan_in = torch.empty(1, in_features, *kernel).numel()
    gain = math.sqrt(2 / (1 + math.sqrt(5) ** 2))
    bound = math.sqrt(3) * gain / math.sqrt(fan_in)
    bias_bound = 1 / math.sqrt(fan_in)
    return [
        ["uniform_", "float32", [out_features, in_features, *kernel], [-bound, bound]],
        ["uniform_", "float32", [out_features], [-bias_bound, bias_bound]],
    ]


def program():
    """All draws, in order: rand and randn interleaved, of both types, then the others."""
    steps = []
    for n in SIZES:
        for dtype in ("float32", "float64"):
            steps.append(["uniform_", dtype, [n], [0, 1]])
            steps.append(["normal_", dtype, [n], [0, 1]])
        steps.append(["randint_", "int64", [n], [0, 10]])
    steps += [["uniform_", dtype, [33], [-0.3, 1.7]] for dtype in ("float32", "float64")]
    steps += [["normal_", dtype, [33], [0.1, 0.7]] for dtype in ("float32", "float64")]
    steps += [["exponential_", dtype, [9], [2.5]] for dtype in ("float32", "float64")]
    steps += [["bernoulli_", dtype, [9], [0.3]] for dtype in ("float32", "bool")]
    for dtype, low, high in (
        ("uint8", 3, 250),
        ("int32", -(2**31), 2**31),
        ("int64", -7, 2**28 - 8),
        ("int64", -7, 2**28 - 7),
        ("int64", -(2**40), 2**41),
        ("int64", -(2**63), 2**63 - 1),
        ("bool", 0, 2),
        ("float32", 0, 2**24),
    ):
        steps.append(["randint_", dtype, [9], [low, high]])
    for function in ("uniform_", "normal_"):
        steps.append([function, "float32", [4, 6], [0, 1], [1, 0]])
        steps.append([function, "float64", [2, 3, 4], [0, 1], [2, 0, 1]])
    steps += [["randperm", "int64", [n], []] for n in (0, 1, 10, 100)]
    for layer in LAYERS:
        steps += layer_program(*layer)
    return steps


def run(step, generator):
    """What torch draws for one step."""
    function, dtype, shape, arguments, *axes = step
    if function == "randperm":
        return torch.randperm(*shape, generator=generator)
    method = "random_" if function == "randint_" else function
    out = torch.empty(shape, dtype=getattr(torch, dtype))
    out = out.permute(*axes) if axes else out
    return getattr(out, method)(*arguments, generator=generator).contiguous()


def check_layers():
    """Do the layers' programs draw what the layers themselves draw?"""
    for layer in LAYERS:
        torch.manual_seed(5)
        module = torch.nn.Linear if len(layer) == 2 else torch.nn.Conv2d
        made = module(*layer[:2], *layer[2:3])
        generator = torch.Generator().manual_seed(5)
        weight, bias = [run(step, generator) for step in layer_program(*layer)]
        assert torch.equal(made.weight, weight) and torch.equal(made.bias, bias)


def main():
    """Write the file."""
    check_layers()
    steps, tensors = program(), {}
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        for number, step in enumerate(steps):
            tensors[f"{seed}.{number}"] = run(step, generator)
    metadata = {
        "torch": torch.__version__,
        "seeds": json.dumps(SEEDS),
        "program": json.dumps(steps),
    }
    save_file(tensors, TARGET, metadata)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
