/* What moves elements: the image of a block into workspace, its result out of it. */

/* to[0 .. n) = from[0 .. n), and up to VL - 1 zeros behind it; returns how many were written. */
TGC_INLINE ptrdiff_t FN(copy_row)(T *to, const T *from, ptrdiff_t n)
{
    ptrdiff_t i = 0;
    for (; i + VL <= n; i += VL) {
        vec_store(to + i, vec_load(from + i));
    }
    if (i < n) {
        vec_store(to + i, vec_loadn(from + i, n - i));
        i += VL;
    }
    return i;
}

/* to[0 .. n) = 0, and up to VL - 1 zeros behind it. */
TGC_INLINE void FN(zero_row)(T *to, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i += VL) {
        vec_store(to + i, vec_zero());
    }
}

/* A rectangle of an image plane, zeros where it lies outside: to[i][j] = from[top + i][left + j].
 * Rows are written one after the other, each over the zeros that the one before left behind. */
static void FN(copy_plane)(T *to, ptrdiff_t rows, ptrdiff_t cols, const T *from,
                           ptrdiff_t from_row, ptrdiff_t height, ptrdiff_t width, ptrdiff_t top,
                           ptrdiff_t left)
{
    const ptrdiff_t before = tgc_conv_min(tgc_conv_max(-left, 0), cols);
    const ptrdiff_t end = tgc_conv_max(tgc_conv_min(width - left, cols), before);
    for (ptrdiff_t i = 0; i < rows; i++, to += cols) {
        const ptrdiff_t row = top + i;
        if (row < 0 || row >= height) {
            FN(zero_row)(to, cols);
            continue;
        }
        FN(zero_row)(to, before);
        const ptrdiff_t done =
            before + FN(copy_row)(to + before, from + row * from_row + left + before, end - before);
        FN(zero_row)(to + done, cols - done);
    }
}

/* The same with columns that are `step` apart side by side, `comb` of them in a run. */
static void FN(comb_plane)(T *to, ptrdiff_t rows, ptrdiff_t comb, ptrdiff_t step, const T *from,
                           ptrdiff_t from_row, ptrdiff_t height, ptrdiff_t width, ptrdiff_t top,
                           ptrdiff_t left)
{
    for (ptrdiff_t i = 0; i < rows; i++) {
        const ptrdiff_t row = top + i;
        const ptrdiff_t cols = row >= 0 && row < height ? width : 0;
        for (ptrdiff_t first = left; first < left + step; first++, to += comb) {
            const T *const source = from + row * from_row + first;
            const ptrdiff_t before = first < 0 ? (step - 1 - first) / step : 0;
            const ptrdiff_t end = cols > first ? (cols - first + step - 1) / step : 0;
            ptrdiff_t j = 0;
            for (; j < comb && (j < before || end == 0); j++) {
                to[j] = 0;
            }
            for (; j < comb && j < end; j++) {
                to[j] = source[j * step];
            }
            for (; j < comb; j++) {
                to[j] = 0;
            }
        }
    }
}

/* to[l * plane + p] = from[p * width + l] for l < lanes, p < places. */
static void FN(store_channels)(T *to, ptrdiff_t plane, const T *from, ptrdiff_t width,
                               ptrdiff_t lanes, ptrdiff_t places)
{
    for (ptrdiff_t first = 0; first < lanes; first += VL) {
        const ptrdiff_t n = tgc_conv_min(lanes - first, VL);
        for (ptrdiff_t p = 0; p < places; p += VL) {
            const ptrdiff_t count = tgc_conv_min(places - p, VL);
            vec rows[VL];
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                rows[i] = vec_load(from + (p + tgc_conv_min(i, count - 1)) * width + first);
            }
            FN(transpose)(rows);
            T *const y = to + first * plane + p;
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                if (i < n && count == VL) {
                    vec_store(y + i * plane, rows[i]);
                } else if (i < n) {
                    vec_storen(y + i * plane, rows[i], count);
                }
            }
        }
    }
}
