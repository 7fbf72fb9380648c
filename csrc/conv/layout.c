/* Chooses the method, the blocks and the chunks of `conv` and `conv_transpose`. Arithmetic of sizes
 * alone, compiled once: the kernels of every ISA ask here. */
#include "patches.h"

#include <math.h>

enum {
    /* Elements of a block's image, about: it stays in the second-level cache. */
    BLOCK = 65536,
    /* Elements of a block's result for one panel of channels, about. */
    RESULT = 16384,
    /* The most elements of a block's image, and of its result: a wider window has no method. */
    LARGEST = 1 << 24,
    /* Planes whose distance is a multiple of this many elements meet in a few sets of a cache. */
    COLLIDING = 256,
    /* Elements that are added to such a distance: a cache line of floats, two of doubles. */
    LINE = 16,
    /* Chunks, about, of a call that has more units. */
    CHUNKS = 32,
    /* Units that are few: each is divided into parts, until there are about this many chunks. */
    FEW = 8,
    /* The most images of a unit, if the weights are many. */
    BATCH = 4,
    /* Weights that are many: no cache near a core holds them, so several images share a slab. */
    MANY_WEIGHTS = 1 << 18,
    /* The fewest products of a chunk, about: less is not worth the hand-out to a thread. */
    CHUNK_WORK = 1 << 17,
    /* The most phases of a transposed convolution: their terms and patches are kept for each. */
    MOST_PHASES = 4096
};

static tgc_conv_axis arrange_axis(tgc_window_axis window, int transposed, ptrdiff_t image,
                                  ptrdiff_t result)
{
    const ptrdiff_t span = (window.kernel - 1) * window.dilation, s = window.stride;
    tgc_conv_axis a = {.window = window, .transposed = transposed, .image = image,
                       .result = result, .step_in = s, .step_out = 1, .phases = 1,
                       .low = -window.padding, .extent = span + 1};
    if (transposed) {
        a.step_in = 1;
        a.step_out = s;
        a.phases = tgc_max(tgc_min(s, result), 1);
        /* (padding - span) / s, rounded down. */
        a.low = window.padding >= span ? (window.padding - span) / s
                                       : -((span - window.padding + s - 1) / s);
        a.extent = (window.padding + a.phases - 1) / s - a.low + 1;
    }
    a.places = tgc_ceil_div(result, a.step_out);
    return a;
}

/* Do all taps of all places lie within the image? */
static int is_inside(const tgc_conv_axis *a)
{
    return a->low >= 0 && (a->places - 1) * a->step_in + a->low + a->extent <= a->image;
}

/* Elements of a block's image. */
static double image_of_block(const tgc_conv_layout *l)
{
    return (double)l->channels * (double)tgc_conv_reach(&l->h, l->h.block) *
           (double)tgc_conv_reach(&l->w, l->w.block);
}

/* An image whose windows are its elements is one long row. */
static void flatten(tgc_conv_axis *h, tgc_conv_axis *w, const tgc_operand *image)
{
    const int pointwise = h->extent == 1 && w->extent == 1 && h->step_in == 1 &&
                          w->step_in == 1 && h->step_out == 1 && w->step_out == 1;
    if (pointwise && h->low == 0 && w->low == 0 && h->image == h->result &&
        w->image == w->result && image->strides[3] == w->image) {
        const ptrdiff_t n = h->image * w->image;
        *w = arrange_axis(w->window, 0, n, n);
        *h = arrange_axis(h->window, 0, 1, 1);
    }
}

/* Cycles in which a tile adds one term to its sums. A CPU begins two multiply-adds and two loads in
 * a cycle; there is a multiply-add for each sum, but fewer than 8 (of all sets) wait for each other,
 * and a load for each row and `beside` others. */
static double tile_cycles(ptrdiff_t rows, ptrdiff_t vecs, ptrdiff_t beside, tgc_conv_limits limits)
{
    const ptrdiff_t sums = rows * vecs;
    const ptrdiff_t least = 8 / tgc_conv_sets(sums, 2 * limits.tile_rows);
    return 0.5 * (double)tgc_max(tgc_max(sums, least), rows + beside);
}

