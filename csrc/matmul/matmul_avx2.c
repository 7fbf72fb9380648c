#include "matmul.h"

#include "../vec/avx2.h"

#define TILE_ROWS 6
#define CACHED_BYTES (256 * 1024)

#include "../vec/f32.h"
#include "matmul.template.h"

#include "../vec/f64.h"
#include "matmul.template.h"

void tgc_matmul_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
