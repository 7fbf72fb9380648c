/* Puts kept axes before those apart, and finds the tiles of what is kept. */
#include "axes.h"

#include "../runtime/dimensions.h"

/* Brings the kept dimensions to the front, drops those of size 1, returns how many are left. */
static int partition(tgc_call *call, int n_arrays, ptrdiff_t axes)
{
    const tgc_operand *a = &call->operands[0];
    int kept = 0;
    for (int d = 0; d < a->ndim; axes >>= 1) {
        if (a->shape[d] == 1) {
            tgc_drop_dimension(call->operands, n_arrays, d);
            continue;
        }
        if (!(axes & 1)) {
            tgc_move_dimension(call->operands, n_arrays, d, kept++);
        }
        d++;
    }
    return kept;
}

/* Sorts dimensions begin .. end - 1 by the step in memory of operand `key`, largest first. */
static void sort_dimensions(tgc_call *call, int n_arrays, int key, int begin, int end)
{
    const ptrdiff_t *strides = call->operands[key].strides;
    for (int d = begin + 1; d < end; d++) {
        int to = d;
        while (to > begin && tgc_distance(strides[to - 1]) < tgc_distance(strides[d])) {
            to--;
        }
        tgc_move_dimension(call->operands, n_arrays, d, to);
    }
}

/* Merges what `judges` operands let merge of dimensions begin .. end - 1; returns the new end. */
static int merge_dimensions(tgc_call *call, int n_arrays, int judges, int begin, int end)
{
    for (int d = end - 1; d > begin; d--) {
        if (tgc_is_mergeable(call->operands, judges, d)) {
            tgc_merge_dimension(call->operands, n_arrays, d);
            end--;
        }
    }
    return end;
}

int tgc_arrange(tgc_call *call, tgc_axes which)
{
    const tgc_operand *a = &call->operands[0];
    const int n = which.n_arrays, kept = partition(call, n, which.axes);
    sort_dimensions(call, n, which.key, 0, kept);
    if (which.inner >= 0) {
        const tgc_operand *inner = &call->operands[which.inner];
        for (int d = kept; d < a->ndim; d++) {
            if (inner->strides[d] < 0 && a->shape[d] > 0) {
                tgc_reverse_dimension(call->operands, n, d);
            }
        }
        sort_dimensions(call, n, which.inner, kept, a->ndim);
    }
    merge_dimensions(call, n, 1, kept, a->ndim);
    return merge_dimensions(call, n, n, 0, kept);
}

ptrdiff_t tgc_count_tiles(const tgc_operand *o, int kept, ptrdiff_t width)
{
    return kept == 0
               ? 1
               : tgc_product(o->shape, 0, kept - 1) * tgc_ceil_div(o->shape[kept - 1], width);
}

tgc_reduce_tile tgc_find_tile(const tgc_call *call, int n_arrays, int kept, ptrdiff_t width,
                              ptrdiff_t index)
{
    const ptrdiff_t *shape = call->operands[0].shape;
    const ptrdiff_t size = kept == 0 ? 1 : shape[kept - 1];
    const ptrdiff_t per_row = tgc_ceil_div(size, width), begin = index % per_row * width;
    ptrdiff_t row = index / per_row, offsets[4] = {0};
    tgc_reduce_tile tile = {.width = tgc_min(width, size - begin), .position = row * size + begin};
    for (int d = kept - 1; d >= 0; d--) {
        const ptrdiff_t i = d == kept - 1 ? begin : row % shape[d];
        row = d == kept - 1 ? row : row / shape[d];
        for (int k = 0; k < n_arrays; k++) {
            offsets[k] += i * call->operands[k].strides[d];
        }
    }
    for (int k = 0; k < n_arrays; k++) {
        const tgc_operand *o = &call->operands[k];
        tile.data[k] = o->data + offsets[k] * (ptrdiff_t)tgc_item_size(o->dtype);
    }
    return tile;
}
