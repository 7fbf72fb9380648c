/* The chunks of an elementwise call: tile by tile, along rows in place or packed. */
#include "elementwise.h"

#include "../runtime/workspace.h"
#include "block.h"
#include "tiles.h"

/* The only tile of a call that is one short row. */
static void whole_row(const tgc_call *call, tgc_elementwise_tile *t)
{
    t->rows = 1;
    t->columns = call->operands[0].shape[0];
    for (int i = 0; i < call->n_operands; i++) {
        t->data[i] = call->operands[i].data;
    }
}

static void run_loop(const tgc_call *call, ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    ((tgc_elementwise_loop *)call->kernel->loop)(call, n, data, steps);
}

/* Runs the loop along each row where it lies: all steps are 0 or 1. */
static void run_rows(const tgc_call *call, const tgc_elementwise_tile *t)
{
    char *data[TGC_MAX_OPERANDS];
    ptrdiff_t steps[TGC_MAX_OPERANDS], row_bytes[TGC_MAX_OPERANDS];
    const int last = call->operands[0].ndim - 1;

    for (int i = 0; i < call->n_operands; i++) {
        const tgc_operand *o = &call->operands[i];
        data[i] = t->data[i];
        steps[i] = o->strides[last];
        row_bytes[i] = last > 0 ? o->strides[last - 1] * (ptrdiff_t)tgc_item_size(o->dtype) : 0;
    }
    for (ptrdiff_t r = 0; r < t->rows; r++) {
        run_loop(call, t->columns, data, steps);
        for (int i = 0; i < call->n_operands; i++) {
            data[i] += row_bytes[i];
        }
    }
}

/* A buffer of the workspace and what it holds: the elements of a tile side by side. */
typedef struct {
    char *data;
    const char *source;
    ptrdiff_t rows, columns;
} packed;

/* Does the tile lie in memory as a buffer would hold it? */
static int lies_packed(const tgc_operand *o, const tgc_elementwise_tile *t)
{
    const int last = o->ndim - 1;
    return o->strides[last] == 1 && (t->rows == 1 || o->strides[last - 1] == t->columns);
}

/* Is what a tile has of it one number? */
static int is_uniform(const tgc_operand *o)
{
    const int last = o->ndim - 1;
    return !(o->access & TGC_WRITE) && o->strides[last] == 0 &&
           (last == 0 || o->strides[last - 1] == 0);
}

/* Packs an operand into p. If it is broadcast, the same elements are often still there. */
static void pack(const tgc_operand *o, char *source, const tgc_elementwise_tile *t, packed *p)
{
    if (p->source == source && p->rows == t->rows && p->columns == t->columns) {
        return;
    }
    *p = (packed){p->data, source, t->rows, t->columns};
    tgc_copy_block(tgc_item_size(o->dtype), (tgc_block_view){p->data, t->columns, 1},
                   tgc_view(o, source), t->rows, t->columns);
}

static void run_packed(const tgc_call *call, const tgc_elementwise_tile *t, packed *buffers)
{
    char *data[TGC_MAX_OPERANDS];
    ptrdiff_t steps[TGC_MAX_OPERANDS];
    for (int i = 0; i < call->n_operands; i++) {
        const tgc_operand *o = &call->operands[i];
        steps[i] = is_uniform(o) ? 0 : 1;
        data[i] = steps[i] == 0 || lies_packed(o, t) ? t->data[i] : buffers[i].data;
        if (data[i] != t->data[i] && (o->access & TGC_READ)) {
            pack(o, t->data[i], t, &buffers[i]);
        }
    }
    run_loop(call, t->rows * t->columns, data, steps);
    for (int i = 0; i < call->n_operands; i++) {
        const tgc_operand *o = &call->operands[i];
        if (data[i] != t->data[i] && (o->access & TGC_WRITE)) {
            tgc_copy_block(tgc_item_size(o->dtype), tgc_view(o, t->data[i]),
                           (tgc_block_view){data[i], t->columns, 1}, t->rows, t->columns);
        }
    }
}

void tgc_elementwise_chunk(const tgc_call *call, ptrdiff_t index)
{
    tgc_elementwise_tile t;
    if (call->sizes[TILES] == 1 && !call->sizes[PACKED] && call->operands[0].ndim == 1) {
        whole_row(call, &t);
        run_rows(call, &t);
        return;
    }
    packed buffers[TGC_MAX_OPERANDS];
    for (int i = 0; call->sizes[PACKED] && i < call->n_operands; i++) {
        buffers[i] = (packed){(char *)tgc_workspace() + i * PACKED_BYTES, NULL, 0, 0};
    }
    ptrdiff_t begin, end;
    tgc_elementwise_tiles(call, index, &begin, &end);
    for (ptrdiff_t i = begin; i < end; i++) {
        tgc_elementwise_find_tile(call, i, &t);
        if (call->sizes[PACKED]) {
            run_packed(call, &t, buffers);
        } else {
            run_rows(call, &t);
        }
    }
}
