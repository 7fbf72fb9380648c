"""Build the C kernels and the compiled modules: everything else stands in pyproject.toml.

With TINYGRAD_C_SANITIZE=address all of it is instrumented: build it into a folder of its own and
run Python with libasan preloaded, as `.ci/run` does.
"""

import os
import platform
import re
import shutil
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext as _build_ext
from setuptools.command.build_py import build_py as _build_py

ROOT = Path(__file__).parent
LINUX = sys.platform.startswith("linux")
# No -ffast-math and no -march=native: the first changes the floating point of the whole process,
# the second crashes on other CPUs. Contraction is off so that every fused multiply-add is one
# that the source wrote (vec_fma): an element's result never depends on its lane.
C_FLAGS = ["-std=gnu11", "-O2", "-g0", "-ffp-contract=off", "-fno-math-errno"]
# Nothing here throws or catches: only debuggers read the tables of unwinding. And padding between
# functions and before the targets of jumps takes a hundredth of the code, and saves no time.
DENSE = [
    *("-fno-asynchronous-unwind-tables", "-fno-unwind-tables"),
    *("-fno-align-functions", "-fno-align-jumps", "-fno-align-labels"),
]
SANITIZE = os.environ.get("TINYGRAD_C_SANITIZE")
# Come last: reports show lines and the calls that led to them.
INSTRUMENT = (
    ["-O1", "-g1", "-fno-omit-frame-pointer", "-funwind-tables", f"-fsanitize={SANITIZE}"]
    if SANITIZE
    else []
)
# Modules that Cython writes are long and mostly error paths. Of all flags that shrink them these
# cost no time: -Os takes a quarter more off, and a fifth more instructions for small tensors.
CYTHON_FLAGS = [
    *DENSE,
    "-fno-align-loops",
    # Calls of libpython go straight to it, through no stub.
    "-fno-plt",
    # A tenth more of Cython's small functions are inlined than by default: those of the hot paths.
    *("--param", "inline-unit-growth=50"),
    "-Werror=implicit-function-declaration",
    "-Wno-unused-function",
]
# A training step calls these a few times at most, and -Os makes them a quarter smaller.
SELDOM_RUN = {
    "tinygrad_c.autograd.function",
    "tinygrad_c.autograd.plan",
    "tinygrad_c.autograd.views",
    "tinygrad_c.ops.loss",
    "tinygrad_c.ops.special",
    "tinygrad_c._kernels.random",
}
LINK = ["-Wl,-z,noseparate-code"] if LINUX else []
LIBC, VERSION = platform.libc_ver()
if LIBC == "glibc" and tuple(map(int, VERSION.split("."))) >= (2, 36):
    # Relocations take a twentieth of their size; loaders before know only the long ones.
    LINK.append("-Wl,-z,pack-relative-relocs")
CYTHON_MACROS = [
    ("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION"),
    # The wheel compresses strings, and better.
    ("CYTHON_COMPRESS_STRINGS", "0"),
    # Methods are called by name, not looked up, taken apart and called.
    ("CYTHON_UNPACK_METHODS", "0"),
]
# What Cython's modules have in common (functions, keywords, imports) is compiled once.
CYTHON = {
    "shared_utility_qualified_name": "tinygrad_c._kernels.shared",
    "shared_utility_features_disabled": {"MemoryView"},
    "quiet": True,
}
# The bindings know what they index and divide by; the compiled Python keeps Python's meaning.
BINDING = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "allow_none_for_extension_args": False,
}
# Operators are C slots that get their operands in either order: a subclass inherits those, where
# it would look up __mul__ by name.
PYTHON = {
    "language_level": 3,
    "binding": True,
    "auto_pickle": False,
    "c_api_binop_methods": True,
}
PACKAGE = ROOT / "tinygrad_c"
# The bindings, and the module that Cython makes of what all modules share.
BINDINGS = [PACKAGE / "_kernels" / "shared.c", *sorted(PACKAGE.glob("**/*.pyx"))]
# Plain Python that Cython compiles, typed by the .pxd beside it.
COMPILED_PYTHON = [
    path
    for pattern in ("autograd/*.py", "ops/*.py", "tensor.py")
    for path in sorted(PACKAGE.glob(pattern))
    if path.with_suffix(".pxd").exists()
]
# What the bindings include: all but the templates of the kernels.
HEADERS = [str(p) for p in ROOT.glob("csrc/**/*.h") if not p.name.endswith(".template.h")]


