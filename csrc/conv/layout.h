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
    /* None: the block of a window so wide would not fit workspace. */
    TGC_CONV_NO_METHOD,
    /* A vector holds output channels; results are transposed as they are stored. */
    TGC_CONV_CHANNELS,
    /* A vector holds neighbouring places: for few output channels. */
    TGC_CONV_PLACES
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
    ptrdiff_t tile_rows; /* of a micro-kernel */
    ptrdiff_t slab;      /* terms of a sum that are added at a time */
} tgc_conv_limits;

/* In how many sets a micro-kernel with room for so many vectors keeps its sums. A CPU begins two
 * multiply-adds in each of the four cycles that one takes: where there are fewer sums, every other
 * term goes to a second set, as products would wait for each other. */
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
    ptrdiff_t low;    /* no tap has a smaller offset, */
    ptrdiff_t extent; /* nor one of low + extent */
    ptrdiff_t places; /* of the phase that has most */
    ptrdiff_t block;  /* places of a block */
} tgc_conv_axis;

typedef struct {
    tgc_conv_axis h, w;
    tgc_depth depths;
    ptrdiff_t images, groups;    /* a volume is as many images as its result has planes */
    ptrdiff_t channels, outputs; /* of one group, of the image (times taps) and of the result */
    ptrdiff_t depth;             /* terms of a sum over all phases: channels * taps */
    tgc_conv_method method;
    int in_place;
    /* The image of a block in workspace, or in place: distances of channels, of rows, of places in
     * a row, and of the elements that lie between two places (0 where they are neighbours). */
    ptrdiff_t plane, row, step, comb;
    ptrdiff_t block_elements, result_elements;
    /* A unit is a block of one group of one image, or of a batch of small images, `image` apart,
     * that share the weights while these are in a cache; a chunk is some units, or a part of one. */
    ptrdiff_t batch, image;
    ptrdiff_t units, units_per_chunk, parts;
} tgc_conv_layout;

tgc_conv_layout tgc_conv_arrange(const tgc_call *call, int transposed, tgc_conv_limits limits);
/* The chunks, work and workspace of the call, and its method. */
void tgc_conv_plan(tgc_call *call, int transposed, tgc_conv_limits limits);

/* The offset of tap k from the places of a phase; 0 where it belongs to another. */
static inline int tgc_conv_tap(const tgc_conv_axis *axis, ptrdiff_t phase, ptrdiff_t k,
                               ptrdiff_t *offset)
{
    const ptrdiff_t stride = axis->window.stride;
    const ptrdiff_t distance = k * axis->window.dilation - axis->window.padding;
    *offset = axis->transposed ? phase - distance : distance;
    /* Divisions are slow, and most windows need none. */
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

/* How many taps belong to a phase. */
ptrdiff_t tgc_conv_taps(const tgc_conv_axis *axis, ptrdiff_t phase);

/* Has the plan been one of conv_transpose? */
static inline int tgc_conv_transposed(const tgc_call *call)
{
    return call->sizes[TGC_CONV_PHASES_H] > 0;
}

/* The axes of the call with the phases that the plan found. */
void tgc_conv_axes(const tgc_call *call, tgc_conv_axis *h, tgc_conv_axis *w);

/* Writes the distance of every term of a sum of a phase from its place: channel by channel, tap by
 * tap. Returns how many there are. */
ptrdiff_t tgc_conv_offsets(const tgc_conv_layout *layout, ptrdiff_t phase_h, ptrdiff_t phase_w,
                           ptrdiff_t *offsets);

#endif
