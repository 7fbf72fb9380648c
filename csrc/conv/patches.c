#include "patches.h"

/* Each row is cut into pieces, some of which make a patch. */
typedef struct {
    ptrdiff_t pieces, together;
    tgc_shares sizes;
} row_cut;

static row_cut cut_row(ptrdiff_t cols, ptrdiff_t tile_rows)
{
    const ptrdiff_t pieces = tgc_ceil_div(cols, tile_rows), third = tile_rows / 3;
    const ptrdiff_t together = 2 * cols <= tile_rows ? 2 : 1;
    if (cols % third == 0 && together * cols <= 2 * third * pieces) {
        return (row_cut){cols / third, 3, {third, 0}};
    }
    return (row_cut){pieces, together, tgc_share(cols, pieces)};
}

/* The taps of a phase, in their order, that read rows of the image: all from `first` to `end`. */
typedef struct {
    ptrdiff_t first, end;
} tap_range;

static tap_range taps_inside(const tgc_conv_axis *axis, ptrdiff_t phase, ptrdiff_t place)
{
    tap_range range = {0, 0};
    ptrdiff_t n = 0, offset;
    for (ptrdiff_t k = 0; k < axis->window.kernel; k++) {
        if (tgc_conv_tap(axis, phase, k, &offset)) {
            const ptrdiff_t row = place * axis->step_in + offset;
            if (row >= 0 && row < axis->image) {
                range.first = range.end ? range.first : n;
                range.end = n + 1;
            }
            n++;
        }
    }
    return range;
}

ptrdiff_t tgc_conv_most_patches(const tgc_conv_layout *l, tgc_conv_limits limits)
{
    return l->h.phases * l->w.phases * l->batch * l->h.block *
           tgc_ceil_div(l->w.block, limits.tile_rows);
}

/* Rows from `first` on that leave out the same taps end here. */
static ptrdiff_t alike(const tgc_conv_axis *axis, ptrdiff_t phase, ptrdiff_t first, ptrdiff_t rows,
                       tap_range taps)
{
    for (first++; first < rows; first++) {
        const tap_range other = taps_inside(axis, phase, first);
        if (other.first != taps.first || other.end != taps.end) {
            break;
        }
    }
    return first;
}

ptrdiff_t tgc_conv_cut(const tgc_conv_layout *l, tgc_conv_limits limits, ptrdiff_t phase_h,
                       ptrdiff_t phase_w, tgc_conv_results results, tgc_conv_patch *patches)
{
    const ptrdiff_t rows = tgc_conv_places(results.rows, l->h.step_out, phase_h);
    const ptrdiff_t cols = tgc_conv_places(results.cols, l->w.step_out, phase_w);
    const row_cut cut = cut_row(cols, limits.tile_rows);
    const ptrdiff_t y_step = results.pitch * l->w.step_out;
    const ptrdiff_t down = tgc_conv_taps(&l->h, phase_h), across = tgc_conv_taps(&l->w, phase_w);
    /* Rows that leave out terms make patches of their own: they must fill half a micro-kernel. */
    const int skips = l->h.block >= l->h.places && down * across <= limits.slab &&
                      2 * results.images * cols >= limits.tile_rows;
    tgc_conv_patch *next = patches;
    /* Patches of a few images that fill them follow each other: what they read is in a cache. */
    for (ptrdiff_t image = 0, images; image < results.images; image += images) {
        images = tgc_min(cut.together, results.images - image);
        for (ptrdiff_t first = 0, end; first < rows; first = end) {
            const tap_range taps = skips ? taps_inside(&l->h, phase_h, first)
                                         : (tap_range){0, down};
            end = skips ? alike(&l->h, phase_h, first, rows, taps) : rows;
            const ptrdiff_t gap = (down - (taps.end - taps.first)) * across;
            ptrdiff_t i = first, n = image, piece = 0, together;
            for (ptrdiff_t left = (end - first) * images * cut.pieces; left > 0; left -= together) {
                /* Four pieces are not three and one, but two and two. */
                together = left == 4 ? tgc_min(cut.together, 2) : tgc_min(cut.together, left);
                const ptrdiff_t places = tgc_share_size(cut.sizes, piece);
                ptrdiff_t from[3] = {0}, y[3] = {0};
                for (ptrdiff_t p = 0; p < together; p++) {
                    const ptrdiff_t j = tgc_share_start(cut.sizes, piece);
                    const ptrdiff_t row = n * results.rows + i * l->h.step_out + phase_h;
                    from[p] = n * l->image + i * l->h.step_in * l->row + j * l->step;
                    y[p] = (row * results.cols + phase_w) * results.pitch + j * y_step;
                    if (++piece == cut.pieces) {
                        piece = 0;
                        if (++n == image + images) {
                            n = image;
                            i++;
                        }
                    }
                }
                if (together == 1) {
                    from[1] = from[0] + places / 2 * l->step;
                    y[1] = y[0] + places / 2 * y_step;
                }
                *next++ = (tgc_conv_patch){
                    from[0], l->step, {from[1] - from[0], from[2] - from[0]},
                    y[0],    y_step,  {y[1] - y[0], y[2] - y[0]},
                    gap, gap ? taps.first * across : 0,
                    together == 3 ? limits.tile_rows : together * places - 1};
            }
        }
    }
    return next - patches;
}
