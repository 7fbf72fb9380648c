/*
 * Weights in the order in which the micro-kernels read them.
 *
 * Operands: weight (O, C / groups, K, L, M), [bias], packed. The outputs of a group, which are
 * channels of the result, fall into tiles: for TGC_CONV_CHANNELS of two vectors, for
 * TGC_CONV_PLACES of at most TILE_ROWS outputs, dealt out evenly. `packed` holds for every group
 *
 *     the bias of all its outputs, or zeros; then for every phase of `depth` terms, for every tile,
 *     packed[k * width + l] = the weight of term k of the tile's output l
 *
 * For TGC_CONV_CHANNELS the outputs of a group are rounded up to whole vectors.
 */

/* The tiles of a group's outputs. */
typedef struct {
    ptrdiff_t outputs, padded, tiles;
    tgc_shares widths;
} FN(tiling);

static FN(tiling) FN(tile_outputs)(tgc_conv_method method, ptrdiff_t outputs)
{
    if (method == TGC_CONV_CHANNELS) {
        const ptrdiff_t padded = tgc_ceil_div(outputs, VL) * VL;
        return (FN(tiling)){outputs, padded, tgc_ceil_div(outputs, 2 * VL), {2 * VL, 0}};
    }
    const ptrdiff_t tiles = tgc_ceil_div(outputs, TILE_ROWS);
    return (FN(tiling)){outputs, outputs, tiles, tgc_share(outputs, tiles)};
}

/* The tiles of the outputs of a call that packs their weights. */
static FN(tiling) FN(tiling_of)(const tgc_call *call)
{
    const tgc_operand *const weight = &call->operands[0];
    const ptrdiff_t outputs = tgc_conv_transposed(call)
                                  ? weight->shape[1]
                                  : weight->shape[0] / call->sizes[TGC_CONV_GROUPS];
    return FN(tile_outputs)((tgc_conv_method)call->sizes[TGC_CONV_METHOD], outputs);
}

/* The first output of a tile; for the tile after the last, the number of outputs. */
static ptrdiff_t FN(tile_start)(const FN(tiling) *t, ptrdiff_t tile)
{
    return tgc_min(tgc_share_start(t->widths, tile), t->padded);
}

/* The weights of a tile's outputs, with the strides of outputs, of the channels that are summed,
 * and of taps along the depth, down and across. */
typedef struct {
    const T *data;
    ptrdiff_t output, channel, plane, row, col;
    ptrdiff_t channels, planes;
} FN(weights);

/* So many channels ahead weights are prefetched. */
enum { FN(CHANNELS_AHEAD) = 8 };

/* Where the taps of plane i of all channels begin. */
TGC_INLINE const T *FN(weight_plane)(const FN(weights) *w, ptrdiff_t i)
{
    const ptrdiff_t channel = w->planes == 1 ? i : i / w->planes;
    return w->data + channel * w->channel + (i - channel * w->planes) * w->plane;
}

/* Prefetches what a tile's outputs have of a later channel, at the first of a channel's planes:
 * channels lie so far apart that no CPU guesses where the next ones are. Outputs that lie further
 * apart than channels are lines of their own. */
TGC_INLINE void FN(fetch_channel)(const FN(weights) *w, ptrdiff_t plane, ptrdiff_t lanes)
{
    const ptrdiff_t next = plane + FN(CHANNELS_AHEAD) * w->planes;
    if (w->output < w->channel && plane % w->planes == 0 && next < w->channels * w->planes) {
        const T *const first = FN(weight_plane)(w, next);
        for (ptrdiff_t l = 0; l < lanes * w->output; l += 64 / (ptrdiff_t)sizeof(T)) {
            __builtin_prefetch(first + l);
        }
    }
}

/* Packs one phase; returns the number of its terms. */
static ptrdiff_t FN(pack_phase)(const FN(weights) *w, const tgc_conv_axis *h, ptrdiff_t phase_h,
                                const tgc_conv_axis *v, ptrdiff_t phase_w, ptrdiff_t lanes,
                                ptrdiff_t width, T *packed)
{
    ptrdiff_t depth = 0, offset;
    for (ptrdiff_t c = 0; c < w->channels * w->planes; c++) {
        const T *const plane = FN(weight_plane)(w, c);
        FN(fetch_channel)(w, c, lanes);
        for (ptrdiff_t k = 0; k < h->window.kernel; k++) {
            if (!tgc_conv_tap(h, phase_h, k, &offset)) {
                continue;
            }
            for (ptrdiff_t i = 0; i < v->window.kernel; i++) {
                if (!tgc_conv_tap(v, phase_w, i, &offset)) {
                    continue;
                }
                const T *const from = plane + k * w->row + i * w->col;
                T *const to = packed + depth++ * width;
                if (w->output == 1 && lanes == width) {
                    memcpy(to, from, (size_t)width * sizeof(T));
                    continue;
                }
                for (ptrdiff_t l = 0; l < width; l++) {
                    to[l] = l < lanes ? from[l * w->output] : 0;
                }
            }
        }
    }
    return depth;
}

/* packed[k * width + l] = lines[l * step + k] for k < depth and l < lanes, and 0 for lanes up to
 * the width: blocks of VL x VL are transposed in registers. */
