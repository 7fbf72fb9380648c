/*
 * Convolution over images, and its two gradients.
 *
 * All three are the same sum over triples of elements whose places meet:
 *
 *     conv            y[n,o,i,j]   = bias[o] + sum over c, k, l of x[n,c,h,w] weight[o,c,k,l]
 *     conv_transpose  x[n,c,h,w]   = bias[c] + sum over o, k, l of y[n,o,i,j] weight[o,c,k,l]
 *     conv_weight     weight[o,c,k,l]        = sum over n, i, j of y[n,o,i,j] x[n,c,h,w]
 *
 *     h = i stride_h + k dilation_h - padding_h
 *     w = j stride_w + l dilation_w - padding_w
 *
 * so that each is the gradient of the other two. Where (h, w) lies outside x in `conv`, and (i, j)
 * outside y in `conv_transpose`, a zero is read (whether it also meets a weight that is NaN is left
 * open: 0 or NaN); the sizes of x and y are free otherwise, which is how a padding below and to the
 * right is stated. With `groups`, output channels are dealt out evenly to as many groups, input
 * channels likewise, and o and c meet within their group: weight is (O, C / groups, K, L).
 *
 * Operands of the definition (`naive`): x, weight, [bias], y; or y, weight, [bias], x; or y, x,
 * weight; all of four dimensions but the bias, with any strides. Of the fast kernels: x or y, the
 * weights packed by conv_pack (pack.template.h), the result (layout.h); and y, x, sums (weight.h).
 * Their images have neighbours in a row side by side, their results are contiguous.
 */
#ifndef TGC_CONV_H
#define TGC_CONV_H

#include "../runtime/dispatch.h"

/* How a window of taps moves along one axis. */
typedef struct {
    ptrdiff_t kernel, stride, padding, dilation;
} tgc_window_axis;

typedef struct {
    tgc_window_axis h, w;
    ptrdiff_t groups;
} tgc_window;

/* call->sizes of every kernel here. */
enum {
    TGC_CONV_KERNEL_H,
    TGC_CONV_STRIDE_H,
    TGC_CONV_PADDING_H,
    TGC_CONV_DILATION_H,
    TGC_CONV_KERNEL_W,
    TGC_CONV_STRIDE_W,
    TGC_CONV_PADDING_W,
    TGC_CONV_DILATION_W,
    TGC_CONV_GROUPS
};

static inline tgc_window tgc_window_of(const tgc_call *call)
{
    const ptrdiff_t *const s = call->sizes;
    return (tgc_window){
        .h = {s[TGC_CONV_KERNEL_H], s[TGC_CONV_STRIDE_H], s[TGC_CONV_PADDING_H],
              s[TGC_CONV_DILATION_H]},
        .w = {s[TGC_CONV_KERNEL_W], s[TGC_CONV_STRIDE_W], s[TGC_CONV_PADDING_W],
              s[TGC_CONV_DILATION_W]},
        .groups = s[TGC_CONV_GROUPS]};
}

/* Where tap k of the window at output place i reads. */
static inline ptrdiff_t tgc_window_place(tgc_window_axis axis, ptrdiff_t i, ptrdiff_t k)
{
    return i * axis.stride + k * axis.dilation - axis.padding;
}

/* The output place whose tap k reads `place`, or -1 where there is none among `n`. */
static inline ptrdiff_t tgc_window_source(tgc_window_axis axis, ptrdiff_t place, ptrdiff_t k,
                                          ptrdiff_t n)
{
    const ptrdiff_t distance = place + axis.padding - k * axis.dilation;
    const ptrdiff_t i = distance / axis.stride;
    return distance >= 0 && distance % axis.stride == 0 && i < n ? i : -1;
}

/* conv, conv_transpose and conv_weight, and the packing of the weights before them (layout.h). */
void tgc_conv_generic(tgc_table table);
void tgc_conv_avx2(tgc_table table);
void tgc_conv_avx512(tgc_table table);

/* The definition, element by element: conv_naive, conv_transpose_naive, conv_weight_naive. */
void tgc_conv_naive(tgc_table table);
/* im2col, col2im: the windows of an image side by side, and the adjoint (columns.h). */
void tgc_conv_columns(tgc_table table);

#endif
