/* Moves blocks for the packing of tiles and for copies within a type: row by row, or, where a block
 * of 32-bit or 64-bit elements is transposed, by squares of vectors or of cache lines. */
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

typedef void copy_function(tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                           ptrdiff_t columns);

#define TRANSPOSE_4(r)                                                      \
    {                                                                       \
        const lanes_32 a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5); \
        const lanes_32 b = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5); \
        const lanes_32 c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7); \
        const lanes_32 d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7); \
        r[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);                   \
        r[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);                   \
        r[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);                   \
        r[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);                   \
    }
#define TRANSPOSE_2(r)                                                      \
    {                                                                       \
        const lanes_64 a = r[0];                                            \
        r[0] = __builtin_shufflevector(a, r[1], 0, 2);                      \
        r[1] = __builtin_shufflevector(a, r[1], 1, 3);                      \
    }

#define bits bits32
#define FN(name) name##_32
#define LANES 4
#define TRANSPOSE TRANSPOSE_4
#include "transpose.template.h"

#define bits bits64
#define FN(name) name##_64
#define LANES 2
#define TRANSPOSE TRANSPOSE_2
#include "transpose.template.h"

void tgc_copy_block(size_t item_size, tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                    ptrdiff_t columns)
{
    copy_function *const copy_transposed = item_size == 4   ? copy_transposed_32
                                           : item_size == 8 ? copy_transposed_64
                                                            : NULL;
    if (copy_transposed && from.row_stride == 1 && to.column_stride == 1) {
        copy_transposed(to, from, rows, columns);
    } else if (copy_transposed && from.column_stride == 1 && to.row_stride == 1) {
        transpose(&to);
        transpose(&from);
        copy_transposed(to, from, columns, rows);
    } else {
        copy_by_rows(item_size, to, from, rows, columns);
    }
}
