/*
 * Packing: a panel holds a few rows of a, or columns of b ("lanes"), so that the micro-kernel reads
 * it from front to back.
 *
 *     panel[p * width + l] = source[l * lane_stride + p * depth_stride],   l < lanes <= width
 *
 * Lanes from `lanes` to `width` hold anything. Vectors are stored whole: what one writes beyond
 * its place is overwritten by the next one, and up to VL - 1 elements beyond the panel are lost.
 */
#include "transpose.template.h"

/* depth_stride is 1: blocks of VL x VL are transposed in registers. The last lanes go first, so
 * that what their vectors write beyond the panel's row is overwritten by the first lanes. */
static void FN(pack_along_depth)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                                 const T *source, ptrdiff_t lane_stride)
{
    for (ptrdiff_t first = (lanes - 1) / VL * VL; first >= 0; first -= VL) {
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
#pragma GCC unroll 16
            for (int i = 0; i < VL; i++) {
                if (i < n) {
                    vec_store(panel + (p + i) * width + first, rows[i]);
                }
            }
        }
    }
}

/* lane_stride is 1. */
static void FN(pack_along_lanes)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                                 const T *source, ptrdiff_t depth_stride)
{
    const ptrdiff_t whole = lanes / VL * VL;
    for (ptrdiff_t p = 0; p < depth; p++, panel += width, source += depth_stride) {
        if (lanes > whole) {
            vec_store(panel + whole, vec_loadn(source + whole, lanes - whole));
        }
        for (ptrdiff_t l = 0; l < whole; l += VL) {
            vec_store(panel + l, vec_load(source + l));
        }
    }
}

/* Panels of TILE_COLS lanes, one after the other: every row of the source is read through all of
 * them. */
static void FN(pack_panels)(T *panels, ptrdiff_t lanes, ptrdiff_t depth, const T *source,
                            ptrdiff_t depth_stride)
{
    for (ptrdiff_t p = 0; p < depth; p++, source += depth_stride) {
        const ptrdiff_t ahead = p + 8 < depth ? 8 * depth_stride : 0;
        T *to = panels + p * FN(TILE_COLS);
        for (ptrdiff_t l = 0; l < lanes; l += FN(TILE_COLS), to += depth * FN(TILE_COLS)) {
            __builtin_prefetch(source + l + ahead);
            vec_store(to, vec_load(source + l));
            vec_store(to + VL, vec_load(source + l + VL));
        }
    }
}

static void FN(pack)(T *panel, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t depth,
                     const T *source, ptrdiff_t lane_stride, ptrdiff_t depth_stride)
{
    if (lane_stride == 1) {
        FN(pack_along_lanes)(panel, width, lanes, depth, source, depth_stride);
    } else if (depth_stride == 1) {
        FN(pack_along_depth)(panel, width, lanes, depth, source, lane_stride);
    } else {
        for (ptrdiff_t p = 0; p < depth; p++) {
            for (ptrdiff_t l = 0; l < lanes; l++) {
                panel[p * width + l] = source[l * lane_stride + p * depth_stride];
            }
        }
    }
}
