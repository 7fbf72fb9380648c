/* The vocabulary against its definition in plain C, each value in each lane. */

#define SMALLEST (T_BIAS == 127 ? (T)0x1p-149 : (T)0x1p-1074)
#define SMALLEST_NORMAL (T_BIAS == 127 ? (T)FLT_MIN : (T)DBL_MIN)
#define LARGEST (T_BIAS == 127 ? (T)FLT_MAX : (T)DBL_MAX)

enum { FN(N_VALUES) = 38 };

/* Values that tell apart what rounding, comparing and scaling may get wrong. */
static void FN(fill_values)(T *values)
{
    const T whole = (T)(1LL << T_MANTISSA);
    const T positive[FN(N_VALUES) / 2] = {
        0, SMALLEST, 7 * SMALLEST, SMALLEST_NORMAL - SMALLEST, SMALLEST_NORMAL, (T)0.3, (T)0.5,
        (T)0.7, 1, (T)1.5, (T)2.5, (T)3.5, 7, whole / 2 - (T)0.5, whole / 2 + (T)0.5,
        whole, LARGEST, (T)INFINITY, (T)NAN};
    for (int i = 0; i < FN(N_VALUES) / 2; i++) {
        values[2 * i] = positive[i];
        values[2 * i + 1] = -positive[i];
    }
}

static T FN(scalar_max)(T a, T b)
{
    return a > b || isnan(a) ? a : b;
}

static T FN(scalar_min)(T a, T b)
{
    return a < b || isnan(a) ? a : b;
}

/* VL neighbours of the list of values, from the given one on, in order or backwards. */
static vec FN(take)(int from, int backwards)
{
    T values[FN(N_VALUES)], lanes[VL];
    FN(fill_values)(values);
    for (int i = 0; i < VL; i++) {
        lanes[backwards ? VL - 1 - i : i] = values[(from + i) % FN(N_VALUES)];
    }
    return vec_load(lanes);
}

/* Functions of their own and not inlined: the checks are many. */
static __attribute__((noinline)) void FN(check_lanes)(const T *got, const T *expected, int line)
{
    for (int i = 0; i < VL; i++) {
        if (!same((double)got[i], (double)expected[i])) {
            fprintf(stderr, "line %d, lane %d of %d: ", line, i, VL);
            CHECK(same((double)got[i], (double)expected[i]));
        }
    }
}

static __attribute__((noinline)) T FN(lane)(vec v, int i)
{
    return v[i];
}

#define LANE(v) FN(lane)(v, i)

/* Lane i of a vector is what the expression in i says. */
#define CHECK_LANES(vector, expression)                                                      \
    do {                                                                                     \
        T got_[VL], expected_[VL];                                                           \
        vec_store(got_, (vector));                                                           \
        for (int i = 0; i < VL; i++) {                                                       \
            expected_[i] = (T)(expression);                                                  \
        }                                                                                    \
        FN(check_lanes)(got_, expected_, __LINE__);                                          \
    } while (0)

#define CHECK_MASK(mask, expression)                                                         \
    do {                                                                                     \
        unsigned expected_ = 0;                                                              \
        for (int i = 0; i < VL; i++) {                                                       \
            expected_ |= (expression) ? 1u << i : 0;                                         \
        }                                                                                    \
        CHECK(vmask_bits(mask) == expected_);                                                \
    } while (0)

