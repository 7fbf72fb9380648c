"""Fit the polynomials of csrc/vec; prints the tables of coefficients.h or of pieces.h.

python csrc/vec/fit.py coefficients > csrc/vec/coefficients.h   (a minute; needs mpmath and numpy)
python csrc/vec/fit.py pieces > csrc/vec/pieces.h
"""

import sys

import numpy as np
from minimax import fit, fit_quotient, rounded
from mpmath import mp, mpf

MANTISSA = (24, 53)


def precise(f, near, bits):
    """A number of so many bits near the given one where f has hardly a digit more than that."""
    step = mpf(2) ** (mp.frexp(near)[1] - bits)
    candidates = [rounded(near, bits) + i * step for i in range(-200, 201)]
    return min(candidates, key=lambda x: abs(f(x) - rounded(f(x), bits)))


def fit_piece(f, low, high, degree, bits):
    """The centre, the coefficients in powers of the distance from it, and the relative error: where
    f has a root, relative to its larger end."""
    if f(0) == 0 and low == 0:  # f(x) = x p(x)
        p, error = fit(lambda x: f(x) / x, lambda x: x / f(x), TINY, high, degree - 1, bits)
        return [low, mpf(0), *p], error
    centre = precise(f, (low + high) / 2, bits)

    least = max(abs(f(low)), abs(f(high))) if f(low) * f(high) < 0 else mpf(0)

    def moved(t):
        return f(centre + t)

    def weight(t):
        return 1 / max(abs(moved(t)), least)

    p, error = fit(moved, weight, low - centre, high - centre, degree, bits)
    return [centre, *p], error


def fit_pieces(f, offset, digits, high, degree, bits):
    """The table of `by_pieces`, a row for the centres and one for each power, and its error."""
    rows = np.full((degree + 2, 8), mpf(0))
    errors, low = [], mpf(0)
    while low < high:
        mantissa, exponent = mp.frexp(low + offset)
        piece = int((exponent + 126 + 2 * mantissa - 1) * 2**digits)
        end = low + mpf(2) ** (exponent - 1 - digits)
        rows[:, piece % 8], error = fit_piece(f, low, end, degree, bits)
        low = end
        errors.append(error)
    return rows, max(errors)


def split(x, bits):
    """x as a sum of numbers of so many bits each."""
    parts = []
    for b in bits:
        parts.append(rounded(x - mp.fsum(parts), b))
    return parts


def literal(x, bits):
    """A C hexadecimal constant, exact."""
    mantissa, exponent = float(x).hex().split("p")
    return f"{mantissa.rstrip('0').rstrip('.')}p{exponent}" + ("f" if bits == 24 else "")


def table(name, comment, numbers, bits):
    typed = "float" if bits == 24 else "double"
    print(f"/* {comment} */")
    print(f"static const {typed} {name}_{'f32' if bits == 24 else 'f64'}[{len(numbers)}] = {{")
    for x in numbers:
        print(f"    {literal(x, bits)},")
    print("};\n")


def odd(f, lead, z):
    """(f(x) / x - lead) / x**2 for z = x**2, the factor of x**3 after a known linear term."""
    x = mp.sqrt(z)
    return (f(x) / x - lead) / z


def print_pieces(name, comment, rows, bits):
    typed, suffix, n = ("float", "f32", 4) if bits == 24 else ("double", "f64", 3)
    print(f"/* {comment} */")
    print(f"static const {typed} {name}_{suffix}[{len(rows)}][8] = {{")
    for row in rows:
        numbers = [literal(x, bits) for x in row]
        lines = [", ".join(numbers[i : i + n]) for i in range(0, len(numbers), n)]
        print("    {" + ",\n     ".join(lines) + "},")
    print("};\n")


TINY = mpf("1e-12")
HALF_LN2 = mp.log(2) / 2 * mpf("1.001")
# log(m) = 2 atanh(s), s = (m - 1) / (m + 1), for m in [sqrt(1/2), sqrt(2)]
LARGEST_S2 = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.001")
HALF_PI2 = (mp.pi / 2 * mpf("1.001")) ** 2
ERF_SPLIT, ERF_CENTRE = mpf("0.9"), mpf(1)


def scaled_erfc(x):
    return mp.exp(x * x) * mp.erfc(x)


def scaled_gelu(x):
    return x / 2 * scaled_erfc(x / mp.sqrt(2))


def scaled_gelu_slope(x):
    return scaled_erfc(x / mp.sqrt(2)) / 2 - x / mp.sqrt(2 * mp.pi)


def near_gelu(x):
    return mp.exp(-x * x / 2) * scaled_gelu(x)