/* The same for any number of rows, in as few tiles as possible. */
static double rows_cycles(ptrdiff_t rows, ptrdiff_t vecs, ptrdiff_t beside, tgc_conv_limits limits)
{
    const ptrdiff_t tiles = tgc_ceil_div(rows, limits.tile_rows);
    const tgc_shares shares = tgc_share(rows, tiles);
    return (double)shares.longer * tile_cycles(shares.least + 1, vecs, beside, limits) +
           (double)(tiles - shares.longer) * tile_cycles(shares.least, vecs, beside, limits);
}

/* The share of the taps of all places that lie within the image, for one phase. */
static double share_inside(const tgc_conv_axis *a)
{
    ptrdiff_t inside = 0, all = 0, offset;
    for (ptrdiff_t k = 0; k < a->window.kernel; k++) {
        if (tgc_conv_tap(a, 0, k, &offset)) {
            const ptrdiff_t first = tgc_ceil_div(tgc_max(-offset, 0), a->step_in);
            const ptrdiff_t end = tgc_ceil_div(tgc_max(a->image - offset, 0), a->step_in);
            inside += tgc_max(tgc_min(end, a->places) - first, 0);
            all += a->places;
        }
    }
    return all ? (double)inside / (double)all : 1;
}

/* Cycles of a block by TGC_CONV_CHANNELS: for its sums, for storing the result, for copying the
 * image. The constants are measured. */
static double channels_cycles(const tgc_conv_layout *l, tgc_conv_limits limits, int in_place)
{
    const ptrdiff_t vecs = tgc_ceil_div(l->outputs, limits.lanes);
    /* Taps above and below a whole image are left out. */
    const ptrdiff_t channel = l->h.window.kernel * l->w.window.kernel * l->depths.taps;
    const double inside =
        l->h.phases == 1 && !is_inside(&l->h) && tgc_conv_leaves_rows(l, limits, channel, in_place)
            ? share_inside(&l->h)
            : 1;
    const double sums = inside * ((double)(vecs / 2) * rows_cycles(l->w.block, 2, 2, limits) +
                                  (double)(vecs % 2) * rows_cycles(l->w.block, 1, 1, limits));
    const double store =
        0.4 * (double)(vecs * limits.lanes) * (double)(l->h.phases * l->w.phases);
    const double copy = in_place ? 0 : 0.3 * image_of_block(l);
    return (double)l->h.block * ((double)l->depth * sums + store * (double)l->w.block) + copy;
}

/* The same by TGC_CONV_PLACES. */
static double places_cycles(const tgc_conv_layout *l, tgc_conv_limits limits)
{
    const double pairs = 0.5 * (double)tgc_ceil_div(l->w.block, limits.lanes);
    const double sums = pairs * rows_cycles(l->outputs, 2, 4, limits);
    /* Results two apart are stored by vectors, others one by one. */
    const double scatters = l->w.step_out > 2 ? 1.5 : l->w.step_out > 1 ? 0.5 : 0;
    const double scatter = scatters * (double)(l->h.phases * l->w.phases * l->outputs);
    const double copy = (l->w.step_in > 2 ? 1.5 : l->w.step_in > 1 ? 0.5 : 0.3) * image_of_block(l);
    return (double)l->h.block * ((double)l->depth * sums + scatter * (double)l->w.block) + copy;
}

/* Cuts the places into blocks of whole rows, or of parts of a row: as many places as BLOCK and
 * RESULT allow. */
static void cut_blocks(tgc_conv_layout *l, tgc_conv_limits limits)
{
    const ptrdiff_t width = 2 * limits.lanes * l->h.phases * l->w.phases;
    const ptrdiff_t channels = tgc_max(l->channels, 1);
    const ptrdiff_t cols = tgc_max(
        tgc_min(RESULT / width, BLOCK / channels / l->w.step_in / tgc_max(l->h.extent, 1)),
        4 * limits.lanes);
    l->w.block = tgc_max(1, l->w.places);
    if (l->w.block > cols) {
        l->w.block = tgc_ceil_div(l->w.places, tgc_ceil_div(l->w.places, cols));
    }
    const ptrdiff_t row = channels * tgc_conv_reach(&l->w, l->w.block);
    ptrdiff_t rows = (BLOCK / row - l->h.extent) / l->h.step_in + 1;
    rows = tgc_min(rows, RESULT / (width * l->w.block));
    rows = tgc_max(tgc_min(rows, l->h.places), 1);
    l->h.block = tgc_ceil_div(tgc_max(l->h.places, 1),
                              tgc_ceil_div(tgc_max(l->h.places, 1), rows));
}

