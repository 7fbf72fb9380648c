/* `conv` and `conv_transpose` for one real type and one ISA. */
#include "../vec/rows.h"

enum {
    /* Terms of a sum whose weights, for one panel of channels, take half of a first-level cache of
     * 32 KiB: the image needs the rest. */
    FN(DEPTH) = 16384 / (2 * VL * (int)sizeof(T))
};

typedef void FN(channel_kernel)(ptrdiff_t depth, const T *image, const ptrdiff_t *offsets,
                                const FN(tile_steps) *steps, const T *weight, const T *bias, T *y);
typedef void FN(place_kernel)(ptrdiff_t depth, const T *weight, const T *bias,
                              const FN(runs) *runs, const ptrdiff_t *offsets, ptrdiff_t plane);

#define CHANNEL_KERNEL(rows, vecs)                                                               \
    static void FN(channel_##rows##x##vecs)(                                                     \
        ptrdiff_t depth, const T *image, const ptrdiff_t *offsets, const FN(tile_steps) *steps,  \
        const T *weight, const T *bias, T *y)                                                    \
    {                                                                                            \
        FN(channel_tile)(rows, vecs, depth, image, offsets, steps, weight, bias, y);             \
    }
#define PLACE_KERNEL(rows, vecs)                                                                 \
    static void FN(place_##rows##x##vecs)(ptrdiff_t depth, const T *weight, const T *bias,       \
                                          const FN(runs) *runs, const ptrdiff_t *offsets,        \
                                          ptrdiff_t plane)                                       \
    {                                                                                            \
        FN(place_tile)(rows, vecs, depth, weight, bias, runs, offsets, plane);                   \
    }
#define KERNELS(rows)                                                                            \
    CHANNEL_KERNEL(rows, 1) CHANNEL_KERNEL(rows, 2) PLACE_KERNEL(rows, 1) PLACE_KERNEL(rows, 2)

EACH_ROWS(KERNELS)

/* [rows - 1][vecs - 1] */
#define ENTRY(rows) {FN(channel_##rows##x1), FN(channel_##rows##x2)},
static FN(channel_kernel) *const FN(channel_kernels)[TILE_ROWS][2] = {EACH_ROWS(ENTRY)};
#undef ENTRY
#define ENTRY(rows) {FN(place_##rows##x1), FN(place_##rows##x2)},
static FN(place_kernel) *const FN(place_kernels)[TILE_ROWS][2] = {EACH_ROWS(ENTRY)};
#undef ENTRY

/* One block of one group of one image, or of a batch of images. */
typedef struct {
    const tgc_conv_layout *layout;
    const tgc_operand *to; /* the result */
    FN(tiling) tiling;
    ptrdiff_t first_tile, end_tile; /* of the outputs that this chunk computes */
    const ptrdiff_t *all_offsets;   /* of the terms of a phase after the other, */
    const ptrdiff_t *depths;        /* how many there are of each phase */
    const ptrdiff_t *offsets;       /* of the phase that is computed, */
    ptrdiff_t depth;                /* and how many */
    T *result;                      /* workspace */
    const T *image, *packed;        /* of the group; the bias stands before the weights */
    T *y;                           /* of the group, in the result's first image */
    ptrdiff_t y_row, y_plane;
    ptrdiff_t first_image, images;
    ptrdiff_t across, down;          /* so many blocks make an image */
    ptrdiff_t top, left, rows, cols; /* of the block, in places of a phase */
    const char *ahead, *ahead_end;   /* what the next unit will read */
} FN(block);

/* Fetches some of what the next unit reads while this one computes. */
TGC_INLINE void FN(fetch_ahead)(FN(block) *b)
{
    for (int i = 0; i < 4 && b->ahead < b->ahead_end; i++, b->ahead += 64) {
        __builtin_prefetch(b->ahead, 0, 2);
    }
}

