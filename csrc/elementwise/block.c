/* Moves blocks for the packing of tiles and for copies within a type: row by row, or 4 x 4 or
 * 16 x 16 elements at a time where a block of 32-bit elements is transposed. */
#include "block.h"

#include <stdint.h>
#include <string.h>

/* Elements are moved as bits, so that one function serves all types of a size. */
typedef uint8_t bits8;
typedef uint32_t __attribute__((may_alias)) bits32;
typedef uint64_t __attribute__((may_alias)) bits64;

/* Stores the item_size bytes at x n > 0 times, by copying what is written already, up to `enough`
 * bytes at a time. */
static void fill(char *y, const char *x, size_t item_size, size_t n)
{
    const size_t size = n * item_size, enough = 4096;
    size_t done = item_size;
    memcpy(y, x, item_size);
    while (done < size) {
        const size_t part = done < enough ? done : enough;
        memcpy(y + done, y, part < size - done ? part : size - done);
        done += part;
    }
}

#define DEFINE_COPY_ROW(bits)                                                                \
    static void copy_row_##bits(char *to, ptrdiff_t to_step, const char *from,               \
                                ptrdiff_t from_step, ptrdiff_t n)                            \
    {                                                                                        \
        bits *y = (bits *)(void *)to;                                                        \
        const bits *x = (const bits *)(const void *)from;                                    \
        _Pragma("GCC unroll 4") for (ptrdiff_t i = 0; i < n; i++)                            \
        {                                                                                    \
            *y = *x;                                                                         \
            y += to_step;                                                                    \
            x += from_step;                                                                  \
        }                                                                                    \
    }

DEFINE_COPY_ROW(bits8)
DEFINE_COPY_ROW(bits32)
DEFINE_COPY_ROW(bits64)

/* n elements that lie side by side. Most rows are too short for a call of memmove to pay. */
static void copy_bytes(char *to, const char *from, size_t n)
{
    enum { PART = 16, SHORT = 256 };
    if (n < PART || n > SHORT) {
        memmove(to, from, n);
        return;
    }
    for (size_t i = 0; i + PART < n; i += PART) {
        memcpy(to + i, from + i, PART);
    }
    memcpy(to + n - PART, from + n - PART, PART);
}

/* A row of more elements, all the same, is filled by copies of what is filled already. */
static const ptrdiff_t MANY = 32;

static void copy_row(size_t item_size, char *to, ptrdiff_t to_step, const char *from,
                     ptrdiff_t from_step, ptrdiff_t n)
{
    if (to_step == 1 && from_step == 1) {
        copy_bytes(to, from, item_size * (size_t)n);
    } else if (to_step == 1 && from_step == 0 && n > MANY) {
        fill(to, from, item_size, (size_t)n);
    } else if (item_size == 1) {
        copy_row_bits8(to, to_step, from, from_step, n);
    } else if (item_size == 4) {
        copy_row_bits32(to, to_step, from, from_step, n);
    } else {
        copy_row_bits64(to, to_step, from, from_step, n);
    }
}

static void transpose(tgc_block_view *v)
{
    const ptrdiff_t row_stride = v->row_stride;
    v->row_stride = v->column_stride;
    v->column_stride = row_stride;
}

/* Copies row by row. Of the block and its transpose it takes the one with longer rows, unless the
 * elements of a row lie side by side and are enough to be copied as bytes. */
static void copy_by_rows(size_t item_size, tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                         ptrdiff_t columns)
{
    const int side_by_side = to.column_stride == 1 && from.column_stride == 1;
    if (columns < rows && !(side_by_side && columns * (ptrdiff_t)item_size >= 32)) {
        const ptrdiff_t swapped = rows;
        rows = columns;
        columns = swapped;
        transpose(&to);
        transpose(&from);
    }
    for (ptrdiff_t r = 0; r < rows; r++) {
        copy_row(item_size, to.data, to.column_stride, from.data, from.column_stride, columns);
        to.data += to.row_stride * (ptrdiff_t)item_size;
        from.data += from.row_stride * (ptrdiff_t)item_size;
    }
}

typedef bits32 quad __attribute__((vector_size(16), aligned(4)));

