/* Optimizer steps for one real type (T): loops of the elementwise driver. The gradient may be one
 * number for all elements (step 0); all other operands are written to, so their step is 1. */
#include "../elementwise/operand.template.h"

TGC_INLINE vec FN(get)(char *const *data, int operand, ptrdiff_t i, ptrdiff_t n)
{
    const T *p = (const T *)data[operand] + i;
    vec_prefetch(p);
    return vec_load_first(p, n);
}

TGC_INLINE void FN(put)(char *const *data, int operand, ptrdiff_t i, ptrdiff_t n, vec v)
{
    vec_store_first((T *)data[operand] + i, v, n);
}

TGC_INLINE T FN(scalar)(const tgc_call *call, int i)
{
    return (T)tgc_scalar_value(&call->scalars[i]);
}

TGC_INLINE ptrdiff_t FN(lanes)(ptrdiff_t left)
{
    return tgc_min(left, VL);
}

/* g + weight_decay * p. Without decay p is left out, so that an infinite p does not make it NaN. */
TGC_INLINE vec FN(decayed)(T weight_decay, vec p, vec g)
{
    return weight_decay == 0 ? g : vec_fma(vec_set1(weight_decay), p, g);
}

static void FN(sgd)(const tgc_call *call, ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    enum { GRAD, BUFFER };
    const ptrdiff_t flags = call->sizes[TGC_OPTIM_FLAGS];
    const int param = flags & TGC_MOMENTUM ? 2 : 1;
    const vec lr = vec_set1(FN(scalar)(call, 0)), momentum = vec_set1(FN(scalar)(call, 1));
    const vec fresh = vec_set1((T)(1 - tgc_scalar_value(&call->scalars[2])));
    const T weight_decay = FN(scalar)(call, 3);
    const vec sign = vec_set1(flags & TGC_MAXIMIZE ? -1 : 1);
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const ptrdiff_t k = FN(lanes)(n - i);
        const vec p = FN(get)(data, param, i, k);
        vec g = FN(decayed)(weight_decay, p, sign * FN(operand)(data, steps, GRAD, i, k));
        if (flags & TGC_MOMENTUM) {
            vec b = g;
            if (!(flags & TGC_FIRST)) {
                b = vec_fma(fresh, g, momentum * FN(get)(data, BUFFER, i, k));
            }
            FN(put)(data, BUFFER, i, k, b);
            g = flags & TGC_NESTEROV ? vec_fma(momentum, b, g) : b;
        }
        FN(put)(data, param, i, k, vec_fnma(lr, g, p));
    }
}

/* The step follows the operands that the elementwise driver knows of. */
TGC_INLINE double FN(next_step)(const tgc_call *call)
{
    return (double)*(const float *)call->operands[call->n_operands].data + 1;
}

static void FN(adam)(const tgc_call *call, ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    enum { GRAD, M, V, LARGEST };
    const ptrdiff_t flags = call->sizes[TGC_OPTIM_FLAGS];
    const int param = flags & TGC_AMSGRAD ? 4 : 3;
    const double lr = tgc_scalar_value(&call->scalars[0]);
    const double beta1 = tgc_scalar_value(&call->scalars[1]);
    const double beta2 = tgc_scalar_value(&call->scalars[2]);
    const double decay = tgc_scalar_value(&call->scalars[4]);
    const double t = FN(next_step)(call);
    const vec rate = vec_set1((T)(lr / (1 - pow(beta1, t))));
    const vec unbias = vec_set1((T)(1 / sqrt(1 - pow(beta2, t))));
    const vec fresh1 = vec_set1((T)(1 - beta1)), fresh2 = vec_set1((T)(1 - beta2));
    const vec old2 = vec_set1((T)beta2), eps = vec_set1(FN(scalar)(call, 3));
    const vec shrink = vec_set1(flags & TGC_DECOUPLED ? (T)(1 - lr * decay) : 1);
    const T weight_decay = flags & TGC_DECOUPLED ? 0 : (T)decay;
    const vec sign = vec_set1(flags & TGC_MAXIMIZE ? -1 : 1);
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const ptrdiff_t k = FN(lanes)(n - i);
        const vec p = FN(get)(data, param, i, k) * shrink;
        const vec g = FN(decayed)(weight_decay, p, sign * FN(operand)(data, steps, GRAD, i, k));
        vec m = FN(get)(data, M, i, k), v = FN(get)(data, V, i, k);
        m = vec_fma(fresh1, g - m, m);
        v = old2 * v + fresh2 * g * g;
        FN(put)(data, M, i, k, m);
        FN(put)(data, V, i, k, v);
        if (flags & TGC_AMSGRAD) {
            v = vec_max(FN(get)(data, LARGEST, i, k), v);
            FN(put)(data, LARGEST, i, k, v);
        }
        FN(put)(data, param, i, k, p - rate * m / vec_fma(unbias, vec_sqrt(v), eps));
    }
}

