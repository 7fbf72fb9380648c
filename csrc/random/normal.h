/*
 * Normal numbers by Box and Muller's transform, by the two recipes of PyTorch's CPU kernels.
 *
 * One by one, for fewer than 16 elements or an output that is not contiguous: u_1 and then u_2 are
 * drawn as u53, and with
 *     r = sqrt(-2 log1p(-u_2)), theta = 2 pi u_1
 * r cos(theta) is the number; r sin(theta) stays in the generator and is the next such number, even
 * of another call. All is computed in double.
 *
 * In blocks of 16, for a contiguous output: uniform numbers in [0, 1) of the output's type are
 * drawn for all elements, then the two halves u, v of each 16 become
 *     sqrt(-2 log(1 - u)) cos(2 pi v) and sqrt(-2 log(1 - u)) sin(2 pi v).
 * If n % 16 != 0, the last 16 elements are then drawn again and replaced.
 *
 * Both end with z * std + mean, rounded once.
 */
#ifndef TGC_NORMAL_H
#define TGC_NORMAL_H

#include "random.h"

enum {
    NORMAL_BLOCK = 16,                        /* elements of a block */
    NORMAL_HALF = NORMAL_BLOCK / 2,           /* pairs of a block */
    NORMAL_GROUP = 8,                         /* blocks that are drawn at once */
    NORMAL_PAIRS = NORMAL_GROUP * NORMAL_HALF /* pairs that are drawn at once */
};

tgc_draw tgc_normal_one_by_one_f32, tgc_normal_one_by_one_f64;

#endif