/* Goes on to phase `index`, after the one before it. */
TGC_INLINE void FN(enter_phase)(FN(block) *b, ptrdiff_t index)
{
    b->offsets = index ? b->offsets + b->depth : b->all_offsets;
    b->depth = b->depths[index];
}

/* Places of a phase among `n` from `first` on. */
static ptrdiff_t FN(places_of)(const tgc_conv_axis *axis, ptrdiff_t first, ptrdiff_t n,
                               ptrdiff_t phase)
{
    /* The first phases have a place more than the last ones. */
    const int has_last = phase < axis->result - (axis->places - 1) * axis->step_out;
    return tgc_max(tgc_min(n, axis->places - !has_last - first), 0);
}

/* All places of a phase for one panel of channels, into the block's result. */
static void FN(run_panel)(FN(block) *b, ptrdiff_t start, ptrdiff_t width, const T *weight,
                          ptrdiff_t phase_h, ptrdiff_t phase_w, ptrdiff_t result_rows,
                          ptrdiff_t result_cols)
{
    const tgc_conv_layout *const l = b->layout;
    const ptrdiff_t rows = FN(places_of)(&l->h, b->top, b->rows, phase_h);
    const ptrdiff_t cols = FN(places_of)(&l->w, b->left, b->cols, phase_w);
    /* Two short rows fill a tile together. A division takes as long as some terms of the sums. */
    const ptrdiff_t joined = 2 * cols <= TILE_ROWS ? 2 : 1;
    const ptrdiff_t tiles = tgc_ceil_div(cols, TILE_ROWS);
    const tgc_shares shares = tgc_share(cols, tiles);
    const ptrdiff_t y_step = width * l->w.step_out;
    const ptrdiff_t image_row = l->h.step_in * l->row, y_row = width * l->h.step_out * result_cols;
    ptrdiff_t k = 0;
    do {
        const ptrdiff_t depth = tgc_min(b->depth - k, FN(DEPTH));
        const T *const bias = k ? NULL : b->packed + start;
        for (ptrdiff_t n = 0; n < b->images; n++) {
            const T *row = b->image + n * l->image;
            T *to = b->result +
                    ((n * result_rows + phase_h) * result_cols + phase_w) * width;
            ptrdiff_t together = joined;
            for (ptrdiff_t i = 0; i < rows; i += together) {
                together = tgc_min(together, rows - i);
                for (ptrdiff_t t = 0, j = 0, places; t < tiles; t++, j += places) {
                    places = tgc_share_size(shares, t);
                    const FN(tile_steps) steps = {
                        l->step, together > 1 ? image_row : places / 2 * l->step, y_step,
                        together > 1 ? y_row : places / 2 * y_step};
                    FN(fetch_ahead)(b);
                    FN(channel_kernels)[together * places - 1][width / VL - 1](
                        depth, row + j * l->step, b->offsets + k, &steps, weight + k * width, bias,
                        to + j * y_step);
                }
                row += together * image_row;
                to += together * y_row;
            }
        }
        k += depth;
    } while (k < b->depth);
}

/* Output channels in the lanes: a panel of them after the other is summed and transposed. */
static void FN(run_channels)(FN(block) *b)
{
    const tgc_conv_layout *const l = b->layout;
    const ptrdiff_t top = b->top * l->h.step_out, left = b->left * l->w.step_out;
    const ptrdiff_t result_rows = tgc_min(b->rows * l->h.step_out, l->h.result - top);
    const ptrdiff_t result_cols = tgc_min(b->cols * l->w.step_out, l->w.result - left);
    for (ptrdiff_t tile = b->first_tile; tile < b->end_tile; tile++) {
        const ptrdiff_t start = FN(tile_start)(&b->tiling, tile);
        const ptrdiff_t width = FN(tile_start)(&b->tiling, tile + 1) - start;
        const T *weight = b->packed + b->tiling.padded;
        for (ptrdiff_t phase_h = 0; phase_h < l->h.phases; phase_h++) {
            for (ptrdiff_t phase_w = 0; phase_w < l->w.phases; phase_w++) {
                FN(enter_phase)(b, phase_h * l->w.phases + phase_w);
                FN(run_panel)(b, start, width, weight + start * b->depth, phase_h, phase_w,
                              result_rows, result_cols);
                weight += b->tiling.padded * b->depth;
            }
        }
        const ptrdiff_t lanes = tgc_min(width, b->tiling.outputs - start);
        const ptrdiff_t first = start * b->y_plane + top * b->y_row + left;
        /* Whole rows lie one after the other. */
        const ptrdiff_t runs = result_cols == b->y_row ? 1 : result_rows;
        const ptrdiff_t run = result_rows * result_cols / runs;
        const T *result = b->result;
        for (ptrdiff_t n = 0; n < b->images; n++) {
            T *y = b->y + tgc_depth_image(b->to, b->first_image + n) + first;
            for (ptrdiff_t i = 0; i < runs; i++, y += b->y_row, result += run * width) {
                FN(store_channels)(y, b->y_plane, result, width, lanes, run);
            }
        }
    }
}