static void FN(test_unary)(void)
{
    for (int from = 0; from < FN(N_VALUES); from++) {
        const vec v = FN(take)(from, 0);
        const T s = v[0];
        CHECK_LANES(v, LANE(v));
        CHECK_LANES(vec_set1(s), s);
        CHECK_LANES(vec_kept(v), LANE(v));
        CHECK_LANES(vec_abs(v), fabs((double)LANE(v)));
        CHECK_LANES(vec_sqrt(vec_abs(v)), (T)sqrt(fabs((double)LANE(v))));
        CHECK_LANES(vec_round(v), (T)nearbyint((double)LANE(v)));
        CHECK_LANES(vec_floor(v), (T)floor((double)LANE(v)));
        CHECK_LANES(vec_ceil(v), (T)ceil((double)LANE(v)));
        CHECK_LANES(vec_trunc(v), (T)trunc((double)LANE(v)));
        CHECK_LANES(vec_from_bits(vec_bits(v)), LANE(v));
        CHECK_LANES(vec_clamp(v, -3, 2), LANE(v) < -3 ? -3 : LANE(v) > 2 ? 2 : LANE(v));
        CHECK_LANES(vec_clamp_min(v, 0), LANE(v) < 0 ? 0 : LANE(v));
        CHECK_LANES(vec_clamp_max(v, 0), LANE(v) > 0 ? 0 : LANE(v));
        CHECK_MASK(vec_isnan(v), isnan(LANE(v)));
        for (int distance = 1; distance < VL; distance *= 2) {
            CHECK_LANES(vec_swap(v, distance), FN(lane)(v, i ^ distance));
        }
    }
    CHECK_LANES(vec_zero(), 0.0);
}

static void FN(test_binary)(void)
{
    for (int from = 0; from < FN(N_VALUES) * FN(N_VALUES); from++) {
        const vec a = FN(take)(from, 0), b = FN(take)(from / FN(N_VALUES), from % 2);
        const int half = VL / 2;
        CHECK_LANES(vec_even(a, b), FN(lane)(i < half ? a : b, 2 * (i % half)));
        CHECK_LANES(vec_odd(a, b), FN(lane)(i < half ? a : b, 2 * (i % half) + 1));
        CHECK_LANES(vec_zip_low(a, b), FN(lane)(i % 2 ? b : a, i / 2));
        CHECK_LANES(vec_zip_high(a, b), FN(lane)(i % 2 ? b : a, half + i / 2));
        CHECK_LANES(vec_copysign(a, b), copysign((double)LANE(a), (double)LANE(b)));
        CHECK_LANES(vec_larger(a, b), LANE(a) > LANE(b) ? LANE(a) : LANE(b));
        CHECK_LANES(vec_smaller(a, b), LANE(a) < LANE(b) ? LANE(a) : LANE(b));
        CHECK_LANES(vec_max(a, b), FN(scalar_max)(LANE(a), LANE(b)));
        CHECK_LANES(vec_min(a, b), FN(scalar_min)(LANE(a), LANE(b)));
        CHECK_LANES(vec_select(vec_lt(a, b), a, b), LANE(a) < LANE(b) ? LANE(a) : LANE(b));
        CHECK_MASK(vec_lt(a, b), LANE(a) < LANE(b));
        CHECK_MASK(vec_le(a, b), LANE(a) <= LANE(b));
        CHECK_MASK(vec_gt(a, b), LANE(a) > LANE(b));
        CHECK_MASK(vec_ge(a, b), LANE(a) >= LANE(b));
        CHECK_MASK(vec_eq(a, b), LANE(a) == LANE(b));
        CHECK_MASK(vec_ne(a, b), LANE(a) != LANE(b));
        CHECK_MASK(vmask_and(vec_le(a, b), vec_ge(a, b)), LANE(a) <= LANE(b) && LANE(a) >= LANE(b));
        CHECK_MASK(vmask_or(vec_lt(a, b), vec_gt(a, b)), LANE(a) < LANE(b) || LANE(a) > LANE(b));
        CHECK_MASK(vmask_not(vec_lt(a, b)), !(LANE(a) < LANE(b)));
    }
}

/* Numbers with all digits in use, of sizes that neither overflow nor underflow. */
static vec FN(draw_vec)(void)
{
    T lanes[VL];
    for (int i = 0; i < VL; i++) {
        lanes[i] = (T)ldexp((double)(int64_t)draw(), (int)(draw() % 20) - 73);
    }
    return vec_load(lanes);
}

