/* The method TGC_CONV_PLACES: neighbouring places in the lanes. Results lie as the lanes do, so
 * that they are stored directly. */

typedef void FN(place_kernel)(ptrdiff_t depth, const T *weight, const T *bias,
                              const FN(runs) *runs, const ptrdiff_t *offsets, ptrdiff_t plane);

#define PLACE_KERNEL(rows, vecs)                                                                 \
    static void FN(place_##rows##x##vecs)(ptrdiff_t depth, const T *weight, const T *bias,       \
                                          const FN(runs) *runs, const ptrdiff_t *offsets,        \
                                          ptrdiff_t plane)                                       \
    {                                                                                            \
        FN(place_tile)(rows, vecs, depth, weight, bias, runs, offsets, plane);                   \
    }
#define KERNELS(rows) PLACE_KERNEL(rows, 1) PLACE_KERNEL(rows, 2)
EACH_ROWS(KERNELS)

/* [rows - 1][vecs - 1] */
#define ENTRY(rows) {FN(place_##rows##x1), FN(place_##rows##x2)},
static FN(place_kernel) *const FN(place_kernels)[TILE_ROWS][2] = {EACH_ROWS(ENTRY)};
#undef ENTRY
#undef KERNELS
#undef PLACE_KERNEL

#define ROW_KERNEL(rows, taps, vecs)                                                          \
    static void FN(row_##rows##x##taps##x##vecs)(const FN(row_sums) *t, const T *image, T *y) \
    {                                                                                         \
        FN(row_tile)(rows, taps, vecs, t, image, y);                                          \
    }
#define KERNELS(taps) ROW_KERNEL(4, taps, 1) ROW_KERNEL(7, taps, 1) ROW_KERNEL(4, taps, 2)
KERNELS(1)
KERNELS(3)
#undef KERNELS
#undef ROW_KERNEL

/* The rows of each kind of tile. The last kind has two vectors in a row, the others have one. */
static const ptrdiff_t FN(kind_rows)[3] = {4, 7, 4};
/* [taps == 3][kind] */
static void (*const FN(row_kernels)[2][3])(const FN(row_sums) *t, const T *image, T *y) = {
    {FN(row_4x1x1), FN(row_7x1x1), FN(row_4x1x2)}, {FN(row_4x3x1), FN(row_7x3x1), FN(row_4x3x2)}};

/* Describes the terms of one channel in t. Returns 1 if they are three rows of taps at the distance
 * of the image's rows, which share loads; else each tap stands on its own. */
static int FN(row_terms)(const FN(block) *b, const T *weight, FN(row_sums) *t)
{
    const tgc_conv_layout *const l = b->layout;
    t->image_row = l->h.step_in * l->row;
    t->cols = b->depth;
    t->weight = weight;
    t->offsets = b->offsets;
    const ptrdiff_t cols = l->w.window.kernel;
    if (l->h.window.kernel != 3 || b->depth != 3 * cols) {
        return 0;
    }
    const ptrdiff_t distance = b->offsets[cols] - b->offsets[0];
    if (distance != t->image_row && distance != -t->image_row) {
        return 0;
    }
    const ptrdiff_t top = distance > 0 ? 0 : 2 * cols;
    t->cols = cols;
    t->weight += top;
    t->weight_row = distance > 0 ? cols : -cols;
    t->offsets += top;
    return 1;
}

/* All places of one channel, which has at least four rows: tiles of some rows and one or two
 * vectors. Where rows are left over, the last tile begins earlier and computes some rows again. */
static void FN(run_channel)(FN(block) *b, const T *weight, const T *bias, ptrdiff_t rows,
                            ptrdiff_t cols, T *y)
{
    FN(row_sums) t = {.y_row = b->y_row, .bias = bias};
    const int shares_loads = FN(row_terms)(b, weight, &t);
    for (ptrdiff_t left = 0; left < cols; left += 2 * VL) {
        const ptrdiff_t width = tgc_min(cols - left, 2 * VL);
        const int kind = width > VL ? 2 : rows >= 7;
        const ptrdiff_t n = FN(kind_rows)[kind];
        t.lanes = width > VL ? width - VL : width;
        for (ptrdiff_t i = 0; i < rows; i += n) {
            const ptrdiff_t top = tgc_min(i, rows - n);
            FN(fetch_ahead)(&b->ahead[FN(IMAGE)]);
            FN(row_kernels)[shares_loads][kind](&t, b->image + top * t.image_row + left,
                                                y + top * b->y_row + left);
        }
    }
}

/* Where the runs of a phase of a transposed convolution go: elements that are step_out apart.
 * `ends` counts the elements from the first one of a run to the end of the row. */
typedef struct {
    T *y[2];
    ptrdiff_t lanes[2], ends[2];
} FN(scattered);

static void FN(scatter_runs)(const FN(block) *b, ptrdiff_t rows, int vecs,
                             const FN(scattered) *runs, ptrdiff_t phase, const T *result)
{
    const ptrdiff_t step = b->layout->w.step_out;
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (int v = 0; v < vecs; v++) {
            T *const y = runs->y[v] + i * b->y_plane;
            const T *const from = result + (i * 2 + v) * VL;
            if (step == 2) {
                const ptrdiff_t n = tgc_min(2 * runs->lanes[v], runs->ends[v] + phase);
                FN(store_pairs)(y - phase, vec_load(from), (int)phase, n);
                continue;
            }
            for (ptrdiff_t j = 0; j < runs->lanes[v]; j++) {
                y[j * step] = from[j];
            }
        }
    }
}

/* All places of a phase for one tile of outputs: two runs of a vector's length at a time, or, for a
 * single output, tiles of rows. */
