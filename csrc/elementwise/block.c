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

/* 32-bit elements that lie side by side along the columns in `from`, along the rows in `to`. */
static void transpose_by_fours(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                               ptrdiff_t columns)
{
    bits32 *y = (bits32 *)(void *)to.data;
    const bits32 *x = (const bits32 *)(const void *)from.data;
    const ptrdiff_t whole_rows = rows & ~(ptrdiff_t)3, whole_columns = columns & ~(ptrdiff_t)3;
    for (ptrdiff_t r = 0; r < whole_rows; r += 4) {
        for (ptrdiff_t c = 0; c < whole_columns; c += 4) {
            transpose_4x4(y + r * to.row_stride + c, to.row_stride,
                          x + r + c * from.column_stride, from.column_stride);
        }
    }
    to.data = (char *)(y + whole_columns);
    from.data = (char *)(x + whole_columns * from.column_stride);
    copy_by_rows(sizeof *x, to, from, whole_rows, columns - whole_columns);
    to.data = (char *)(y + whole_rows * to.row_stride);
    from.data = (char *)(x + whole_rows);
    copy_by_rows(sizeof *x, to, from, rows - whole_rows, columns);
}

/* The elements of a cache line. */
enum { LINE_32 = 16 };

/* Transposes as many rows and columns as a line has elements, by way of a buffer: every line is
 * touched once, so that it does not matter whether a first-level cache can hold it beside the
 * others. */
static void transpose_lines(bits32 *to, ptrdiff_t to_stride, const bits32 *from,
                            ptrdiff_t from_stride)
{
    bits32 buffer[LINE_32 * LINE_32];
    for (int c = 0; c < LINE_32; c += 4) {
#pragma GCC unroll 4
        for (int r = 0; r < LINE_32; r += 4) {
            transpose_4x4(buffer + r * LINE_32 + c, LINE_32, from + r + c * from_stride,
                          from_stride);
        }
#pragma GCC unroll 4
        for (int i = c; i < c + 4; i++) { /* the lines behind these */
            __builtin_prefetch(from + LINE_32 + i * from_stride, 0, 2);
        }
    }
    for (int r = 0; r < LINE_32; r++) {
        memcpy(to + r * to_stride, buffer + r * LINE_32, LINE_32 * sizeof *to);
    }
}

/* The same as transpose_by_fours, for rows of x that evict each other from a first-level cache. */
static void transpose_by_lines(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                               ptrdiff_t columns)
{
    bits32 *y = (bits32 *)(void *)to.data;
    const bits32 *x = (const bits32 *)(const void *)from.data;
    const ptrdiff_t whole_rows = rows - rows % LINE_32;
    const ptrdiff_t whole_columns = columns - columns % LINE_32;
    for (ptrdiff_t r = 0; r < whole_rows; r += LINE_32) {
        for (ptrdiff_t c = 0; c < whole_columns; c += LINE_32) {
            transpose_lines(y + r * to.row_stride + c, to.row_stride,
                            x + r + c * from.column_stride, from.column_stride);
        }
    }
    to.data = (char *)(y + whole_columns);
    from.data = (char *)(x + whole_columns * from.column_stride);
    transpose_by_fours(to, from, whole_rows, columns - whole_columns);
    to.data = (char *)(y + whole_rows * to.row_stride);
    from.data = (char *)(x + whole_rows);
    transpose_by_fours(to, from, rows - whole_rows, columns);
}

static void copy_transposed(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                            ptrdiff_t columns)
{
    /* Lines a multiple of 1024 bytes apart share at most 48 places of a first-level cache. */
    const int collide = from.column_stride * (ptrdiff_t)sizeof(bits32) % 1024 == 0;
    (collide ? transpose_by_lines : transpose_by_fours)(to, from, rows, columns);
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
