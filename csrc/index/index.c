/* Gather and scatter in plain C, without variants for an ISA: each element is at a place of its own
 * in memory, and finding it is the work. */
#include "index.h"

#include <stdio.h>
#include <string.h>

#include "../runtime/sizes.h"
#include "../vec/typed.h"

enum {
    /* Bytes of a chunk that may be cut anywhere. */
    CHUNK_BYTES = 32 << 10,
    /* Indices that a chunk checks. */
    CHUNK_CHECKS = 16384,
    /* The fewest elements of a chunk of index_put or scatter: all chunks read all indices. */
    SPLIT_ELEMENTS = 16384,
    /* The most of these chunks. */
    SPLIT_CHUNKS = 8,
    /* The fewest elements in a row of such a chunk, if rows are divided. */
    SPLIT_ROW = 32,
    /* Elements that are added at once. */
    ADD_BLOCK = 16,
};

/* Nanoseconds to find the place of one element. */
static const double PLACE_COST = 2;
/* Nanoseconds to move one byte of a row, whose place is found once. */
static const double BYTE_COST = 0.1;

/* An indexed dimension of a, and its indices along a line. Steps are in bytes. */
typedef struct {
    ptrdiff_t size, stride;
    ptrdiff_t back; /* what is added to a negative index: the size, or 0 */
    int dtype;
    const char *indices;
    ptrdiff_t step;
} index_axis;

typedef struct {
    int k;
    int row;    /* do the indices stand still along the lines? */
    int simple; /* do they change, and are all int64? */
    index_axis axes[TGC_MAX_INDICES];
} tgc_indexed;

/* The `loop` of a kernel: n elements of the line that the walk over the call's operands stands
 * in; the first of them is position p. */
typedef void index_loop(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line,
                        ptrdiff_t n, ptrdiff_t p);

static const tgc_operand *indexed_operand(const tgc_call *call)
{
    const tgc_operand *first = &call->operands[0];
    return first->ndim > call->sizes[TGC_INDEX_NDIM] ? first
                                                     : &call->operands[call->n_operands - 1];
}

static tgc_indexed indexed_dimensions(const tgc_call *call)
{
    const tgc_operand *a = indexed_operand(call);
    const int n = (int)call->sizes[TGC_INDEX_NDIM];
    tgc_indexed indexed = {.k = (int)call->sizes[TGC_INDEX_K], .simple = 1};
    for (int j = 0; j < indexed.k; j++) {
        index_axis *axis = &indexed.axes[j];
        axis->dtype = call->operands[1 + j].dtype;
        axis->size = a->shape[n + j];
        axis->back = call->sizes[TGC_INDEX_FROM_END] ? axis->size : 0;
        axis->stride = a->strides[n + j] * (ptrdiff_t)tgc_item_size(a->dtype);
        indexed.simple &= axis->dtype == TGC_I64;
    }
    return indexed;
}

/* axes := those of a, with the indices of a line; operand `first` of the line is the first index.
 * They are a copy, because the compiler keeps a local one in registers. */
TGC_INLINE void follow_line(index_axis *axes, const tgc_indexed *a, int k, const tgc_lines *line,
                            int first)
{
    for (int j = 0; j < k; j++) {
        axes[j] = a->axes[j];
        axes[j].indices = line->data[first + j];
        axes[j].step = line->step[first + j];
    }
}

/* *offset := the place in a, in bytes, that the indices at element i of the line name. Returns -1,
 * or the number of the first index that is bad. */
TGC_INLINE int find_place(const index_axis *axes, int k, int simple, ptrdiff_t i,
                          ptrdiff_t *offset)
{
    *offset = 0;
    for (int j = 0; j < k; j++) {
        const int dtype = simple ? TGC_I64 : axes[j].dtype;
        const uint64_t size = (uint64_t)axes[j].size;
        uint64_t index = (uint64_t)tgc_read_index(axes[j].indices + i * axes[j].step, dtype);
        if (index >= size) {
            index += (uint64_t)axes[j].back;
            if (index >= size) {
                return j;
            }
        }
        *offset += (ptrdiff_t)index * axes[j].stride;
    }
    return -1;
}

/* Looks at the indices of a line; the walk is over the indices alone. */
static void check(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line, ptrdiff_t n,
                  ptrdiff_t p)
{
    index_axis axes[TGC_MAX_INDICES];
    follow_line(axes, a, a->k, line, 0);
    for (ptrdiff_t i = 0; i < (a->row ? 1 : n); i++) {
        ptrdiff_t offset;
        const int bad = find_place(axes, a->k, 0, i, &offset);
        if (bad >= 0) {
            tgc_report(call, (p + i) * a->k + bad);
            return;
        }
    }
}

