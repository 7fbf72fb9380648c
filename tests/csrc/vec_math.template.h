/* Elementary functions against the C library's in long double: worst error, special values. */

enum { FN(N_POINTS) = 120000, FN(N_THRESHOLDS) = 22 };

/* 2**(T_BIAS + 1), where rounding to T gives infinity: it stands for infinity in errors. */
#define BEYOND (T_BIAS == 127 ? 0x1p128L : 0x1p1024L)

/* |got - exact| in units of the last digit that T has at `exact`, or at `least` where that is
 * larger. */
static double FN(ulps)(T got, long double exact, long double least)
{
    int exponent;
    const long double value = isinf(got) ? copysignl(BEYOND, (long double)got) : (long double)got;
    if (fabsl(exact) > BEYOND) {
        exact = copysignl(BEYOND, exact);
    }
    const long double size = fmaxl(fabsl(exact), least);
    frexpl(size, &exponent);
    exponent = size == 0 || exponent < 2 - T_BIAS ? 2 - T_BIAS : exponent;
    return (double)(fabsl(value - exact) / ldexpl(1, exponent - 1 - T_MANTISSA));
}

/* The error of a result whose exact value is known; NaN and signs have to agree. */
static double FN(error)(T got, long double exact, long double least)
{
    if (isnan(exact) || isnan(got)) {
        return isnan(exact) && isnan(got) ? 0 : HUGE_VAL;
    }
    if (isinf(exact) || exact == 0 || (least == 0 && !signbit(got) != !signbit(exact))) {
        return same((double)got, (double)exact) ? 0 : HUGE_VAL;
    }
    return FN(ulps)(got, exact, least);
}

static T FN(from_bits)(uint64_t bits)
{
    const T_UINT narrow = (T_UINT)bits;
    T x;
    memcpy(&x, &narrow, sizeof x);
    return x;
}

/* Where a function changes its branch, saturates or overflows: visited with their neighbours. */
static const double FN(thresholds)[FN(N_THRESHOLDS)] = {
    0,        1,        INFINITY, NAN,      0.5,      M_LN2 / 2, 0.9,      M_SQRT1_2,
    M_SQRT2,  2,        3,        8.3,      9.02,     17.33,     18.72,    20,
    T_BIAS == 127 ? 88.722839 : 709.782712893384,
    T_BIAS == 127 ? 87.336545 : 708.39641853226,
    T_BIAS == 127 ? 103.97208 : 745.133219101941,
    T_BIAS == 127 ? 4194304 : 2251799813685248,
    M_PI_4,   M_PI_2};

/* A few or up to 4096 numbers away from x; infinity and NaN stay themselves. */
static T FN(neighbour)(T x, uint64_t random)
{
    T_UINT bits;
    memcpy(&bits, &x, sizeof x);
    const T_UINT distance = (T_UINT)(random >> 1) % (random & 1 ? 4 : 4096);
    bits += random & 2 || x == 0 ? distance : -distance;
    return isfinite(x) ? FN(from_bits)(bits) : x;
}

/* A third of the points near thresholds, a third of any exponent, a third in [-20, 20]. */
static T FN(point)(int i)
{
    const uint64_t bits = draw();
    const double sign = bits & 1 ? 1 : -1;
    switch (i % 3) {
    case 0:
        return FN(neighbour)((T)(sign * FN(thresholds)[i / 3 % FN(N_THRESHOLDS)]), bits >> 8);
    case 1:
        return FN(from_bits)(bits);
    default:
        return (T)(sign * 20 * ldexp((double)(bits >> 1), -63));
    }
}

static long double FN(exact_sigmoid)(long double x)
{
    return 1 / (1 + expl(-x));
}

/* Both derivatives of gelu have a root near -0.75, as the sum of two numbers near 1/5, one of them
 * negative: around it their error is one of the size of those. */
static long double FN(least)(int is_slope, T x)
{
    return is_slope && x > -2 && x < (T)-0.5 ? 0.125L : 0;
}

#define UNARY(X)                                                                             \
    X(exp, expl, 1.2)                                                                        \
    X(expm1, expm1l, 2)                                                                      \
    X(log, logl, 2)                                                                          \
    X(log1p, log1pl, 2)                                                                      \
    X(tanh, tanhl, 3)                                                                        \
    X(sigmoid, FN(exact_sigmoid), 2.5)                                                       \
    X(erf, erfl, 2.5)                                                                        \
    X(erfc, erfcl, 3)                                                                        \
    X(gelu, exact_gelu, 3)                                                                   \
    X(gelu_tanh, exact_gelu_tanh, 3)                                                         \
    X(gelu_slope, exact_gelu_slope, 3)                                                       \
    X(gelu_tanh_slope, exact_gelu_tanh_slope, 5)                                             \
    X(sin, sinl, 3)                                                                          \
    X(cos, cosl, 3)

