/*
 * Where an array is not zero; and one_hot.
 *
 * count_nonzero: operands a, starts. starts[c] := how many elements are not zero in the chunks
 * before chunk c of TGC_NONZERO_CHUNK elements, in row-major order; the last of the n_chunks + 1
 * starts is the number of all.
 *
 * nonzero: operands a, starts, y of shape (dimensions of a, number of all). y[d, k] := the index in
 * dimension d of the k-th element that is not zero. Reports an error where that number is no
 * longer what y was made for, as can happen to a replayed call.
 *
 * one_hot: operands index, y with one more dimension, contiguous. y[p, c] := index[p] == c.
 * Reports the first p whose index names no c.
 */
#ifndef TGC_NONZERO_H
#define TGC_NONZERO_H

#include "../runtime/dispatch.h"

enum { TGC_NONZERO_CHUNK = 16384 };

void tgc_nonzero(tgc_table table);
void tgc_one_hot(tgc_table table);

#endif
