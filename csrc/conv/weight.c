/* Chooses the method, the blocks and the chunks of `conv_weight`. Apart from layout.c, because it
 * sums over places where the other two sum over taps. */
#include "weight.h"

#include <math.h>

enum {
    /* The most elements of a block's y, transposed: it stays in the second-level cache. */
    PLACES = 98304,
    /* The most places of a block, which are added up in T in one go. */
    MOST_PLACES = 1024,
    /* However many outputs there are, a block may have this many places. */
    FEWEST_PLACES = 128,
    /* Elements of x that are copied at once, about: it decides on the number of channels. */
    COPY = 65536,
    /* The most elements of one channel of a block's image: a wider window has no method. */
    LARGEST = 1 << 24,
    /* The most weights whose channels need not be divided into slices. */
    FEW_WEIGHTS = 1 << 18,
    /* Chunks, about, of a call whose places are divided into parts. */
    CHUNKS = 16,
    /* The most sums of all parts together: they take memory, and conv_weight_sum adds them up. */
    PARTS = 1 << 20,
    /* Slices of the channels of all groups together, about. */
    SLICES = 8,
    /* The fewest products of a chunk: less is not worth another part. */
    CHUNK_WORK = 1 << 18
};

/* Chooses the number of slices of channels and of parts of places, from sizes alone. For each slice
 * y is transposed again, and each part has sums of all weights: what is smaller is repeated. */
static void divide(tgc_conv_weight_layout *l)
{
    const double weights = (double)l->groups * (double)l->outputs * (double)l->channels *
                           (double)l->taps;
    const double rows = (double)l->images * (double)l->rows;
    const double products = weights * rows * (double)l->cols;
    const double y = (double)l->groups * (double)l->outputs * rows * (double)l->cols;
    double n = 1;
    if (weights > FEW_WEIGHTS || weights > y) {
        n = fmin(ceil(SLICES / (double)l->groups), (double)l->channels);
    }
    l->slices = (ptrdiff_t)n;
    n *= (double)l->groups;
    l->parts = 1;
    if (n < (double)CHUNKS / 2) {
        const double most =
            fmin(fmin(PARTS / (weights + 1), products / CHUNK_WORK), fmax(rows, 1));
        l->parts = (ptrdiff_t)fmax(fmin(ceil(CHUNKS / n), most), 1);
    }
}

static void cut_blocks(tgc_conv_weight_layout *l)
{
    ptrdiff_t most = MOST_PLACES;
    if (l->method == TGC_CONV_WEIGHT_TAPS) {
        most = tgc_min(PLACES / tgc_max(l->padded, 1), most);
        most = tgc_max(most, FEWEST_PLACES);
    }
    most = tgc_min(most, tgc_ceil_div(l->images * l->rows * l->cols, l->parts));
    most = tgc_max(most, 1);
    const ptrdiff_t cols = tgc_max(l->cols, 1), rows = tgc_max(l->rows, 1);
    l->block_cols = tgc_ceil_div(cols, tgc_ceil_div(cols, most));
    const ptrdiff_t fitting = tgc_max(tgc_min(most / l->block_cols, rows), 1);
    l->block_rows = tgc_ceil_div(rows, tgc_ceil_div(rows, fitting));
    l->block_images = 1;
    if (l->block_rows == l->rows && l->block_cols == l->cols) {
        l->block_images = tgc_max(
            tgc_min(most / (l->rows * l->cols), l->images / l->parts), 1);
    }
    /* Dot products step from image to image by one distance, so a block must be within a volume. */
    const ptrdiff_t planes = tgc_max(l->depths.places, 1);
    while (l->method == TGC_CONV_WEIGHT_DOTS && planes > 1 && planes % l->block_images) {
        l->block_images = tgc_min(l->block_images - 1, planes);
    }
    l->blocks = tgc_ceil_div(l->images, l->block_images) *
                tgc_ceil_div(rows, l->block_rows) * tgc_ceil_div(cols, l->block_cols);
}

static int is_inside(tgc_window_axis axis, ptrdiff_t places, ptrdiff_t image)
{
    return axis.padding == 0 && tgc_window_reach(axis, places) <= image;
}

