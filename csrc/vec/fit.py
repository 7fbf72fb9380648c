"""Fit the polynomials of math.template.h; prints the tables of coefficients.h.

Each polynomial is the minimax one: Remez's exchange on a fine grid, in 60 digits, minimises the
largest |weight(x) * (f(x) - p(x))|. Coefficients are then rounded to float or double one by one
from the constant term up, each time fitting the remaining ones again, so that later ones make up
for what rounding took.

python csrc/vec/fit.py > csrc/vec/coefficients.h   (needs mpmath and numpy)
"""

import numpy as np
from mpmath import mp, mpf

mp.dps = 60
GRID = 1500
MANTISSA = (24, 53)


def grid(low, high):
    """Chebyshev's points, which crowd at the ends as the extrema of the error do."""
    centre, radius = (mpf(low) + high) / 2, (mpf(high) - low) / 2
    angles = [mp.pi * (i + mpf(1) / 2) / GRID for i in range(GRID)]
    return np.array([centre - radius * mp.cos(angle) for angle in angles])


def extrema(error, count):
    """Indices of `count` alternating extrema: the largest of each run of equal sign.

    Runs too many lie at the ends, one by one, or between others, in pairs.
    """
    runs = []
    for i, e in enumerate(error):
        if not runs or (e > 0) != (error[runs[-1]] > 0):
            runs.append(i)
        elif abs(e) > abs(error[runs[-1]]):
            runs[-1] = i
    while len(runs) > count:
        sizes = [abs(error[i]) for i in runs]
        ends_only = len(runs) == count + 1
        least = min((0, len(runs) - 1) if ends_only else range(len(runs)), key=sizes.__getitem__)
        if 0 < least < len(runs) - 1:
            neighbour = min(least - 1, least + 1, key=sizes.__getitem__)
            del runs[max(least, neighbour)]
            least = min(least, neighbour)
        del runs[least]
    return runs


def remez(xs, values, weights, degree):
    """Coefficients of the minimax polynomial, constant term first."""
    count = degree + 2
    basis = np.array([weights * xs**p for p in range(degree + 1)])
    points = [round((i + 0.5) * (GRID - 1) / count) for i in range(count)]
    for _ in range(60):
        signs = [(-1) ** k for k in range(count)]
        system = mp.matrix([*basis[:, points].tolist(), signs]).T
        *coefficients, level = mp.lu_solve(system, mp.matrix((weights * values)[points]))
        error = weights * values - np.array(coefficients) @ basis
        points = extrema(error, count)
        if max(abs(error)) < abs(level) * mpf("1.001"):
            break
    return coefficients


def rounded(x, bits):
    if x == 0:
        return x
    mantissa, exponent = mp.frexp(x)
    return mp.nint(mantissa * 2**bits) * mpf(2) ** (exponent - bits)


def fit(f, weight, low, high, degree, bits):
    """Coefficients of `bits` bits, constant term first, and the largest weighted error."""
    xs = grid(low, high)
    values = np.array([f(x) for x in xs])
    weights = np.array([weight(x) for x in xs])
    coefficients = []
    for left in range(degree, -1, -1):
        coefficients.append(rounded(remez(xs, values, weights, left)[0], bits))
        values = (values - coefficients[-1]) / xs
        weights = weights * abs(xs)
    return coefficients, max(abs(weights * values))


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


TINY = mpf("1e-12")
HALF_LN2 = mp.log(2) / 2 * mpf("1.001")
# log(m) = 2 atanh(s), s = (m - 1) / (m + 1), for m in [sqrt(1/2), sqrt(2)]
LARGEST_S2 = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.001")
QUARTER_PI2 = (mp.pi / 4 * mpf("1.001")) ** 2
ERF_SPLIT, ERF_CENTRE = mpf("0.9"), mpf(1)

# name, comment, f, weight, low, high (float, double), degree (float, double)
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
        (LARGEST_S2, LARGEST_S2),
        (2, 6),
    ),
    (
        "ERF",
        "erf(x) = x + x ERF(x**2), |x| <= 0.9",
        lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1,
        lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)),
        TINY,
        (ERF_SPLIT**2, ERF_SPLIT**2),
        (6, 11),
    ),
    (
        "ERFC",
        "1 - erf(x) = exp(-ERFC(x - 1)), 0.9 <= x, up to where erf(x) rounds to 1",
        lambda t: -mp.log(mp.erfc(t + ERF_CENTRE)),
        lambda t: mp.erfc(t + ERF_CENTRE) / mp.erf(t + ERF_CENTRE),
        ERF_SPLIT - ERF_CENTRE,
        (4 - ERF_CENTRE, 6 - ERF_CENTRE),
        (7, 18),
    ),
    (
        "SIN",
        "sin(r) = r + r z SIN(z), z = r**2, |r| <= pi/4",
        lambda z: odd(mp.sin, 1, z),
        lambda z: mp.sqrt(z) * z / mp.sin(mp.sqrt(z)),
        TINY,
        (QUARTER_PI2, QUARTER_PI2),
        (2, 5),
    ),
    (
        "COS",
        "cos(r) = 1 - z/2 + z**2 COS(z), z = r**2, |r| <= pi/4",
        lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2,
        lambda z: z**2 / mp.cos(mp.sqrt(z)),
        TINY,
        (QUARTER_PI2, QUARTER_PI2),
        (2, 5),
    ),
]

if __name__ == "__main__":
    print("/* The numbers of math.template.h, made by fit.py. */")
    print("#ifndef TGC_VEC_COEFFICIENTS_H\n#define TGC_VEC_COEFFICIENTS_H\n")
    for i, bits in enumerate(MANTISSA):
        # The first part is so short that its product with an exponent is exact.
        short = {24: 15, 53: 41}[bits]
        table("LN2", "log(2), as a sum", split(mp.log(2), (short, bits)), bits)
        table("TWO_THIRDS", "2/3, as a sum", split(mpf(2) / 3, (bits, bits)), bits)
        table("HALF_PI", "pi/2, as a sum", split(mp.pi / 2, (bits, bits, bits)), bits)
        for name, comment, f, weight, low, high, degree in POLYNOMIALS:
            numbers, error = fit(f, weight, low, high[i], degree[i], bits)
            table(name, f"{comment}; error 2**{mp.nstr(mp.log(error, 2), 3)}", numbers, bits)
    print("#endif")
