/*
 * A VL x VL matrix in registers, transposed: VL loads and VL stores in place of VL * VL.
 *
 * Stage w = 1, 2, 4, ... exchanges the off-diagonal w x w blocks of all 2w x 2w blocks.
 */

#if TGC_VEC_BYTES == 16
#define LANES_f32(X, w) X(0, w), X(1, w), X(2, w), X(3, w)
#define LANES_f64(X, w) X(0, w), X(1, w)
#elif TGC_VEC_BYTES == 32
#define LANES_f32(X, w) LANES_f64(X, w), X(4, w), X(5, w), X(6, w), X(7, w)
#define LANES_f64(X, w) X(0, w), X(1, w), X(2, w), X(3, w)
#else
#define LANES_f32(X, w)                                                                  \
    LANES_f64(X, w), X(8, w), X(9, w), X(10, w), X(11, w), X(12, w), X(13, w), X(14, w), \
        X(15, w)
#define LANES_f64(X, w) X(0, w), X(1, w), X(2, w), X(3, w), X(4, w), X(5, w), X(6, w), X(7, w)
#endif

/* Where lane l of a stage's two results comes from: a's lanes are 0 to VL - 1, b's follow. The
 * remainder keeps stages that T does not have within what the compiler accepts. */
#define LOW_LANE(l, w) (((l) & (w) ? VL + (l) - (w) : (l)) % (2 * VL))
#define HIGH_LANE(l, w) (((l) & (w) ? VL + (l) : (l) + (w)) % (2 * VL))

#define EXCHANGE(w)                                                                      \
    for (int i = 0; i < VL; i++) {                                                       \
        if (!(i & (w))) {                                                                \
            const vec a = rows[i], b = rows[i + (w)];                                    \
            rows[i] = __builtin_shufflevector(a, b, FN(LANES)(LOW_LANE, w));             \
            rows[i + (w)] = __builtin_shufflevector(a, b, FN(LANES)(HIGH_LANE, w));      \
        }                                                                                \
    }

TGC_INLINE void FN(transpose)(vec *rows)
{
    TGC_UNROLL
    EXCHANGE(1)
    if (VL > 2) {
        TGC_UNROLL
        EXCHANGE(2)
    }
    if (VL > 4) {
        TGC_UNROLL
        EXCHANGE(4)
    }
    if (VL > 8) {
        TGC_UNROLL
        EXCHANGE(8)
    }
}

/* to[p * width + l] = lines[l * step + p] for p < n, l < lanes <= width. The rest of a row of `to`
 * holds anything. The last lanes go first, so that what their vectors write beyond a row is
 * overwritten by the first lanes of the next one; nothing is written beyond n rows. */
static __attribute__((unused)) void FN(transpose_lines)(T *to, ptrdiff_t width, ptrdiff_t lanes,
                                                        ptrdiff_t n, const T *lines,
                                                        ptrdiff_t step)
{
    for (ptrdiff_t first = tgc_ceil_div(lanes, VL) * VL - VL; first >= 0; first -= VL) {
        const T *line[VL];
        for (ptrdiff_t i = 0; i < VL; i++) {
            line[i] = lines + tgc_min(first + i, lanes - 1) * step;
        }
        /* Rows whose vectors end within `to`. */
        const ptrdiff_t whole = n - tgc_ceil_div(first + VL, width) + 1;
        vec rows[VL];
        ptrdiff_t p = 0;
        for (; p + VL <= whole; p += VL) {
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                rows[i] = vec_load(line[i] + p);
            }
            FN(transpose)(rows);
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                vec_store(to + (p + i) * width + first, rows[i]);
            }
        }
        for (; p < n; p += VL) {
            const ptrdiff_t left = tgc_min(n - p, VL);
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                rows[i] = vec_loadn(line[i] + p, left);
            }
            FN(transpose)(rows);
            for (ptrdiff_t i = 0; i < left; i++) {
                vec_storen(to + (p + i) * width + first, rows[i], tgc_min(width - first, VL));
            }
        }
    }
}
