/* Fills the table: the portable rows, then those of each ISA up to the current one. The only file
 * that knows all families of kernels. */
#include "dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "../conv/conv.h"
#include "../elementwise/elementwise.h"
#include "../embedding/embedding.h"
#include "../index/index.h"
#include "../index/nonzero.h"
#include "../loss/loss.h"
#include "../matmul/matmul.h"
#include "../norm/norm.h"
#include "../optim/optim.h"
#include "../pool/pool.h"
#include "../random/random.h"
#include "../reduce/reduce.h"
#include "../softmax/softmax.h"

static tgc_table table;
static tgc_isa current;

/* One line for each family that has variants; a macro because the name carries the ISA. */
#define INSTALL_VARIANTS(isa) \
    tgc_conv_##isa(table); \
    tgc_elementwise_##isa(table); \
    tgc_embedding_##isa(table); \
    tgc_loss_##isa(table); \
    tgc_matmul_##isa(table); \
    tgc_norm_##isa(table); \
    tgc_optim_##isa(table); \
    tgc_pool_##isa(table); \
    tgc_random_##isa(table); \
    tgc_reduce_##isa(table); \
    tgc_softmax_##isa(table);

/* The families that are the same on every CPU. */
static void install_portable(void)
{
    tgc_matmul_integer(table);
    tgc_conv_naive(table);
    tgc_conv_columns(table);
    tgc_index(table);
    tgc_nonzero(table);
    tgc_one_hot(table);
    tgc_nll_loss(table);
    tgc_pool_portable(table);
    tgc_prod_backward(table);
    tgc_random(table);
}

void tgc_use_isa(tgc_isa isa)
{
    install_portable();
    INSTALL_VARIANTS(generic)
#if defined(__x86_64__)
    if (isa >= TGC_AVX2) {
        INSTALL_VARIANTS(avx2)
    }
    if (isa >= TGC_AVX512) {
        INSTALL_VARIANTS(avx512)
    }
#endif
    current = isa;
}

tgc_isa tgc_current_isa(void)
{
    return current;
}

int tgc_dispatch_init(void)
{
    const char *wanted = getenv("TINYGRAD_C_ISA");
    for (tgc_isa isa = TGC_N_ISAS; isa-- > 0;) {
        if (tgc_cpu_supports(isa) &&
            (wanted == NULL || *wanted == 0 || strcmp(wanted, tgc_isa_name(isa)) == 0)) {
            tgc_use_isa(isa);
            return 0;
        }
    }
    return -1;
}

const tgc_kernel *tgc_find_kernel(tgc_kernel_id id, tgc_dtype dtype)
{
    const tgc_kernel *kernel = &table[id][dtype];
    return kernel->chunk ? kernel : NULL;
}
