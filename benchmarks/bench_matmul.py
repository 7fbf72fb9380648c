"""Time matrix products: tinygrad_c's kernel against NumPy and, where installed, PyTorch.

Each library runs in a process of its own; they take turns, case by case, and the best of all
rounds counts.

    python benchmarks/bench_matmul.py [--threads 1] [--dtype float32] [--rounds 5] [pattern]
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time

# Name of the case: shapes of a and b; a trailing T stands for an operand that is a transposed view.
CASES = [
    ("4x4x4", "4,4", "4,4"),
    ("16^3", "16,16", "16,16"),
    ("32^3", "32,32", "32,32"),
    ("64^3", "64,64", "64,64"),
    ("128^3", "128,128", "128,128"),
    ("256^3", "256,256", "256,256"),
    ("512^3", "512,512", "512,512"),
    ("1024^3", "1024,1024", "1024,1024"),
    ("x @ W.T 128x784x256", "128,784", "256,784T"),
    ("g @ W   128x256x784", "128,256", "256,784"),
    ("g.T @ x 256x128x784", "128,256T", "128,784"),
    ("x @ W.T 128x256x128", "128,256", "128,256T"),
    ("x @ W.T 128x784x10", "128,784", "10,784T"),
    ("g @ W   128x10x784", "128,10", "10,784"),
    ("g.T @ x 10x128x784", "128,10T", "128,784"),
    ("x @ W.T 50x16x16", "50,16", "16,16T"),
    ("64 x 32^3", "64,32,32", "64,32,32"),
    ("64 x q @ k.T 64x32x64", "64,64,32", "64,64,32T"),
    ("64 x w @ v 64x64x32", "64,64,64", "64,64,32"),
    ("1x1024x1024", "1,1024", "1024,1024"),
    ("1x1024x1024 W.T", "1,1024", "1024,1024T"),
    ("1024x1024x1", "1024,1024", "1024,1"),
    ("8x784x256 W.T", "8,784", "256,784T"),
    ("1024x1024x16", "1024,1024", "1024,16"),
    ("16x1024x1024", "16,1024", "1024,1024"),
]


def operand(rng, spec, dtype):
    shape = tuple(int(size) for size in spec.rstrip("T").split(","))
    array = rng.standard_normal(shape).astype(dtype)
    return array.swapaxes(-1, -2) if spec.endswith("T") else array


def flops(a, b):
    return 2 * a.size * b.shape[-1]


def load(library, threads):
    """The library's product, and how it takes a NumPy array."""
    if library == "torch":
        import torch

        torch.set_num_threads(threads)
        return torch.matmul, torch.from_numpy
    if library == "numpy":
        import numpy

        return numpy.matmul, lambda array: array
    from tinygrad_c._kernels import matmul, runtime

    runtime.set_num_threads(threads)
    return matmul.matmul, lambda array: array


def best_time(call, seconds=0.06):
    """Seconds per call: the least of many short runs."""
    call()
    begin = time.perf_counter()
    call()
    repeat = max(1, int(2e-4 / max(time.perf_counter() - begin, 1e-7)))
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        for _ in range(repeat):
            call()
        best = min(best, (time.perf_counter() - begin) / repeat)
    return best


def work(library, threads, dtype):
    """Serve one library: a case number per line in, seconds per line out."""
    import numpy

    product, convert = load(library, threads)
    for line in sys.stdin:
        _, spec_a, spec_b = CASES[int(line)]
        rng = numpy.random.default_rng(0)
        a, b = (convert(operand(rng, spec, dtype)) for spec in (spec_a, spec_b))
        print(json.dumps(best_time(lambda: product(a, b))), flush=True)  # noqa: B023


def start(library, arguments):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(arguments.threads)}
    return subprocess.Popen(
        [
            sys.executable,
            __file__,
            "--worker",
            library,
            "--threads",
            str(arguments.threads),
            "--dtype",
            arguments.dtype,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def ask(worker, case):
    print(case, file=worker.stdin, flush=True)
    return float(worker.stdout.readline())


def report(arguments):
    import numpy

    others = [name for name in ("numpy", "torch") if importlib.util.find_spec(name)]
    workers = {name: start(name, arguments) for name in ["tinygrad_c", *others]}
    print(
        f"{arguments.dtype}, {arguments.threads} thread(s); a ratio below 1: tinygrad_c is faster"
    )
    print(f"{'case':24}{'us':>10}{'GFLOP/s':>10}", *(f"{'/ ' + name:>10}" for name in others))
    for number, (name, spec_a, spec_b) in enumerate(CASES):
        if arguments.pattern not in name:
            continue
        best = dict.fromkeys(workers, float("inf"))
        for _ in range(arguments.rounds):
            for library, worker in workers.items():
                best[library] = min(best[library], ask(worker, number))
        rng = numpy.random.default_rng(0)
        work_done = flops(operand(rng, spec_a, "f4"), operand(rng, spec_b, "f4"))
        own = best["tinygrad_c"]
        print(
            f"{name:24}{own * 1e6:10.1f}{work_done / own / 1e9:10.1f}",
            *(f"{own / best[other]:10.2f}" for other in others),
            flush=True,
        )
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pattern", nargs="?", default="", help="only cases whose name contains it")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dtype", default="float32", choices=["float32", "float64"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.worker, arguments.threads, arguments.dtype)
    else:
        report(arguments)


if __name__ == "__main__":
    main()
