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

/* Of every `block` terms, `gap` are left out: the first `skip`, and the others at the end. */
typedef struct {
    ptrdiff_t block, gap, skip;
} tgc_conv_gap;

/* Two or three parts, each a run of places in a row, and all of the same length. (A single run is
 * taken as two halves, of which the second may be one longer.) */
typedef struct {
    ptrdiff_t image;    /* where the first place lies in the block's image */
    ptrdiff_t step;     /* from place to place */
    ptrdiff_t parts[2]; /* from the first part to the second and to the third */
    ptrdiff_t y, y_step, y_parts[2]; /* the same in the block's result */
    tgc_conv_gap left_out;
    /* The index of the micro-kernel: for two parts the number of places - 1; for three parts, each
     * of tile_rows / 3 places, tile_rows. */
    ptrdiff_t kernel;
} tgc_conv_patch;

/* Successive taps: from `first` up to `end`. */
typedef struct {
    ptrdiff_t first, end;
} tgc_tap_range;

/* The taps along the depth that find a plane for an image; all of them for a batch of images. */
tgc_tap_range tgc_conv_planes(const tgc_conv_layout *layout, ptrdiff_t image);

/* What is cut: the results of a number of images, rows x cols each, with `pitch` numbers for each
 * place, one for each channel of a panel. `planes` are the taps along the depth that are summed. */
typedef struct {
    ptrdiff_t images, rows, cols, pitch;
    tgc_tap_range planes;
} tgc_conv_results;

/* May taps above and below an image be left out? They are left out of every channel, so that a slab
 * of the sum must hold all of a channel's terms, of which there are `channel`. */
static inline int tgc_conv_leaves_rows(const tgc_conv_layout *l, tgc_conv_limits limits,
                                       ptrdiff_t channel, int in_place)
{
    return channel <= limits.slab && !in_place && l->h.block >= l->h.places;
}

/* An upper bound of the patches of a block, over all phases. */
ptrdiff_t tgc_conv_most_patches(const tgc_conv_layout *layout, tgc_conv_limits limits);

/* Cuts the places of a phase. Returns how many patches it wrote. */
ptrdiff_t tgc_conv_cut(const tgc_conv_layout *layout, tgc_conv_limits limits, ptrdiff_t phase_h,
                       ptrdiff_t phase_w, tgc_conv_results results, tgc_conv_patch *patches);

#endif
