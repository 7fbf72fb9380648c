#include "matmul.h"

#include "../vec/avx512.h"

#define TILE_ROWS 14
#define CACHED_BYTES (688 * 1024)

#include "../vec/f32.h"
#include "matmul.template.h"

#include "../vec/f64.h"
#include "matmul.template.h"

void tgc_matmul_avx512(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
