/* Random numbers for one real type (T) and the vectors of one ISA; includes the parts of the
 * family, in order. */
#include "../vec/math.template.h"
#include "normal.template.h"
#include "dropout.template.h"

static void FN(install)(tgc_table table)
{
    table[TGC_normal][TGC_DTYPE] = (tgc_kernel){
        .name = "normal", .plan = tgc_random_plan, .chunk = FN(normal_chunk), .cost = 5};
    table[TGC_dropout_backward][TGC_DTYPE] =
        TGC_ELEMENTWISE_ROW("dropout_backward", FN(dropout_backward), 0.3);
    table[TGC_dropout][TGC_DTYPE] = (tgc_kernel){.name = "dropout",
                                                 .plan = tgc_dropout_plan,
                                                 .start = tgc_dropout_start,
                                                 .chunk = FN(dropout_chunk),
                                                 .cost = 2};
}
