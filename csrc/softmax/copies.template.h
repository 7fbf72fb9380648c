/*
 * Lines that cannot be read where they lie, for one real type (T): the loop gets copies in which
 * vectors are contiguous. Short lines are transposed.
 */
#include <string.h>

#include "../runtime/workspace.h"

#include "../vec/transpose.template.h"

/* Where line i of operand k begins. */
TGC_INLINE T *FN(line_of)(const tgc_softmax_lines *lines, int k, ptrdiff_t i)
{
    return (T *)lines->data[k] + i * lines->line_step[k];
}

/* to[j * to_step + i * to_line] = from[j * step + i * line_step] for i < lines, j < n */
static void FN(copy_lines)(T *to, ptrdiff_t to_step, ptrdiff_t to_line, const T *from,
                           ptrdiff_t step, ptrdiff_t line_step, ptrdiff_t lines, ptrdiff_t n)
{
    for (ptrdiff_t j = 0; j < n; j++, to += to_step, from += step) {
        for (ptrdiff_t i = 0; i < lines; i++) {
            to[i * to_line] = from[i * line_step];
        }
    }
}

/* Runs `loop` with copies of the operands whose vectors are not contiguous. Columns are copied side
 * by side, several at a time, other lines one by one. */
static void FN(run_copies)(const tgc_softmax_lines *lines, int n_arrays, tgc_softmax_loop *loop)
{
    const int last = n_arrays - 1, columns = lines->columns;
    const ptrdiff_t n = lines->n, together = tgc_min(tgc_softmax_together(lines), VL);
    tgc_softmax_lines part = *lines;
    T *copies[3], *next = tgc_workspace();
    for (int k = 0; k < n_arrays; k++) {
        copies[k] = tgc_softmax_is_unit(lines, k) ? NULL : next;
        if (copies[k]) {
            part.data[k] = (char *)next;
            part.step[k] = columns ? together : 1;
            part.line_step[k] = columns ? 1 : n;
            next += n * together;
        }
    }
    for (ptrdiff_t i = 0; i < lines->lines; i += together) {
        part.lines = tgc_min(lines->lines - i, together);
        for (int k = 0; k < n_arrays; k++) {
            T *const operand = FN(line_of)(lines, k, i);
            if (!copies[k]) {
                part.data[k] = (char *)operand;
            } else if (k < last) {
                FN(copy_lines)(copies[k], part.step[k], part.line_step[k], operand, lines->step[k],
                               lines->line_step[k], part.lines, n);
            }
        }
        loop(&part);
        if (copies[last]) {
            FN(copy_lines)(FN(line_of)(lines, last, i), lines->step[last], lines->line_step[last],
                           copies[last], part.step[last], part.line_step[last], part.lines, n);
        }
    }
}

/* to[j][i] = from[i][j] for j < n, i < VL; the last of the `lines` lines is repeated. */
static void FN(from_lines)(T *to, const T *from, ptrdiff_t line_step, ptrdiff_t lines, ptrdiff_t n)
{
    for (; n > 0; n -= VL, from += VL, to += VL * VL) {
        vec v[VL];
        TGC_UNROLL for (int i = 0; i < VL; i++)
        {
            v[i] = vec_load_first(from + tgc_min(i, lines - 1) * line_step, tgc_min(n, VL));
        }
        FN(transpose)(v);
        TGC_UNROLL for (int j = 0; j < VL; j++)
        {
            vec_store(to + j * VL, v[j]);
        }
    }
}

/* to[i][j] = from[j][i] for j < n, i < lines. */
static void FN(to_lines)(T *to, ptrdiff_t line_step, ptrdiff_t lines, const T *from, ptrdiff_t n)
{
    for (; n > 0; n -= VL, to += VL, from += VL * VL) {
        vec v[VL];
        TGC_UNROLL for (int j = 0; j < VL; j++)
        {
            v[j] = vec_load(from + j * VL);
        }
        FN(transpose)(v);
        TGC_UNROLL for (int i = 0; i < VL; i++)
        {
            if (i < lines) {
                vec_store_first(to + i * line_step, v[i], tgc_min(n, VL));
            }
        }
    }
}

/* Short lines go VL at a time: they are transposed into lines that lie side by side, and back.
 * Otherwise they would leave lanes empty, and each step would wait for the one before. */
enum {
    /* Elements of the longest short line. */
    FN(SHORT) = 4 * VL,
    /* The same for the gradients, for which transposing pays less, as they have less to compute. */
    FN(SHORT_BACKWARD) = 2 * VL
};

static void FN(run_short)(const tgc_softmax_lines *lines, int n_arrays, tgc_softmax_loop *loop)
{
    T copies[3][FN(SHORT) * VL];
    const int last = n_arrays - 1;
    const ptrdiff_t n = lines->n;
    /* All VL lanes are computed, even if there are fewer lines: the copies fill the others. */
    tgc_softmax_lines side_by_side = {.n = n, .lines = VL, .columns = 1};
    for (int k = 0; k < n_arrays; k++) {
        side_by_side.data[k] = (char *)copies[k];
        side_by_side.step[k] = VL;
        side_by_side.line_step[k] = 1;
    }
    for (ptrdiff_t i = 0; i < lines->lines; i += VL) {
        const ptrdiff_t count = tgc_min(lines->lines - i, VL);
        for (int k = 0; k < last; k++) {
            const T *const from = FN(line_of)(lines, k, i);
            if (lines->step[k] == 1) {
                FN(from_lines)(copies[k], from, lines->line_step[k], count, n);
            } else {
                memset(copies[k], 0, (size_t)n * VL * sizeof(T));
                FN(copy_lines)(copies[k], VL, 1, from, lines->step[k], lines->line_step[k], count,
                               n);
            }
        }
        loop(&side_by_side);
        T *const to = FN(line_of)(lines, last, i);
        if (lines->step[last] == 1) {
            FN(to_lines)(to, lines->line_step[last], count, copies[last], n);
        } else {
            FN(copy_lines)(to, lines->step[last], lines->line_step[last], copies[last], VL, 1,
                           count, n);
        }
    }
}
