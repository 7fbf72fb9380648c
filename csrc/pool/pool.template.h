/* Pooling for one real type (T) and the vectors of one ISA; includes the parts of the family,
 * in order. */
#include <math.h>

#include "taps.template.h"
#include "windows.template.h"
#include "pairs.template.h"
#include "max_pool.template.h"
#include "avg_pool.template.h"

static void FN(install)(tgc_table table)
{
    table[TGC_max_pool][TGC_DTYPE] = (tgc_kernel){.name = "max_pool",
                                                  .plan = tgc_max_pool_plan,
                                                  .chunk = FN(max_pool),
                                                  .cost = 0.15};
    table[TGC_max_pool_gather][TGC_DTYPE] = (tgc_kernel){.name = "max_pool_gather",
                                                         .plan = tgc_max_pool_take_plan,
                                                         .chunk = FN(max_pool_gather),
                                                         .cost = 0.6};
    table[TGC_max_pool_backward][TGC_DTYPE] = (tgc_kernel){.name = "max_pool_backward",
                                                           .plan = tgc_max_pool_backward_plan,
                                                           .chunk = FN(max_pool_backward),
                                                           .cost = 0.25};
    table[TGC_avg_pool][TGC_DTYPE] = (tgc_kernel){.name = "avg_pool",
                                                  .plan = tgc_avg_pool_plan,
                                                  .chunk = FN(avg_pool),
                                                  .cost = 0.1};
    table[TGC_avg_pool_backward][TGC_DTYPE] = (tgc_kernel){.name = "avg_pool_backward",
                                                           .plan = tgc_avg_pool_backward_plan,
                                                           .chunk = FN(avg_pool_backward),
                                                           .cost = 0.15};
}
