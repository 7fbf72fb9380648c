/* Moves elements: the image of a block into workspace, and its result out of it. */

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
 * Rows are written in order, each over what the vectors of the one before wrote beyond their row.
 * The zeros after a row and before the next are one run; the vectors of a short row hold them
 * already. */
static void FN(copy_plane)(T *to, ptrdiff_t rows, ptrdiff_t cols, const T *from,
                           ptrdiff_t from_row, ptrdiff_t height, ptrdiff_t width, ptrdiff_t top,
                           ptrdiff_t left)
{
    const ptrdiff_t before = tgc_min(tgc_max(-left, 0), cols);
    const ptrdiff_t n = tgc_max(tgc_min(width - left, cols), before) - before;
    const ptrdiff_t first = n ? tgc_min(tgc_max(-top, 0), rows) : rows;
    const ptrdiff_t end = tgc_max(tgc_min(height - top, rows), first);
    const ptrdiff_t size = rows * cols;
    ptrdiff_t place = tgc_min(first * cols + before, size);
    FN(zero_row)(to, place);
    ptrdiff_t i = first;
    const ptrdiff_t low = tgc_min(n, VL);
    for (; i < end && cols <= 2 * VL; i++, place += cols) {
        const T *const row = from + (top + i) * from_row + left + before;
        vec_store(to + place, vec_loadn(row, low));
        if (cols > VL) {
            vec_store(to + place + VL, vec_loadn(row + low, n - low));
        }
    }
    for (; i < end; i++, place += cols) {
        const T *const row = from + (top + i) * from_row + left + before;
        const ptrdiff_t done = FN(copy_row)(to + place, row, n);
        FN(zero_row)(to + place + done, tgc_min(cols, size - place) - done);
    }
    FN(zero_row)(to + place, size - place);
}

/* A row of a plane with its even and its odd columns side by side, `comb` of each:
 * to[k * comb + j] = from[left + 2 * j + k], or 0 outside. */
TGC_INLINE void FN(comb_pairs)(T *to, ptrdiff_t comb, const T *from, ptrdiff_t width,
                               ptrdiff_t left)
{
    ptrdiff_t j = 0;
    for (; j < comb && left + 2 * j < 0; j++) {
        to[j] = 0;
        to[comb + j] = left + 2 * j == -1 && width > 0 ? from[0] : 0;
    }
    for (; j < comb; j += VL) {
        const ptrdiff_t first = tgc_min(left + 2 * j, width), n = width - first;
        const ptrdiff_t low = tgc_min(n, VL), high = tgc_min(n - low, VL);
        const vec a = vec_loadn(from + first, low), b = vec_loadn(from + first + low, high);
        vec_storen(to + j, vec_even(a, b), tgc_min(comb - j, VL));
        vec_store(to + comb + j, vec_odd(a, b));
    }
}

/* As copy_plane, with columns that are `step` apart side by side, `comb` of them in a run. */
static void FN(comb_plane)(T *to, ptrdiff_t rows, ptrdiff_t comb, ptrdiff_t step, const T *from,
                           ptrdiff_t from_row, ptrdiff_t height, ptrdiff_t width, ptrdiff_t top,
                           ptrdiff_t left)
{
    for (ptrdiff_t i = 0; i < rows; i++, to += comb * step) {
        const ptrdiff_t row = top + i;
        if (row < 0 || row >= height) {
            FN(zero_row)(to, comb * step);
            continue;
        }
        const T *const source = from + row * from_row;
        if (step == 2) {
            FN(comb_pairs)(to, comb, source, width, left);
            continue;
        }
        for (ptrdiff_t k = 0; k < step; k++) {
            for (ptrdiff_t j = 0; j < comb; j++) {
                const ptrdiff_t col = left + k + j * step;
                to[k * comb + j] = col >= 0 && col < width ? source[col] : 0;
            }
        }
    }
}

/* What a block takes of images: some channels, a plane of each for every tap along the depth. */
typedef struct {
    const T *from;            /* the group's first channel in the first volume */
    const ptrdiff_t *strides; /* of volumes, channels, planes and rows */
    ptrdiff_t height, width;
    ptrdiff_t first_image, images, first_channel, channels;
    ptrdiff_t top, left, rows;
    ptrdiff_t image, plane, row; /* distances in the copy, as in tgc_conv_layout */
    ptrdiff_t comb, step;        /* as there; comb is 0 where nothing is combed */
} FN(excerpt);

/* Copies it, with zeros around and for planes that there are not. */
static void FN(copy_excerpt)(const FN(excerpt) *e, const tgc_depth *d, T *copy)
{
    for (ptrdiff_t n = 0; n < e->images; n++) {
        const ptrdiff_t volume = tgc_div(e->first_image + n, d->places);
        const ptrdiff_t z = e->first_image + n - volume * d->places;
        T *to = copy + n * e->image;
        for (ptrdiff_t c = 0; c < e->channels; c++, to += e->plane) {
            const ptrdiff_t channel = tgc_div(e->first_channel + c, d->taps);
            const ptrdiff_t plane =
                tgc_depth_plane(d, z, e->first_channel + c - channel * d->taps);
            const T *const from = e->from + volume * e->strides[0] + channel * e->strides[1] +
                                  tgc_max(plane, 0) * e->strides[2];
            const ptrdiff_t height = plane < 0 ? 0 : e->height;
            if (e->comb) {
                FN(comb_plane)(to, e->rows, e->comb, e->step, from, e->strides[3], height,
                               e->width, e->top, e->left);
            } else {
                FN(copy_plane)(to, e->rows, e->row, from, e->strides[3], height, e->width, e->top,
                               e->left);
            }
        }
    }
}

/* The reverse of comb_pairs for one vector: to[2 * l + odd] = v[l] where 2 * l + odd < n <= 2 * VL.
 * It is called for the even elements first, which puts zeros in the odd places, and then for the
 * odd ones, which keeps the even ones. */
TGC_INLINE void FN(store_pairs)(T *to, vec v, int odd, ptrdiff_t n)
{
    const ptrdiff_t low = tgc_min(n, VL), high = n - low;
    vec even = v, other = vec_zero();
    if (odd) {
        even = vec_even(vec_loadn(to, low), vec_loadn(to + low, high));
        other = v;
    }
    vec_storen(to, vec_zip_low(even, other), low);
    vec_storen(to + low, vec_zip_high(even, other), high);
}

/* to[l * plane + p] = from[p * width + l] for l < lanes, p < places. */
static void FN(store_channels)(T *to, ptrdiff_t plane, const T *from, ptrdiff_t width,
                               ptrdiff_t lanes, ptrdiff_t places)
{
    for (ptrdiff_t first = 0; first < lanes; first += VL) {
        const ptrdiff_t n = tgc_min(lanes - first, VL);
        for (ptrdiff_t p = 0; p < places; p += VL) {
            const ptrdiff_t count = tgc_min(places - p, VL);
            vec rows[VL];
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                rows[i] = vec_load(from + (p + tgc_min(i, count - 1)) * width + first);
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