/* Runs the kernel's loop on all lines of a walk whose first element is position p; `indices` is
 * the first of the walk's operands that is an index. */
static void run_lines(const tgc_call *call, tgc_lines *w, int indices, ptrdiff_t p)
{
    tgc_indexed a = indexed_dimensions(call);
    a.row = 1;
    for (int j = 0; j < a.k; j++) {
        a.row &= w->step[indices + j] == 0;
    }
    a.simple &= !a.row;
    for (ptrdiff_t n; (n = tgc_lines_left(w)) > 0; tgc_lines_next(w, n)) {
        ((index_loop *)call->kernel->loop)(call, &a, w, n, p);
        p += n;
    }
}

/* ---- chunks that may be cut anywhere: index, gather, check ---- */

static void cut_anywhere(tgc_call *call, ptrdiff_t n, ptrdiff_t chunk)
{
    call->sizes[TGC_INDEX_CHUNK] = chunk;
    call->n_chunks = tgc_ceil_div(n, chunk);
}

/* Are the indices the same along the last dimension? Then places are found once for each row. */
static int has_rows(const tgc_call *call)
{
    const int last = (int)call->sizes[TGC_INDEX_NDIM] - 1;
    for (int j = 0; j < call->sizes[TGC_INDEX_K]; j++) {
        if (last < 0 || call->operands[1 + j].strides[last] != 0) {
            return 0;
        }
    }
    return 1;
}

static double moving_work(const tgc_call *call, ptrdiff_t n)
{
    const double bytes = (double)tgc_item_size(call->operands[0].dtype);
    return (double)n * (has_rows(call) ? bytes * BYTE_COST : PLACE_COST);
}

static void plan_take(tgc_call *call)
{
    const tgc_operand *y = &call->operands[call->n_operands - 1];
    const ptrdiff_t n = tgc_operand_size(y);
    cut_anywhere(call, n, CHUNK_BYTES / (ptrdiff_t)tgc_item_size(y->dtype));
    call->work = moving_work(call, n);
}

static void run_range(const tgc_call *call, const tgc_operand *operands, int n_operands,
                      int indices, ptrdiff_t chunk)
{
    const ptrdiff_t size = call->sizes[TGC_INDEX_CHUNK], first = chunk * size;
    tgc_lines w;
    tgc_lines_begin(&w, operands, n_operands, (int)call->sizes[TGC_INDEX_NDIM]);
    tgc_lines_merge(&w);
    const ptrdiff_t left = tgc_lines_size(&w) - first;
    tgc_lines_seek(&w, first, tgc_min(left, size));
    run_lines(call, &w, indices, first);
}

static void take_chunk(const tgc_call *call, ptrdiff_t index)
{
    run_range(call, call->operands, call->n_operands, 1, index);
}

static void plan_check(tgc_call *call)
{
    const ptrdiff_t n = tgc_operand_size(&call->operands[1]);
    cut_anywhere(call, n, CHUNK_CHECKS);
    call->work = has_rows(call) ? 0 : (double)n * PLACE_COST / 2;
}

static void check_chunk(const tgc_call *call, ptrdiff_t index)
{
    run_range(call, call->operands + 1, (int)call->sizes[TGC_INDEX_K], 0, index);
}

/* ---- chunks cut along a dimension in which `a` is not indexed: index_put, scatter ---- */

/* The largest such dimension, or -1. */
static int split_dimension(const tgc_call *call)
{
    const tgc_operand *x = &call->operands[0], *a = indexed_operand(call);
    int split = -1;
    for (int d = 0; d < call->sizes[TGC_INDEX_NDIM]; d++) {
        if (a->strides[d] != 0 && (split < 0 || x->shape[d] > x->shape[split])) {
            split = d;
        }
    }
    return split;
}

static void plan_put(tgc_call *call)
{
    const tgc_operand *x = &call->operands[0];
    const ptrdiff_t n = tgc_operand_size(x);
    const int split = split_dimension(call);
    call->sizes[TGC_INDEX_SPLIT] = split;
    call->n_chunks = n > 0;
    call->work = moving_work(call, n);
    if (n > 0 && split >= 0) {
        const ptrdiff_t size = x->shape[split], others = n / size;
        ptrdiff_t chunk = tgc_ceil_div(size, SPLIT_CHUNKS);
        chunk = chunk * others < SPLIT_ELEMENTS ? tgc_ceil_div(SPLIT_ELEMENTS, others) : chunk;
        chunk = chunk < SPLIT_ROW && split == call->sizes[TGC_INDEX_NDIM] - 1 ? SPLIT_ROW : chunk;
        call->sizes[TGC_INDEX_CHUNK] = chunk;
        call->n_chunks = tgc_ceil_div(size, chunk);
    }
}

