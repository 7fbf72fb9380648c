#include "patches.h"
#include "weight.h"

#include "../vec/generic.h"

#define TILE_ROWS 4

#include "../vec/f32.h"
#include "conv.template.h"

#include "../vec/f64.h"
#include "conv.template.h"

void tgc_conv_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