static T FN(scalar_fma)(T a, T b, T c)
{
#if defined(TGC_VEC_GENERIC_H)
    return a * b + c;
#else
    return (T)(sizeof(T) == 4 ? (double)fmaf((float)a, (float)b, (float)c)
                              : fma((double)a, (double)b, (double)c));
#endif
}

static void FN(test_multiply_add)(void)
{
    for (int pass = 0; pass < 1000; pass++) {
        const vec a = FN(draw_vec)(), b = FN(draw_vec)(), c = FN(draw_vec)();
        CHECK_LANES(vec_fma(a, b, c), FN(scalar_fma)(LANE(a), LANE(b), LANE(c)));
        CHECK_LANES(vec_fnma(a, b, c), FN(scalar_fma)(-LANE(a), LANE(b), LANE(c)));
        CHECK_LANES(vec_subtract_product(a * b, a, b) + vec_zero(),
                    (T)fmal(-(long double)LANE(a), (long double)LANE(b), (long double)LANE(a * b)));
        CHECK_LANES(vec_mul_error(a, b, a * b) + vec_zero(),
                    (T)fmal((long double)LANE(a), (long double)LANE(b), -(long double)LANE(a * b)));
    }
}

static void FN(test_folds)(void)
{
    for (int pass = 0; pass < 100; pass++) {
        const vec v = FN(draw_vec)();
        vec sum = v;
        T largest = v[0];
        for (int half = VL / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sum[i] += sum[i + half];
            }
        }
        for (int i = 0; i < VL; i++) {
            largest = v[i] > largest ? v[i] : largest;
        }
        CHECK(vec_sum(v) == sum[0]);
        CHECK(vec_hmax(v) == largest);
        vec holed = v;
        holed[pass % VL] = (T)NAN;
        CHECK(isnan(vec_hmax(holed)) && isnan(vec_sum(holed)));
    }
}

/* Loads and stores of n lanes that end where memory ends. */
static void FN(test_memory)(char *end)
{
    for (ptrdiff_t n = 0; n <= VL; n++) {
        T *p = (T *)end - n;
        for (ptrdiff_t i = 0; i < n; i++) {
            p[i] = (T)(i + 1);
        }
        p[-1] = 99;
        CHECK_LANES(vec_loadn(p, n), i < n ? (T)(i + 1) : 0);
        CHECK_LANES(vec_gather(p, 1, n), i < n ? (T)(i + 1) : 0);
        CHECK_LANES(vec_gather((T *)end - 1, -1, n), i < n ? (T)(n - i) : 0);
        CHECK_LANES(vec_gather(p, 0, n), i < n ? 1 : 0);
        CHECK_MASK(vmask_first(n), i < n);
        vec_storen(p, vec_set1(5), n);
        for (ptrdiff_t i = 0; i < n; i++) {
            CHECK(p[i] == 5);
        }
        CHECK(p[-1] == 99);
    }
    T *p = (T *)end - VL;
    for (ptrdiff_t n = 0; n <= VL; n++) {
        vec_store(p, vec_set1(7));
        CHECK_LANES(vec_load(p), 7);
        vec_storen(p, vec_set1(5), n);
        CHECK_LANES(vec_load(p), i < n ? 5 : 7);
    }
}

static void FN(test_strides)(void)
{
    T values[VL * 5];
    for (int i = 0; i < VL * 5; i++) {
        values[i] = (T)(i + 1);
    }
    for (ptrdiff_t n = 0; n <= VL; n++) {
        const vec v = vec_gather(values, 5, n);
        CHECK_LANES(v, i < n ? (T)(5 * i + 1) : 0);
    }
}

