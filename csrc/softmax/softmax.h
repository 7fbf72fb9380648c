/*
 * softmax and log-softmax along one axis, and their gradients.
 *
 *     softmax               y = exp(a - max a) / sum exp(a - max a)
 *     log_softmax           y = a - max a - log sum exp(a - max a)
 *     softmax_backward      grad_a = y * (grad - sum(grad * y))
 *     log_softmax_backward  grad_a = grad - exp(y) * sum(grad)
 *
 * Operands: a, y; or grad, y, grad_a; of one shape and any strides. sizes[TGC_SOFTMAX_AXIS] is the
 * axis. A line along it is walked several times, after the first time from a cache unless it is
 * very long. Sums are taken in T: over blocks of 64 vectors, then over the blocks. A vector holds
 * neighbours of one line, or one element each of lines that lie side by side; short lines are
 * transposed so that they do, and operands with other steps are copied into workspace. A line gives
 * NaN if it has a NaN or +inf, or nothing but -inf.
 */
#ifndef TGC_SOFTMAX_H
#define TGC_SOFTMAX_H

#include "../runtime/dispatch.h"
#include "../runtime/sizes.h"

enum { TGC_SOFTMAX_AXIS };

/* Some lines side by side: for each operand its first element, the step along a line and the
 * step from line to line. */
typedef struct {
    char *data[3];
    ptrdiff_t step[3];
    ptrdiff_t line_step[3];
    ptrdiff_t n;
    ptrdiff_t lines;
    /* 1 where lines are closer in memory than the elements of one. */
    int columns;
} tgc_softmax_lines;

/* Do vectors of operand k consist of neighbours, along the lines or across them? */
static inline int tgc_softmax_is_unit(const tgc_softmax_lines *lines, int k)
{
    return (lines->columns ? lines->line_step[k] : lines->step[k]) == 1;
}

static inline int tgc_softmax_are_unit(const tgc_softmax_lines *lines, int n_arrays)
{
    int unit = 1;
    for (int k = 0; k < n_arrays; k++) {
        unit &= tgc_softmax_is_unit(lines, k);
    }
    return unit;
}

/* The number of lines that are copied at a time: one where they lie one after the other. Columns
 * are copied together, as many as the widest vectors have lanes, but fewer if they are long. */
static inline ptrdiff_t tgc_softmax_together(const tgc_softmax_lines *lines)
{
    enum { ROOM = 65536 };
    return lines->columns ? tgc_clamp(ROOM / lines->n, 1, TGC_MAX_LANES) : 1;
}

/* The `loop` of these kernels. */
typedef void tgc_softmax_loop(const tgc_softmax_lines *lines);

void tgc_softmax_plan(tgc_call *call);
void tgc_softmax_chunk(const tgc_call *call, ptrdiff_t index);

#define TGC_SOFTMAX_ROW(kernel_name, kernel_loop, kernel_cost) \
    ((tgc_kernel){.name = kernel_name,                         \
                  .plan = tgc_softmax_plan,                    \
                  .chunk = tgc_softmax_chunk,                  \
                  .loop = (void (*)(void))(kernel_loop),       \
                  .cost = kernel_cost})

void tgc_softmax_generic(tgc_table table);
void tgc_softmax_avx2(tgc_table table);
void tgc_softmax_avx512(tgc_table table);

#endif
