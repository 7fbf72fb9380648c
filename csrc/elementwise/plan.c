/* From shapes and strides to tiles: the order of dimensions is free, for results are too. */
#include "elementwise.h"
#include "tiles.h"

#include "../runtime/dimensions.h"
#include "../runtime/lines.h"
#include "../runtime/sizes.h"

/* Rows that are shorter are packed, many to a tile, longer ones are walked where they lie. */
static const ptrdiff_t MIN_ROW = 32;
/* Blocks of fewer elements are not worth packing by themselves. */
static const ptrdiff_t MIN_BLOCK = 64;
/* Elements of a cache line, at least. */
static const ptrdiff_t LINE = 64;
/* Rows and columns of a tile that is transposed, not packed, and may be larger than a packed one:
 * the longer its rows are on either side, the fewer pages are touched for few elements. */
static const ptrdiff_t COPIED_SIDE = 64;

static tgc_operand *output(tgc_call *call)
{
    return &call->operands[call->n_operands - 1];
}

/* Puts the dimensions into the order in which the output lies in memory, upwards. */
static void follow_output(tgc_call *call)
{
    const tgc_operand *y = output(call);
    for (int d = 0; d < y->ndim; d++) {
        if (y->strides[d] < 0) {
            tgc_reverse_dimension(call->operands, call->n_operands, d);
        }
        int to = d;
        while (to > 0 && y->strides[to - 1] < y->strides[d]) {
            to--;
        }
        tgc_move_dimension(call->operands, call->n_operands, d, to);
    }
}

static void simplify(tgc_call *call)
{
    const tgc_operand *y = output(call);
    for (int d = y->ndim - 1; d >= 0 && y->ndim > 1; d--) {
        if (y->shape[d] == 1) {
            tgc_drop_dimension(call->operands, call->n_operands, d);
        }
    }
    follow_output(call);
    for (int d = y->ndim - 1; d > 0; d--) {
        if (tgc_is_mergeable(call->operands, call->n_operands, d)) {
            tgc_merge_dimension(call->operands, call->n_operands, d);
        }
    }
}

/* Are the elements of every operand's rows side by side, or one number? */
static int has_plain_rows(tgc_call *call)
{
    const tgc_operand *y = output(call);
    const int last = y->ndim - 1;
    for (int i = 0; i < call->n_operands; i++) {
        const ptrdiff_t stride = call->operands[i].strides[last];
        if (stride != 1 && (stride != 0 || (call->operands[i].access & TGC_WRITE))) {
            return 0;
        }
    }
    return 1;
}

/* The dimension along which an input that is transposed lies in memory, or -1. */
static int transposed_dimension(tgc_call *call)
{
    const int last = output(call)->ndim - 1;
    int best = -1;
    for (int i = 0; i < call->n_operands && best < 0; i++) {
        const tgc_operand *o = &call->operands[i];
        ptrdiff_t least = tgc_distance(o->strides[last]);
        for (int d = 0; d < last; d++) {
            if (o->strides[d] != 0 && tgc_distance(o->strides[d]) < least) {
                least = tgc_distance(o->strides[d]);
                best = d;
            }
        }
    }
    return best;
}

static int longest_dimension(tgc_call *call)
{
    const tgc_operand *y = output(call);
    int longest = 0;
    for (int d = 1; d < y->ndim - 1; d++) {
        longest = y->shape[d] > y->shape[longest] ? d : longest;
    }
    return longest;
}

/* Chooses the dimension whose elements become the rows of a tile, moves it in front of the last, and
 * returns the number of columns of a tile of side * side elements: `side` if it is transposed. */
static ptrdiff_t choose_rows(tgc_call *call, ptrdiff_t side)
{
    const tgc_operand *y = output(call);
    const int last = y->ndim - 1, transposed = transposed_dimension(call);
    if (last > 0 && transposed >= 0) {
        tgc_move_dimension(call->operands, call->n_operands, transposed, last - 1);
        return tgc_max(side * side / y->shape[last - 1], side);
    }
    if (last > 1 && y->shape[last - 1] * y->shape[last] < MIN_BLOCK) {
        tgc_move_dimension(call->operands, call->n_operands, longest_dimension(call), last - 1);
    }
    return side * side;
}

/* Columns of a tile of a single row, which is a chunk: whole cache lines. */
static ptrdiff_t row_columns(ptrdiff_t n)
{
    return n > CHUNK ? tgc_ceil_div(tgc_even_chunk(n, CHUNK), LINE) * LINE : CHUNK;
}

static void plan_tiles(tgc_call *call, ptrdiff_t side)
{
    const tgc_operand *y = output(call);
    simplify(call);
    const int last = y->ndim - 1;
    ptrdiff_t tile = CHUNK, columns = last > 0 ? CHUNK : row_columns(y->shape[0]);
    if (!has_plain_rows(call) || (last > 0 && y->shape[last] < MIN_ROW)) {
        call->sizes[PACKED] = 1;
        tile = side * side;
        columns = choose_rows(call, side);
    }
    columns = columns < y->shape[last] ? columns : y->shape[last];
    const ptrdiff_t rows = last > 0 ? y->shape[last - 1] : 1;
    call->sizes[TILE_ROWS] = rows < tile / columns ? rows : tile / columns;
    call->sizes[TILE_COLUMNS] = columns;
}

/* One row as it is. */
static void plan_row(tgc_call *call)
{
    call->sizes[TILE_ROWS] = 1;
    call->sizes[TILE_COLUMNS] = row_columns(output(call)->shape[0]);
}

static int is_row(tgc_call *call)
{
    return output(call)->ndim == 1 && has_plain_rows(call);
}

/* A single element has no strides. */
static void plan_single(tgc_call *call)
{
    for (int i = 0; i < call->n_operands; i++) {
        tgc_operand *o = &call->operands[i];
        o->ndim = 1;
        o->shape[0] = 1;
        o->strides[0] = 1;
    }
    plan_row(call);
}

static ptrdiff_t count_tiles(tgc_call *call)
{
    const tgc_operand *y = output(call);
    const int last = y->ndim - 1;
    ptrdiff_t n = tgc_ceil_div(y->shape[last], call->sizes[TILE_COLUMNS]);
    if (last > 0) {
        n *= tgc_ceil_div(y->shape[last - 1], call->sizes[TILE_ROWS]);
    }
    for (int d = 0; d < last - 1; d++) {
        n *= y->shape[d];
    }
    return n;
}

static void plan(tgc_call *call, ptrdiff_t side)
{
    const ptrdiff_t n = tgc_operand_size(output(call));
    call->work = (double)n * call->kernel->cost;
    call->sizes[PACKED] = 0;
    if (n <= 1) {
        plan_single(call);
    } else if (is_row(call)) {
        plan_row(call);
    } else {
        plan_tiles(call, side);
    }
    call->sizes[TILES] = n == 0 ? 0 : count_tiles(call);
    const ptrdiff_t tile = call->sizes[TILE_ROWS] * call->sizes[TILE_COLUMNS];
    call->sizes[TILES_PER_CHUNK] = CHUNK / tile;
    call->n_chunks = tgc_ceil_div(call->sizes[TILES], call->sizes[TILES_PER_CHUNK]);
}

void tgc_elementwise_plan(tgc_call *call)
{
    plan(call, PACKED_SIDE);
    if (call->sizes[PACKED]) {
        call->workspace = (size_t)call->n_operands * PACKED_BYTES;
    }
}

void tgc_elementwise_copy_plan(tgc_call *call)
{
    plan(call, COPIED_SIDE);
}
