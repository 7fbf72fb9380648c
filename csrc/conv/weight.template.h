/* `conv_weight` and the sum of its parts for one real type and one ISA, by both methods. */

enum {
    /* The most taps of a row of the window that a tile takes side by side, a run. */
    FN(MOST_TAPS) = TILE_ROWS > 4 ? 5 : 4,
    /* The most pairs of a channel and a row of the window in a tile. */
    FN(MOST_PAIRS) = TILE_ROWS > 6 ? 6 : TILE_ROWS,
    /* The most taps whose dot products are computed together. */
    FN(DOT_TAPS) = TILE_ROWS > 6 ? 9 : TILE_ROWS > 4 ? 5 : 3
};

typedef void FN(tap_kernel)(FN(walk) walk, const T *const *image, const T *y, T *sums,
                            ptrdiff_t pair, int add);
typedef void FN(dot_kernel)(const FN(dots) *dots, const ptrdiff_t *offsets, T *sums);

#define TAP_KERNEL(pairs, taps, vecs)                                                        \
    static void FN(tap_##pairs##x##taps##x##vecs)(FN(walk) walk, const T *const *image,      \
                                                  const T *y, T *sums, ptrdiff_t pair,       \
                                                  int add)                                   \
    {                                                                                        \
        FN(tap_tile)(pairs, taps, vecs, walk, image, y, sums, pair, add);                    \
    }
#define TAP_KERNELS(pairs, taps) TAP_KERNEL(pairs, taps, 1) TAP_KERNEL(pairs, taps, 2)
#define TAP_ENTRY(pairs, taps) {FN(tap_##pairs##x##taps##x1), FN(tap_##pairs##x##taps##x2)},

