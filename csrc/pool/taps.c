/* Where taps stand in a plane, and max_pool_indices, which stores just that: whole numbers, the
 * same for every type of x and every ISA. */
#include "taps.h"

tgc_taps tgc_taps_begin(const tgc_pool *pool, ptrdiff_t row_step, ptrdiff_t column_step)
{
    const ptrdiff_t rows = pool->rows.kernel, columns = pool->columns.kernel;
    tgc_taps w = {.row_step = pool->rows.dilation * row_step,
                  .column_step = pool->columns.dilation * column_step,
                  .kernel = columns};
    if (rows * columns <= TGC_POOL_BYTE_TAPS) {
        ptrdiff_t *distances = tgc_workspace();
        for (ptrdiff_t t = 0; t < rows * columns; t++) {
            distances[t] = t / columns * w.row_step + t % columns * w.column_step;
        }
        w.distances = distances;
    }
    return w;
}

/* Operands: x, taps, y. */
static void indices_chunk(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 2);
    const tgc_pool_axis *rows = &pool.rows, *columns = &pool.columns;
    const tgc_taps w = tgc_taps_begin(&pool, columns->size, 1);
    const tgc_span chunk = tgc_pool_chunk(call, index, pool.planes * rows->out);
    const tgc_operand *taps = &call->operands[1];
    tgc_pool_rows r;
    for (ptrdiff_t i = chunk.begin; i < chunk.end; i += r.end - r.begin) {
        r = tgc_pool_find_rows(&pool, i, chunk.end);
        char *y_plane = tgc_pool_plane(pool.y, r.plane), *tap_plane = tgc_pool_plane(taps, r.plane);
        for (ptrdiff_t row = r.begin; row < r.end; row++) {
            const char *tap_row = tgc_tap_row(taps, tap_plane, row);
            int64_t *y = (int64_t *)(void *)y_plane + row * pool.y->strides[2];
            ptrdiff_t place =
                (row * rows->stride - rows->padding) * columns->size - columns->padding;
            for (ptrdiff_t j = 0; j < columns->out; j++, place += columns->stride) {
                y[j] = place + tgc_tap_distance(&w, tap_row, j);
            }
        }
    }
}

void tgc_pool_portable(tgc_table table)
{
    table[TGC_max_pool_indices][TGC_I64] = (tgc_kernel){.name = "max_pool_indices",
                                                        .plan = tgc_max_pool_take_plan,
                                                        .chunk = indices_chunk,
                                                        .cost = 0.5};
}
