/*
 * Packing: a panel holds a few rows of a, or columns of b ("lanes"), so that the micro-kernel reads
 * it from front to back.
 *
 *     panel[p * width + l] = source[l * lane_stride + p * depth_stride],   l < lanes <= width
 *
 * Lanes from `lanes` to `width` hold anything. Vectors are stored whole where what one writes
 * beyond its place is overwritten by the next one; nothing is written beyond the panel.
 */
#include "transpose.template.h"

/* No more than a first-level cache holds of rows at a distance of 4096 bytes. */
enum { FN(PACK_AHEAD) = 8 };

/* depth_stride is 1: blocks of VL x VL are transposed in registers. The last lanes go first, so
 * that what their vectors write beyond the panel's row is overwritten by the first lanes. */
static void FN(pack_along_depth)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                                 const T *source, ptrdiff_t lane_stride)
{
    for (ptrdiff_t first = tgc_ceil_div(lanes, VL) * VL - VL; first >= 0; first -= VL) {
        const T *lane[VL];
        for (ptrdiff_t i = 0; i < VL; i++) {
            lane[i] = source + (first + i < lanes ? first + i : lanes - 1) * lane_stride;
        }
        for (ptrdiff_t p = 0; p < depth; p += VL) {
            const ptrdiff_t n = depth - p;
            vec rows[VL];
#pragma GCC unroll 16
            for (int i = 0; i < VL; i++) {
                rows[i] = n >= VL ? vec_load(lane[i] + p) : vec_loadn(lane[i] + p, n);
            }
            FN(transpose)(rows);
            T *const to = panel + p * width + first;
            if ((n - VL + 1) * width - first >= VL) {
#pragma GCC unroll 16
                for (int i = 0; i < VL; i++) {
                    vec_store(to + i * width, rows[i]);
                }
                continue;
            }
            for (ptrdiff_t i = 0; i < tgc_min(n, VL); i++) {
                vec_storen(to + i * width, rows[i], tgc_min(width - first, VL));
            }
        }
    }
}

/* Rows lie so far apart that no CPU guesses where the next ones are. */
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

/* Panels of `lanes` dealt out evenly, one after the other, where lane_stride is 1: every row of the
 * source is read through all of them. In all rows but the last ones, vectors are whole: what they
 * hold beyond the panel's width is within the source, and the panel's next rows overwrite it. */
static void FN(pack_panels)(T *panels, ptrdiff_t n_panels, ptrdiff_t lanes, ptrdiff_t depth,
                            const T *source, ptrdiff_t depth_stride)
{
    const tgc_shares shares = tgc_share(lanes, n_panels);
    const ptrdiff_t last_rows = tgc_ceil_div(VL - 1, lanes / n_panels);
    const ptrdiff_t whole = depth_stride >= VL ? depth - last_rows : 0;
    for (ptrdiff_t p = 0; p < depth; p++, source += depth_stride) {
        const T *from = source;
        T *panel = panels;
        for (ptrdiff_t i = 0; i < n_panels; i++) {
            const ptrdiff_t width = tgc_share_size(shares, i);
            T *const to = panel + p * width;
            if (p < whole) {
                FN(fetch_lanes)(from + FN(PACK_AHEAD) * depth_stride, width);
                for (ptrdiff_t l = 0; l < width; l += VL) {
                    vec_store(to + l, vec_load(from + l));
                }
            } else {
                memcpy(to, from, (size_t)width * sizeof(T));
            }
            panel += width * depth;
            from += width;
        }
    }
}

static void FN(pack)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                     const T *source, ptrdiff_t lane_stride, ptrdiff_t depth_stride)
{
    if (lane_stride == 1 && width % VL == 0) {
        FN(pack_along_lanes)(panel, width, lanes, depth, source, depth_stride);
    } else if (depth_stride == 1 && 2 * depth >= VL) {
        FN(pack_along_depth)(panel, width, lanes, depth, source, lane_stride);
    } else {
        for (ptrdiff_t p = 0; p < depth; p++) {
            for (ptrdiff_t l = 0; l < lanes; l++) {
                panel[p * width + l] = source[l * lane_stride + p * depth_stride];
            }
        }
    }
}