def extension(source):
    """The module of one source; all of csrc is linked into `_kernels.runtime`, once."""
    path = source.relative_to(ROOT)
    name = ".".join(path.with_suffix("").parts)
    small = ["-Os"] if name in SELDOM_RUN else []
    link = [*LINK]
    # Profilers need the names of the kernels; those of the bindings are Python's already.
    if LINUX and "runtime" not in name and not SANITIZE:
        link.append("-Wl,--strip-all")
    return Extension(
        name,
        [str(path)],
        include_dirs=["csrc", numpy.get_include()],
        define_macros=[*CYTHON_MACROS, ("TGC_BUILD_FLAGS", f'"{" ".join(C_FLAGS)}"')],
        extra_compile_args=[*C_FLAGS, *CYTHON_FLAGS, *small, *INSTRUMENT],
        libraries=["pthread", "m"],
        extra_link_args=[*INSTRUMENT, *link],
        depends=[str(p) for p in ROOT.glob("csrc/**/*.[ch]")] if "runtime" in name else HEADERS,
    )


def check_tools(compiler):
    """End with one sentence that names the cure where the compiler or a header is missing."""
    cures = {
        f"the C compiler {compiler}": (shutil.which(compiler), "gcc"),
        "Python's header Python.h": (
            Path(sysconfig.get_path("include"), "Python.h").exists(),
            "python3-dev",
        ),
    }
    for tool, (found, package) in cures.items():
        if not found:
            raise SystemExit(
                f"tinygrad_c is compiled from C, but {tool} is missing: install it first "
                f"(Debian and Ubuntu: sudo apt install {package} libc6-dev)."
            )


class build_ext(_build_ext):  # noqa: N801  the name is setuptools'
    """Compile csrc with its own flags, on all cores."""

    def build_extensions(self):
        check_tools(self.compiler.compiler[0])
        super().build_extensions()

    def build_extension(self, ext):
        if ext.name == "tinygrad_c._kernels.runtime":
            ext.extra_objects = self.compile_kernels()
        super().build_extension(ext)

    def compile_kernels(self):
        objects = Path(self.build_temp) / "csrc"

        def compile_one(source):
            target = objects / source.relative_to(ROOT / "csrc").with_suffix(".o")
            newest = max(newest_header, source.stat().st_mtime)
            if not self.force and target.exists() and target.stat().st_mtime > newest:
                return [str(target)]
            return self.compiler.compile(
                [str(source.relative_to(ROOT))],
                output_dir=self.build_temp,
                include_dirs=["csrc"],
                extra_postargs=[*C_FLAGS, *DENSE, "-fvisibility=hidden", *INSTRUMENT],
            )

        newest_header = max(p.stat().st_mtime for p in ROOT.glob("csrc/**/*.h"))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            compiled = pool.map(compile_one, sorted(ROOT.glob("csrc/**/*.c")))
            return [path for paths in compiled for path in paths]


class build_py(_build_py):  # noqa: N801  the name is setuptools'
    """Install the sources that `kernel_source` shows, too."""

    def run(self):
        super().run()
        named = re.findall(r'"(\w+/[\w.]+\.[ch])"', (PACKAGE / "variants.py").read_text())
        for source in () if self.editable_mode else named:
            target = Path(self.build_lib, "tinygrad_c", "csrc", source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "csrc" / source, target)


setup(
    ext_modules=[
        *cythonize([extension(p) for p in BINDINGS], compiler_directives=BINDING, **CYTHON),
        *cythonize([extension(p) for p in COMPILED_PYTHON], compiler_directives=PYTHON, **CYTHON),
    ],
    cmdclass={"build_ext": build_ext, "build_py": build_py},
    options={"build_ext": {"parallel": os.cpu_count()}},
)
