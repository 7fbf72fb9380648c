/*
 * The dimensions of some operands that have equally many, seen together: in what order and in how
 * many pieces a plan walks through them is its own business.
 */
#ifndef TGC_DIMENSIONS_H
#define TGC_DIMENSIONS_H

#include "call.h"

/* Is it one number, for all places? */
int tgc_is_number(const tgc_operand *o);
/* Leaves out dimension d. */
void tgc_drop_dimension(tgc_operand *operands, int n, int d);
/* Moves dimension `from` to the place `to`; those between them make room. */
void tgc_move_dimension(tgc_operand *operands, int n, int from, int to);
/* Walks dimension d, which is not empty, from its end. */
void tgc_reverse_dimension(tgc_operand *operands, int n, int d);
/* Can dimensions d - 1 and d be walked as one in every operand? */
int tgc_is_mergeable(const tgc_operand *operands, int n, int d);
/* Makes dimensions d - 1 and d one, of the step of d. */
void tgc_merge_dimension(tgc_operand *operands, int n, int d);

#endif