static void put_chunk(const tgc_call *call, ptrdiff_t index)
{
    const int split = (int)call->sizes[TGC_INDEX_SPLIT];
    tgc_lines w;
    tgc_lines_begin(&w, call->operands, call->n_operands, (int)call->sizes[TGC_INDEX_NDIM]);
    if (split >= 0) {
        const ptrdiff_t size = call->sizes[TGC_INDEX_CHUNK], first = index * size;
        const ptrdiff_t left = w.shape[split] - first;
        tgc_lines_narrow(&w, split, first, tgc_min(left, size));
    }
    tgc_lines_merge(&w);
    tgc_lines_seek(&w, 0, tgc_lines_size(&w));
    run_lines(call, &w, 1, 0);
}

/* ---- errors ---- */

int64_t tgc_index_at(const tgc_operand *index, ptrdiff_t p)
{
    tgc_lines w;
    tgc_lines_begin(&w, index, 1, index->ndim);
    tgc_lines_seek(&w, p, 1);
    return tgc_read_index(w.data[0], index->dtype);
}

void tgc_write_position(const tgc_operand *o, ptrdiff_t p, int first, int n, char *text)
{
    ptrdiff_t position[TGC_MAX_DIMS];
    for (int d = o->ndim - 1; d >= 0; d--) {
        position[d] = p % o->shape[d];
        p /= o->shape[d];
    }
    *text++ = '(';
    for (int i = 0; i < n; i++) {
        text += sprintf(text, "%td%s", position[first + i], i + 1 < n ? ", " : n == 1 ? "," : "");
    }
    strcpy(text, ")");
}

static tgc_error explain_as(const char *name, const tgc_call *call, char *text, size_t size)
{
    const ptrdiff_t k = call->sizes[TGC_INDEX_K], p = call->status / k, j = call->status % k;
    const tgc_operand *index = &call->operands[1 + j];
    char position[TGC_POSITION_TEXT];
    tgc_write_position(index, p, (int)call->sizes[TGC_INDEX_FIRST],
                       (int)call->sizes[TGC_INDEX_POSITIONS], position);
    snprintf(text, size,
             "%s: index %lld is out of bounds for dimension %td of size %td (at position %s)", name,
             (long long)tgc_index_at(index, p), call->sizes[TGC_INDEX_DIM + j],
             indexed_operand(call)->shape[call->sizes[TGC_INDEX_NDIM] + j], position);
    return TGC_INDEX_ERROR;
}

static tgc_error explain(const tgc_call *call, char *text, size_t size)
{
    return explain_as(call->kernel->name, call, text, size);
}

static tgc_error explain_check(const tgc_call *call, char *text, size_t size)
{
    return explain_as(call->kernel->name + strlen("check_"), call, text, size);
}

/* ---- the loops of each type ---- */

#define INSTALL(kernel, kernel_loop, kernel_plan, kernel_chunk, kernel_explain)                \
    table[TGC_##kernel][TGC_DTYPE] = (tgc_kernel){.name = #kernel,                             \
                                                  .plan = kernel_plan,                         \
                                                  .chunk = kernel_chunk,                       \
                                                  .loop = (void (*)(void))kernel_loop,         \
                                                  .explain = kernel_explain}

#define T uint8_t
#define TYPE bool
#define TGC_DTYPE TGC_BOOL
#define SUM(a, b) ((a) | (b))
#include "index.template.h"
#undef SUM
#undef T
#undef TYPE
#undef TGC_DTYPE

/* Sums of integers wrap. */
#define SUM(a, b) ((uint64_t)(a) + (uint64_t)(b))
#define T uint8_t
#define TYPE u8
#define TGC_DTYPE TGC_U8
#include "index.template.h"
#undef T
#undef TYPE
#undef TGC_DTYPE

#define T int32_t
#define TYPE i32
#define TGC_DTYPE TGC_I32
#include "index.template.h"
#undef T
#undef TYPE
#undef TGC_DTYPE

#define T int64_t
#define TYPE i64
#define TGC_DTYPE TGC_I64
#include "index.template.h"
#undef SUM

#define SUM(a, b) ((a) + (b))
#include "../vec/f32.h"
#include "index.template.h"

#include "../vec/f64.h"
#include "index.template.h"

void tgc_index(tgc_table table)
{
    install_bool(table);
    install_u8(table);
    install_i32(table);
    install_i64(table);
    install_f32(table);
    install_f64(table);
}
