/*
 * Optimizer steps: one call updates one parameter and its state in place, element by element.
 *
 * sgd   grad, [momentum buffer], p; scalars lr, momentum, dampening, weight_decay
 *
 *     g = (maximize ? -grad : grad) + weight_decay p
 *     b = first ? g : momentum b + (1 - dampening) g
 *     p = p - lr (nesterov ? g + momentum b : b)
 *
 * adam  grad, m, v, [largest v], p, step; scalars lr, beta1, beta2, eps, weight_decay
 *
 *     step = step + 1,  g as above, or p = (1 - lr weight_decay) p if decoupled
 *     m = m + (1 - beta1) (g - m)
 *     v = beta2 v + (1 - beta2) g g
 *     p = p - lr / (1 - beta1^step) m / (sqrt(v or largest v) / sqrt(1 - beta2^step) + eps)
 *
 * rmsprop   grad, v, [mean], [momentum buffer], p, step;
 *           scalars lr, alpha, eps, weight_decay, momentum
 *
 *     step = step + 1,  g as above
 *     v = alpha v + (1 - alpha) g g,  mean = mean + (1 - alpha) (g - mean)
 *     d = g / (sqrt(centered ? v - mean mean : v) + eps),  b = momentum b + d
 *     p = p - lr (momentum ? b : d)
 *
 * adagrad   grad, sum, p, step; scalars lr, lr_decay, eps, weight_decay
 *
 *     step = step + 1,  g as above,  sum = sum + g g
 *     p = p - lr / (1 + (step - 1) lr_decay) g / (sqrt(sum) + eps)
 *
 * All operands but step have one shape; step is a 0-d float32. The optional ones are there if
 * sizes[TGC_OPTIM_FLAGS] says so.
 */
#ifndef TGC_OPTIM_H
#define TGC_OPTIM_H

#include "../elementwise/elementwise.h"

/* The last size: the elementwise plan uses the first ones. */
enum { TGC_OPTIM_FLAGS = TGC_MAX_SIZES - 1 };
enum {
    TGC_MAXIMIZE = 1,
    TGC_MOMENTUM = 2, /* there is a momentum buffer */
    TGC_FIRST = 4,    /* and it has no value yet */
    TGC_NESTEROV = 8,
    TGC_AMSGRAD = 16, /* there is a largest v */
    TGC_DECOUPLED = 32,
    TGC_CENTERED = 64 /* there is a mean of the gradients */
};

/* For all but sgd: elementwise, except for the last operand, the step. */
void tgc_stepped_plan(tgc_call *call);
void tgc_stepped_chunk(const tgc_call *call, ptrdiff_t index);
void tgc_stepped_finish(const tgc_call *call);

void tgc_optim_generic(tgc_table table);
void tgc_optim_avx2(tgc_table table);
void tgc_optim_avx512(tgc_table table);

#endif
