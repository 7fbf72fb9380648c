#include "matmul.h"

#include "../vec/generic.h"

#define TILE_ROWS 4
#define CACHED_BYTES (256 * 1024)

#include "../vec/f32.h"
#include "matmul.template.h"

#include "../vec/f64.h"
#include "matmul.template.h"

void tgc_matmul_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
