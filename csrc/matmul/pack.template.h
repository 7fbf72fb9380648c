/*
 * Packing: a panel holds a few rows of a, or columns of b ("lanes"), so that the micro-kernel reads
 * it from front to back.
 *
 *     panel[p * width + l] = source[l * lane_stride + p * depth_stride],   l < lanes <= width
 *
 * Lanes from `lanes` to `width` hold anything. Vectors are stored whole where what one writes
 * beyond its place is overwritten by the next one; nothing is written beyond the panel.
 */
#include "../vec/transpose.template.h"

enum {
    /* Rows that are prefetched. A first-level cache holds no more that are 4096 bytes apart. */
    FN(PACK_AHEAD) = 8,
    /* Panels that are written in turns, row by row of the source. Their lines are often a power of
     * two apart, and more of them would evict each other. */
    FN(PACK_GROUP) = 4,
};

/* Prefetches a row: rows lie so far apart that no CPU guesses where the next ones are. */
TGC_INLINE void FN(fetch_lanes)(const T *row, ptrdiff_t lanes)
{
    for (ptrdiff_t l = 0; l < lanes; l += 64 / (ptrdiff_t)sizeof(T)) {
        __builtin_prefetch(row + l);
    }
}

/* lane_stride is 1, and the width a multiple of VL. */
static void FN(pack_along_lanes)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                                 const T *source, ptrdiff_t depth_stride)
{
    const ptrdiff_t whole = lanes / VL * VL;
    for (ptrdiff_t p = 0; p < depth; p++, panel += width, source += depth_stride) {
        FN(fetch_lanes)(source + FN(PACK_AHEAD) * depth_stride, lanes);
        if (lanes > whole) {
            vec_store(panel + whole, vec_loadn(source + whole, lanes - whole));
        }
        for (ptrdiff_t l = 0; l < whole; l += VL) {
            vec_store(panel + l, vec_load(source + l));
        }
    }
}

/* `n` panels of `width` lanes, one after the other, where lane_stride is 1. All rows but the last
 * ones are copied in whole vectors: what these read beyond a panel's width is within the source,
 * and what they write beyond it, the panel's next rows overwrite. */
TGC_INLINE void FN(pack_rows)(const int n, T *panels, ptrdiff_t width, ptrdiff_t depth,
                              const T *source, ptrdiff_t depth_stride)
{
    const ptrdiff_t last_rows = width % VL ? tgc_ceil_div(VL - 1, width) : 0;
    const ptrdiff_t whole = depth_stride >= VL ? depth - last_rows : 0;
    const ptrdiff_t size = width * depth;
    for (ptrdiff_t p = 0; p < depth; p++, panels += width, source += depth_stride) {
        TGC_UNROLL
        for (int i = 0; i < n; i++) {
            const T *const from = source + i * width;
            T *const to = panels + i * size;
            if (p < whole) {
                FN(fetch_lanes)(from + FN(PACK_AHEAD) * depth_stride, width);
                for (ptrdiff_t l = 0; l < width; l += VL) {
                    vec_store(to + l, vec_load(from + l));
                }
            } else {
                memcpy(to, from, (size_t)width * sizeof(T));
            }
        }
    }
}

static void FN(pack_group)(T *panels, ptrdiff_t width, ptrdiff_t depth, const T *source,
                           ptrdiff_t depth_stride)
{
    FN(pack_rows)(FN(PACK_GROUP), panels, width, depth, source, depth_stride);
}

static void FN(pack_panel)(T *panel, ptrdiff_t width, ptrdiff_t depth, const T *source,
                           ptrdiff_t depth_stride)
{
    FN(pack_rows)(1, panel, width, depth, source, depth_stride);
}

/* Panels of `lanes` dealt out evenly, one after the other, where lane_stride is 1. */
static void FN(pack_panels)(T *panels, ptrdiff_t n_panels, ptrdiff_t lanes, ptrdiff_t depth,
                            const T *source, ptrdiff_t depth_stride)
{
    const tgc_shares shares = tgc_share(lanes, n_panels);
    for (ptrdiff_t i = 0, n; i < n_panels; i += n) {
        const ptrdiff_t width = tgc_share_size(shares, i), end = i + FN(PACK_GROUP);
        const int is_group = end <= n_panels && tgc_share_size(shares, end - 1) == width;
        n = is_group ? FN(PACK_GROUP) : 1;
        (is_group ? FN(pack_group) : FN(pack_panel))(panels, width, depth, source, depth_stride);
        panels += n * width * depth;
        source += n * width;
    }
}

static void FN(pack)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                     const T *source, ptrdiff_t lane_stride, ptrdiff_t depth_stride)
{
    if (lane_stride == 1 && width % VL == 0) {
        FN(pack_along_lanes)(panel, width, lanes, depth, source, depth_stride);
    } else if (depth_stride == 1 && 2 * depth >= VL) {
        FN(transpose_lines)(panel, width, lanes, depth, source, lane_stride);
    } else {
        for (ptrdiff_t p = 0; p < depth; p++) {
            for (ptrdiff_t l = 0; l < lanes; l++) {
                panel[p * width + l] = source[l * lane_stride + p * depth_stride];
            }
        }
    }
}
