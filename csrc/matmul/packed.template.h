/*
 * A large product in two steps: all of b, and of a unless the tiles read it in place, is packed once
 * (matmul_pack), then y is computed from what is packed (matmul_packed), which all chunks share.
 *
 * Both go over blocks of `depth` terms, the last of which may be shorter. `packed` holds, for each
 * block from term p on,
 *
 *     at m * p                 the tiles of a, dealt out evenly: tile rows from r on at r * depth
 *     at m * k + n_padded * p  the panels of b: columns from c on at c * depth
 *
 * with n_padded the number of columns, rounded up to whole vectors. Where a is not packed, b begins
 * at 0.
 */

/* The number of terms in the block from p on. */
static ptrdiff_t FN(depth_from)(const tgc_call *call, ptrdiff_t p)
{
    return tgc_min(call->sizes[TGC_MATMUL_DEPTH], call->sizes[TGC_MATMUL_K] - p);
}

static T *FN(packed_a)(const tgc_call *call, char *packed, ptrdiff_t p)
{
    return (T *)packed + call->sizes[TGC_MATMUL_M] * p;
}

static T *FN(packed_b)(const tgc_call *call, char *packed, ptrdiff_t p)
{
    const ptrdiff_t *const sizes = call->sizes;
    return (T *)packed +
           sizes[TGC_MATMUL_PACKS_A] * sizes[TGC_MATMUL_M] * sizes[TGC_MATMUL_K] +
           FN(whole_vecs)(sizes[TGC_MATMUL_N]) * p;
}

/* Parts into which each block of a and each block of b is divided, a chunk each. */
enum { FN(PACK_PARTS) = 4 };

/* Packs one part of the tiles of a, of the block from term p on. */
static void FN(pack_part_of_a)(const tgc_call *call, ptrdiff_t p, ptrdiff_t part, char *packed)
{
    const tgc_matmul_view a = tgc_matmul_view_of(&call->operands[0], 0, 0, p);
    const ptrdiff_t m = call->sizes[TGC_MATMUL_M], tiles = tgc_ceil_div(m, TILE_ROWS);
    const ptrdiff_t first = tgc_deal(tiles, FN(PACK_PARTS), part);
    const ptrdiff_t end = tgc_deal(tiles, FN(PACK_PARTS), part + 1);
    if (first == end) {
        return;
    }
    const ptrdiff_t row = tgc_deal(m, tiles, first);
    const FN(step) s = {.rows = tgc_deal(m, tiles, end) - row,
                        .tiles = end - first,
                        .depth = FN(depth_from)(call, p),
                        .a = (const T *)a.data + row * a.row,
                        .a_row = a.row,
                        .a_col = a.col};
    FN(pack_a)(&s, FN(packed_a)(call, packed, p) + row * s.depth);
}

/* The same for the panels of b. */
static void FN(pack_part_of_b)(const tgc_call *call, ptrdiff_t p, ptrdiff_t part, char *packed)
{
    const tgc_matmul_view b = tgc_matmul_view_of(&call->operands[1], 0, p, 0);
    const T *const data = (const T *)b.data;
    const ptrdiff_t n = call->sizes[TGC_MATMUL_N], panels = tgc_ceil_div(n, FN(TILE_COLS));
    const ptrdiff_t depth = FN(depth_from)(call, p);
    const ptrdiff_t end = tgc_deal(panels, FN(PACK_PARTS), part + 1);
    const FN(step) s = {.depth = depth, .b = data, .b_row = b.row, .b_col = b.col};
    T *const to = FN(packed_b)(call, packed, p);
    ptrdiff_t i = tgc_deal(panels, FN(PACK_PARTS), part);
    const ptrdiff_t whole = b.col == 1 ? tgc_clamp(n / FN(TILE_COLS), i, end) : i;
    if (whole > i) {
        const ptrdiff_t col = i * FN(TILE_COLS);
        FN(pack_panels)(to + col * depth, whole - i, whole * FN(TILE_COLS) - col, depth,
                        data + col, b.row);
    }
    for (i = whole; i < end; i++) {
        const ptrdiff_t col = i * FN(TILE_COLS);
        FN(pack_b)(&s, col, tgc_min(n - col, FN(TILE_COLS)), to + col * depth);
    }
}

