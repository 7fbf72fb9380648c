/*
 * Pooling: every window of a plane becomes one number; and the gradients.
 *
 * Position o of an axis has the taps t = 0 .. kernel - 1, which stand at o * stride - padding +
 * t * dilation; taps outside the plane are left out. A window is a position of rows and one of
 * columns, and its taps are numbered row by row.
 *
 *     max_pool           y[o] = the largest x of the window, tap[o] = the first tap that has it;
 *                        in a window with NaN, y[o] = NaN and tap[o] = the last tap that has it
 *     max_pool_indices   y[o] = where tap[o] stands in its plane, row by row
 *     max_pool_gather    y[o] = x where tap[o] stands
 *     max_pool_backward  x = 0, and y[o] added where tap[o] stands, in the order of o
 *     avg_pool           y[o] = the sum of the window / divisor[o]
 *     avg_pool_backward  x = 0, and y[o] / divisor[o] added to all of the window
 *
 * divisor is scalars[0], or if that is 0 the number of taps in the plane; with
 * TGC_POOL_COUNT_PADDING the taps in the padding count as well, but not those beyond it. The
 * windows of adaptive pooling cut an axis of `size` into `out` parts that cover it: part o goes
 * from floor(o * size / out) to ceil((o + 1) * size / out).
 *
 * Operands, four-dimensional (images, channels, rows, columns): x, tap, y in the order in which
 * the kernel reads, then writes them; max_pool_indices has x for its shape. The taps are uint8
 * where a window has at most TGC_POOL_BYTE_TAPS of them, else int32. Every window has a tap in the
 * plane. Sums go down each column, then along the row.
 */
#ifndef TGC_POOL_H
#define TGC_POOL_H

#include "../runtime/dispatch.h"
#include "../runtime/sizes.h"
#include "../runtime/workspace.h"

enum { TGC_POOL_BYTE_TAPS = 255 };

/* What call->sizes holds. */
enum {
    TGC_POOL_ROWS, /* the axis of rows: kernel, stride, padding, dilation */
    TGC_POOL_COLUMNS = TGC_POOL_ROWS + 4,
    TGC_POOL_MODE = TGC_POOL_COLUMNS + 4,
    TGC_POOL_CHUNK, /* set by plan: the rows of y, or the planes, of a chunk */
    TGC_POOL_BLOCK  /* set by plan: the rows in the workspace, of x for max_pool, else of y */
};

/* Bits of the mode. */
enum { TGC_POOL_ADAPTIVE = 1, TGC_POOL_COUNT_PADDING = 2 };

typedef struct {
    ptrdiff_t size, out;
    ptrdiff_t kernel, stride, padding, dilation;
} tgc_pool_axis;

typedef struct {
    const tgc_operand *x, *y;
    tgc_pool_axis rows, columns;
    int adaptive, count_padding;
    double divisor;
    ptrdiff_t planes;
} tgc_pool;

/* Places begin .. end - 1. */
typedef struct {
    ptrdiff_t begin, end;
} tgc_span;

/* Takes a call apart; x and y are operands number `x` and `y`. */
tgc_pool tgc_pool_unpack(const tgc_call *call, int x, int y);
/* What the window at position o covers of an axis. */
tgc_span tgc_pool_span(const tgc_pool *pool, const tgc_pool_axis *axis, ptrdiff_t o);
/* The taps of position o that count in the divisor. */
ptrdiff_t tgc_pool_count(const tgc_pool *pool, const tgc_pool_axis *axis, ptrdiff_t o);

/* The first tap of position o that is not in the padding before the plane. */
static inline ptrdiff_t tgc_pool_first_tap(const tgc_pool_axis *axis, ptrdiff_t o)
{
    const ptrdiff_t start = o * axis->stride - axis->padding;
    return start < 0 ? tgc_ceil_div(-start, axis->dilation) : 0;
}

/* The taps that may be in the plane: at every position, the others are behind it. */
static inline ptrdiff_t tgc_pool_taps(const tgc_pool_axis *axis)
{
    return tgc_min(axis->kernel, tgc_ceil_div(axis->size + axis->padding, axis->dilation));
}

/* The number of columns that the first `taps` taps of all positions span, padding included. */
static inline ptrdiff_t tgc_pool_line(const tgc_pool_axis *axis, ptrdiff_t taps)
{
    return (axis->out - 1) * axis->stride + (taps - 1) * axis->dilation + 1;
}

/* Elements of a line in the workspace: room for n, and for the three vectors that may begin in it
 * where a stride of 2 reads two of them for one. */
static inline ptrdiff_t tgc_pool_room(ptrdiff_t n)
{
    return tgc_ceil_div(n + 3 * TGC_MAX_LANES, TGC_MAX_LANES) * TGC_MAX_LANES;
}

/* The first element of plane `plane`. */
static inline char *tgc_pool_plane(const tgc_operand *o, ptrdiff_t plane)
{
    const ptrdiff_t channels = o->shape[1];
    return o->data + (plane / channels * o->strides[0] + plane % channels * o->strides[1]) *
                         (ptrdiff_t)tgc_item_size(o->dtype);
}

/* What chunk `index` takes of n rows or planes: from begin to end - 1. */
static inline tgc_span tgc_pool_chunk(const tgc_call *call, ptrdiff_t index, ptrdiff_t n)
{
    const ptrdiff_t size = call->sizes[TGC_POOL_CHUNK];
    return (tgc_span){index * size, tgc_min((index + 1) * size, n)};
}

/* The rows or columns from the first tap of a window to its last. */
static inline ptrdiff_t tgc_pool_reach(const tgc_pool_axis *axis)
{
    return (axis->kernel - 1) * axis->dilation + 1;
}

/* Some rows of y, of one plane. */
typedef struct {
    ptrdiff_t plane, begin, end;
} tgc_pool_rows;

/* The rows from row `i` on, counted through all planes, up to row `end` or the end of the plane. */
static inline tgc_pool_rows tgc_pool_find_rows(const tgc_pool *pool, ptrdiff_t i, ptrdiff_t end)
{
    const ptrdiff_t plane = i / pool->rows.out, begin = i - plane * pool->rows.out;
    return (tgc_pool_rows){plane, begin, tgc_min(begin + (end - i), pool->rows.out)};
}

/* Sizes in the workspace of averages: bytes of the spans of all columns and rows. */
ptrdiff_t tgc_avg_pool_spans(const tgc_pool *pool);
/* Elements of a line of sums: it holds all windows of a row, or the row if that is longer. */
ptrdiff_t tgc_avg_pool_line(const tgc_pool *pool);
/* Elements of a line of quotients: it has room for a window at either end as well. */
ptrdiff_t tgc_avg_pool_quotients(const tgc_pool *pool);

void tgc_max_pool_plan(tgc_call *call);
void tgc_max_pool_backward_plan(tgc_call *call);
void tgc_avg_pool_plan(tgc_call *call);
void tgc_avg_pool_backward_plan(tgc_call *call);
/* For max_pool_indices and max_pool_gather. */
void tgc_max_pool_take_plan(tgc_call *call);

void tgc_pool_generic(tgc_table table);
void tgc_pool_avx2(tgc_table table);
void tgc_pool_avx512(tgc_table table);
/* max_pool_indices, on every CPU. */
void tgc_pool_portable(tgc_table table);

#endif