#define DOT_KERNEL(taps)                                                                     \
    static void FN(dot_##taps##x1)(const FN(dots) *dots, const ptrdiff_t *offsets, T *sums)  \
    {                                                                                        \
        FN(dot_tile)(taps, 1, dots, offsets, sums);                                          \
    }                                                                                        \
    static void FN(dot_##taps##x2)(const FN(dots) *dots, const ptrdiff_t *offsets, T *sums)  \
    {                                                                                        \
        FN(dot_tile)(taps, 2, dots, offsets, sums);                                          \
    }
#define DOT_ENTRY(taps) {FN(dot_##taps##x1), FN(dot_##taps##x2)},

/* PAIRS_n: the numbers of pairs that a tile of n taps may have, for at most TILE_ROWS rows. */
#if TILE_ROWS > 6
#define PAIRS_1(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1)
#define PAIRS_2(X) X(1, 2) X(2, 2) X(3, 2) X(4, 2) X(5, 2) X(6, 2)
#define PAIRS_3(X) X(1, 3) X(2, 3) X(3, 3) X(4, 3)
#define PAIRS_4(X) X(1, 4) X(2, 4) X(3, 4)
#define PAIRS_5(X) X(1, 5) X(2, 5)
#define EACH_DOT(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9)
#elif TILE_ROWS > 4
#define PAIRS_1(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1)
#define PAIRS_2(X) X(1, 2) X(2, 2) X(3, 2)
#define PAIRS_3(X) X(1, 3) X(2, 3)
#define PAIRS_4(X) X(1, 4)
#define PAIRS_5(X) X(1, 5)
#define EACH_DOT(X) X(1) X(2) X(3) X(4) X(5)
#else
#define PAIRS_1(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1)
#define PAIRS_2(X) X(1, 2) X(2, 2)
#define PAIRS_3(X) X(1, 3)
#define PAIRS_4(X) X(1, 4)
#define PAIRS_5(X)
#define EACH_DOT(X) X(1) X(2) X(3)
#endif

PAIRS_1(TAP_KERNELS) PAIRS_2(TAP_KERNELS) PAIRS_3(TAP_KERNELS) PAIRS_4(TAP_KERNELS)
PAIRS_5(TAP_KERNELS)
EACH_DOT(DOT_KERNEL)

/* [taps - 1][pairs - 1][vecs - 1] */
static FN(tap_kernel) *const FN(tap_kernels)[][FN(MOST_PAIRS)][2] = {
    {PAIRS_1(TAP_ENTRY)}, {PAIRS_2(TAP_ENTRY)}, {PAIRS_3(TAP_ENTRY)}, {PAIRS_4(TAP_ENTRY)},
    {PAIRS_5(TAP_ENTRY)}};
/* [taps - 1][outputs - 1] */
static FN(dot_kernel) *const FN(dot_kernels)[FN(DOT_TAPS)][2] = {EACH_DOT(DOT_ENTRY)};

static const tgc_conv_limits FN(weight_limits) = {VL, TILE_ROWS, 0};

/* Part of a chunk: one block of places, and channels of one group. */
typedef struct {
    const tgc_conv_weight_layout *layout;
    ptrdiff_t image, top, left;     /* the block's first image and its first place */
    ptrdiff_t images, rows, cols;   /* the block's images, and its places in each */
    ptrdiff_t first_channel;
    ptrdiff_t channels;
    const T *x, *y;                 /* of the group, in the first image */
    T *sums;                        /* of the part and the group */
    int add;                        /* are there sums of an earlier block? */
} FN(weight_block);

/* packed[place * width + l] = y[l][place], for the places of the block. */
static void FN(pack_places)(const FN(weight_block) *b, const tgc_operand *y, ptrdiff_t start,
                            ptrdiff_t lanes, ptrdiff_t width, T *packed)
{
    for (ptrdiff_t n = 0; n < b->images; n++) {
        const T *row = b->y + tgc_depth_image(y, b->image + n) + start * y->strides[1] +
                       b->top * y->strides[3] + b->left;
        ptrdiff_t rows = b->rows, cols = b->cols;
        if (cols == y->strides[3] && b->left == 0) {
            cols *= rows;
            rows = 1;
        }
        for (ptrdiff_t i = 0; i < rows; i++, row += y->strides[3], packed += cols * width) {
            FN(pack_lines)(row, y->strides[1], cols, lanes, width, packed);
        }
    }
}

/* A walk over `rows` rows of the block's places, for each of which y has `width` elements. */
static FN(walk) FN(walk_rows)(const FN(weight_block) *b, ptrdiff_t rows, ptrdiff_t width)
{
    const tgc_conv_weight_layout *const l = b->layout;
    const ptrdiff_t step = l->window.h.stride * l->row;
    return (FN(walk)){b->images, rows, b->cols, l->step, step - b->cols * l->step,
                      l->image - rows * step, (b->rows - rows) * b->cols * width};
}

/* The number of rows of the block's places whose row `row` of the window lies within the image;
 * they begin with row *first. */
static ptrdiff_t FN(rows_inside)(const FN(weight_block) *b, ptrdiff_t row, ptrdiff_t *first)
{
    const ptrdiff_t stride = b->layout->window.h.stride;
    const ptrdiff_t top = tgc_window_place(b->layout->window.h, b->top, row);
    *first = tgc_clamp((stride - 1 - top) / stride, 0, b->rows);
    return tgc_clamp((b->layout->height - top + stride - 1) / stride, *first, b->rows) - *first;
}

/* All taps of the block's channels for one panel of outputs. A tile takes taps side by side, for
 * some pairs of a channel and a row of the window. If that makes no more tiles and blocks are whole
 * images, all pairs of a tile have the same row of the window (`by_rows`), so that places whose row
 * lies outside the image can be left out. Few other blocks have such places, and the channels of
 * such a tile are further apart in memory than rows are. */
static void FN(run_taps)(const FN(weight_block) *b, const T *image, const T *packed,
                         ptrdiff_t width, T *sums)
{
    const tgc_conv_weight_layout *const l = b->layout;
    const tgc_window_axis h = l->window.h, w = l->window.w;
    const ptrdiff_t runs = tgc_ceil_div(w.kernel, FN(MOST_TAPS));
    for (ptrdiff_t run = 0; run < runs; run++) {
        const ptrdiff_t tap = tgc_deal(w.kernel, runs, run);
        const ptrdiff_t taps = tgc_deal(w.kernel, runs, run + 1) - tap;
        const ptrdiff_t beside = w.dilation == 1 ? taps : 1;
        const ptrdiff_t most = tgc_min(TILE_ROWS / beside, FN(MOST_PAIRS));
        const int by_rows = b->rows == l->rows &&
                            h.kernel * tgc_ceil_div(b->channels, most) <=
                                tgc_ceil_div(b->channels * h.kernel, most);
        const ptrdiff_t turns = by_rows ? h.kernel : 1;
        const ptrdiff_t pairs = b->channels * h.kernel / turns;
        const ptrdiff_t tiles = tgc_ceil_div(pairs, most);
        const tgc_shares shares = tgc_share(pairs, tiles);
        T *const to = sums + (l->channels * tap + b->first_channel * taps) * h.kernel * width;
        for (ptrdiff_t turn = 0; turn < turns; turn++) {
            ptrdiff_t first = 0;
            const ptrdiff_t inside = by_rows ? FN(rows_inside)(b, turn, &first) : b->rows;
            const FN(walk) walk = FN(walk_rows)(b, inside, width);
            for (ptrdiff_t t = 0, pair = 0, n; t < tiles; t++, pair += n) {
                n = tgc_share_size(shares, t);
                for (ptrdiff_t r = 0; r < taps; r += beside) {
                    const T *rows[FN(MOST_PAIRS)];
                    for (ptrdiff_t p = 0; p < n; p++) {
                        const ptrdiff_t channel = by_rows ? pair + p : tgc_div(pair + p, h.kernel);
                        const ptrdiff_t row = by_rows ? turn : pair + p - channel * h.kernel;
                        rows[p] = image + channel * l->plane + (tap + r) * w.dilation +
                                  (row * h.dilation + first * h.stride) * l->row;
                    }
                    FN(tap_kernels)[beside - 1][n - 1][width / VL - 1](
                        walk, rows, packed + first * b->cols * width,
                        to + ((pair * turns + turn) * taps + r) * width, turns * taps, b->add);
                }
            }
        }
    }
}

/* All taps of the block's channels for all outputs, as dot products of rows of places. */
static void FN(run_dots)(const FN(weight_block) *b, const T *image, const tgc_operand *y,
                         const ptrdiff_t *offsets)
{
    const tgc_conv_weight_layout *const l = b->layout;
    const ptrdiff_t tiles = tgc_ceil_div(l->taps, FN(DOT_TAPS));
    const tgc_shares shares = tgc_share(l->taps, tiles);
    FN(dots) dots = {.images = b->images, .rows = b->rows, .cols = b->cols,
                     .image_row = l->window.h.stride * l->row, .image_step = l->image,
                     .y_row = y->strides[3],
                     .y_step = y->strides[y->shape[2] == 1 ? 0 : 2]};
    for (ptrdiff_t o = 0; o < l->outputs; o += dots.outputs) {
        dots.outputs = tgc_min(l->outputs - o, 2);
        for (int i = 0; i < 2; i++) {
            dots.y[i] = b->y + tgc_depth_image(y, b->image) +
                        (o + tgc_min(i, dots.outputs - 1)) * y->strides[1] +
                        b->top * y->strides[3] + b->left;
        }
        for (ptrdiff_t c = 0; c < b->channels; c++) {
            dots.image = image + c * l->plane;
            for (ptrdiff_t t = 0, tap = 0, n; t < tiles; t++, tap += n) {
                n = tgc_share_size(shares, t);
                T sums[2 * FN(DOT_TAPS)];
                FN(dot_kernels)[n - 1][dots.outputs - 1](&dots, offsets + tap, sums);
                for (ptrdiff_t i = 0; i < dots.outputs; i++) {
                    T *const to =
                        b->sums + ((o + i) * l->channels + b->first_channel + c) * l->taps;
                    for (ptrdiff_t k = 0; k < n; k++) {
                        const T sum = sums[i * n + k];
                        to[tap + k] = b->add ? to[tap + k] + sum : sum;
                    }
                }
            }
        }
    }
}

/* The block's channels of x with zeros around them: a copy, or x itself if no zeros are needed. */
static const T *FN(weight_image)(const FN(weight_block) *b, const tgc_operand *x, T *copy)
{
    const tgc_conv_weight_layout *const l = b->layout;
    const tgc_window_axis h = l->window.h, w = l->window.w;
    const ptrdiff_t top = b->top * h.stride - h.padding, left = b->left * w.stride - w.padding;
    if (l->in_place) {
        return b->x + b->image * x->strides[0] + b->first_channel * x->strides[1] +
               top * x->strides[3] + left;
    }
    const FN(excerpt) excerpt = {.from = b->x,
                                 .strides = x->strides,
                                 .height = l->height,
                                 .width = l->width,
                                 .first_image = b->image,
                                 .images = b->images,
                                 .first_channel = b->first_channel,
                                 .channels = b->channels,
                                 .top = top,
                                 .left = left,
                                 .rows = tgc_window_reach(h, b->rows),
                                 .image = l->image,
                                 .plane = l->plane,
                                 .row = l->row,
                                 .comb = w.stride > 1 ? l->comb : 0,
                                 .step = w.stride};
    FN(copy_excerpt)(&excerpt, &l->depths, copy);
    return copy;
}

/* One block of places for all the channels of the chunk. */
static void FN(run_weight_block)(const tgc_call *call, FN(weight_block) b, ptrdiff_t first,
                                 ptrdiff_t end, T *copy, T *packed, ptrdiff_t *offsets)
{
    const tgc_conv_weight_layout *const l = b.layout;
    const tgc_operand *const y = &call->operands[0], *const x = &call->operands[1];
    const ptrdiff_t places = b.images * b.rows * b.cols, panels = 2 * VL;
    for (ptrdiff_t start = 0; start < l->padded && l->method == TGC_CONV_WEIGHT_TAPS;
         start += panels) {
        const ptrdiff_t width = tgc_min(l->padded - start, panels);
        FN(pack_places)(&b, y, start, tgc_min(l->outputs - start, width), width,
                        packed + start * places);
    }
    for (b.first_channel = first; b.first_channel < end; b.first_channel += b.channels) {
        b.channels = tgc_min(end - b.first_channel, l->copy_channels);
        const T *const image = FN(weight_image)(&b, x, copy);
        if (l->method == TGC_CONV_WEIGHT_DOTS) {
            FN(run_dots)(&b, image, y, offsets);
            continue;
        }
        for (ptrdiff_t start = 0; start < l->padded; start += panels) {
            FN(run_taps)(&b, image, packed + start * places,
                         tgc_min(l->padded - start, panels),
                         b.sums + start * l->channels * l->taps);
        }
    }
}

/* Writes the distance of every tap from a place, in rows whose columns are combed. */
static void FN(dot_offsets)(const tgc_conv_weight_layout *l, ptrdiff_t *offsets)
{
    const tgc_window_axis h = l->window.h, w = l->window.w;
    for (ptrdiff_t k = 0; k < h.kernel; k++) {
        for (ptrdiff_t i = 0; i < w.kernel; i++) {
            const ptrdiff_t col = i * w.dilation;
            *offsets++ = k * h.dilation * l->row + col % w.stride * l->comb + col / w.stride;
        }
    }
}

static void FN(weight_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_conv_weight_layout l = tgc_conv_weight_arrange(call, FN(weight_limits));
    const tgc_operand *const y = &call->operands[0], *const x = &call->operands[1];
    T *const packed = tgc_workspace(), *const copy = packed + l.panel_elements;
    ptrdiff_t *const offsets = (ptrdiff_t *)(copy + (l.copy_elements + 1) / 2 * 2);
    const ptrdiff_t part = index % l.parts, slice = index / l.parts % l.slices;
    const ptrdiff_t group = index / l.parts / l.slices, depth = l.channels * l.taps;
    const ptrdiff_t first = tgc_deal(l.channels, l.slices, slice);
    const ptrdiff_t end = tgc_deal(l.channels, l.slices, slice + 1);
    FN(weight_block) b = {.layout = &l};
    b.sums = (T *)call->operands[2].data + (part * l.groups + group) * l.padded * depth;
    b.y = (const T *)y->data + group * l.outputs * y->strides[1];
    b.x = (const T *)x->data + group * (l.channels / l.depths.taps) * x->strides[1];
    FN(dot_offsets)(&l, offsets);
    const ptrdiff_t across = tgc_ceil_div(tgc_max(l.cols, 1), l.block_cols);
    const ptrdiff_t down = tgc_ceil_div(tgc_max(l.rows, 1), l.block_rows);
    const ptrdiff_t last = tgc_deal(l.blocks, l.parts, part + 1);
    ptrdiff_t block = tgc_deal(l.blocks, l.parts, part);
    /* A part without blocks takes one without images, which makes its sums 0. */
    do {
        b.left = block % across * l.block_cols;
        b.top = block / across % down * l.block_rows;
        b.image = block / across / down * l.block_images;
        b.images = block < last ? tgc_min(l.images - b.image, l.block_images) : 0;
        b.rows = tgc_min(l.rows - b.top, l.block_rows);
        b.cols = tgc_min(l.cols - b.left, l.block_cols);
        FN(run_weight_block)(call, b, first, end, copy, packed, offsets);
        b.add = 1;
    } while (++block < last);
}

/* The row of a panel's sums that holds term `q` of an output: the taps of a row of the window fall
 * into runs, and the first run of all channels comes before the second. */
static ptrdiff_t FN(sum_row)(const tgc_operand *weight, ptrdiff_t q)
{
    const ptrdiff_t kernel = weight->shape[4];
    const ptrdiff_t pairs = weight->shape[1] * weight->shape[2] * weight->shape[3];
    const ptrdiff_t runs = tgc_ceil_div(kernel, FN(MOST_TAPS));
    if (runs == 1) {
        return q;
    }
    ptrdiff_t run = 0;
    while (tgc_deal(kernel, runs, run + 1) <= q % kernel) {
        run++;
    }
    const ptrdiff_t tap = tgc_deal(kernel, runs, run);
    const ptrdiff_t taps = tgc_deal(kernel, runs, run + 1) - tap;
    return pairs * tap + q / kernel * taps + q % kernel - tap;
}

/* The weights of one vector of outputs of one group: the sums of all parts. */
static void FN(weight_sum_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *const weight = &call->operands[1];
    const ptrdiff_t groups = call->sizes[TGC_CONV_GROUPS], parts = call->sizes[TGC_CONV_PARTS];
    const ptrdiff_t outputs = weight->shape[0] / groups;
    const ptrdiff_t vecs = tgc_ceil_div(outputs, VL);
    const ptrdiff_t depth = tgc_operand_size(weight) / tgc_max(weight->shape[0], 1);
    const ptrdiff_t group = index / vecs, first = index % vecs * VL;
    const ptrdiff_t lanes = tgc_min(outputs - first, VL), part = groups * vecs * VL * depth;
    const T *const sums = (const T *)call->operands[0].data + group * vecs * VL * depth;
    T *const to = (T *)weight->data + (group * outputs + first) * depth;
    const ptrdiff_t start = first / (2 * VL) * (2 * VL);
    const ptrdiff_t width = tgc_min(vecs * VL - start, 2 * VL);
    const int dots = call->sizes[TGC_CONV_METHOD] == TGC_CONV_WEIGHT_DOTS;
    for (ptrdiff_t q = 0; q < depth; q += VL) {
        const ptrdiff_t n = tgc_min(depth - q, VL);
        vec rows[VL];
        for (ptrdiff_t i = 0; i < VL; i++) {
            const ptrdiff_t at = tgc_min(i, (dots ? lanes : n) - 1);
            const T *const from =
                sums + (dots ? (first + at) * depth + q
                             : start * depth + FN(sum_row)(weight, q + at) * width + first - start);
            const ptrdiff_t length = dots ? n : VL;
            vec sum = vec_loadn(from, length);
            for (ptrdiff_t p = 1; p < parts; p++) {
                sum += vec_loadn(from + p * part, length);
            }
            rows[i] = sum;
        }
        if (!dots) {
            FN(transpose)(rows);
        }
        for (ptrdiff_t i = 0; i < lanes; i++) {
            vec_storen(to + i * depth + q, rows[i], n);
        }
    }
}

static void FN(plan_weight)(tgc_call *call)
{
    tgc_conv_weight_plan(call, FN(weight_limits));
}

static void FN(plan_weight_sum)(tgc_call *call)
{
    const tgc_operand *const weight = &call->operands[1];
    const ptrdiff_t groups = call->sizes[TGC_CONV_GROUPS];
    call->n_chunks = groups * tgc_ceil_div(weight->shape[0] / groups, VL);
    call->work = (double)tgc_operand_size(weight) * (double)call->sizes[TGC_CONV_PARTS] *
                 call->kernel->cost;
}

#undef PAIRS_1
#undef PAIRS_2
#undef PAIRS_3
#undef PAIRS_4
#undef PAIRS_5
#undef EACH_DOT
#undef TAP_KERNEL
#undef DOT_KERNEL
