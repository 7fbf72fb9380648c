/* The loops of index.c for one type T, which take or put elements; SUM(a, b) is T's addition. */

TGC_INLINE void FN(move)(char *y, const char *x, int add)
{
    T *to = (T *)(void *)y;
    const T from = *(const T *)(const void *)x;
    *to = add ? (T)SUM(*to, from) : from;
}

/* Of a fixed length and without overlap, so that the compiler vectorises it. */
static inline void FN(add_block)(T *restrict y, const T *restrict x)
{
    for (int i = 0; i < ADD_BLOCK; i++) {
        y[i] = (T)SUM(y[i], x[i]);
    }
}

TGC_INLINE void FN(move_row)(char *y, ptrdiff_t y_step, const char *x, ptrdiff_t x_step,
                             ptrdiff_t n, int add)
{
    const int contiguous = y_step == sizeof(T) && x_step == sizeof(T);
    ptrdiff_t i = 0;
    if (contiguous && !add) {
        memcpy(y, x, (size_t)n * sizeof(T));
        return;
    }
    for (; contiguous && i + ADD_BLOCK <= n; i += ADD_BLOCK) {
        FN(add_block)((T *)(void *)y + i, (const T *)(const void *)x + i);
    }
    for (; i < n; i++) {
        FN(move)(y + i * y_step, x + i * x_step, add);
    }
}

/* Moves n elements from the first operand to the last, as one row if the indices do not change.
 * The indices name places in the last operand if `put`, else in the first. put, add, k and
 * simple are constants, except for k in the general case; simple says that the indices change
 * and are int64. */
TGC_INLINE void FN(move_line)(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line,
                              ptrdiff_t n, ptrdiff_t p, int put, int add, int k, int simple)
{
    const ptrdiff_t x_step = line->step[0], y_step = line->step[1 + k];
    char *const from = line->data[0], *const to = line->data[1 + k];
    const int row = simple ? 0 : a->row;
    index_axis axes[TGC_MAX_INDICES];
    follow_line(axes, a, k, line, 1);
    for (ptrdiff_t i = 0; i < (row ? 1 : n); i++) {
        ptrdiff_t offset;
        const int bad = find_place(axes, k, simple, i, &offset);
        if (bad >= 0) {
            tgc_report(call, (p + i) * k + bad);
            return;
        }
        const char *x = from + i * x_step + (put ? 0 : offset);
        char *y = to + i * y_step + (put ? offset : 0);
        if (row) {
            FN(move_row)(y, y_step, x, x_step, n, add);
        } else {
            FN(move)(y, x, add);
        }
    }
}

/* Takes elements of a contiguous row of the first operand to a contiguous row of the last. The
 * fewer instructions an element takes, the more elements are on their way from memory at once. */
static void FN(take_row)(const tgc_call *call, const index_axis *axis, const tgc_lines *line,
                         ptrdiff_t n, ptrdiff_t p)
{
    const T *x = (const T *)(const void *)line->data[0];
    const int64_t *indices = (const int64_t *)(const void *)line->data[1];
    T *y = (T *)(void *)line->data[2];
    const uint64_t size = (uint64_t)axis->size;
#pragma GCC unroll 4
    for (ptrdiff_t i = 0; i < n; i++) {
        uint64_t index = (uint64_t)indices[i];
        if (__builtin_expect(index >= size, 0)) {
            index += (uint64_t)axis->back;
            if (index >= size) {
                tgc_report(call, p + i);
                return;
            }
        }
        y[i] = x[index];
    }
}

/* Do the elements of a line lie as take_row needs them? */
TGC_INLINE int FN(is_row)(const tgc_indexed *a, const tgc_lines *line)
{
    return line->step[0] == 0 && a->axes[0].stride == sizeof(T) &&
           line->step[1] == sizeof(int64_t) && line->step[2] == sizeof(T);
}

/* The usual cases are compiled separately, with constants. */
TGC_INLINE void FN(move_any)(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line,
                             ptrdiff_t n, ptrdiff_t p, int put, int add)
{
    if (!put && a->simple && a->k == 1 && FN(is_row)(a, line)) {
        FN(take_row)(call, &a->axes[0], line, n, p);
    } else if (a->simple && a->k == 1) {
        FN(move_line)(call, a, line, n, p, put, add, 1, 1);
    } else if (a->simple && a->k == 2) {
        FN(move_line)(call, a, line, n, p, put, add, 2, 1);
    } else {
        FN(move_line)(call, a, line, n, p, put, add, a->k, 0);
    }
}

static void FN(take)(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line,
                     ptrdiff_t n, ptrdiff_t p)
{
    FN(move_any)(call, a, line, n, p, 0, 0);
}

static void FN(put)(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line,
                    ptrdiff_t n, ptrdiff_t p)
{
    FN(move_any)(call, a, line, n, p, 1, 0);
}

static void FN(put_add)(const tgc_call *call, const tgc_indexed *a, const tgc_lines *line,
                        ptrdiff_t n, ptrdiff_t p)
{
    FN(move_any)(call, a, line, n, p, 1, 1);
}

static void FN(install)(tgc_table table)
{
    INSTALL(index, FN(take), plan_take, take_chunk, explain);
    INSTALL(gather, FN(take), plan_take, take_chunk, explain);
    INSTALL(index_select, FN(take), plan_take, take_chunk, explain);
    INSTALL(index_put, FN(put), plan_put, put_chunk, explain);
    INSTALL(index_put_add, FN(put_add), plan_put, put_chunk, explain);
    INSTALL(scatter, FN(put), plan_put, put_chunk, explain);
    INSTALL(scatter_add, FN(put_add), plan_put, put_chunk, explain);
    INSTALL(check_index_put, check, plan_check, check_chunk, explain_check);
    INSTALL(check_scatter, check, plan_check, check_chunk, explain_check);
    INSTALL(check_scatter_add, check, plan_check, check_chunk, explain_check);
}