def near_gelu_slope(x):
    return mp.exp(-x * x / 2) * scaled_gelu_slope(x)


def gelu_exponent(x):
    return 2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3)


def near_gelu_tanh(x):
    return x / (1 + mp.exp(gelu_exponent(x)))


def near_gelu_tanh_slope(x):
    s = 1 / (1 + mp.exp(gelu_exponent(x)))
    slope = 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * mpf("0.044715") * x**2)
    return s - x * slope * s * (1 - s)


# name, comment, f, weight, low, high (float, double), degree (float, double), None: no such table
POLYNOMIALS = [
    (
        "EXP",
        "exp(r) = 1 + r + r**2 EXP(r)",
        lambda r: (mp.exp(r) - 1 - r) / r**2,
        lambda r: r**2 / mp.exp(r),
        -HALF_LN2,
        (HALF_LN2, HALF_LN2),
        (4, 9),
    ),
    (
        "LOG",
        "2 atanh(s) = 2 s + s z LOG(z), z = s**2",
        lambda z: odd(mp.atanh, 1, z) * 2,
        lambda z: z,
        TINY,
        (LARGEST_S2, LARGEST_S2),
        (2, 6),
    ),
    (
        "LOG_TAIL",
        "2 atanh(s) = 2 s + s z (2/3 + z LOG_TAIL(z)), z = s**2",
        lambda z: (odd(mp.atanh, 1, z) * 2 - mpf(2) / 3) / z,
        lambda z: z**2,
        TINY,
        (None, LARGEST_S2),
        (None, 6),
    ),
    (
        "LOG2",
        "log2(1 + f) = f LOG2(f) for 1 + f in [sqrt(1/2), sqrt(2)], for floats",
        lambda f: mp.log(1 + f, 2) / f,
        lambda f: f / mp.log(1 + f, 2),
        (mp.sqrt(mpf(1) / 2) - 1) * mpf("1.001"),
        (None, (mp.sqrt(2) - 1) * mpf("1.001")),
        (None, 11),
    ),
    (
        "EXP2",
        "2**r = EXP2(r), |r| <= 1/2, for floats",
        lambda r: mp.power(2, r),
        lambda r: mp.power(2, -r),
        -mpf("0.5"),
        (None, mpf("0.5")),
        (None, 6),
    ),
    (
        "ERF",
        "erf(x) = x + x ERF(x**2), |x| <= 0.9",
        lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1,
        lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)),
        TINY,
        (None, ERF_SPLIT**2),
        (None, 11),
    ),
    (
        "ERFC",
        "1 - erf(x) = exp(-ERFC(x - 1)), 0.9 <= x, up to where erf(x) rounds to 1",
        lambda t: -mp.log(mp.erfc(t + ERF_CENTRE)),
        lambda t: mp.erfc(t + ERF_CENTRE) / mp.erf(t + ERF_CENTRE),
        ERF_SPLIT - ERF_CENTRE,
        (None, 6 - ERF_CENTRE),
        (None, 18),
    ),
    (
        "SIN",
        "sin(r) = r + r z SIN(z), z = r**2, |r| <= pi/2",
        lambda z: odd(mp.sin, 1, z),
        lambda z: mp.sqrt(z) * z / mp.sin(mp.sqrt(z)),
        TINY,
        (HALF_PI2, HALF_PI2),
        (3, 7),
    ),
]

TANH_HIGH = mpf("9.02")  # where tanh(x) rounds to 1


def scaled_tanh(z):
    x = mp.sqrt(z)
    return mp.tanh(x / 2) / (x / 2)


def weight_in_tanh(z):
    """What a relative error of t = tanh(x / 2) makes in 2 t / (1 + t**2) = tanh(x)."""
    t = mp.tanh(mp.sqrt(z) / 2)
    return (1 - t**2) / (1 + t**2) / scaled_tanh(z)


