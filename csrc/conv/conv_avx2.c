#include "patches.h"
#include "weight.h"

#include "../vec/avx2.h"

#define TILE_ROWS 6

#include "../vec/f32.h"
#include "conv.template.h"

#include "../vec/f64.h"
#include "conv.template.h"

void tgc_conv_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