static void FN(pack_lines)(const T *lines, ptrdiff_t step, ptrdiff_t depth, ptrdiff_t lanes,
                           ptrdiff_t width, T *packed)
{
    for (ptrdiff_t first = 0; first < width; first += VL) {
        for (ptrdiff_t k = 0; k < depth; k += VL) {
            const ptrdiff_t n = tgc_min(depth - k, VL);
            vec rows[VL];
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                const T *const line = lines + (first + i) * step + k;
                rows[i] = first + i < lanes ? vec_load_first(line, n) : vec_zero();
            }
            FN(transpose)(rows);
            TGC_UNROLL
            for (int i = 0; i < VL; i++) {
                if (i < n) {
                    vec_store(packed + (k + i) * width + first, rows[i]);
                }
            }
        }
    }
}

/* Packs a tile whose terms are all of one phase, if the taps of a channel lie one after the other:
 * as lines, which go on over all channels where these lie one after the other, too. Lines of three
 * terms are too short to be worth transposing. */
static int FN(pack_as_lines)(const FN(weights) *w, const tgc_conv_axis *h, const tgc_conv_axis *v,
                             ptrdiff_t lanes, ptrdiff_t width, T *packed)
{
    const ptrdiff_t taps = h->window.kernel * v->window.kernel, planes = w->channels * w->planes;
    const int is_one_phase = !h->transposed || h->window.stride * v->window.stride == 1;
    const int follow = (v->window.kernel == 1 || w->col == 1) &&
                       (h->window.kernel == 1 || w->row == v->window.kernel);
    const int joined = (w->planes == 1 || w->plane == taps) && w->channel == w->planes * taps;
    const ptrdiff_t line = joined ? planes * taps : taps;
    if (!is_one_phase || !follow || line <= 3) {
        return 0;
    }
    for (ptrdiff_t i = 0; i < planes * taps; i += line, packed += line * width) {
        const T *const lines = FN(weight_plane)(w, i / taps);
        FN(fetch_channel)(w, i / taps, lanes);
        if (width % VL == 0) {
            FN(pack_lines)(lines, w->output, line, lanes, width, packed);
        } else {
            FN(transpose_lines)(packed, width, lanes, line, lines, w->output);
        }
    }
    return 1;
}

/* The weights of one group, from output `start` on. */
static FN(weights) FN(weights_of)(const tgc_call *call, ptrdiff_t group, ptrdiff_t start)
{
    const tgc_operand *const weight = &call->operands[0];
    const int transposed = tgc_conv_transposed(call);
    const ptrdiff_t rows = weight->shape[0] / call->sizes[TGC_CONV_GROUPS];
    FN(weights) w = {(const T *)weight->data + group * rows * weight->strides[0],
                     weight->strides[0], weight->strides[1], weight->strides[2],
                     weight->strides[3], weight->strides[4], weight->shape[1], weight->shape[2]};
    if (transposed) {
        w.output = weight->strides[1];
        w.channel = weight->strides[0];
        w.channels = rows;
    }
    w.data += start * w.output;
    return w;
}

/* One tile of one group: its bias, or zeros, among those of the group, and its weights, phase by
 * phase. */
static void FN(pack_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *const bias = call->n_operands == 3 ? &call->operands[1] : NULL;
    const FN(tiling) t = FN(tiling_of)(call);
    const ptrdiff_t group = index / t.tiles, tile = index % t.tiles;
    const ptrdiff_t start = FN(tile_start)(&t, tile);
    const ptrdiff_t width = FN(tile_start)(&t, tile + 1) - start;
    const ptrdiff_t lanes = tgc_min(t.outputs - start, width);
    const FN(weights) w = FN(weights_of)(call, group, start);
    tgc_conv_axis h, v;
    tgc_conv_axes(call, &h, &v);
    const ptrdiff_t planes = w.channels * w.planes;
    const ptrdiff_t depth = planes * h.window.kernel * v.window.kernel;
    T *packed = (T *)call->operands[call->n_operands - 1].data + group * t.padded * (1 + depth);
    for (ptrdiff_t l = 0; l < width; l++) {
        const ptrdiff_t channel = group * t.outputs + start + l;
        packed[start + l] =
            bias && l < lanes ? ((const T *)bias->data)[channel * bias->strides[0]] : 0;
    }
    packed += t.padded;
    if (FN(pack_as_lines)(&w, &h, &v, lanes, width, packed + start * depth)) {
        return;
    }
    for (ptrdiff_t phase_h = 0; phase_h < h.phases; phase_h++) {
        const ptrdiff_t down = tgc_conv_taps(&h, phase_h);
        for (ptrdiff_t phase_w = 0; phase_w < v.phases; phase_w++) {
            const ptrdiff_t terms = planes * down * tgc_conv_taps(&v, phase_w);
            FN(pack_phase)(&w, &h, phase_h, &v, phase_w, lanes, width, packed + start * terms);
            packed += t.padded * terms;
        }
    }
}

static void FN(plan_pack)(tgc_call *call)
{
    const tgc_operand *const weight = &call->operands[0];
    call->n_chunks = call->sizes[TGC_CONV_GROUPS] * FN(tiling_of)(call).tiles;
    call->work = (double)(weight->shape[0] * weight->shape[1]) *
                 (double)(weight->shape[2] * weight->shape[3] * weight->shape[4]) *
                 call->kernel->cost;
}