/* Decides where the elements of a block's image lie; `inside` says that no tap needs zeros. A vector
 * of places wants them side by side: columns that are step_in apart are combed into one run, step_in
 * runs to a row. */
static void place_image(tgc_conv_layout *l, const tgc_operand *image, int inside,
                        tgc_conv_limits limits)
{
    const ptrdiff_t cols = tgc_conv_reach(&l->w, l->w.block);
    l->step = l->w.step_in;
    l->comb = 0;
    l->row = cols;
    if (l->method == TGC_CONV_PLACES) {
        l->step = 1;
        l->comb = tgc_ceil_div(cols, l->w.step_in);
        l->row = l->comb * l->w.step_in;
    } else if (inside) {
        l->in_place = 1;
        l->row = image->strides[3];
        l->plane = image->strides[1];
        l->image = image->strides[0];
        return;
    }
    l->plane = l->row * tgc_conv_reach(&l->h, l->h.block);
    l->plane += l->plane % COLLIDING == 0 ? LINE : 0;
    l->image = l->plane * l->channels;
    l->block_elements = l->image + 4 * limits.lanes; /* the last vectors of a tile read beyond */
}

/* Puts several images into a unit, if a block is a whole image and the weights are many. */
static void batch_images(tgc_conv_layout *l)
{
    l->batch = 1;
    if (l->method == TGC_CONV_CHANNELS && l->groups == 1 && l->h.block >= l->h.places &&
        l->w.block >= l->w.places && l->depth * l->outputs > MANY_WEIGHTS) {
        l->batch = tgc_min(3 * BLOCK / (l->block_elements + 1), l->images / FEW);
        l->batch = tgc_max(tgc_min(l->batch, BATCH), 1);
        l->block_elements *= l->batch;
        l->result_elements *= l->batch;
    }
}

/* The elements of a block's result, along one axis. */
static ptrdiff_t block_result(const tgc_conv_axis *a)
{
    return tgc_min(a->block * a->step_out, a->result);
}

/* Is the window so wide that not even a block of one row fits, or has it too many phases? */
static int is_too_wide(const tgc_conv_layout *l)
{
    return l->result_elements > LARGEST ||
           image_of_block(l) > LARGEST ||
           (double)l->h.phases * (double)l->w.phases > MOST_PHASES;
}

static void cut_chunks(tgc_conv_layout *l, tgc_conv_limits limits)
{
    const ptrdiff_t panels = l->method == TGC_CONV_CHANNELS
                                 ? tgc_ceil_div(l->outputs, 2 * limits.lanes)
                                 : tgc_ceil_div(l->outputs, limits.tile_rows);
    const ptrdiff_t blocks = tgc_ceil_div(l->h.places, l->h.block) *
                             tgc_ceil_div(l->w.places, l->w.block);
    const double work = (double)l->batch * (double)l->h.block * (double)l->w.block *
                        (double)l->outputs * (double)(l->depth + 1);
    l->units = tgc_ceil_div(l->images, l->batch) * l->groups * blocks;
    l->units_per_chunk =
        tgc_max(1, tgc_max(l->units / CHUNKS, (ptrdiff_t)(CHUNK_WORK / (work + 1))));
    l->parts = 1;
    if (l->units < FEW && l->units_per_chunk == 1) {
        const ptrdiff_t wanted = (ptrdiff_t)fmin(ceil((double)FEW / (double)(l->units + 1)),
                                                 ceil(work / CHUNK_WORK));
        l->parts = tgc_max(tgc_min(panels, wanted), 1);
    }
}

tgc_conv_layout tgc_conv_arrange(const tgc_call *call, int transposed, tgc_conv_limits limits)
{
    const tgc_operand *const image = &call->operands[0];
    const tgc_operand *const result = &call->operands[call->n_operands - 1];
    const tgc_window window = tgc_window_of(call);
    tgc_conv_layout l = {.depths = tgc_depth_of(call, image, result), .groups = window.groups,
                         .images = image->shape[0] * result->shape[2],
                         .outputs = result->shape[1] / window.groups};
    l.channels = image->shape[1] / window.groups * l.depths.taps;
    l.h = arrange_axis(window.h, transposed, image->shape[3], result->shape[3]);
    l.w = arrange_axis(window.w, transposed, image->shape[4], result->shape[4]);
    l.depth = l.channels * window.h.kernel * window.w.kernel;
    flatten(&l.h, &l.w, image);
    cut_blocks(&l, limits);
    l.result_elements = block_result(&l.h) * block_result(&l.w) * 2 * limits.lanes;
    if (is_too_wide(&l)) {
        return l;
    }
    const int inside = tgc_depth_is_flat(&l.depths) && is_inside(&l.h) && is_inside(&l.w);
    l.method = places_cycles(&l, limits) < channels_cycles(&l, limits, inside)
                   ? TGC_CONV_PLACES
                   : TGC_CONV_CHANNELS;
    place_image(&l, image, inside, limits);
    batch_images(&l);
    cut_chunks(&l, limits);
    return l;
}