static void FN(rmsprop)(const tgc_call *call, ptrdiff_t n, char *const *data,
                        const ptrdiff_t *steps)
{
    enum { GRAD, V };
    const ptrdiff_t flags = call->sizes[TGC_OPTIM_FLAGS];
    const int mean_operand = V + 1, buffer = mean_operand + !!(flags & TGC_CENTERED);
    const int param = buffer + !!(flags & TGC_MOMENTUM);
    const double alpha = tgc_scalar_value(&call->scalars[1]);
    const vec lr = vec_set1(FN(scalar)(call, 0)), old = vec_set1((T)alpha);
    const vec fresh = vec_set1((T)(1 - alpha)), eps = vec_set1(FN(scalar)(call, 2));
    const T weight_decay = FN(scalar)(call, 3);
    const vec momentum = vec_set1(FN(scalar)(call, 4));
    const vec sign = vec_set1(flags & TGC_MAXIMIZE ? -1 : 1);
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const ptrdiff_t k = FN(lanes)(n - i);
        const vec p = FN(get)(data, param, i, k);
        const vec g = FN(decayed)(weight_decay, p, sign * FN(operand)(data, steps, GRAD, i, k));
        vec v = old * FN(get)(data, V, i, k) + fresh * g * g;
        FN(put)(data, V, i, k, v);
        if (flags & TGC_CENTERED) {
            vec mean = FN(get)(data, mean_operand, i, k);
            mean = vec_fma(fresh, g - mean, mean);
            FN(put)(data, mean_operand, i, k, mean);
            v = v - mean * mean;
        }
        vec d = g / (vec_sqrt(v) + eps);
        if (flags & TGC_MOMENTUM) {
            d = momentum * FN(get)(data, buffer, i, k) + d;
            FN(put)(data, buffer, i, k, d);
        }
        FN(put)(data, param, i, k, vec_fnma(lr, d, p));
    }
}

static void FN(adagrad)(const tgc_call *call, ptrdiff_t n, char *const *data,
                        const ptrdiff_t *steps)
{
    enum { GRAD, SUM, PARAM };
    const double lr_decay = tgc_scalar_value(&call->scalars[1]);
    const double slowed = 1 + (FN(next_step)(call) - 1) * lr_decay;
    const vec lr = vec_set1((T)(tgc_scalar_value(&call->scalars[0]) / slowed));
    const vec eps = vec_set1(FN(scalar)(call, 2));
    const T weight_decay = FN(scalar)(call, 3);
    const vec sign = vec_set1(call->sizes[TGC_OPTIM_FLAGS] & TGC_MAXIMIZE ? -1 : 1);
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const ptrdiff_t k = FN(lanes)(n - i);
        const vec p = FN(get)(data, PARAM, i, k);
        const vec g = FN(decayed)(weight_decay, p, sign * FN(operand)(data, steps, GRAD, i, k));
        const vec sum = vec_fma(g, g, FN(get)(data, SUM, i, k));
        FN(put)(data, SUM, i, k, sum);
        FN(put)(data, PARAM, i, k, vec_fnma(lr, g / (vec_sqrt(sum) + eps), p));
    }
}

/* The row of a kernel whose last operand is its step. */
#define STEPPED(kernel, nanoseconds)                                                         \
    table[TGC_##kernel][TGC_DTYPE] = (tgc_kernel){.name = #kernel,                           \
                                                  .plan = tgc_stepped_plan,                  \
                                                  .chunk = tgc_stepped_chunk,                \
                                                  .finish = tgc_stepped_finish,              \
                                                  .loop = (void (*)(void))FN(kernel),        \
                                                  .cost = nanoseconds}

static void FN(install)(tgc_table table)
{
    table[TGC_sgd][TGC_DTYPE] = TGC_ELEMENTWISE_ROW("sgd", FN(sgd), 0.3);
    STEPPED(adam, 0.8);
    STEPPED(rmsprop, 0.7);
    STEPPED(adagrad, 0.6);
}

#undef STEPPED
