/*
 * Normal numbers by Box and Muller's transform, by the two recipes of PyTorch's CPU kernels.
 *
 * One by one, for fewer than 16 elements or an output that is not contiguous: of
 *     r = sqrt(-2 log1p(-u_2)), theta = 2 pi u_1        with u_1 and then u_2 drawn as u53
 * r cos(theta) comes first; r sin(theta) stays in the generator for the next such draw, also of
 * another call. All in double.
 *
 * In blocks of 16, for a contiguous output: uniform numbers in [0, 1) of the output's type are
 * drawn to all elements, then the two halves u, v of each 16 become
 *     sqrt(-2 log(1 - u)) cos(2 pi v) and sqrt(-2 log(1 - u)) sin(2 pi v).
 * Where n % 16 != 0, the last 16 elements are then drawn again, over what was there.
 *
 * Both end with z * std + mean, rounded once.
 */
#ifndef TGC_NORMAL_H
#define TGC_NORMAL_H

#include "random.h"

/* In blocks: elements of a block and of its half, blocks that are drawn at once, their pairs. */
enum {
    NORMAL_BLOCK = 16,
    NORMAL_HALF = NORMAL_BLOCK / 2,
    NORMAL_GROUP = 8,
    NORMAL_PAIRS = NORMAL_GROUP * NORMAL_HALF
};

tgc_draw tgc_normal_one_by_one_f32, tgc_normal_one_by_one_f64;

#endif
