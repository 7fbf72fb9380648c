#include "patches.h"
#include "weight.h"

#include "../runtime/threads.h"
#include "../vec/avx2.h"

#define TILE_ROWS 6

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

void tgc_conv_avx2(tgc_table table)
{
    install_conv_f32(table);
    install_conv_f64(table);
    install_weight_f32(table);
    install_weight_f64(table);
}

#include "../vec/end.h"
