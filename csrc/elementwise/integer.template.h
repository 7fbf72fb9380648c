/* The loops of elementwise kernels for one integer type (T). They compute in U, the unsigned type
 * of its size, where overflow wraps. */

#define UNARY(name, expression) LOOP(FN(name), T, T, 1, LOAD(T, a, 0), expression)
#define PREDICATE(name, expression) LOOP(FN(name), T, unsigned char, 1, LOAD(T, a, 0), expression)
#define BINARY(name, expression) LOOP(FN(name), T, T, 2, LOAD(T, a, 0) LOAD(T, b, 1), expression)
#define COMPARISON(name, expression) \
    LOOP(FN(name), T, unsigned char, 2, LOAD(T, a, 0) LOAD(T, b, 1), expression)

/* a ** b. A negative power of a whole number is 0, but for 1 and -1. */
static T FN(integer_pow)(T a, T b)
{
    U result = 1, factor = (U)a;
    if (NEGATIVE(b)) {
        return (T)(a == 1 ? 1 : a != (T)-1 ? 0 : b % 2 ? -1 : 1);
    }
    for (U e = (U)b; e; e = (U)(e >> 1)) {
        if (e & 1) {
            result = (U)((uint64_t)result * factor);
        }
        factor = (U)((uint64_t)factor * factor);
    }
    return (T)result;
}

/* Rounded down; b != 0. The quotient of the smallest number and -1 wraps. */
static T FN(integer_floor_divide)(T a, T b)
{
    if (NEGATIVE(b) && b == (T)-1) {
        return (T)(0 - (U)a);
    }
    return (T)(a / b - (a % b != 0 && NEGATIVE(a) != NEGATIVE(b)));
}

/* a - b * floor(a / b); b != 0. */
static T FN(integer_remainder)(T a, T b)
{
    if (NEGATIVE(b) && b == (T)-1) {
        return 0;
    }
    const T r = (T)(a % b);
    return (T)(r != 0 && NEGATIVE(r) != NEGATIVE(b) ? r + b : r);
}

UNARY(neg, 0 - (U)a)
UNARY(abs, NEGATIVE(a) ? 0 - (U)a : (U)a)
UNARY(sign, (a > 0) - NEGATIVE(a))
UNARY(relu, NEGATIVE(a) ? 0 : a)
UNARY(square, (uint64_t)(U)a *(U)a)

PREDICATE(isnan, ((void)a, 0))
PREDICATE(isinf, ((void)a, 0))
PREDICATE(isfinite, ((void)a, 1))

BINARY(add, (U)a + (U)b)
BINARY(sub, (U)a - (U)b)
BINARY(mul, (uint64_t)(U)a *(U)b)
BINARY(pow, FN(integer_pow)(a, b))
BINARY(maximum, b > a ? b : a)
BINARY(minimum, b < a ? b : a)
BINARY(floor_divide, b ? FN(integer_floor_divide)(a, b) : (tgc_report(call, 0), 0))
BINARY(remainder, b ? FN(integer_remainder)(a, b) : (tgc_report(call, 0), 0))

COMPARISON(eq, a == b)
COMPARISON(ne, a != b)
COMPARISON(lt, a < b)
COMPARISON(le, a <= b)
COMPARISON(gt, a > b)
COMPARISON(ge, a >= b)

LOOP(FN(where), T, T, 3, LOAD(unsigned char, m, 0) LOAD(T, a, 1) LOAD(T, b, 2), m ? a : b)
LOOP(FN(clamp), T, T, 3, LOAD(T, a, 0) LOAD(T, low, 1) LOAD(T, high, 2),
     (a < low ? low : a) > high ? high : a < low ? low : a)

#undef COMPARISON
#undef BINARY
#undef PREDICATE
#undef UNARY

static void FN(install)(tgc_table table)
{
#define INSTALL(kernel) \
    table[TGC_##kernel][TGC_DTYPE] = TGC_ELEMENTWISE_ROW(#kernel, FN(kernel), 0.5);
    TGC_UNARY_KERNELS(INSTALL)
    TGC_BINARY_KERNELS(INSTALL)
    TGC_PREDICATE_KERNELS(INSTALL)
    TGC_COMPARISON_KERNELS(INSTALL)
    TGC_TERNARY_KERNELS(INSTALL)
#undef INSTALL
    table[TGC_floor_divide][TGC_DTYPE].explain = explain_division;
    table[TGC_remainder][TGC_DTYPE].explain = explain_division;
}
