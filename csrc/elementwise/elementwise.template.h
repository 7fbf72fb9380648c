/* The loops of elementwise kernels for one real type (T) and the vectors of one ISA: the maps
 * first, then a line for each kernel. */
#include "../runtime/dimensions.h"
#include "../vec/math.template.h"

/* An operand of step 0 is one number: it is repeated in a buffer of one vector, which is then
 * loaded again and again. */
typedef struct {
    _Alignas(sizeof(vec)) T lanes[VL];
} FN(splat);

TGC_INLINE const T *FN(begin)(char *data, ptrdiff_t step, FN(splat) *splat)
{
    const T *p = (const T *)(const void *)data;
    if (step) {
        return p;
    }
    vec_store(splat->lanes, vec_set1(*p));
    return splat->lanes;
}

/* y = f(a): whole vectors, then what is left in the first lanes of one more. */
TGC_INLINE void FN(map_1)(vec (*f)(vec), ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    FN(splat) a_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    T *y = (T *)(void *)data[1];
    const ptrdiff_t a_step = VL * steps[0];
    for (; n >= VL; n -= VL, a += a_step, y += VL) {
        vec_prefetch(a);
        vec_prefetch(y);
        vec_store(y, f(vec_load(a)));
    }
    if (n > 0) {
        vec_storen(y, f(vec_loadn(a, n)), n);
    }
}

/* y = f(a, b) */
TGC_INLINE void FN(map_2)(vec (*f)(vec, vec), ptrdiff_t n, char *const *data,
                          const ptrdiff_t *steps)
{
    FN(splat) a_splat, b_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    const T *b = FN(begin)(data[1], steps[1], &b_splat);
    T *y = (T *)(void *)data[2];
    const ptrdiff_t a_step = VL * steps[0], b_step = VL * steps[1];
    for (; n >= VL; n -= VL, a += a_step, b += b_step, y += VL) {
        vec_prefetch(a);
        vec_prefetch(b);
        vec_prefetch(y);
        vec_store(y, f(vec_load(a), vec_load(b)));
    }
    if (n > 0) {
        vec_storen(y, f(vec_loadn(a, n), vec_loadn(b, n)), n);
    }
}

/* y = f(a, b, c) */
TGC_INLINE void FN(map_3)(vec (*f)(vec, vec, vec), ptrdiff_t n, char *const *data,
                          const ptrdiff_t *steps)
{
    FN(splat) a_splat, b_splat, c_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    const T *b = FN(begin)(data[1], steps[1], &b_splat);
    const T *c = FN(begin)(data[2], steps[2], &c_splat);
    T *y = (T *)(void *)data[3];
    const ptrdiff_t a_step = VL * steps[0], b_step = VL * steps[1], c_step = VL * steps[2];
    for (; n >= VL; n -= VL, a += a_step, b += b_step, c += c_step, y += VL) {
        vec_prefetch(a);
        vec_prefetch(b);
        vec_prefetch(c);
        vec_prefetch(y);
        vec_store(y, f(vec_load(a), vec_load(b), vec_load(c)));
    }
    if (n > 0) {
        vec_storen(y, f(vec_loadn(a, n), vec_loadn(b, n), vec_loadn(c, n)), n);
    }
}

/* y = f(a), where y is bool. */
TGC_INLINE void FN(test_1)(vmask (*f)(vec), ptrdiff_t n, char *const *data,
                           const ptrdiff_t *steps)
{
    FN(splat) a_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    uint8_t *y = (uint8_t *)data[1];
    const ptrdiff_t a_step = VL * steps[0];
    for (; n >= VL; n -= VL, a += a_step, y += VL) {
        vmask_store_bytes(y, f(vec_load(a)), VL);
    }
    if (n > 0) {
        vmask_store_bytes(y, f(vec_loadn(a, n)), n);
    }
}

