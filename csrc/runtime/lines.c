/* The walk: its dimensions are put in order and joined first, then counted through. */
#include "lines.h"

#include "sizes.h"

void tgc_lines_begin(tgc_lines *w, const tgc_operand *operands, int n_operands, int ndim)
{
    w->n_operands = n_operands;
    w->ndim = ndim;
    for (int i = 0; i < n_operands; i++) {
        const ptrdiff_t item = (ptrdiff_t)tgc_item_size(operands[i].dtype);
        w->data[i] = operands[i].data;
        for (int d = 0; d < ndim; d++) {
            w->strides[i][d] = operands[i].strides[d] * item;
        }
    }
    for (int d = 0; d < ndim; d++) {
        w->shape[d] = operands[n_operands - 1].shape[d];
    }
}

void tgc_lines_narrow(tgc_lines *w, int d, ptrdiff_t first, ptrdiff_t count)
{
    for (int i = 0; i < w->n_operands; i++) {
        w->data[i] += first * w->strides[i][d];
    }
    w->shape[d] = count;
}

static void swap_dimensions(tgc_lines *w, int a, int b)
{
    const ptrdiff_t size = w->shape[a];
    w->shape[a] = w->shape[b];
    w->shape[b] = size;
    for (int i = 0; i < w->n_operands; i++) {
        const ptrdiff_t stride = w->strides[i][a];
        w->strides[i][a] = w->strides[i][b];
        w->strides[i][b] = stride;
    }
}

void tgc_lines_sort(tgc_lines *w)
{
    const ptrdiff_t *strides = w->strides[w->n_operands - 1];
    for (int end = 1; end < w->ndim; end++) {
        for (int d = end; d > 0; d--) {
            if (tgc_distance(strides[d - 1]) >= tgc_distance(strides[d])) {
                break;
            }
            swap_dimensions(w, d - 1, d);
        }
    }
}

/* Can dimension d be walked as the continuation of dimension e, e < d, by every operand? */
static int mergeable(const tgc_lines *w, int e, int d)
{
    for (int i = 0; i < w->n_operands; i++) {
        if (w->strides[i][e] != w->strides[i][d] * w->shape[d]) {
            return 0;
        }
    }
    return 1;
}

static void move_dimension(tgc_lines *w, int from, int to)
{
    w->shape[to] = w->shape[from];
    for (int i = 0; i < w->n_operands; i++) {
        w->strides[i][to] = w->strides[i][from];
    }
}

void tgc_lines_merge(tgc_lines *w)
{
    int kept = 0;
    for (int d = 0; d < w->ndim; d++) {
        if (w->shape[d] == 1) {
            continue;
        }
        if (kept > 0 && mergeable(w, kept - 1, d)) {
            const ptrdiff_t size = w->shape[kept - 1];
            move_dimension(w, d, kept - 1);
            w->shape[kept - 1] *= size;
        } else {
            move_dimension(w, d, kept++);
        }
    }
    w->ndim = kept;
}

ptrdiff_t tgc_lines_size(const tgc_lines *w)
{
    return tgc_product(w->shape, 0, w->ndim);
}

void tgc_lines_seek(tgc_lines *w, ptrdiff_t first, ptrdiff_t count)
{
    const int last = w->ndim - 1;
    w->left = count;
    for (int i = 0; i < w->n_operands; i++) {
        w->step[i] = last < 0 ? 0 : w->strides[i][last];
    }
    if (count == 0) {
        return;
    }
    for (int d = last; d >= 0; d--) {
        w->position[d] = first % w->shape[d];
        first /= w->shape[d];
        for (int i = 0; i < w->n_operands; i++) {
            w->data[i] += w->position[d] * w->strides[i][d];
        }
    }
}

void tgc_lines_next(tgc_lines *w, ptrdiff_t n)
{
    w->left -= n;
    if (w->left == 0) {
        return;
    }
    int d = w->ndim - 1;
    w->position[d] += n;
    for (int i = 0; i < w->n_operands; i++) {
        w->data[i] += n * w->strides[i][d];
    }
    /* Carry into the dimension before while this one is full, like an odometer. */
    for (; w->position[d] == w->shape[d]; d--) {
        w->position[d] = 0;
        w->position[d - 1]++;
        for (int i = 0; i < w->n_operands; i++) {
            w->data[i] += w->strides[i][d - 1] - w->shape[d] * w->strides[i][d];
        }
    }
}
