/*
 * How the places of a block are cut into patches: what one call of a micro-kernel sums.
 *
 * A patch is a run of places in a row. Rows that leave a micro-kernel half empty are put together:
 * two short ones, or three parts of rows, also of different images. Taps that read zeros only are
 * left out: those above and below an image of one block, or before and behind a volume.
 */
#ifndef TGC_CONV_PATCHES_H
#define TGC_CONV_PATCHES_H

#include "layout.h"

/* Of every `block` of terms, `gap` are left out: `skip` before the others, the rest after them. */
typedef struct {
    ptrdiff_t block, gap, skip;
} tgc_conv_gap;

/* Parts of as many places each (the last has what is left over), each in a row. Distances: of the
 * first place from the block's image and result, from place to place, and of the second and third
 * part from the first. */
typedef struct {
    ptrdiff_t image, step, parts[2];
    ptrdiff_t y, y_step, y_parts[2];
    tgc_conv_gap left_out;
    /* Which micro-kernel: places - 1 of one or two parts, tile_rows for three parts of a third. */
    ptrdiff_t kernel;
} tgc_conv_patch;

/* Successive taps: from `first` up to `end`. */
typedef struct {
    ptrdiff_t first, end;
} tgc_tap_range;

/* The taps along the depth that find a plane for an image; all of them for a batch of images. */
tgc_tap_range tgc_conv_planes(const tgc_conv_layout *layout, ptrdiff_t image);

/* What is cut: so many images, whose results are rows x cols with `pitch` elements for each. */
typedef struct {
    ptrdiff_t images, rows, cols, pitch;
    tgc_tap_range planes;
} tgc_conv_results;

/* Are taps above and below an image left out? Of every channel, which has so many terms, so that a
 * slab of the sum must hold a channel whole. */
static inline int tgc_conv_leaves_rows(const tgc_conv_layout *l, tgc_conv_limits limits,
                                       ptrdiff_t channel, int in_place)
{
    return channel <= limits.slab && !in_place && l->h.block >= l->h.places;
}

/* No block has more patches, over all phases. */
ptrdiff_t tgc_conv_most_patches(const tgc_conv_layout *layout, tgc_conv_limits limits);

/* Cuts the places of a phase. Returns how many patches it wrote. */
ptrdiff_t tgc_conv_cut(const tgc_conv_layout *layout, tgc_conv_limits limits, ptrdiff_t phase_h,
                       ptrdiff_t phase_w, tgc_conv_results results, tgc_conv_patch *patches);

#endif