#define DEFINE_RUN(name, exact, limit)                                                       \
    static void FN(run_##name)(const T *x, T *y, ptrdiff_t n)                                \
    {                                                                                        \
        for (ptrdiff_t i = 0; i < n; i += VL) {                                              \
            const ptrdiff_t lanes = n - i < VL ? n - i : VL;                                 \
            vec_storen(y + i, vec_##name(vec_loadn(x + i, lanes)), lanes);                   \
        }                                                                                    \
    }
UNARY(DEFINE_RUN)

typedef void FN(unary)(const T *x, T *y, ptrdiff_t n);

static void FN(report)(const char *name, double worst, T x, T y)
{
    const int bits = (int)sizeof(T) * 8;
    printf("%-15s %d bits: %.3f ulp at %a %a\n", name, bits, worst, (double)x, (double)y);
}

/* The worst error over all points, and the same results wherever in a vector an element stands. */
static void FN(test_unary_function)(const char *name, FN(unary) *run,
                                    long double (*exact)(long double), double limit)
{
    static T x[FN(N_POINTS)], y[FN(N_POINTS)], moved[FN(N_POINTS)];
    double worst = 0;
    int where = 0;
    for (int i = 0; i < FN(N_POINTS); i++) {
        x[i] = FN(point)(i);
    }
    run(x, y, FN(N_POINTS));
    run(x + 1, moved, FN(N_POINTS) - 1);
    for (int i = 0; i < FN(N_POINTS); i++) {
        const long double least = FN(least)(strstr(name, "slope") != NULL, x[i]);
        const double e = FN(error)(y[i], exact((long double)x[i]), least);
        where = e > worst ? i : where;
        worst = e > worst ? e : worst;
        CHECK(i == 0 || same((double)y[i], (double)moved[i - 1]));
    }
    FN(report)(name, worst, x[where], 0);
    CHECK(worst <= limit);
}

static void FN(test_unary_functions)(void)
{
#define TEST(name, exact, limit) FN(test_unary_function)(#name, FN(run_##name), exact, limit);
    UNARY(TEST)
#undef TEST
}

/* x**y through a vector of it. */
static __attribute__((noinline)) T FN(power)(T x, T y, int lane)
{
    vec a = vec_zero(), b = vec_zero();
    a[lane] = x;
    b[lane] = y;
    return vec_pow(a, b)[lane];
}

/* Every threshold and whole number to the power of every other: C99's special cases. */
static void FN(test_pow_specials)(void)
{
    for (int i = 0; i < 2 * FN(N_THRESHOLDS) + 16; i++) {
        for (int k = 0; k < 2 * FN(N_THRESHOLDS) + 16; k++) {
            const int n = 2 * FN(N_THRESHOLDS);
            const double sign_x = i % 2 ? -1 : 1, sign_y = k % 2 ? -1 : 1;
            const T x = (T)(sign_x * (i < n ? FN(thresholds)[i / 2] : i - n));
            const T y = (T)(sign_y * (k < n ? FN(thresholds)[k / 2] : k - n));
            const T power = FN(power)(x, y, k % VL);
            CHECK(FN(error)(power, powl((long double)x, (long double)y), 0) <= 2);
        }
    }
}

/* A base, and a power of it that is often finite. */
static void FN(draw_pow)(int i, T *x, T *y)
{
    const double limit = T_BIAS == 127 ? 100 : 740;
    *x = FN(point)(i);
    *x = i % 4 ? (T)fabs((double)*x) : *x;
    const double logarithm = log(fabs((double)*x));
    *y = (T)(limit * ldexp((double)(int64_t)draw(), -63) / logarithm);
    *y = i % 4 && isfinite(*y) ? *y : (T)rint((double)FN(point)(i * 7 + 2));
}

static void FN(test_pow)(void)
{
    double worst = 0;
    T worst_x = 0, worst_y = 0;
    for (int i = 0; i < FN(N_POINTS); i++) {
        T x, y;
        FN(draw_pow)(i, &x, &y);
        const long double exact = powl((long double)x, (long double)y);
        const double e = FN(error)(FN(power)(x, y, i % VL), exact, 0);
        worst_x = e > worst ? x : worst_x;
        worst_y = e > worst ? y : worst_y;
        worst = e > worst ? e : worst;
    }
    FN(report)("pow", worst, worst_x, worst_y);
    CHECK(worst <= 2);
}

static void FN(test_math)(void)
{
    FN(test_unary_functions)();
    FN(test_pow_specials)();
    FN(test_pow)();
}

#undef UNARY
#undef DEFINE_RUN
#undef BEYOND