/* Where the runs of a phase of a transposed convolution go, step_out elements apart; `ends` are
 * the elements from their first one to the end of the row. */
typedef struct {
    T *y[2];
    ptrdiff_t lanes[2], ends[2];
} FN(scattered);

static void FN(scatter_runs)(const FN(block) *b, ptrdiff_t rows, int vecs,
                             const FN(scattered) *runs, ptrdiff_t phase, const T *result)
{
    const ptrdiff_t step = b->layout->w.step_out;
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (int v = 0; v < vecs; v++) {
            T *const y = runs->y[v] + i * b->y_plane;
            const T *const from = result + (i * 2 + v) * VL;
            if (step == 2) {
                const ptrdiff_t n = tgc_min(2 * runs->lanes[v], runs->ends[v] + phase);
                FN(store_pairs)(y - phase, vec_load(from), (int)phase, n);
                continue;
            }
            for (ptrdiff_t j = 0; j < runs->lanes[v]; j++) {
                y[j * step] = from[j];
            }
        }
    }
}

/* All places of a phase for one tile of outputs: runs of a vector's length, two at a time. */
static void FN(run_rows)(FN(block) *b, ptrdiff_t tile, const T *weight, ptrdiff_t phase_h,
                         ptrdiff_t phase_w)
{
    const tgc_conv_layout *const l = b->layout;
    const ptrdiff_t rows = FN(places_of)(&l->h, b->top, b->rows, phase_h);
    const ptrdiff_t cols = FN(places_of)(&l->w, b->left, b->cols, phase_w);
    const ptrdiff_t start = FN(tile_start)(&b->tiling, tile);
    const ptrdiff_t outputs = FN(tile_start)(&b->tiling, tile + 1) - start;
    const T *const bias = b->packed + start;
    T *const y = b->y + tgc_depth_image(b->to, b->first_image) + start * b->y_plane +
                 (b->top * l->h.step_out + phase_h) * b->y_row + b->left * l->w.step_out + phase_w;
    T result[TILE_ROWS * 2 * VL];
    const int scatters = l->w.step_out > 1;
    weight += start * b->depth;
    ptrdiff_t i = 0, j = 0;
    while (i < rows && j < cols) {
        FN(runs) runs = {.lanes = {0}};
        FN(scattered) scattered = {.lanes = {0}};
        FN(fetch_ahead)(b);
        int vecs = 0;
        for (; vecs < 2 && i < rows; vecs++) {
            T *const to = y + i * l->h.step_out * b->y_row + j * l->w.step_out;
            const ptrdiff_t lanes = tgc_min(cols - j, VL);
            runs.image[vecs] = b->image + i * l->h.step_in * l->row + j;
            runs.y[vecs] = scatters ? result + vecs * VL : to;
            runs.lanes[vecs] = scatters ? VL : lanes;
            scattered.y[vecs] = to;
            scattered.lanes[vecs] = lanes;
            scattered.ends[vecs] = b->y_row - (b->left + j) * l->w.step_out - phase_w;
            j += VL;
            if (j >= cols) {
                j = 0;
                i++;
            }
        }
        FN(place_kernels)[outputs - 1][vecs - 1](b->depth, weight, bias, &runs, b->offsets,
                                                 scatters ? 2 * VL : b->y_plane);
        if (scatters) {
            FN(scatter_runs)(b, outputs, vecs, &scattered, phase_w, result);
        }
    }
}

