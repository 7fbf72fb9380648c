/* Losses for one real type (T) and the vectors of one ISA: each is a function and its slope, and
 * the loops that sum or store it are shared. */
#include "../elementwise/operand.template.h"
#include "../vec/math.template.h"

typedef vec FN(loss)(vec x, vec t);

TGC_INLINE vec FN(mse)(vec x, vec t)
{
    return (x - t) * (x - t);
}

TGC_INLINE vec FN(mse_slope)(vec x, vec t)
{
    return 2 * (x - t);
}

TGC_INLINE vec FN(bce)(vec x, vec t)
{
    const vec lowest = vec_set1(-100);
    const vec log_x = vec_max(vec_log(x), lowest), log_rest = vec_max(vec_log1p(-x), lowest);
    return (t - 1) * log_rest - t * log_x;
}

TGC_INLINE vec FN(bce_slope)(vec x, vec t)
{
    return (x - t) / vec_max((1 - x) * x, vec_set1((T)1e-12));
}

TGC_INLINE vec FN(bce_logits)(vec x, vec t)
{
    return (1 - t) * x - (vec_min(x, vec_zero()) - vec_log1p(vec_exp(-vec_abs(x))));
}

TGC_INLINE vec FN(bce_logits_slope)(vec x, vec t)
{
    return vec_sigmoid(x) - t;
}

/* n <= VL elements that lie `step` apart; the other lanes are 0. */
TGC_INLINE vec FN(get)(const T *p, ptrdiff_t step, ptrdiff_t n)
{
    if (step != 1) {
        return vec_gather(p, step, n);
    }
    return vec_load_first(p, n);
}

/* A line of losses: elements of x, t and, without reduction, y, which is contiguous. */
typedef struct {
    const T *x, *t;
    T *y;
    ptrdiff_t x_step, t_step, n;
} FN(line);

TGC_INLINE FN(line) FN(take_line)(const tgc_lines *w, ptrdiff_t n)
{
    FN(line) line = {.x = (const T *)(const void *)w->data[0],
                     .t = (const T *)(const void *)w->data[1],
                     .x_step = w->step[0] / (ptrdiff_t)sizeof(T),
                     .t_step = w->step[1] / (ptrdiff_t)sizeof(T),
                     .n = n};
    if (w->n_operands > 2) {
        line.y = (T *)(void *)w->data[2];
    }
    return line;
}

/* Writes the losses, or returns their sum. */
TGC_INLINE double FN(run_line)(FN(loss) *loss, const FN(line) *line)
{
    enum { BLOCK = 64 * VL };
    double total = 0;
    for (ptrdiff_t begin = 0; begin < line->n; begin += BLOCK) {
        const ptrdiff_t end = line->n - begin < BLOCK ? line->n : begin + BLOCK;
        vec sum = vec_zero();
        for (ptrdiff_t i = begin; i < end; i += VL) {
            const ptrdiff_t n = tgc_min(end - i, VL);
            const vec x = FN(get)(line->x + i * line->x_step, line->x_step, n);
            const vec l = loss(x, FN(get)(line->t + i * line->t_step, line->t_step, n));
            if (!line->y) {
                sum += n == VL ? l : vec_select(vmask_first(n), l, vec_zero());
            } else if (n == VL) {
                vec_store(line->y + i, l);
            } else {
                vec_storen(line->y + i, l, n);
            }
        }
        total += (double)vec_sum(sum);
    }
    return total;
}

/* Where the line first has an x or t that is no probability, or -1. */
TGC_INLINE ptrdiff_t FN(find_improbable)(const FN(line) *line)
{
    for (ptrdiff_t i = 0; i < line->n; i++) {
        const T x = line->x[i * line->x_step], t = line->t[i * line->t_step];
        if (!(x >= 0 && x <= 1 && t >= 0 && t <= 1)) {
            return i;
        }
    }
    return -1;
}

TGC_INLINE void FN(run_loss)(const tgc_call *call, ptrdiff_t index, FN(loss) *loss,
                             int probabilities)
{
    const int reduced = call->sizes[TGC_LOSS_REDUCTION] != TGC_LOSS_NONE;
    const ptrdiff_t size = tgc_operand_size(&call->operands[1]);
    ptrdiff_t first = index * TGC_LOSS_CHUNK;
    const ptrdiff_t count = tgc_min(size - first, TGC_LOSS_CHUNK);
    tgc_lines w;
    tgc_lines_begin(&w, call->operands, reduced ? 2 : 3, call->operands[1].ndim);
    tgc_lines_merge(&w);
    tgc_lines_seek(&w, first, count);
    double total = 0;
    for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n), first += n) {
        const FN(line) line = FN(take_line)(&w, n);
        const ptrdiff_t bad = probabilities ? FN(find_improbable)(&line) : -1;
        if (bad >= 0) {
            tgc_report(call, first + bad);
        }
        total += FN(run_line)(loss, &line);
    }
    if (reduced) {
        ((double *)(void *)call->operands[3].data)[index] = total;
    }
}

static void FN(finish)(const tgc_call *call)
{
    if (call->sizes[TGC_LOSS_REDUCTION] != TGC_LOSS_NONE) {
        *(T *)(void *)call->operands[2].data = (T)tgc_loss_total(call);
    }
}

TGC_INLINE void FN(run_slope)(const tgc_call *call, ptrdiff_t n, char *const *data,
                              const ptrdiff_t *steps, FN(loss) *slope)
{
    const vec scale = vec_set1((T)tgc_scalar_value(&call->scalars[0]));
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const ptrdiff_t k = tgc_min(n - i, VL);
        const vec grad = scale * FN(operand)(data, steps, 0, i, k);
        const vec x = FN(operand)(data, steps, 1, i, k), t = FN(operand)(data, steps, 2, i, k);
        vec_store_first((T *)(void *)data[3] + i, grad * slope(x, t), k);
    }
}

#define LOSS(kernel, loss, probabilities)                                                     \
    static void FN(kernel)(const tgc_call *call, ptrdiff_t index)                            \
    {                                                                                        \
        FN(run_loss)(call, index, FN(loss), probabilities);                                  \
    }                                                                                        \
    static void FN(kernel##_backward)(const tgc_call *call, ptrdiff_t n, char *const *data,  \
                                      const ptrdiff_t *steps)                                \
    {                                                                                        \
        FN(run_slope)(call, n, data, steps, FN(loss##_slope));                               \
    }

LOSS(mse_loss, mse, 0)
LOSS(binary_cross_entropy, bce, 1)
LOSS(binary_cross_entropy_with_logits, bce_logits, 0)

#undef LOSS

static void FN(install)(tgc_table table)
{
#define INSTALL(kernel, nanoseconds, backward_nanoseconds)                                   \
    table[TGC_##kernel][TGC_DTYPE] = (tgc_kernel){.name = #kernel,                           \
                                                  .plan = tgc_loss_plan,                     \
                                                  .chunk = FN(kernel),                       \
                                                  .finish = FN(finish),                      \
                                                  .explain = tgc_loss_explain,               \
                                                  .cost = nanoseconds};                      \
    table[TGC_##kernel##_backward][TGC_DTYPE] = TGC_ELEMENTWISE_ROW(                         \
        #kernel "_backward", FN(kernel##_backward), backward_nanoseconds);
    INSTALL(mse_loss, 0.15, 0.2)
    INSTALL(binary_cross_entropy, 2, 0.4)
    INSTALL(binary_cross_entropy_with_logits, 1.5, 0.8)
#undef INSTALL
}
