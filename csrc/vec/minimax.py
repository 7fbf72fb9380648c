"""Minimax polynomials and quotients of them, for fit.py.

Remez's exchange on a fine grid, in 60 digits, minimises the largest
|weight(x) * (f(x) - p(x))|. Coefficients are then rounded to float or double one by one from the
constant term up, each time fitting the remaining ones again, so that later ones make up for what
rounding took.
"""

import numpy as np
from mpmath import mp, mpf

mp.dps = 60
GRID = 1500


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


def remez(basis, target):
    """The coefficients c for which the largest |target - c @ basis| is the least."""
    count = len(basis) + 1
    points = [round((i + 0.5) * (GRID - 1) / count) for i in range(count)]
    for _ in range(60):
        signs = [(-1) ** k for k in range(count)]
        system = mp.matrix([*basis[:, points].tolist(), signs]).T
        *coefficients, level = mp.lu_solve(system, mp.matrix(target[points]))
        error = target - np.array(coefficients) @ basis
        points = extrema(error, count)
        if max(abs(error)) < abs(level) * mpf("1.001"):
            break
    return coefficients


def powers(xs, degree):
    return np.array([xs**p for p in range(degree + 1)])


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
        best = remez(weights * powers(xs, left), weights * values)
        coefficients.append(rounded(best[0], bits))
        values = (values - coefficients[-1]) / xs
        weights = weights * abs(xs)
    return coefficients, max(abs(weights * values))


def fit_quotient(f, weight, low, high, degrees, bits):
    """Coefficients of a numerator and of a denominator, the constant terms 1, and the error.

    Where q is the denominator found so far, the weighted error of p / q is about that of f q - p
    divided by q: a fit that is linear in the coefficients, and repeated until q stays what it is.
    """
    xs = grid(low, high)
    values = np.array([f(x) for x in xs])
    weights = np.array([weight(x) for x in xs])
    ups, downs = powers(xs, degrees[0]), powers(xs, degrees[1])
    p, q = [mpf(1)], [mpf(1)]
    denominator = np.full(GRID, mpf(1))
    while len(p) <= degrees[0] or len(q) <= degrees[1]:
        change = mpf(1)
        while change > mpf("1e-8"):
            above, below = weights / denominator * ups, weights / denominator * values * downs
            known = np.array(q) @ below[: len(q)] - np.array(p) @ above[: len(p)]
            best = remez(np.concatenate([above[len(p) :], -below[len(q) :]]), known)
            full_p = [*p, *best[: len(ups) - len(p)]]
            full_q = [*q, *best[len(ups) - len(p) :]]
            last, denominator = denominator, np.array(full_q) @ downs
            change = max(abs(denominator / last - 1))
        if len(q) <= min(len(p), degrees[1]):
            q.append(rounded(full_q[len(q)], bits))
        else:
            p.append(rounded(full_p[len(p)], bits))
    quotient = np.array(p) @ ups / (np.array(q) @ downs)
    return p, q, max(abs(weights * (values - quotient)))
