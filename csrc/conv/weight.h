/*
 * How `conv_weight` is computed: for each weight a sum over all places. The places are many; the
 * weights may be few or many.
 *
 * The places of all images are cut into blocks. A chunk takes some of the blocks (a `part`) and
 * some of the input channels of one group (a `slice`), and adds up its sums in `sums`.
 * conv_weight_sum adds the parts in order and puts the weights in their places. Operands: y, x,
 * sums of the former; sums, weight of the latter.
 *
 *     sums[part][group][...] as the method orders them
 */
#ifndef TGC_CONV_WEIGHT_H
#define TGC_CONV_WEIGHT_H

#include "layout.h"

/* call->sizes beside the window and the method, set by the plan; conv_weight_sum gets a copy of
 * them. For each part `sums` has the size of the weight, with its outputs rounded up to whole
 * vectors. These calls have no phases, whose places it takes. */
enum { TGC_CONV_PARTS = TGC_CONV_METHOD + 1 };

typedef struct {
    tgc_window window;
    tgc_depth depths;
    ptrdiff_t images, groups;    /* each plane of a volume of y counts as an image */
    ptrdiff_t channels;          /* of x, in one group, times the taps along the depth */
    ptrdiff_t outputs;           /* channels of y in one group */
    ptrdiff_t rows, cols;        /* of places */
    ptrdiff_t height, width;     /* of the image */
    ptrdiff_t taps;              /* of the window, in a plane */
    tgc_conv_method method;
    int in_place;
    ptrdiff_t block_images, block_rows, block_cols; /* of a block of places */
    ptrdiff_t blocks;
    ptrdiff_t parts;             /* into which the blocks are divided */
    ptrdiff_t slices;            /* into which a group's channels are divided */
    ptrdiff_t padded;            /* outputs, rounded up to whole vectors */
    ptrdiff_t image, plane, row; /* distances in a block's image: of images, channels and rows */
    ptrdiff_t comb, step;        /* as in tgc_conv_layout */
    ptrdiff_t copy_channels;     /* channels whose image is copied at once */
    ptrdiff_t copy_elements;     /* of workspace, for the copied image */
    ptrdiff_t panel_elements;    /* of workspace, for the transposed y */
} tgc_conv_weight_layout;

/* From the operands y and x, and the window. */
tgc_conv_weight_layout tgc_conv_weight_arrange(const tgc_call *call, tgc_conv_limits limits);
/* Sets the chunks, work and workspace of the call, its method and the number of parts. */
void tgc_conv_weight_plan(tgc_call *call, tgc_conv_limits limits);

#endif