/* Places in the lanes. */
static void FN(run_places)(FN(block) *b)
{
    const tgc_conv_layout *const l = b->layout;
    const T *weight = b->packed + b->tiling.padded;
    for (ptrdiff_t phase_h = 0; phase_h < l->h.phases; phase_h++) {
        for (ptrdiff_t phase_w = 0; phase_w < l->w.phases; phase_w++) {
            FN(enter_phase)(b, phase_h * l->w.phases + phase_w);
            for (ptrdiff_t tile = b->first_tile; tile < b->end_tile; tile++) {
                FN(run_rows)(b, tile, weight, phase_h, phase_w);
            }
            weight += b->tiling.padded * b->depth;
        }
    }
}

/* The image of the block, with zeros around it: copied, or where it lies. `image` is the group's
 * first channel of the first volume. */
static const T *FN(block_image)(const FN(block) *b, const T *image, const ptrdiff_t *strides,
                                T *copy)
{
    const tgc_conv_layout *const l = b->layout;
    const tgc_depth *const d = &l->depths;
    const ptrdiff_t top = b->top * l->h.step_in + l->h.low;
    const ptrdiff_t left = b->left * l->w.step_in + l->w.low;
    if (l->in_place) {
        return image + b->first_image * strides[0] + top * strides[3] + left;
    }
    const ptrdiff_t rows = (b->rows - 1) * l->h.step_in + l->h.extent;
    const ptrdiff_t comb = l->comb && l->w.step_in > 1 ? l->comb : 0;
    for (ptrdiff_t n = 0; n < b->images; n++) {
        const ptrdiff_t volume = tgc_div(b->first_image + n, d->places);
        const ptrdiff_t z = b->first_image + n - volume * d->places;
        const T *from = image + volume * strides[0];
        T *to = copy + n * l->image;
        for (ptrdiff_t c = 0; c < l->channels; c += d->taps, from += strides[1]) {
            for (ptrdiff_t k = 0; k < d->taps; k++, to += l->plane) {
                const ptrdiff_t plane = tgc_depth_plane(d, z, k);
                const T *const at = from + tgc_max(plane, 0) * strides[2];
                const ptrdiff_t height = plane < 0 ? 0 : l->h.image;
                if (comb) {
                    FN(comb_plane)(to, rows, comb, l->w.step_in, at, strides[3], height,
                                   l->w.image, top, left);
                } else {
                    FN(copy_plane)(to, rows, l->row, at, strides[3], height, l->w.image, top,
                                   left);
                }
            }
        }
    }
    return copy;
}

