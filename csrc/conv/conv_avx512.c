#include "patches.h"
#include "weight.h"

#include "../vec/avx512.h"

#define TILE_ROWS 14
/* Kernels of their own for places side by side: a multiply-add that broadcasts an element of memory
 * is one instruction to the CPU if its address is a register and a constant. */
#define TILE_DENSE

#include "../vec/f32.h"
#include "conv.template.h"

#include "../vec/f64.h"
#include "conv.template.h"

void tgc_conv_avx512(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