static void FN(test_mask_bytes)(char *end)
{
    for (ptrdiff_t n = 0; n <= VL; n++) {
        for (unsigned pattern = 0; pattern < 1u << (VL < 10 ? VL : 10); pattern++) {
            const unsigned bits = pattern * 73 % (1u << VL);
            uint8_t *p = (uint8_t *)end - n;
            for (ptrdiff_t i = 0; i < n; i++) {
                p[i] = (uint8_t)((bits >> i & 1) << (i % 8));
            }
            p[-1] = 99;
            const vmask m = vmask_loadn_bytes(p, n);
            CHECK(vmask_bits(m) == (bits & ((1u << n) - 1)));
            CHECK(vmask_any(m) == (vmask_bits(m) != 0));
            CHECK(vmask_all(m) == (vmask_bits(m) == (1u << VL) - 1));
            vmask_store_bytes(p, m, n);
            for (ptrdiff_t i = 0; i < n; i++) {
                CHECK(p[i] == (bits >> i & 1));
            }
            CHECK(p[-1] == 99);
        }
    }
}

static void FN(test_bytes)(char *end)
{
    for (ptrdiff_t n = 0; n <= VL; n++) {
        for (int first = 0; first < 256; first += 5) {
            uint8_t *p = (uint8_t *)end - n;
            for (ptrdiff_t i = 0; i < n; i++) {
                p[i] = (uint8_t)(first + 51 * i);
            }
            p[-1] = 99;
            const vec v = vec_loadn_bytes(p, n);
            CHECK_LANES(v, i < n ? (T)(uint8_t)(first + 51 * i) : 0);
            memset(p, 7, (size_t)n);
            vec_storen_bytes(p, v, n);
            for (ptrdiff_t i = 0; i < n; i++) {
                CHECK(p[i] == (uint8_t)(first + 51 * i));
            }
            CHECK(p[-1] == 99);
        }
    }
}

static void FN(test_exponents)(void)
{
    T values[FN(N_VALUES)];
    FN(fill_values)(values);
    for (int n = -3 * T_BIAS; n <= 3 * T_BIAS; n += T_BIAS == 127 ? 1 : 7) {
        for (int k = 0; k < FN(N_VALUES); k++) {
            const T expected = (T)(sizeof(T) == 4 ? (double)ldexpf((float)values[k], n)
                                                  : ldexp((double)values[k], n));
            CHECK_LANES(vec_ldexp(vec_set1(values[k]), vec_set1((T)n)), expected);
        }
        /* A little above half the smallest number: 0 if it were rounded twice. */
        const double odd = 1 + (double)(T_BIAS == 127 ? FLT_EPSILON : DBL_EPSILON);
        const T scaled = (T)ldexp(odd, n * 5 / 16);
        const int left = -T_BIAS - T_MANTISSA - n * 5 / 16;
        CHECK_LANES(vec_ldexp(vec_set1(scaled), vec_set1((T)left)), SMALLEST);
        if (n > -T_BIAS && n <= T_BIAS) {
            CHECK_LANES(vec_exp2i(vec_set1((T)n)), ldexp(1.0, n));
        }
    }
    for (int k = 2; k < FN(N_VALUES) - 4; k += 2) {
        vec exponent;
        const vec m = vec_frexp(vec_set1(values[k]), &exponent);
        CHECK_LANES(vec_ldexp(m, exponent), values[k]);
        CHECK((double)m[0] >= 0x1.6a09ep-1 && (double)m[0] < 0x1.6a09e8p0);
    }
}

static void FN(test_vocabulary)(void)
{
    char *end = end_of_memory();
    FN(test_unary)();
    FN(test_binary)();
    FN(test_multiply_add)();
    FN(test_folds)();
    FN(test_memory)(end);
    FN(test_strides)();
    FN(test_mask_bytes)(end);
    FN(test_bytes)(end);
    FN(test_exponents)();
}

#undef LANE
#undef CHECK_LANES
#undef CHECK_MASK
#undef SMALLEST
#undef SMALLEST_NORMAL
#undef LARGEST
