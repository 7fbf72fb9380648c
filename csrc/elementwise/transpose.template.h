/*
 * Transposes blocks of elements of one size, moved as `bits`: 16 bytes hold LANES of them, and
 * TRANSPOSE(r) transposes LANES such vectors.
 *
 * Elements lie side by side along the columns in `from`, along the rows in `to`.
 */

/* The elements of a cache line. */
enum { FN(LINE) = 64 / sizeof(bits) };

/* to[r * to_stride + c] = from[c * from_stride + r], for a square. */
typedef void FN(square)(bits *to, ptrdiff_t to_stride, const bits *from, ptrdiff_t from_stride);

typedef bits FN(lanes) __attribute__((vector_size(16), aligned(sizeof(bits))));

static inline void FN(transpose_lanes)(bits *to, ptrdiff_t to_stride, const bits *from,
                                       ptrdiff_t from_stride)
{
    FN(lanes) r[LANES];
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i++) {
        memcpy(&r[i], from + i * from_stride, sizeof r[i]);
    }
    TRANSPOSE(r)
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i++) {
        memcpy(to + i * to_stride, &r[i], sizeof r[i]);
    }
}

/* As many rows and columns as a line has elements, by way of a buffer: every line is touched once,
 * so that it does not matter whether a first-level cache can hold it beside the others. */
static void FN(transpose_line)(bits *to, ptrdiff_t to_stride, const bits *from,
                               ptrdiff_t from_stride)
{
    bits buffer[FN(LINE) * FN(LINE)];
    for (int c = 0; c < FN(LINE); c += LANES) {
#pragma GCC unroll 4
        for (int r = 0; r < FN(LINE); r += LANES) {
            FN(transpose_lanes)(buffer + r * FN(LINE) + c, FN(LINE), from + r + c * from_stride,
                                from_stride);
        }
#pragma GCC unroll 4
        for (int i = c; i < c + LANES; i++) { /* the lines behind these */
            __builtin_prefetch(from + FN(LINE) + i * from_stride, 0, 2);
        }
    }
    for (int r = 0; r < FN(LINE); r++) {
        memcpy(to + r * to_stride, buffer + r * FN(LINE), FN(LINE) * sizeof *to);
    }
}

/* Square by square of `side` elements; `rest` copies what is left beside and below them. */
static inline __attribute__((always_inline)) void
FN(in_squares)(FN(square) *square, ptrdiff_t side, copy_function *rest, tgc_block_view to,
               tgc_block_view from, ptrdiff_t rows, ptrdiff_t columns)
{
    bits *y = (bits *)(void *)to.data;
    const bits *x = (const bits *)(const void *)from.data;
    const ptrdiff_t whole_rows = rows - rows % side, whole_columns = columns - columns % side;
    for (ptrdiff_t r = 0; r < whole_rows; r += side) {
        for (ptrdiff_t c = 0; c < whole_columns; c += side) {
            square(y + r * to.row_stride + c, to.row_stride, x + r + c * from.column_stride,
                   from.column_stride);
        }
    }
    to.data = (char *)(y + whole_columns);
    from.data = (char *)(x + whole_columns * from.column_stride);
    rest(to, from, whole_rows, columns - whole_columns);
    to.data = (char *)(y + whole_rows * to.row_stride);
    from.data = (char *)(x + whole_rows);
    rest(to, from, rows - whole_rows, columns);
}

static void FN(copy_rows)(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                          ptrdiff_t columns)
{
    copy_by_rows(sizeof(bits), to, from, rows, columns);
}

static void FN(transpose_by_lanes)(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                                   ptrdiff_t columns)
{
    FN(in_squares)(FN(transpose_lanes), LANES, FN(copy_rows), to, from, rows, columns);
}

static void FN(transpose_by_lines)(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                                   ptrdiff_t columns)
{
    FN(in_squares)(FN(transpose_line), FN(LINE), FN(transpose_by_lanes), to, from, rows, columns);
}

static void FN(copy_transposed)(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                                ptrdiff_t columns)
{
    /* Lines a multiple of 1024 bytes apart share at most 48 places of a first-level cache. */
    const int collide = from.column_stride * (ptrdiff_t)sizeof(bits) % 1024 == 0;
    (collide ? FN(transpose_by_lines) : FN(transpose_by_lanes))(to, from, rows, columns);
}

#undef bits
#undef FN
#undef LANES
#undef TRANSPOSE