/* y = f(a, b), where y is bool. */
TGC_INLINE void FN(test_2)(vmask (*f)(vec, vec), ptrdiff_t n, char *const *data,
                           const ptrdiff_t *steps)
{
    FN(splat) a_splat, b_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    const T *b = FN(begin)(data[1], steps[1], &b_splat);
    uint8_t *y = (uint8_t *)data[2];
    const ptrdiff_t a_step = VL * steps[0], b_step = VL * steps[1];
    for (; n >= VL; n -= VL, a += a_step, b += b_step, y += VL) {
        vmask_store_bytes(y, f(vec_load(a), vec_load(b)), VL);
    }
    if (n > 0) {
        vmask_store_bytes(y, f(vec_loadn(a, n), vec_loadn(b, n)), n);
    }
}

#define DEFINE(name, map, result, parameters, expression)                                    \
    TGC_INLINE result FN(name##_lanes) parameters                                            \
    {                                                                                        \
        return expression;                                                                   \
    }                                                                                        \
    static void FN(name)(const tgc_call *call, ptrdiff_t n, char *const *data,               \
                         const ptrdiff_t *steps)                                             \
    {                                                                                        \
        (void)call;                                                                          \
        FN(map)(FN(name##_lanes), n, data, steps);                                           \
    }
#define UNARY(name, expression) DEFINE(name, map_1, vec, (vec a), expression)
#define BINARY(name, expression) DEFINE(name, map_2, vec, (vec a, vec b), expression)
#define PREDICATE(name, expression) DEFINE(name, test_1, vmask, (vec a), expression)
#define COMPARISON(name) DEFINE(name, test_2, vmask, (vec a, vec b), vec_##name(a, b))

UNARY(neg, -a)
UNARY(abs, vec_abs(a))
UNARY(sign, vec_select(vec_gt(a, vec_zero()), vec_set1(1),
                       vec_select(vec_lt(a, vec_zero()), vec_set1(-1), vec_zero())))
UNARY(relu, vec_relu(a))
UNARY(square, a *a)
UNARY(sqrt, vec_sqrt(a))
UNARY(reciprocal, 1 / a)
UNARY(floor, vec_floor(a))
UNARY(ceil, vec_ceil(a))
UNARY(trunc, vec_trunc(a))
UNARY(round, vec_round(a))
UNARY(exp, vec_exp(a))
UNARY(expm1, vec_expm1(a))
UNARY(log, vec_log(a))
UNARY(log1p, vec_log1p(a))
UNARY(tanh, vec_tanh(a))
UNARY(sigmoid, vec_sigmoid(a))
UNARY(log_sigmoid, vec_min(a, vec_zero()) - vec_log1p(vec_exp(-vec_abs(a))))
UNARY(erf, vec_erf(a))
UNARY(erfc, vec_erfc(a))
UNARY(gelu, vec_gelu(a))
UNARY(gelu_tanh, vec_gelu_tanh(a))
UNARY(sin, vec_sin(a))
UNARY(cos, vec_cos(a))

PREDICATE(isnan, vec_isnan(a))
PREDICATE(isinf, vec_eq(vec_abs(a), vec_set1((T)INFINITY)))
PREDICATE(isfinite, vec_lt(vec_abs(a), vec_set1((T)INFINITY)))

BINARY(add, a + b)
BINARY(sub, a - b)
BINARY(mul, a *b)
BINARY(div, a / b)
BINARY(maximum, vec_max(a, b))
BINARY(minimum, vec_min(a, b))
BINARY(leaky_relu, vec_select(vec_gt(a, vec_zero()), a, a *b))

COMPARISON(eq)
COMPARISON(ne)
COMPARISON(lt)
COMPARISON(le)
COMPARISON(gt)
COMPARISON(ge)

/* The gradients: a is the gradient of the result. b is the result, but for gelu the operand, and
 * for guarded the derivative, which may be infinite or NaN. c is a slope. */
BINARY(relu_backward, vec_select(vec_le(b, vec_zero()), vec_zero(), a))
BINARY(sigmoid_backward, a *b * (1 - b))
BINARY(tanh_backward, a *(1 - b * b))
BINARY(gelu_backward, a *vec_gelu_slope(b))
BINARY(gelu_tanh_backward, a *vec_gelu_tanh_slope(b))
BINARY(guarded, vec_select(vec_eq(a, vec_zero()), vec_zero(), a *b))

DEFINE(leaky_relu_backward, map_3, vec, (vec a, vec b, vec c),
       vec_select(vec_gt(b, vec_zero()), a, a *c))
/* Of zeros of both signs the result has a's. */
DEFINE(clamp_any, map_3, vec, (vec a, vec low, vec high), vec_min(high, vec_max(low, a)))

/* Powers that a few products, a quotient or a root make of a: with pow's values for zeros,
 * infinities and NaN, and within 2 ulp. The quotient is squared, not the reciprocal of a square
 * taken, which may be 0 or infinite where the power is neither. */
UNARY(cube, a *a *a)
UNARY(fourth_power, a *a *(a * a))
UNARY(inverse_square, (1 / a) * (1 / a))
UNARY(root, vec_select(vec_eq(a, vec_set1(-(T)INFINITY)), -a, vec_sqrt(a + 0)))
UNARY(inverse_root, 1 / FN(root_lanes)(a))

#undef COMPARISON
#undef PREDICATE
#undef BINARY
#undef UNARY
#undef DEFINE

/* Faster for bounds that are two numbers and no NaN, as they nearly always are. */
static void FN(clamp)(const tgc_call *call, ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    const T low = *(const T *)(const void *)data[1], high = *(const T *)(const void *)data[2];
    if (steps[1] || steps[2] || low != low || high != high) {
        FN(clamp_any)(call, n, data, steps);
        return;
    }
    FN(splat) a_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    T *y = (T *)(void *)data[3];
    for (; n >= VL; n -= VL, a += VL * steps[0], y += VL) {
        vec_prefetch(a);
        vec_prefetch(y);
        vec_store(y, vec_clamp(vec_load(a), low, high));
    }
    if (n > 0) {
        vec_storen(y, vec_clamp(vec_loadn(a, n), low, high), n);
    }
}

static const struct {
    T exponent;
    tgc_elementwise_loop *loop;
} FN(usual_powers)[] = {{-2, FN(inverse_square)}, {-1, FN(reciprocal)}, {-0.5, FN(inverse_root)},
                        {0.5, FN(root)},          {2, FN(square)},      {3, FN(cube)},
                        {4, FN(fourth_power)}};

/* The loop for one of the usual powers, or NULL. Whether a power is one of those depends on the
 * whole call, so that equal elements have equal powers wherever they lie. */
static tgc_elementwise_loop *FN(find_power)(const tgc_operand *exponents)
{
    if (!tgc_is_number(exponents)) {
        return NULL;
    }
    const T exponent = *(const T *)(const void *)exponents->data;
    for (size_t i = 0; i < sizeof FN(usual_powers) / sizeof *FN(usual_powers); i++) {
        if (exponent == FN(usual_powers)[i].exponent) {
            return FN(usual_powers)[i].loop;
        }
    }
    return NULL;
}

/* Two vectors at a time, see vec_pows. */
static void FN(pow)(const tgc_call *call, ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    tgc_elementwise_loop *const usual = FN(find_power)(&call->operands[1]);
    if (usual) {
        char *const base_and_power[] = {data[0], data[2]};
        usual(call, n, base_and_power, steps);
        return;
    }
    FN(splat) a_splat, b_splat;
    const T *a = FN(begin)(data[0], steps[0], &a_splat);
    const T *b = FN(begin)(data[1], steps[1], &b_splat);
    T *y = (T *)(void *)data[2];
    const ptrdiff_t a_step = VL * steps[0], b_step = VL * steps[1];
    for (; n >= 2 * VL; n -= 2 * VL, a += 2 * a_step, b += 2 * b_step, y += 2 * VL) {
        const vec base[2] = {vec_load(a), vec_load(a + a_step)};
        const vec exponent[2] = {vec_load(b), vec_load(b + b_step)};
        vec power[2];
        vec_prefetch(a);
        vec_prefetch(a + a_step);
        vec_prefetch(b);
        vec_prefetch(b + b_step);
        vec_prefetch(y);
        vec_prefetch(y + VL);
        vec_pows(2, base, exponent, power);
        vec_store(y, power[0]);
        vec_store(y + VL, power[1]);
    }
    for (; n > 0; n -= VL, a += a_step, b += b_step, y += VL) {
        const ptrdiff_t lanes = tgc_min(n, VL);
        vec_storen(y, vec_pow(vec_loadn(a, lanes), vec_loadn(b, lanes)), lanes);
    }
}

static void FN(where)(const tgc_call *call, ptrdiff_t n, char *const *data,
                      const ptrdiff_t *steps)
{
    (void)call;
    uint8_t condition_splat[VL];
    FN(splat) a_splat, b_splat;
    const uint8_t *condition = (const uint8_t *)data[0];
    if (steps[0] == 0) {
        memset(condition_splat, *condition, VL);
        condition = condition_splat;
    }
    const T *a = FN(begin)(data[1], steps[1], &a_splat);
    const T *b = FN(begin)(data[2], steps[2], &b_splat);
    T *y = (T *)(void *)data[3];
    const ptrdiff_t c_step = VL * steps[0], a_step = VL * steps[1], b_step = VL * steps[2];
    for (; n >= VL; n -= VL, condition += c_step, a += a_step, b += b_step, y += VL) {
        const vmask chosen = vmask_loadn_bytes(condition, VL);
        vec_prefetch(a);
        vec_prefetch(b);
        vec_prefetch(y);
        vec_store(y, vec_select(chosen, vec_load(a), vec_load(b)));
    }
    if (n > 0) {
        const vmask chosen = vmask_loadn_bytes(condition, n);
        vec_storen(y, vec_select(chosen, vec_loadn(a, n), vec_loadn(b, n)), n);
    }
}

/* By functions of the C library, which take one element at a time. */
#define BINARY(name, expression) LOOP(FN(name), T, T, 2, LOAD(T, a, 0) LOAD(T, b, 1), expression)

/* a - b * floor(a / b), exactly: the result has the sign of b. */
static T FN(real_remainder)(T a, T b)
{
    const T r = fmod(a, b);
    return r != 0 && (b < 0) != (r < 0) ? r + b : r;
}

/* floor(a / b) of the exact quotient, which a / b, rounded, may have left for the next number. */
static T FN(real_floor_divide)(T a, T b)
{
    if (b == 0) {
        return a / b;
    }
    const T r = fmod(a, b);
    const T quotient = (a - r) / b - (r != 0 && (b < 0) != (r < 0));
    if (quotient == 0) {
        return copysign((T)0, a / b);
    }
    const T whole = floor(quotient);
    return quotient - whole > (T)0.5 ? whole + 1 : whole;
}

BINARY(floor_divide, FN(real_floor_divide)(a, b))
BINARY(remainder, FN(real_remainder)(a, b))

#undef BINARY

static void FN(install)(tgc_table table)
{
#define INSTALL(kernel, cost) \
    table[TGC_##kernel][TGC_DTYPE] = TGC_ELEMENTWISE_ROW(#kernel, FN(kernel), cost);
#define INSTALL_SIMPLE(kernel) INSTALL(kernel, 0.2)
    TGC_UNARY_KERNELS(INSTALL_SIMPLE)
    TGC_BINARY_KERNELS(INSTALL_SIMPLE)
    TGC_PREDICATE_KERNELS(INSTALL_SIMPLE)
    TGC_COMPARISON_KERNELS(INSTALL_SIMPLE)
    TGC_REAL_UNARY_KERNELS(INSTALL_SIMPLE)
    TGC_REAL_BINARY_KERNELS(INSTALL_SIMPLE)
    TGC_TERNARY_KERNELS(INSTALL_SIMPLE)
    TGC_REAL_TERNARY_KERNELS(INSTALL_SIMPLE)
#undef INSTALL_SIMPLE
#define INSTALL_TRANSCENDENTAL(kernel) INSTALL(kernel, 0.8)
    TGC_TRANSCENDENTAL_KERNELS(INSTALL_TRANSCENDENTAL)
#undef INSTALL_TRANSCENDENTAL
    /* Of the binary kernels these take longer: other rows in place of those above. */
    INSTALL(pow, 4)
    INSTALL(floor_divide, 8)
    INSTALL(remainder, 8)
#undef INSTALL
}
