/* Steps that count themselves: the elementwise driver runs them, without the operand that holds the
 * count, which is added to at the end. */
#include "optim.h"

#include <string.h>

#include "../elementwise/tiles.h"

_Static_assert((int)PACKED < (int)TGC_OPTIM_FLAGS, "the flags are not the elementwise plan's");

void tgc_stepped_plan(tgc_call *call)
{
    call->n_operands--;
    tgc_elementwise_plan(call);
    call->n_operands++;
}

void tgc_stepped_chunk(const tgc_call *call, ptrdiff_t index)
{
    tgc_call elementwise;
    memcpy(&elementwise, call, tgc_call_size(call));
    elementwise.n_operands--;
    tgc_elementwise_chunk(&elementwise, index);
}

void tgc_stepped_finish(const tgc_call *call)
{
    float *step = (float *)call->operands[call->n_operands - 1].data;
    *step += 1;
}