# name, comment, f, high, offset, digits, degree, the last four for float and double; `by_pieces`
ERFC, GELU = (mpf("10.25"), mpf("27.4")), (mpf("14.6"), mpf("38.8"))
PIECES = [
    ("TANH", "tanh(x), 0 <= x", mp.tanh, (mpf(10), None), (mpf(1), None), (1, None), (7, None)),
    ("ERF", "erf(x), 0 <= x", mp.erf, (mpf("3.95"), None), (mpf(4), None), (3, None), (7, None)),
    ("SCALED_ERFC", "exp(x**2) erfc(x)", scaled_erfc, ERFC, (mpf(1), mpf(2)), (1, 1), (8, 17)),
    (
        "SCALED_GELU",
        "x exp(x**2 / 2) erfc(x / sqrt(2)) / 2",
        scaled_gelu,
        GELU,
        (mpf(1), mpf(3)),
        (1, 1),
        (7, 18),
    ),
    (
        "SCALED_GELU_SLOPE",
        "exp(x**2 / 2) erfc(x / sqrt(2)) / 2 - x / sqrt(2 pi)",
        scaled_gelu_slope,
        GELU,
        (mpf(1), mpf(3)),
        (1, 1),
        (7, 18),
    ),
    (
        "NEAR_GELU",
        "x erfc(x / sqrt(2)) / 2, 0 <= x < 4",
        near_gelu,
        (mpf(4), None),
        (mpf(4), None),
        (3, None),
        (7, None),
    ),
    (
        "NEAR_GELU_SLOPE",
        "erfc(x / sqrt(2)) / 2 - x exp(-x**2 / 2) / sqrt(2 pi), 0 <= x < 4",
        near_gelu_slope,
        (mpf(4), None),
        (mpf(4), None),
        (3, None),
        (7, None),
    ),
    (
        "NEAR_GELU_TANH",
        "x sigmoid(-v) for v = 2 sqrt(2 / pi) (x + 0.044715 x**3), 0 <= x < 4",
        near_gelu_tanh,
        (mpf(4), None),
        (mpf(4), None),
        (3, None),
        (7, None),
    ),
    (
        "NEAR_GELU_TANH_SLOPE",
        "the derivative of x sigmoid(v) at -x, 0 <= x < 4",
        near_gelu_tanh_slope,
        (mpf(4), None),
        (mpf(4), None),
        (3, None),
        (7, None),
    ),
]


def print_coefficients():
    print("/* The numbers of math.template.h and what it includes, made by fit.py. */")
    print("#ifndef TGC_VEC_COEFFICIENTS_H\n#define TGC_VEC_COEFFICIENTS_H\n")
    for i, bits in enumerate(MANTISSA):
        # The first part is so short that its product with an exponent is exact. It is rounded down:
        # both parts times an infinite exponent are the same infinity.
        short = {24: 15, 53: 41}[bits]
        ln2 = mp.floor(mp.log(2) * 2**short) / 2**short
        table("LN2", "log(2), as a sum", [ln2, rounded(mp.log(2) - ln2, bits)], bits)
        table("PI", "pi, as a sum", split(mp.pi, (bits, bits, bits)), bits)
        slope = 2 * mp.sqrt(2 / mp.pi)
        table("GELU_SLOPE", "2 sqrt(2 / pi), as a sum", split(slope, (short, bits)), bits)
        cubic = split(slope * mpf("0.044715"), (bits, bits))
        table("GELU_CUBIC", "0.044715 times that", cubic, bits)
        for name, comment, f, weight, low, high, degree in POLYNOMIALS:
            if degree[i] is not None:
                numbers, error = fit(f, weight, low, high[i], degree[i], bits)
                table(name, f"{comment}; error 2**{mp.nstr(mp.log(error, 2), 3)}", numbers, bits)
    above, below, error = fit_quotient(
        scaled_tanh, weight_in_tanh, TINY, TANH_HIGH**2, (2, 3), MANTISSA[0]
    )
    comment = "2 tanh(x / 2) = x (1 + z TANH_ABOVE(z)) / (1 + z TANH_BELOW(z)), z = x**2"
    error = mp.nstr(mp.log(error, 2), 3)
    table("TANH_ABOVE", comment, above[1:], MANTISSA[0])
    table("TANH_BELOW", f"the rest of it; error of tanh(x) 2**{error}", below[1:], MANTISSA[0])
    table("PI_SHORT", "pi, as a sum of short numbers", split(mp.pi, (12, 12, 12, 12, 24)), 24)
    table("TWO_THIRDS", "2/3, as a sum", split(mpf(2) / 3, (53, 53)), 53)
    print("#endif")


def print_all_pieces():
    print("/* The tables of `by_pieces` in math.template.h, made by fit.py. */")
    print("#ifndef TGC_VEC_PIECES_H\n#define TGC_VEC_PIECES_H\n")
    for name, comment, f, *numbers in PIECES:
        for bits, (high, offset, digits, degree) in zip(
            MANTISSA, zip(*numbers, strict=True), strict=True
        ):
            if degree is not None:
                rows, error = fit_pieces(f, offset, digits, high, degree, bits)
                print_pieces(
                    name, f"{comment}; error 2**{mp.nstr(mp.log(error, 2), 3)}", rows, bits
                )
    print("#endif")


if __name__ == "__main__":
    {"coefficients": print_coefficients, "pieces": print_all_pieces}[sys.argv[1]]()
