/*
 * How `conv` and `conv_transpose` are computed: both move a window of taps over an image.
 *
 * Along one axis the result falls into `phases` = step_out interleaved sets of places: place p of
 * phase f is element p * step_out + f of the result, and tap k of it reads element
 * p * step_in + offset(f, k) of the image. For `conv` there is one phase, step_in is the stride and
 * all taps belong to it. For `conv_transpose` step_out is the stride, step_in is 1, and a tap
 * belongs to the one phase whose places it meets: no zeros between elements are multiplied.
 *
 * The places are cut into blocks; what the taps of a block read is copied, with its zeros around
 * it, into workspace, where every tap is one distance (`offsets`) from a place. An image that needs
 * no zeros is read in place.
 */
#ifndef TGC_CONV_LAYOUT_H
#define TGC_CONV_LAYOUT_H

#include "../runtime/lines.h"
#include "../runtime/sizes.h"
#include "conv.h"

typedef enum {
    /* None: the window is so wide that no block of it fits into workspace. */
    TGC_CONV_NO_METHOD,
    /* A vector holds output channels; results are transposed as they are stored. */
    TGC_CONV_CHANNELS,
    /* A vector holds neighbouring places: for few output channels. */
    TGC_CONV_PLACES,
    /* The two of `conv_weight`. A vector holds output channels, a row of a tile is a tap: y is
     * transposed block by block. */
    TGC_CONV_WEIGHT_TAPS,
    /* A vector holds neighbouring places: for few output channels. */
    TGC_CONV_WEIGHT_DOTS
} tgc_conv_method;

/* call->sizes beside the window, set by the plan; the packing gets a copy of them. */
enum {
    TGC_CONV_METHOD = TGC_CONV_DEPTH_START + 1,
    TGC_CONV_PHASES_H, /* 0 for conv */
    TGC_CONV_PHASES_W
};
_Static_assert((int)TGC_CONV_PHASES_W < (int)TGC_MAX_SIZES, "a call has no room for so many sizes");

/* What a layout has to know of the ISA and the type. */
typedef struct {
    ptrdiff_t lanes;     /* of a vector */
    ptrdiff_t tile_rows; /* the most rows of two vectors that a micro-kernel sums */
    ptrdiff_t slab;      /* the most terms of a sum that are added in one go, by two vectors */
} tgc_conv_limits;

/* The number of sets in which a micro-kernel with room for `room` vectors keeps `sums` of them. A
 * multiply-add takes four cycles, and a CPU begins two in each: with fewer than eight sums it would
 * wait for a sum before adding to it again, so every other term goes to a second set. */
static inline int tgc_conv_sets(ptrdiff_t sums, ptrdiff_t room)
{
    return sums < 8 && 2 * sums <= room ? 2 : 1;
}

typedef struct {
    tgc_window_axis window;
    int transposed;
    ptrdiff_t image, result;
    ptrdiff_t step_in, step_out;
    ptrdiff_t phases;
    ptrdiff_t low;    /* taps have offsets from low ... */
    ptrdiff_t extent; /* ... to low + extent - 1 */
    ptrdiff_t places; /* of the phase that has most */
    ptrdiff_t block;  /* places of a block */
} tgc_conv_axis;

typedef struct {
    tgc_conv_axis h, w;
    tgc_depth depths;
    ptrdiff_t images, groups;    /* each plane of a volume's result counts as an image */
    ptrdiff_t channels;          /* of the image, in one group, times the taps along the depth */
    ptrdiff_t outputs;           /* channels of the result in one group */
    ptrdiff_t depth;             /* terms of a sum over all phases: channels * taps */
    tgc_conv_method method;
    int in_place;
    /* Distances in the image of a block, in workspace or in place: from channel to channel, from
     * row to row, from place to place. */
    ptrdiff_t plane, row, step;
    /* 0, or the columns of a run: columns that are step_in apart are combed into runs, so that the
     * elements of neighbouring places lie side by side. */
    ptrdiff_t comb;
    ptrdiff_t block_elements, result_elements;
    /* A unit is a block of one group of one image, or of a batch of small images that share the
     * weights while a cache holds these. The copies of a batch's images are `image` apart. */
    ptrdiff_t batch, image;
    /* A chunk is some units, or one of the `parts` of a unit. */
    ptrdiff_t units, units_per_chunk, parts;
} tgc_conv_layout;

tgc_conv_layout tgc_conv_arrange(const tgc_call *call, int transposed, tgc_conv_limits limits);
/* Sets the chunks, work and workspace of the call, and its method. */
void tgc_conv_plan(tgc_call *call, int transposed, tgc_conv_limits limits);

/* Does tap k belong to a phase? Then *offset is its offset from the places of the phase. */
static inline int tgc_conv_tap(const tgc_conv_axis *axis, ptrdiff_t phase, ptrdiff_t k,
                               ptrdiff_t *offset)
{
    const ptrdiff_t stride = axis->window.stride;
    const ptrdiff_t distance = k * axis->window.dilation - axis->window.padding;
    *offset = axis->transposed ? phase - distance : distance;
    /* Division is slow, and most windows need none. */
    if (!axis->transposed || stride == 1) {
        return 1;
    }
    const int belongs = *offset % stride == 0;
    *offset /= stride;
    return belongs;
}

/* Places of a phase among `n` results side by side, the first of which is a place of phase 0. */
static inline ptrdiff_t tgc_conv_places(ptrdiff_t n, ptrdiff_t step, ptrdiff_t phase)
{
    return n > phase ? tgc_div(n - phase - 1, step) + 1 : 0;
}

/* Elements of the image that n places of all phases read. */
static inline ptrdiff_t tgc_conv_reach(const tgc_conv_axis *axis, ptrdiff_t n)
{
    return (n - 1) * axis->step_in + axis->extent;
}

/* How many taps belong to a phase. */
ptrdiff_t tgc_conv_taps(const tgc_conv_axis *axis, ptrdiff_t phase);

/* Was the call planned as conv_transpose? */
static inline int tgc_conv_transposed(const tgc_call *call)
{
    return call->sizes[TGC_CONV_PHASES_H] > 0;
}

/* The axes of the call with the phases that the plan found. */
void tgc_conv_axes(const tgc_call *call, tgc_conv_axis *h, tgc_conv_axis *w);

/* Writes the offsets of a phase: the distance of every term of a sum from its place, channel by
 * channel, tap by tap. Returns the number of terms. */
ptrdiff_t tgc_conv_offsets(const tgc_conv_layout *layout, ptrdiff_t phase_h, ptrdiff_t phase_w,
                           ptrdiff_t *offsets);

#endif
