/*
 * Every float, or every STRIDE-th, through one function on every ISA that this CPU has, against its
 * definition in doubles: vec_sweep NAME [STRIDE]. test_vec_sweep.py builds and runs it.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cpu.h"
#include "vec_sweep.h"

static double normal_distribution(double x)
{
    return erfc(x * -0.70710678118654752440) / 2;
}

/* -0 for the large negative numbers, NaN for 0 times infinity. */
static double gelu(double x)
{
    return x * normal_distribution(x);
}

static double gelu_slope(double x)
{
    const double slope = normal_distribution(x) + x * exp(-x * x / 2) * 0.39894228040143267794;
    return slope == 0 ? -0.0 : slope;
}

static double gelu_exponent(double x)
{
    return 1.5957691216057307117 * (x + 0.044715 * x * x * x);
}

static double gelu_tanh(double x)
{
    const double power = exp(-fabs(gelu_exponent(x)));
    return x < 0 ? x * (power / (1 + power)) : x / (1 + power);
}

static double gelu_tanh_slope(double x)
{
    const double power = exp(-fabs(gelu_exponent(x)));
    const double small = power / (1 + power), sigmoid = x < 0 ? small : 1 / (1 + power);
    const double slope = 1.5957691216057307117 * (1 + 3 * 0.044715 * x * x);
    const double product = power == 0 ? x * 0 : x * slope * small / (1 + power);
    return sigmoid + product == 0 ? copysign(0, x) : sigmoid + product;
}

#define UNARY(name, exact, limit)                                                            \
    static double exact_##name(double x)                                                     \
    {                                                                                        \
        return exact;                                                                        \
    }
#define POWER(name, exponent) UNARY(name, pow(x, (double)exponent), 2)
SWEEP_UNARY(UNARY)
SWEEP_POWER(POWER)

typedef struct {
    const char *name;
    double (*exact)(double x);
    double limit;
} function;

#define UNARY_ROW(name, exact, limit) {#name, exact_##name, limit},
#define POWER_ROW(name, exponent) {#name, exact_##name, 2},
static const function functions[] = {SWEEP_UNARY(UNARY_ROW) SWEEP_POWER(POWER_ROW)};
enum { N_FUNCTIONS = sizeof functions / sizeof functions[0] };

/* Where rounding to a float gives infinity: it stands for infinity. */
#define BEYOND 0x1p128

/* One unit of the last digit that a float of this size has is 2**-23 of it, its digits cleared. */
static double unit_of(double size)
{
    uint64_t bits;
    size = size < 0x1p-126 ? 0x1p-126 : size;
    memcpy(&bits, &size, sizeof bits);
    bits = (bits >> 52) << 52;
    memcpy(&size, &bits, sizeof bits);
    return size * 0x1p-23;
}

/* |got - exact| in these units; signs and NaN have to agree. */
static double error_of(float got, double exact, double per_unit, int near_root)
{
    if (isnan(exact) || isnan(got)) {
        return isnan(exact) && isnan(got) ? 0 : HUGE_VAL;
    }
    if (!signbit(got) != !signbit(exact) && !near_root) {
        return HUGE_VAL;
    }
    const double value = isinf(got) ? copysign(BEYOND, (double)got) : (double)got;
    return fabs(value - exact) * per_unit;
}

/* The worst error of a function on one ISA, and whether it is within the limit. */
typedef struct {
    sweep_run *run;
    double worst;
    float where;
} variant;

static void take_block(const function *f, variant *variants, const float *x)
{
    static double exact[SWEEP_BLOCK], per_unit[SWEEP_BLOCK];
    static int near_root[SWEEP_BLOCK];
    static float y[SWEEP_BLOCK];
    /* Both derivatives of gelu have a root near -0.75: see vec_math.template.h. */
    const int is_slope = strstr(f->name, "slope") != NULL;
    for (int i = 0; i < SWEEP_BLOCK; i++) {
        const double e = f->exact((double)x[i]);
        exact[i] = fabs(e) > BEYOND ? copysign(BEYOND, e) : e;
        near_root[i] = is_slope && x[i] > -2 && x[i] < -0.5f;
        per_unit[i] = 1 / unit_of(near_root[i] ? 0.125 : fabs(exact[i]));
    }
    for (int isa = 0; isa < TGC_N_ISAS; isa++) {
        variant *v = &variants[isa];
        if (!tgc_cpu_supports((tgc_isa)isa)) {
            continue;
        }
        v->run(x, y);
        for (int i = 0; i < SWEEP_BLOCK; i++) {
            const double e = error_of(y[i], exact[i], per_unit[i], near_root[i]);
            v->where = e > v->worst ? x[i] : v->where;
            v->worst = e > v->worst ? e : v->worst;
        }
    }
}

static int sweep(int index, uint64_t stride)
{
    const function *f = &functions[index];
    variant variants[TGC_N_ISAS] = {[TGC_GENERIC] = {.run = sweep_generic[index]}};
#if defined(__x86_64__)
    variants[TGC_AVX2].run = sweep_avx2[index];
    variants[TGC_AVX512].run = sweep_avx512[index];
#endif
    static float x[SWEEP_BLOCK];
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32;) {
        for (int i = 0; i < SWEEP_BLOCK; i++, bits += stride) {
            const uint32_t narrow = (uint32_t)bits;
            memcpy(&x[i], &narrow, sizeof narrow);
        }
        take_block(f, variants, x);
    }
    int failed = 0;
    for (int isa = 0; isa < TGC_N_ISAS; isa++) {
        if (tgc_cpu_supports((tgc_isa)isa)) {
            printf("%-15s %-7s %.3f ulp at %a\n", f->name, tgc_isa_name((tgc_isa)isa),
                   variants[isa].worst, (double)variants[isa].where);
            failed |= !(variants[isa].worst <= f->limit);
        }
    }
    return failed;
}

int main(int argc, char **argv)
{
    const uint64_t stride = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (int i = 0; i < N_FUNCTIONS && argc > 1; i++) {
        if (strcmp(functions[i].name, argv[1]) == 0) {
            return sweep(i, stride);
        }
    }
    fprintf(stderr, "usage: vec_sweep NAME [STRIDE]; the names are in vec_sweep.h\n");
    return 2;
}
