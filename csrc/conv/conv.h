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
 * so that each is the gradient of the other two. A place (h, w) outside x reads as 0, and so does
 * (i, j) outside y in `conv_transpose`; whether that 0 is multiplied by a number that is infinite
 * or NaN, or left out, is open. The sizes of x and y need not fit each other beyond that, which is
 * how a padding below and to the right is stated. `groups` divides the output channels and the
 * input channels evenly, and sums take o and c of the same group: weight is (O, C / groups, K, L).
 *
 * Operands of the definition (`naive`): x, weight, [bias], y; or y, weight, [bias], x; or y, x,
 * weight; all of four dimensions but the bias, with any strides. Operands of the fast kernels: x or
 * y, the weights packed by conv_pack (pack.template.h), the result (layout.h); and y, x, sums
 * (weight.h).
 *
 * The fast kernels take volumes, (N, C, D, H, W) and (O, C / groups, K, L, M): place z of a window
 * along the depth is an image of its own, whose channels are the planes that C K taps read. Tap k
 * is the plane z step + k tap + start of a channel, and zeros where there is no such plane
 * (tgc_depth); images have one plane, and one tap. The fast kernels want the elements of a row of
 * an operand side by side, and a plane of the result contiguous.
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

/* How the taps of a window find their planes: tap k of place z reads plane z step + k tap + start,
 * if it is one of `planes`. */
typedef struct {
    ptrdiff_t taps, step, tap, start;
    ptrdiff_t planes, places;
} tgc_depth;

/* call->sizes of every kernel here; only the fast kernels have those of the depth. */
enum {
    TGC_CONV_KERNEL_H,
    TGC_CONV_STRIDE_H,
    TGC_CONV_PADDING_H,
    TGC_CONV_DILATION_H,
    TGC_CONV_KERNEL_W,
    TGC_CONV_STRIDE_W,
    TGC_CONV_PADDING_W,
    TGC_CONV_DILATION_W,
    TGC_CONV_GROUPS,
    TGC_CONV_DEPTH_TAPS,
    TGC_CONV_DEPTH_STEP,
    TGC_CONV_DEPTH_TAP,
    TGC_CONV_DEPTH_START
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

/* The depth of a call on volumes. Windows move over `image`; `other` has a plane for each place. */
static inline tgc_depth tgc_depth_of(const tgc_call *call, const tgc_operand *image,
                                     const tgc_operand *other)
{
    const ptrdiff_t *const s = call->sizes;
    return (tgc_depth){s[TGC_CONV_DEPTH_TAPS], s[TGC_CONV_DEPTH_STEP], s[TGC_CONV_DEPTH_TAP],
                       s[TGC_CONV_DEPTH_START], image->shape[2], other->shape[2]};
}

/* The plane that tap k of place z reads, or -1 for zeros. */
static inline ptrdiff_t tgc_depth_plane(const tgc_depth *d, ptrdiff_t z, ptrdiff_t k)
{
    const ptrdiff_t plane = z * d->step + k * d->tap + d->start;
    return plane >= 0 && plane < d->planes ? plane : -1;
}

/* Is a volume nothing but an image, its only plane? */
static inline int tgc_depth_is_flat(const tgc_depth *d)
{
    return d->taps == 1 && d->planes == 1 && d->places == 1 && d->start == 0;
}

/* Where image n of an operand begins: place n % places of volume n / places. */
static inline ptrdiff_t tgc_depth_image(const tgc_operand *o, ptrdiff_t n)
{
    const ptrdiff_t volume = o->shape[2] <= 1 ? n : n / o->shape[2];
    return volume * o->strides[0] + (n - volume * o->shape[2]) * o->strides[2];
}

/* Where tap k of the window at output place i reads. */
static inline ptrdiff_t tgc_window_place(tgc_window_axis axis, ptrdiff_t i, ptrdiff_t k)
{
    return i * axis.stride + k * axis.dilation - axis.padding;
}

/* The elements from the first to the last one that n output places side by side read. */
static inline ptrdiff_t tgc_window_reach(tgc_window_axis axis, ptrdiff_t n)
{
    return (n - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
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

/* The definition, element by element: conv_naive, conv_transpose_naive, conv_weight_naive
 * (naive.template.h). */
void tgc_conv_naive(tgc_table table);
/* im2col, col2im: the windows of an image side by side, and the adjoint (columns.c). */
void tgc_conv_columns(tgc_table table);

#endif