static void FN(run_rows)(FN(block) *b, ptrdiff_t tile, const T *weight, ptrdiff_t phase_h,
                         ptrdiff_t phase_w)
{
    const tgc_conv_layout *const l = b->layout;
    const ptrdiff_t rows = tgc_conv_places(b->result_rows, l->h.step_out, phase_h);
    const ptrdiff_t cols = tgc_conv_places(b->result_cols, l->w.step_out, phase_w);
    const ptrdiff_t start = FN(tile_start)(&b->tiling, tile);
    const ptrdiff_t outputs = FN(tile_start)(&b->tiling, tile + 1) - start;
    const T *const bias = b->packed + start;
    T *const y = b->y + tgc_depth_image(b->to, b->first_image) + start * b->y_plane +
                 (b->y_top + phase_h) * b->y_row + b->y_left + phase_w;
    T result[TILE_ROWS * 2 * VL];
    const int scatters = l->w.step_out > 1;
    weight += start * b->depth;
    if (outputs == 1 && rows >= 4 && !scatters && l->h.step_out == 1) {
        FN(run_channel)(b, weight, bias, rows, cols, y);
        return;
    }
    ptrdiff_t i = 0, j = 0;
    while (i < rows && j < cols) {
        FN(runs) runs = {.lanes = {0}};
        FN(scattered) scattered = {.lanes = {0}};
        FN(fetch_ahead)(&b->ahead[FN(IMAGE)]);
        int vecs = 0;
        for (; vecs < 2 && i < rows; vecs++) {
            T *const to = y + i * l->h.step_out * b->y_row + j * l->w.step_out;
            const ptrdiff_t lanes = tgc_min(cols - j, VL);
            runs.image[vecs] = b->image + i * l->h.step_in * l->row + j;
            runs.y[vecs] = scatters ? result + vecs * VL : to;
            runs.lanes[vecs] = scatters ? VL : lanes;
            scattered.y[vecs] = to;
            scattered.lanes[vecs] = lanes;
            scattered.ends[vecs] = b->y_row - b->y_left - j * l->w.step_out - phase_w;
            j += VL;
            if (j >= cols) {
                j = 0;
                i++;
            }
        }
        FN(place_kernels)[outputs - 1][vecs - 1](b->depth, weight, bias, &runs, b->offsets,
                                                 scatters ? 2 * VL : b->y_plane);
        if (scatters) {
            FN(scatter_runs)(b, outputs, vecs, &scattered, phase_w, result);
        }
    }
}

/* The terms of one output's sums in a phase. */
typedef struct {
    ptrdiff_t depth;
    const T *weight;
    const ptrdiff_t *offsets;
} FN(phase);

TGC_INLINE vec FN(phase_sum)(const FN(phase) *p, const T *image)
{
    vec sum = vec_zero();
    for (ptrdiff_t k = 0; k < p->depth; k++) {
        sum = vec_fma(vec_set1(p->weight[k]), vec_load(image + p->offsets[k]), sum);
    }
    return sum;
}

/* All places of two phases, of even and of odd columns, for a single output: neighbours in the
 * result are stored together. */
static void FN(run_pairs)(FN(block) *b, ptrdiff_t phase_h, const FN(phase) *even,
                          const FN(phase) *odd)
{
    const tgc_conv_layout *const l = b->layout;
    const vec bias = vec_set1(*b->packed);
    const T *image = b->image;
    T *y = b->y + tgc_depth_image(b->to, b->first_image) + (b->y_top + phase_h) * b->y_row +
           b->y_left;
    for (ptrdiff_t i = tgc_conv_places(b->result_rows, l->h.step_out, phase_h); i > 0; i--) {
        FN(fetch_ahead)(&b->ahead[FN(IMAGE)]);
        for (ptrdiff_t j = 0; 2 * j < b->result_cols; j += VL) {
            const ptrdiff_t n = b->result_cols - 2 * j, low = tgc_min(n, VL);
            const vec first = FN(phase_sum)(even, image + j) + bias;
            const vec second = FN(phase_sum)(odd, image + j) + bias;
            vec_store_first(y + 2 * j, vec_zip_low(first, second), low);
            vec_store_first(y + 2 * j + low, vec_zip_high(first, second), tgc_min(n - low, VL));
        }
        image += l->h.step_in * l->row;
        y += l->h.step_out * b->y_row;
    }
}

/* All phases of a single output, two at a time: that of even and that of odd columns. */
static void FN(run_all_pairs)(FN(block) *b)
{
    const T *weight = b->packed + b->tiling.padded;
    for (ptrdiff_t phase_h = 0; phase_h < b->layout->h.phases; phase_h++) {
        FN(phase) phases[2];
        for (int k = 0; k < 2; k++) {
            FN(enter_phase)(b, 2 * phase_h + k);
            phases[k] = (FN(phase)){b->depth, weight, b->offsets};
            weight += b->tiling.padded * b->depth;
        }
        FN(run_pairs)(b, phase_h, &phases[0], &phases[1]);
    }
}

/* All phases and tiles of outputs. */
static void FN(run_places)(FN(block) *b)
{
    const tgc_conv_layout *const l = b->layout;
    const T *weight = b->packed + b->tiling.padded;
    if (l->outputs == 1 && l->w.step_out == 2 && l->w.phases == 2) {
        FN(run_all_pairs)(b);
        return;
    }
    for (ptrdiff_t phase_h = 0; phase_h < l->h.phases; phase_h++) {
        for (ptrdiff_t phase_w = 0; phase_w < l->w.phases; phase_w++) {
            FN(enter_phase)(b, phase_h * l->w.phases + phase_w);
            for (ptrdiff_t tile = b->first_tile; tile < b->end_tile; tile++) {
                FN(run_rows)(b, tile, weight, phase_h, phase_w);
            }
            weight += b->tiling.padded * b->depth;
        }
    }
}
