/* Copies within a type. They need no loop for elements: tiles are moved as they are. */
#include "elementwise.h"

#include "block.h"
#include "tiles.h"

static void copy_chunk(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *a = &call->operands[0], *y = &call->operands[1];
    ptrdiff_t begin, end;
    tgc_elementwise_tiles(call, index, &begin, &end);
    for (ptrdiff_t i = begin; i < end; i++) {
        tgc_elementwise_tile t;
        tgc_elementwise_find_tile(call, i, &t);
        tgc_copy_block(tgc_item_size(y->dtype), tgc_view(y, t.data[1]), tgc_view(a, t.data[0]),
                       t.rows, t.columns);
    }
}

void tgc_elementwise_copy(tgc_table table)
{
#define INSTALL(to, TO)                                                                      \
    table[TGC_cast_##to][TO] = (tgc_kernel){                                                 \
        .name = "copy", .plan = tgc_elementwise_copy_plan, .chunk = copy_chunk, .cost = 0.2};
    INSTALL(bool, TGC_BOOL)
    INSTALL(u8, TGC_U8)
    INSTALL(i32, TGC_I32)
    INSTALL(i64, TGC_I64)
    INSTALL(f32, TGC_F32)
    INSTALL(f64, TGC_F64)
#undef INSTALL
}