static void place_image(tgc_conv_weight_layout *l, const tgc_operand *x)
{
    const ptrdiff_t rows = tgc_window_reach(l->window.h, l->block_rows);
    const ptrdiff_t cols = tgc_window_reach(l->window.w, l->block_cols);
    l->step = l->window.w.stride;
    l->row = cols;
    if (l->method == TGC_CONV_WEIGHT_DOTS) {
        l->step = 1;
        l->comb = tgc_ceil_div(cols, l->window.w.stride);
        l->row = l->comb * l->window.w.stride;
    } else if (tgc_depth_is_flat(&l->depths) && is_inside(l->window.h, l->rows, l->height) &&
               is_inside(l->window.w, l->cols, l->width)) {
        l->in_place = 1;
        l->row = x->strides[3];
        l->plane = x->strides[1];
        l->image = x->strides[0];
        l->copy_channels = l->channels;
        return;
    }
    l->plane = l->row * rows;
    const ptrdiff_t slice = tgc_max(tgc_ceil_div(l->channels, l->slices), 1);
    l->copy_channels = COPY / tgc_max(l->block_images * l->plane, 1);
    l->copy_channels = tgc_max(tgc_min(l->copy_channels, slice), 1);
    l->image = l->plane * l->copy_channels;
}

tgc_conv_weight_layout tgc_conv_weight_arrange(const tgc_call *call, tgc_conv_limits limits)
{
    const tgc_operand *const y = &call->operands[0], *const x = &call->operands[1];
    tgc_conv_weight_layout l = {
        .window = tgc_window_of(call), .depths = tgc_depth_of(call, x, y),
        .images = y->shape[0] * y->shape[2], .rows = y->shape[3], .cols = y->shape[4],
        .height = x->shape[3], .width = x->shape[4]};
    l.groups = l.window.groups;
    l.channels = x->shape[1] / l.groups * l.depths.taps;
    l.outputs = y->shape[1] / l.groups;
    l.taps = l.window.h.kernel * l.window.w.kernel;
    divide(&l);
    const double vecs = (double)tgc_ceil_div(l.outputs, limits.lanes);
    const double runs = (double)tgc_ceil_div(l.cols, limits.lanes);
    const double depth = fmax((double)(l.channels * l.taps), 1);
    /* Cycles that each method takes for one place, one tap and one channel. */
    const double taps = 0.55 * vecs + 0.4 * vecs * (double)limits.lanes / depth;
    const double dots = 1.1 * (double)l.outputs * runs / fmax((double)l.cols, 1);
    l.method = taps <= dots ? TGC_CONV_WEIGHT_TAPS : TGC_CONV_WEIGHT_DOTS;
    l.padded = tgc_ceil_div(l.outputs, limits.lanes) * limits.lanes;
    cut_blocks(&l);
    const ptrdiff_t rows = tgc_window_reach(l.window.h, l.block_rows);
    const ptrdiff_t cols = tgc_window_reach(l.window.w, l.block_cols);
    if ((double)rows * (double)cols > (double)LARGEST) {
        l.method = TGC_CONV_NO_METHOD;
        return l;
    }
    place_image(&l, x);
    if (!l.in_place) {
        /* The last vectors of a tile read beyond. */
        l.copy_elements = l.block_images * l.image + 4 * limits.lanes;
    }
    if (l.method == TGC_CONV_WEIGHT_TAPS) {
        l.panel_elements = l.padded * l.block_images * l.block_rows * l.block_cols;
    }
    return l;
}

void tgc_conv_weight_plan(tgc_call *call, tgc_conv_limits limits)
{
    const tgc_conv_weight_layout l = tgc_conv_weight_arrange(call, limits);
    call->sizes[TGC_CONV_METHOD] = l.method;
    call->sizes[TGC_CONV_PARTS] = l.parts;
    call->n_chunks = l.method == TGC_CONV_NO_METHOD ? 0 : l.parts * l.groups * l.slices;
    call->work = (double)l.images * (double)l.groups * (double)l.outputs * (double)l.rows *
                 (double)l.cols * (double)(l.channels * l.taps) * call->kernel->cost;
    /* The parts begin at whole words: rounding them up takes less than 64 bytes. */
    call->workspace = sizeof(ptrdiff_t) * (size_t)l.taps + 64 +
                      (size_t)(l.copy_elements + l.panel_elements) *
                          tgc_item_size(call->operands[0].dtype);
}