/* Transposes 4 x 4 elements; strides in elements. */
static inline void transpose_4x4(bits32 *to, ptrdiff_t to_stride, const bits32 *from,
                                 ptrdiff_t from_stride)
{
    quad r[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        memcpy(&r[i], from + i * from_stride, sizeof r[i]);
    }
    const quad a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
    const quad b = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
    const quad c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
    const quad d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    r[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    r[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    r[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
    r[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        memcpy(to + i * to_stride, &r[i], sizeof r[i]);
    }
}

/* A row of so many 32-bit elements is a cache line. */
enum { LINE = 16 };

/* Transposes LINE x LINE elements by way of a buffer: every line is touched once, so that it does
 * not matter whether a first-level cache can hold it beside the others. */
static void transpose_lines(bits32 *to, ptrdiff_t to_stride, const bits32 *from,
                            ptrdiff_t from_stride)
{
    bits32 buffer[LINE * LINE];
    for (int c = 0; c < LINE; c += 4) {
#pragma GCC unroll 4
        for (int r = 0; r < LINE; r += 4) {
            transpose_4x4(buffer + r * LINE + c, LINE, from + r + c * from_stride, from_stride);
        }
#pragma GCC unroll 4
        for (int i = c; i < c + 4; i++) { /* the lines behind these */
            __builtin_prefetch(from + LINE + i * from_stride, 0, 2);
        }
    }
    for (int r = 0; r < LINE; r++) {
        memcpy(to + r * to_stride, buffer + r * LINE, LINE * sizeof *to);
    }
}

/* Are rows so far apart that the lines of a tile's rows evict each other from a first-level cache?
 * Lines a multiple of 512 bytes apart share 64 places in it. */
static int collide(ptrdiff_t stride)
{
    return stride * (ptrdiff_t)sizeof(bits32) % 512 == 0;
}

/* Rows and columns are multiples of `side`, which is 4 or LINE. */
static inline void transpose_squares(const ptrdiff_t side, bits32 *to, ptrdiff_t to_stride,
                                     const bits32 *from, ptrdiff_t from_stride, ptrdiff_t rows,
                                     ptrdiff_t columns)
{
    for (ptrdiff_t r = 0; r < rows; r += side) {
        for (ptrdiff_t c = 0; c < columns; c += side) {
            (side == LINE ? transpose_lines : transpose_4x4)(
                to + r * to_stride + c, to_stride, from + r + c * from_stride, from_stride);
        }
    }
}

/* 32-bit elements that lie side by side along the columns in `from`, along the rows in `to`. */
static void copy_transposed(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                            ptrdiff_t columns)
{
    const ptrdiff_t to_stride = to.row_stride, from_stride = from.column_stride;
    const int by_lines = collide(from_stride) && rows >= LINE && columns >= LINE;
    const ptrdiff_t side = by_lines ? LINE : 4;
    const ptrdiff_t whole_rows = rows - rows % side, whole_columns = columns - columns % side;
    bits32 *y = (bits32 *)(void *)to.data;
    const bits32 *x = (const bits32 *)(const void *)from.data;
    if (by_lines) {
        transpose_squares(LINE, y, to_stride, x, from_stride, whole_rows, whole_columns);
    } else {
        transpose_squares(4, y, to_stride, x, from_stride, whole_rows, whole_columns);
    }
    to.data = (char *)(y + whole_columns);
    from.data = (char *)(x + whole_columns * from_stride);
    copy_by_rows(sizeof *x, to, from, whole_rows, columns - whole_columns);
    to.data = (char *)(y + whole_rows * to_stride);
    from.data = (char *)(x + whole_rows);
    copy_by_rows(sizeof *x, to, from, rows - whole_rows, columns);
}

void tgc_copy_block(size_t item_size, tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                    ptrdiff_t columns)
{
    if (item_size == 4 && from.row_stride == 1 && to.column_stride == 1) {
        copy_transposed(to, from, rows, columns);
    } else if (item_size == 4 && from.column_stride == 1 && to.row_stride == 1) {
        transpose(&to);
        transpose(&from);
        copy_transposed(to, from, columns, rows);
    } else {
        copy_by_rows(item_size, to, from, rows, columns);
    }
}
