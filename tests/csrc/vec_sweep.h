/* What is swept: each function with its definition in doubles, and the error it may have. */
#ifndef VEC_SWEEP_H
#define VEC_SWEEP_H

enum { SWEEP_BLOCK = 4096 };
typedef void sweep_run(const float *x, float *y);

#define SWEEP_UNARY(X)                                                                       \
    X(exp, exp(x), 1.2)                                                                      \
    X(expm1, expm1(x), 2)                                                                    \
    X(log, log(x), 2)                                                                        \
    X(log1p, log1p(x), 2)                                                                    \
    X(tanh, tanh(x), 3)                                                                      \
    X(sigmoid, 1 / (1 + exp(-x)), 2.5)                                                       \
    X(erf, erf(x), 2.5)                                                                      \
    X(erfc, erfc(x), 3)                                                                      \
    X(gelu, gelu(x), 3)                                                                      \
    X(gelu_tanh, gelu_tanh(x), 3)                                                            \
    X(gelu_slope, gelu_slope(x), 3)                                                          \
    X(gelu_tanh_slope, gelu_tanh_slope(x), 5)                                                \
    X(sin, sin(x), 3)                                                                        \
    X(cos, cos(x), 3)

#define SWEEP_POWER(X)                                                                       \
    X(pow_third, 0.33333334f)                                                                \
    X(pow_odd, -3)                                                                           \
    X(pow_large, 40.7f)

extern sweep_run *const sweep_generic[];
extern sweep_run *const sweep_avx2[];
extern sweep_run *const sweep_avx512[];

#endif