static void FN(pack_chunk)(const tgc_call *call, ptrdiff_t index)
{
    char *const packed = call->operands[2].data;
    const ptrdiff_t part = index % FN(PACK_PARTS), block = index / FN(PACK_PARTS);
    const ptrdiff_t depth = call->sizes[TGC_MATMUL_DEPTH];
    if (!call->sizes[TGC_MATMUL_PACKS_A]) {
        FN(pack_part_of_b)(call, block * depth, part, packed);
    } else if (block % 2) {
        FN(pack_part_of_b)(call, block / 2 * depth, part, packed);
    } else {
        FN(pack_part_of_a)(call, block / 2 * depth, part, packed);
    }
}

/* A block of y: whole tiles of rows, whole panels of columns. */
static void FN(packed_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_matmul_area area = tgc_matmul_area_of(call, index);
    const tgc_matmul_view rows = tgc_matmul_view_of(&call->operands[0], 0, area.row, 0);
    char *const packed = call->operands[1].data;
    const tgc_matmul_view y =
        tgc_matmul_view_of(&call->operands[call->n_operands - 1], 0, area.row, area.col);
    tgc_matmul_view start = {0};
    if (call->n_operands == 4) {
        start = tgc_matmul_view_of(&call->operands[2], 0, area.row, area.col);
    }
    for (ptrdiff_t p = 0; p < call->sizes[TGC_MATMUL_K]; p += call->sizes[TGC_MATMUL_DEPTH]) {
        const ptrdiff_t depth = FN(depth_from)(call, p);
        const T *const a = call->sizes[TGC_MATMUL_PACKS_A]
                               ? FN(packed_a)(call, packed, p) + area.row * depth
                               : NULL;
        const T *const b = FN(packed_b)(call, packed, p) + area.col * depth;
        const FN(step) s = {.rows = area.rows,
                            .tiles = area.tiles,
                            .cols = area.cols,
                            .depth = depth,
                            .a = (const T *)rows.data + p * rows.col,
                            .a_row = rows.row,
                            .a_col = rows.col,
                            .start = (const T *)start.data,
                            .start_row = start.row,
                            .start_col = start.col,
                            .y = (T *)y.data,
                            .y_row = y.row,
                            .y_col = y.col};
        for (FN(panel) panel = {.col = 0}; panel.col < s.cols; panel.col += panel.cols) {
            panel.cols = tgc_min(s.cols - panel.col, FN(TILE_COLS));
            panel.b = b + panel.col * depth;
            panel.b_row = FN(whole_vecs)(panel.cols);
            panel.b_ahead = FN(packed_ahead)(depth, panel.b_row);
            panel.next = panel.b + depth * FN(TILE_COLS);
            panel.next_tile = tgc_div(depth * FN(TILE_COLS), s.tiles);
            panel.next_row = FN(TILE_COLS);
            FN(run_panel)(&s, a, &panel);
        }
        start = y;
    }
    FN(activate)((tgc_matmul_activation)call->sizes[TGC_MATMUL_ACTIVATION], area.rows, area.cols,
                 (T *)y.data, y.row, y.col);
}

static void FN(plan_pack)(tgc_call *call)
{
    const ptrdiff_t *const sizes = call->sizes;
    call->n_chunks = (1 + sizes[TGC_MATMUL_PACKS_A]) * FN(PACK_PARTS) *
                     tgc_ceil_div(sizes[TGC_MATMUL_K], sizes[TGC_MATMUL_DEPTH]);
    call->work = (double)call->operands[2].shape[0] * call->kernel->cost;
}

static void FN(plan_packed)(tgc_call *call)
{
    const ptrdiff_t *const sizes = call->sizes;
    call->n_chunks = sizes[TGC_MATMUL_DOWN] * sizes[TGC_MATMUL_ACROSS];
    call->work = (double)sizes[TGC_MATMUL_M] * (double)sizes[TGC_MATMUL_N] *
                 (double)sizes[TGC_MATMUL_K] * call->kernel->cost;
}