static void FN(run_unit)(const tgc_call *call, FN(block) *b, ptrdiff_t unit, T *copy)
{
    const tgc_conv_layout *const l = b->layout;
    const tgc_operand *const image = &call->operands[0];
    const tgc_operand *const result = &call->operands[call->n_operands - 1];
    const ptrdiff_t across = b->across, down = b->down;
    ptrdiff_t block = 0, rest = unit;
    if (across * down > 1) {
        rest = unit / (across * down);
        block = unit - rest * across * down;
    }
    const ptrdiff_t row = across > 1 ? block / across : block;
    b->left = (block - row * across) * l->w.block;
    b->top = row * l->h.block;
    b->cols = tgc_min(l->w.block, l->w.places - b->left);
    b->rows = tgc_min(l->h.block, l->h.places - b->top);
    const ptrdiff_t batch = l->groups > 1 ? rest / l->groups : rest;
    const ptrdiff_t group = rest - batch * l->groups, n = batch * l->batch;
    b->first_image = n;
    b->images = tgc_min(l->batch, l->images - n);
    b->y_row = l->w.result;
    b->y_plane = result->strides[1];
    b->y = (T *)result->data + group * l->outputs * b->y_plane;
    b->packed = (const T *)call->operands[1].data + group * b->tiling.padded * (1 + l->depth);
    const T *const source = (const T *)image->data +
                            group * (l->channels / l->depths.taps) * image->strides[1];
    const ptrdiff_t elements = l->channels * l->h.image * l->w.image;
    b->ahead = (const char *)(source + n * image->strides[0] + b->images * elements);
    b->ahead_end = b->ahead;
    if (unit + 1 < l->units && across * down == 1 && tgc_depth_is_flat(&l->depths) &&
        tgc_is_contiguous(image)) {
        b->ahead_end += (size_t)elements * sizeof(T);
    }
    b->image = FN(block_image)(b, source, image->strides, copy);
    if (l->method == TGC_CONV_CHANNELS) {
        FN(run_channels)(b);
    } else {
        FN(run_places)(b);
    }
}

static const tgc_conv_limits FN(conv_limits) = {VL, TILE_ROWS};

static void FN(conv_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_conv_layout l =
        tgc_conv_arrange(call, tgc_conv_transposed(call), FN(conv_limits));
    const FN(tiling) tiling = FN(tile_outputs)(l.method, l.outputs);
    T *const result = tgc_workspace();
    T *const copy = result + l.result_elements;
    /* The offsets come last: workspace is aligned, and both before are of even sizes. */
    ptrdiff_t *const offsets = (ptrdiff_t *)(copy + (l.block_elements + 1) / 2 * 2);
    ptrdiff_t *const depths = offsets + l.depth;
    FN(block) b = {.layout = &l, .tiling = tiling, .all_offsets = offsets, .depths = depths,
                   .to = &call->operands[call->n_operands - 1],
                   .result = result, .across = tgc_ceil_div(l.w.places, l.w.block),
                   .down = tgc_ceil_div(l.h.places, l.h.block),
                   .first_tile = tgc_deal(tiling.tiles, l.parts, index % l.parts),
                   .end_tile = tgc_deal(tiling.tiles, l.parts, index % l.parts + 1)};
    ptrdiff_t *next = offsets;
    for (ptrdiff_t phase = 0; phase < l.h.phases * l.w.phases; phase++) {
        depths[phase] = tgc_conv_offsets(&l, phase / l.w.phases, phase % l.w.phases, next);
        next += depths[phase];
    }
    const ptrdiff_t first = index / l.parts * l.units_per_chunk;
    const ptrdiff_t end = tgc_min(first + l.units_per_chunk, l.units);
    for (ptrdiff_t unit = first; unit < end; unit++) {
        FN(run_unit)(call, &b, unit, copy);
    }
}

static void FN(plan_conv)(tgc_call *call)
{
    tgc_conv_plan(call, 0, FN(conv_limits));
}

static void FN(plan_conv_transpose)(tgc_call *call)
{
    tgc_conv_plan(call, 1, FN(conv_limits));
}

static void FN(install_conv)(tgc_table table)
{
#define ROW(kernel_name, kernel_plan, kernel_chunk, kernel_cost) \
    ((tgc_kernel){.name = kernel_name, .plan = kernel_plan, .chunk = kernel_chunk, .cost = kernel_cost})
    table[TGC_conv][TGC_DTYPE] = ROW("conv", FN(plan_conv), FN(conv_chunk), 0.2 / VL);
    table[TGC_conv_transpose][TGC_DTYPE] =
        ROW("conv_transpose", FN(plan_conv_transpose), FN(conv_chunk), 0.2 / VL);
    table[TGC_conv_pack][TGC_DTYPE] = ROW("conv_pack", FN(plan_pack), FN(pack_chunk), 0.5);
#undef ROW
}

#undef KERNELS
#undef CHANNEL_KERNEL
#undef PLACE_KERNEL
