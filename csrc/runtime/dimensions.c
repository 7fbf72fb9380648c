/* Shapes and strides of several operands, changed alike. */
#include "dimensions.h"

int tgc_is_number(const tgc_operand *o)
{
    for (int d = 0; d < o->ndim; d++) {
        if (o->shape[d] > 1 && o->strides[d] != 0) {
            return 0;
        }
    }
    return 1;
}

void tgc_drop_dimension(tgc_operand *operands, int n, int d)
{
    for (int i = 0; i < n; i++) {
        tgc_operand *o = &operands[i];
        o->ndim--;
        for (int k = d; k < o->ndim; k++) {
            o->shape[k] = o->shape[k + 1];
            o->strides[k] = o->strides[k + 1];
        }
    }
}

void tgc_move_dimension(tgc_operand *operands, int n, int from, int to)
{
    const int step = from < to ? 1 : -1;
    for (int i = 0; i < n; i++) {
        tgc_operand *o = &operands[i];
        const ptrdiff_t size = o->shape[from], stride = o->strides[from];
        for (int d = from; d != to; d += step) {
            o->shape[d] = o->shape[d + step];
            o->strides[d] = o->strides[d + step];
        }
        o->shape[to] = size;
        o->strides[to] = stride;
    }
}

void tgc_reverse_dimension(tgc_operand *operands, int n, int d)
{
    for (int i = 0; i < n; i++) {
        tgc_operand *o = &operands[i];
        o->data += (o->shape[d] - 1) * o->strides[d] * (ptrdiff_t)tgc_item_size(o->dtype);
        o->strides[d] = -o->strides[d];
    }
}

int tgc_is_mergeable(const tgc_operand *operands, int n, int d)
{
    for (int i = 0; i < n; i++) {
        if (operands[i].strides[d - 1] != operands[i].strides[d] * operands[i].shape[d]) {
            return 0;
        }
    }
    return 1;
}

void tgc_merge_dimension(tgc_operand *operands, int n, int d)
{
    for (int i = 0; i < n; i++) {
        operands[i].shape[d] *= operands[i].shape[d - 1];
    }
    tgc_drop_dimension(operands, n, d - 1);
}
