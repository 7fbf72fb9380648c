/* `conv` and `conv_transpose` for one real type and one ISA: copies the image of each block and
 * runs the method on it. */
#include "../runtime/workspace.h"
#include "../vec/rows.h"

#include "../vec/transpose.template.h"
#include "tile.template.h"
#include "copy.template.h"
#include "pack.template.h"
#include "block.template.h"
#include "channels.template.h"
#include "places.template.h"

/* The image of the block with zeros around it: a copy, or the operand itself if no zeros are
 * needed. `image` is the group's first channel of the first volume. */
static const T *FN(block_image)(const FN(block) *b, const T *image, const ptrdiff_t *strides,
                                T *copy)
{
    const tgc_conv_layout *const l = b->layout;
    const ptrdiff_t top = b->top * l->h.step_in + l->h.low;
    const ptrdiff_t left = b->left * l->w.step_in + l->w.low;
    if (l->in_place) {
        return image + b->first_image * strides[0] + top * strides[3] + left;
    }
    const FN(excerpt) excerpt = {.from = image,
                                 .strides = strides,
                                 .height = l->h.image,
                                 .width = l->w.image,
                                 .first_image = b->first_image,
                                 .images = b->images,
                                 .channels = l->channels,
                                 .top = top,
                                 .left = left,
                                 .rows = tgc_conv_reach(&l->h, b->rows),
                                 .image = l->image,
                                 .plane = l->plane,
                                 .row = l->row,
                                 .comb = l->w.step_in > 1 ? l->comb : 0,
                                 .step = l->w.step_in};
    FN(copy_excerpt)(&excerpt, &l->depths, copy);
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
        rest = tgc_div(unit, across * down);
        block = unit - rest * across * down;
    }
    const ptrdiff_t row = across > 1 ? tgc_div(block, across) : block;
    b->left = (block - row * across) * l->w.block;
    b->top = row * l->h.block;
    b->cols = tgc_min(l->w.block, l->w.places - b->left);
    b->rows = tgc_min(l->h.block, l->h.places - b->top);
    b->y_left = b->left * l->w.step_out;
    b->y_top = b->top * l->h.step_out;
    b->result_cols = tgc_min(b->cols * l->w.step_out, l->w.result - b->y_left);
    b->result_rows = tgc_min(b->rows * l->h.step_out, l->h.result - b->y_top);
    const ptrdiff_t batch = l->groups > 1 ? tgc_div(rest, l->groups) : rest;
    const ptrdiff_t group = rest - batch * l->groups, n = batch * l->batch;
    b->first_image = n;
    b->images = tgc_min(l->batch, l->images - n);
    b->y_row = l->w.result;
    b->y_plane = result->strides[1];
    b->y = (T *)result->data + group * l->outputs * b->y_plane;
    b->packed = (const T *)call->operands[1].data + group * b->tiling.padded * (1 + l->depth);
    const T *const source = (const T *)image->data +
                            group * tgc_div(l->channels, l->depths.taps) * image->strides[1];
    const ptrdiff_t elements = l->channels * l->h.image * l->w.image;
    const int whole = unit + 1 < l->units && across * down == 1 && l->batch == 1 &&
                      tgc_depth_is_flat(&l->depths) && tgc_is_contiguous(image);
    FN(set_ahead)(b, FN(IMAGE), source + n * image->strides[0] + elements,
                  whole ? elements : 0);
    b->image = FN(block_image)(b, source, image->strides, copy);
    if (l->method == TGC_CONV_CHANNELS) {
        FN(run_channels)(b);
    } else {
        FN(run_places)(b);
    }
}

static void FN(conv_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_conv_layout l =
        tgc_conv_arrange(call, tgc_conv_transposed(call), FN(conv_limits));
    const FN(tiling) tiling = FN(tile_outputs)(l.method, l.outputs);
    T *const result = tgc_workspace();
    T *const copy = result + l.result_elements;
    /* Aligned: the workspace is, and the sizes of the result and of the copy are made even. */
    ptrdiff_t *const offsets = (ptrdiff_t *)(copy + (l.block_elements + 1) / 2 * 2);
    ptrdiff_t *const depths = offsets + l.depth + 1;
    const ptrdiff_t phases = l.h.phases * l.w.phases;
    FN(block) b = {.layout = &l, .tiling = tiling, .all_offsets = offsets, .depths = depths,
                   .to = &call->operands[call->n_operands - 1],
                   .n_patches = depths + phases,
                   .patches = (tgc_conv_patch *)(depths + 2 * phases),
                   .result = result, .across = tgc_ceil_div(l.w.places, l.w.block),
                   .down = tgc_ceil_div(l.h.places, l.h.block),
                   .first_tile = tgc_deal(tiling.tiles, l.parts, index % l.parts),
                   .end_tile = tgc_deal(tiling.tiles, l.parts, index % l.parts + 1)};
    ptrdiff_t *next = offsets;
    for (ptrdiff_t phase = 0; phase < phases; phase++) {
        depths[phase] = tgc_conv_offsets(&l, phase / l.w.phases, phase % l.w.phases, next);
        next += depths[phase];
    }
    *next = 0; /* the one that channel_tile reads behind the last */
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

#include "weight.template.h"

static void FN(install)(tgc_table table)
{
#define ROW(kernel_name, kernel_plan, kernel_chunk, kernel_cost) \
    ((tgc_kernel){.name = kernel_name,                           \
                  .plan = kernel_plan,                           \
                  .chunk = kernel_chunk,                         \
                  .cost = kernel_cost})
    table[TGC_conv][TGC_DTYPE] = ROW("conv", FN(plan_conv), FN(conv_chunk), 0.2 / VL);
    table[TGC_conv_transpose][TGC_DTYPE] =
        ROW("conv_transpose", FN(plan_conv_transpose), FN(conv_chunk), 0.2 / VL);
    table[TGC_conv_pack][TGC_DTYPE] = ROW("conv_pack", FN(plan_pack), FN(pack_chunk), 0.5);
#undef ROW
    table[TGC_conv_weight][TGC_DTYPE] = (tgc_kernel){.name = "conv_weight",
                                                     .plan = FN(plan_weight),
                                                     .chunk = FN(weight_chunk),
                                                     .cost = 0.2 / VL};
    table[TGC_conv_weight_sum][TGC_DTYPE] = (tgc_kernel){.name = "conv_weight_sum",
                                                         .plan = FN(plan_weight_sum),
                                                         .chunk = FN(weight_sum_chunk),
                                                         .cost = 0.5};
}
