#include "patches.h"
#include "weight.h"

#include "../runtime/threads.h"
#include "../vec/avx512.h"

#define TILE_ROWS 14
/* Kernels of their own for places side by side: a multiply-add that broadcasts an element of memory
 * is one instruction to the CPU if its address is a register and a constant. */
#define TILE_DENSE

#include "../vec/f32.h"
#include "../matmul/transpose.template.h"
#include "tile.template.h"
#include "copy.template.h"
#include "pack.template.h"
#include "conv.template.h"
#include "weight.template.h"

#include "../vec/f64.h"
#include "../matmul/transpose.template.h"
#include "tile.template.h"
#include "copy.template.h"
#include "pack.template.h"
#include "conv.template.h"
#include "weight.template.h"

void tgc_conv_avx512(tgc_table table)
{
    install_conv_f32(table);
    install_conv_f64(table);
    install_weight_f32(table);
    install_weight_f64(table);
}

#include "../vec/end.h"
