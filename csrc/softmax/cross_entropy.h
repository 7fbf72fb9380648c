/*
 * Cross entropy of logits x (N, C) with class indices t (N,): log-softmax and the negative log
 * likelihood in one pass. With w the weights of the classes (1 where there are none) and e the
 * label smoothing, row i has
 *
 *     -log p_ic = log s_i - (x_ic - m_i),   m_i = max_c x_ic,   s_i = sum_c exp(x_ic - m_i)
 *     loss_i    = (1 - e) w_t (-log p_it) + e / C sum_c w_c (-log p_ic)
 *
 * and 0 where t_i is the ignored index; the mean divides the sum by `total`, the sum of w_t over
 * the rows that count, and is NaN where there are none. As in PyTorch, the second term of the
 * mean is divided by the same total.
 *
 *     cross_entropy           logits, target, [weight], norm, loss, [partial sums]
 *     cross_entropy_total     target, [weight], total
 *     cross_entropy_backward  grad, logits, target, [weight], norm, [total], grad_logits
 *
 * sizes[TGC_CE_ROLE] names the kernel and sizes[TGC_CE_CLASSES] is C; weight is there if
 * sizes[TGC_CE_WEIGHTED]. loss and grad are (N,) for the reduction none, else 0-d; the classes of
 * grad_logits lie side by side. Partial sums, for mean and sum, are
 * 2 * tgc_cross_entropy_chunks(N, C) float64; total, for the mean, is a 0-d float64. scalars[0] is
 * the label smoothing.
 *
 * norm is (N, 2), float64: m_i and s_i for the gradient, which cannot take log s_i + m_i in their
 * place, because the rounding of a large m_i would take the logarithm away. Rows that do not count
 * have zeros.
 *
 * A target that is neither a class nor ignored is reported with its position.
 */
#ifndef TGC_CROSS_ENTROPY_H
#define TGC_CROSS_ENTROPY_H

#include "../loss/classes.h"
#include "../loss/loss.h"

enum { TGC_CE_ROLE, TGC_CE_CLASSES, TGC_CE_REDUCTION, TGC_CE_WEIGHTED, TGC_CE_IGNORE_INDEX };
enum { TGC_CE_FORWARD, TGC_CE_TOTAL, TGC_CE_BACKWARD };

/* Rows of one chunk: beside its classes a row costs as much as some elements do. */
static inline ptrdiff_t tgc_cross_entropy_rows(ptrdiff_t n_classes)
{
    const ptrdiff_t rows = 16384 / (n_classes + 8);
    return rows < 1 ? 1 : rows;
}

static inline ptrdiff_t tgc_cross_entropy_chunks(ptrdiff_t n, ptrdiff_t n_classes)
{
    const ptrdiff_t rows = tgc_cross_entropy_rows(n_classes);
    return tgc_ceil_div(n, rows);
}

/* A call taken apart. What it does not have is NULL. */
typedef struct {
    const tgc_operand *grad, *logits, *target, *weight, *norm, *total, *y, *partial;
    ptrdiff_t n; /* rows */
    tgc_classes classes;
    double smoothing;
    int reduction;
} tgc_cross_entropy;

tgc_cross_entropy tgc_cross_entropy_unpack(const tgc_call *call);

/* The class of row i, or -1 where it does not count. */
static inline ptrdiff_t tgc_class_of(const tgc_call *call, const tgc_cross_entropy *c, ptrdiff_t i)
{
    const int64_t *const target = (const int64_t *)(const void *)c->target->data;
    return tgc_class_at(call, c->classes, target[i * c->target->strides[0]], i);
}

/* m_i and s_i. */
static inline double *tgc_norm(const tgc_cross_entropy *c, ptrdiff_t i)
{
    return (double *)c->norm->data + 2 * i;
}

void tgc_cross_entropy_plan(tgc_call *call);
void tgc_cross_entropy_total_plan(tgc_call *call);
tgc_error tgc_cross_entropy_explain(const tgc_call *call, char *text, size_t size);

#endif
