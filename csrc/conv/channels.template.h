/* The method TGC_CONV_CHANNELS: output channels in the lanes. It sums patch by patch into workspace
 * and transposes the result as it stores it. */
#include <string.h>

enum {
    /* The terms of a slab. Their weights, for one panel of channels, take half of a first-level
     * cache of 32 KiB: the image needs the other half. */
    FN(DEPTH) = 16384 / (2 * VL * (int)sizeof(T))
};
static const tgc_conv_limits FN(conv_limits) = {VL, TILE_ROWS, FN(DEPTH)};

typedef void FN(channel_kernel)(const FN(terms) *terms, const T *image,
                                const tgc_conv_patch *patch, const T *bias, T *y,
                                const char *ahead);

#define CHANNEL_KERNEL(name, rows, parts, vecs, dense)                                           \
    static void FN(name##vecs)(const FN(terms) *terms, const T *image,                           \
                               const tgc_conv_patch *patch, const T *bias, T *y,                 \
                               const char *ahead)                                                \
    {                                                                                            \
        FN(channel_tile)(rows, parts, vecs, dense, terms, image, patch, bias, y, ahead);         \
    }
#define KERNELS(rows)                                                                            \
    CHANNEL_KERNEL(channel_##rows##x, rows, 2, 1, 0)                                             \
    CHANNEL_KERNEL(channel_##rows##x, rows, 2, 2, 0)
EACH_ROWS(KERNELS)
CHANNEL_KERNEL(channel_thirds_x, TILE_ROWS / 3 * 3, 3, 1, 0)
CHANNEL_KERNEL(channel_thirds_x, TILE_ROWS / 3 * 3, 3, 2, 0)
#undef KERNELS
#define ENTRY(rows) {FN(channel_##rows##x1), FN(channel_##rows##x2)},
#define ALL {EACH_ROWS(ENTRY) {FN(channel_thirds_x1), FN(channel_thirds_x2)}}

#if defined(TILE_DENSE)
#define KERNELS(rows)                                                                            \
    CHANNEL_KERNEL(dense_##rows##x, rows, 2, 1, 1) CHANNEL_KERNEL(dense_##rows##x, rows, 2, 2, 1)
EACH_ROWS(KERNELS)
CHANNEL_KERNEL(dense_thirds_x, TILE_ROWS / 3 * 3, 3, 1, 1)
CHANNEL_KERNEL(dense_thirds_x, TILE_ROWS / 3 * 3, 3, 2, 1)
#undef KERNELS
#define DENSE_ENTRY(rows) {FN(dense_##rows##x1), FN(dense_##rows##x2)},
#define ALL_DENSE {EACH_ROWS(DENSE_ENTRY) {FN(dense_thirds_x1), FN(dense_thirds_x2)}}
#else
#define ALL_DENSE ALL
#endif

/* [are places side by side?][a patch's kernel][vecs - 1] */
static FN(channel_kernel) *const FN(channel_kernels)[2][TILE_ROWS + 1][2] = {ALL, ALL_DENSE};
#undef ALL
#undef ALL_DENSE
#undef ENTRY
#undef DENSE_ENTRY
#undef CHANNEL_KERNEL

/* Cuts the block's places into patches, unless those of the block before will do. */
static void FN(cut_block)(FN(block) *b, ptrdiff_t pitch)
{
    const tgc_conv_layout *const l = b->layout;
    const tgc_conv_results results = {b->images, b->result_rows, b->result_cols, pitch,
                                      tgc_conv_planes(l, b->first_image)};
    if (memcmp(&results, &b->cut, sizeof results) == 0) {
        return;
    }
    b->cut = results;
    tgc_conv_patch *next = b->patches;
    for (ptrdiff_t phase = 0; phase < l->h.phases * l->w.phases; phase++) {
        b->n_patches[phase] = tgc_conv_cut(l, FN(conv_limits), phase / l->w.phases,
                                           phase % l->w.phases, results, next);
        next += b->n_patches[phase];
    }
}

/* Where a kernel of two vectors begins to prefetch, with each of `depth` terms. If nothing is left
 * to prefetch, that is `there`, which does no harm. */
TGC_INLINE const char *FN(take_ahead)(FN(block) *b, ptrdiff_t depth, const T *there)
{
    for (int i = 0; i < FN(STREAMS); i++) {
        const char *const next = b->ahead[i].next;
        if (next < b->ahead[i].end) {
            b->ahead[i].next += depth * FN(AHEAD);
            return next;
        }
    }
    return (const char *)there;
}

/* A panel of output channels, and where it goes in the group's first image. */
typedef struct {
    ptrdiff_t start, width, lanes, y;
} FN(panel);

/* Sets what is prefetched while slab number `slab` is summed: for a batch of images the weights of
 * the next slab, which begin at `weight` and of which `left` remain; and the result's lines in
 * image number `slab` of the block. */
static void FN(look_ahead)(FN(block) *b, const FN(panel) *panel, ptrdiff_t slab, const T *weight,
                           ptrdiff_t left)
{
    if (b->layout->batch > 1) {
        FN(set_ahead)(b, FN(WEIGHTS), weight, tgc_min(left, FN(DEPTH) * panel->width));
    }
    /* Whole planes of an image lie one after the other. */
    const ptrdiff_t image = slab;
    if (image < b->images && b->y_plane == b->result_rows * b->result_cols) {
        FN(set_ahead)(b, FN(RESULT),
                      b->y + tgc_depth_image(b->to, b->first_image + image) + panel->y,
                      panel->lanes * b->y_plane);
    }
}

/* Sums all patches of a phase for one panel into the block's result, slab after slab of the terms.
 * A slab is whole channels, if one of them fits. */
static void FN(run_panel)(FN(block) *b, const FN(panel) *panel, const tgc_conv_patch *patches,
                          ptrdiff_t n_patches, const T *weight)
{
    const ptrdiff_t width = panel->width;
    const ptrdiff_t channels = b->layout->channels / b->layout->depths.taps;
    const ptrdiff_t channel = tgc_max(b->depth / tgc_max(channels, 1), 1);
    /* Patches leave out terms only if a channel fits DEPTH, so that slabs hold whole channels. */
    const ptrdiff_t most = FN(DEPTH) * 2 * VL / width;
    const ptrdiff_t unit = channel <= most ? channel : 1, units = b->depth / unit;
    const ptrdiff_t n_slabs = tgc_max(tgc_ceil_div(units, most / unit), 1);
    const tgc_shares slabs = tgc_share(units, n_slabs);
    ptrdiff_t left = (b->tiling.padded - panel->start) * b->depth;
    const ptrdiff_t *offsets = b->offsets;
    for (ptrdiff_t slab = 0; slab < n_slabs; slab++) {
        const ptrdiff_t depth = tgc_share_size(slabs, slab) * unit;
        const T *const bias = slab ? NULL : b->packed + panel->start;
        left -= depth * width;
        FN(look_ahead)(b, panel, slab, weight + depth * width, left);
        for (ptrdiff_t i = 0; i < n_patches; i++) {
            const tgc_conv_patch *const p = &patches[i];
            const tgc_conv_gap g = p->left_out;
            FN(terms) terms = {1, depth, 0, offsets, weight};
            if (g.gap) {
                terms = (FN(terms)){tgc_div(depth, g.block), g.block - g.gap, g.gap,
                                    offsets + g.skip, weight + g.skip * width};
            }
            const char *ahead = NULL;
            if (width > VL) {
                ahead = FN(take_ahead)(b, terms.blocks * terms.terms, weight);
            } else {
                FN(fetch_ahead)(&b->ahead[FN(RESULT)]);
                FN(fetch_ahead)(&b->ahead[FN(IMAGE)]);
            }
            FN(channel_kernels)[p->step == 1][p->kernel][width / VL - 1](
                &terms, b->image + p->image, p, bias, b->result + p->y, ahead);
        }
        offsets += depth;
        weight += depth * width;
    }
}

/* The panel's part of y: the block's result, `pitch` channels for each place, transposed. */
static void FN(store_result)(const FN(block) *b, const FN(panel) *panel, ptrdiff_t pitch)
{
    /* Whole rows lie one after the other. */
    const ptrdiff_t runs = b->result_cols == b->y_row ? 1 : b->result_rows;
    const ptrdiff_t run = b->result_rows * b->result_cols / runs;
    const T *result = b->result;
    for (ptrdiff_t n = 0; n < b->images; n++) {
        T *y = b->y + tgc_depth_image(b->to, b->first_image + n) + panel->y;
        for (ptrdiff_t i = 0; i < runs; i++, y += b->y_row, result += run * pitch) {
            FN(store_channels)(y, b->y_plane, result, pitch, panel->lanes, run);
        }
    }
}

/* Sums and transposes one panel of output channels after the other. */
static void FN(run_channels)(FN(block) *b)
{
    const tgc_conv_layout *const l = b->layout;
    const ptrdiff_t pitch = tgc_min(2 * VL, b->tiling.padded);
    FN(cut_block)(b, pitch);
    for (ptrdiff_t tile = b->first_tile; tile < b->end_tile; tile++) {
        const ptrdiff_t start = FN(tile_start)(&b->tiling, tile);
        const ptrdiff_t width = FN(tile_start)(&b->tiling, tile + 1) - start;
        const FN(panel) panel = {start, width, tgc_min(width, b->tiling.outputs - start),
                                 start * b->y_plane + b->y_top * b->y_row + b->y_left};
        const T *weight = b->packed + b->tiling.padded;
        const tgc_conv_patch *patches = b->patches;
        for (ptrdiff_t phase = 0; phase < l->h.phases * l->w.phases; phase++) {
            FN(enter_phase)(b, phase);
            FN(run_panel)(b, &panel, patches, b->n_patches[phase], weight + start * b->depth);
            patches += b->n_patches[phase];
            weight += b->tiling.padded * b->depth;
        }
        FN(store_result)(b, &panel, pitch);
    }
}