void tgc_conv_plan(tgc_call *call, int transposed, tgc_conv_limits limits)
{
    const tgc_operand *const result = &call->operands[call->n_operands - 1];
    const tgc_conv_layout l = tgc_conv_arrange(call, transposed, limits);
    double work = (double)l.images * (double)l.groups * (double)l.outputs;
    if (transposed) {
        work *= (double)l.h.image * (double)l.w.image * (double)l.depth;
    } else {
        work *= (double)l.h.result * (double)l.w.result * (double)l.depth;
    }
    call->sizes[TGC_CONV_METHOD] = l.method;
    call->sizes[TGC_CONV_PHASES_H] = transposed ? l.h.phases : 0;
    call->sizes[TGC_CONV_PHASES_W] = transposed ? l.w.phases : 0;
    call->work = work * call->kernel->cost;
    call->n_chunks = 0;
    if (l.method != TGC_CONV_NO_METHOD && result->shape[3] > 0 && result->shape[4] > 0 &&
        l.outputs > 0) {
        call->n_chunks = tgc_ceil_div(l.units, l.units_per_chunk) * l.parts;
    }
    const ptrdiff_t patches =
        l.method == TGC_CONV_CHANNELS ? tgc_conv_most_patches(&l, limits) : 0;
    /* The parts begin at whole words: rounding them up takes less than 64 bytes. */
    call->workspace = (size_t)(l.depth + 1 + 2 * l.h.phases * l.w.phases) * sizeof(ptrdiff_t) + 64 +
                      (size_t)patches * sizeof(tgc_conv_patch) +
                      (size_t)(l.block_elements + l.result_elements) *
                          tgc_item_size(result->dtype);
}

void tgc_conv_axes(const tgc_call *call, tgc_conv_axis *h, tgc_conv_axis *w)
{
    const tgc_window window = tgc_window_of(call);
    const int transposed = tgc_conv_transposed(call);
    *h = (tgc_conv_axis){.window = window.h, .transposed = transposed,
                         .phases = tgc_max(call->sizes[TGC_CONV_PHASES_H], 1)};
    *w = (tgc_conv_axis){.window = window.w, .transposed = transposed,
                         .phases = tgc_max(call->sizes[TGC_CONV_PHASES_W], 1)};
}

ptrdiff_t tgc_conv_taps(const tgc_conv_axis *axis, ptrdiff_t phase)
{
    ptrdiff_t n = 0, offset;
    for (ptrdiff_t k = 0; k < axis->window.kernel; k++) {
        n += tgc_conv_tap(axis, phase, k, &offset);
    }
    return n;
}

ptrdiff_t tgc_conv_offsets(const tgc_conv_layout *l, ptrdiff_t phase_h, ptrdiff_t phase_w,
                           ptrdiff_t *offsets)
{
    ptrdiff_t n = 0, down, across;
    if (l->channels == 0) {
        return 0;
    }
    for (ptrdiff_t k = 0; k < l->h.window.kernel; k++) {
        for (ptrdiff_t i = 0; i < l->w.window.kernel; i++) {
            if (tgc_conv_tap(&l->h, phase_h, k, &down) &&
                tgc_conv_tap(&l->w, phase_w, i, &across)) {
                const ptrdiff_t col = across - l->w.low;
                offsets[n++] = (down - l->h.low) * l->row +
                               (l->comb ? col % l->w.step_in * l->comb + col / l->w.step_in : col);
            }
        }
    }
    for (ptrdiff_t i = n; i < n * l->channels; i++) {
        offsets[i] = offsets[i - n] + l->plane;
    }
    return n * l->channels;
}
