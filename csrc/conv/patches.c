/* Cuts the places of a block into patches. Arithmetic of sizes alone, compiled once; the kernels
 * that sum the patches are compiled for every ISA. */
#include "patches.h"

/* Each row is cut into `pieces` pieces; a patch takes `together` pieces. */
typedef struct {
    ptrdiff_t pieces, together;
    tgc_shares sizes;
} row_cut;

/* A patch takes three pieces if that makes no more patches than patches within single rows: these
 * are what tgc_conv_most_patches counts. */
static row_cut cut_row(ptrdiff_t cols, ptrdiff_t tile_rows)
{
    const ptrdiff_t pieces = tgc_ceil_div(cols, tile_rows), third = tile_rows / 3;
    const ptrdiff_t together = 2 * cols <= tile_rows ? 2 : 1;
    if (cols % third == 0 && together * cols <= 2 * third * pieces) {
        return (row_cut){cols / third, 3, {third, 0}};
    }
    return (row_cut){pieces, together, tgc_share(cols, pieces)};
}

/* The taps of a phase, counted among its own, that read rows of the image at a place. */
static tgc_tap_range taps_inside(const tgc_conv_axis *axis, ptrdiff_t phase, ptrdiff_t place)
{
    tgc_tap_range range = {0, 0};
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

tgc_tap_range tgc_conv_planes(const tgc_conv_layout *l, ptrdiff_t image)
{
    const tgc_depth *const d = &l->depths;
    tgc_tap_range range = {0, d->taps};
    if (l->batch > 1 || d->taps == 1) {
        return range;
    }
    const ptrdiff_t z = image % d->places;
    while (range.end > 0 && tgc_depth_plane(d, z, range.end - 1) < 0) {
        range.end--;
    }
    while (range.first < range.end && tgc_depth_plane(d, z, range.first) < 0) {
        range.first++;
    }
    return range;
}

ptrdiff_t tgc_conv_most_patches(const tgc_conv_layout *l, tgc_conv_limits limits)
{
    return l->h.phases * l->w.phases * l->batch * l->h.block *
           tgc_ceil_div(l->w.block, limits.tile_rows);
}

/* The end of the rows from `first` on that sum the same taps. */
static ptrdiff_t alike(const tgc_conv_axis *axis, ptrdiff_t phase, ptrdiff_t first, ptrdiff_t rows,
                       tgc_tap_range taps)
{
    for (first++; first < rows; first++) {
        const tgc_tap_range other = taps_inside(axis, phase, first);
        if (other.first != taps.first || other.end != taps.end) {
            break;
        }
    }
    return first;
}

/* What is left out of a block of terms if it sums only the taps `inside`, of `terms` terms each. */
static tgc_conv_gap leave_out(tgc_tap_range inside, ptrdiff_t terms, ptrdiff_t block)
{
    return (tgc_conv_gap){block, block - (inside.end - inside.first) * terms,
                          inside.first * terms};
}

/* A walk over the places of a phase in some images, piece by piece: the pieces of a row, then those
 * of the same row of the other images, then those of the next row. */
typedef struct {
    const tgc_conv_layout *layout;
    const tgc_conv_results *results;
    row_cut cut;
    ptrdiff_t phase_h, phase_w;
    ptrdiff_t first_image, end_image;
    ptrdiff_t image, row, piece;
} piece_walk;

/* Steps to the next piece: returns the number of its places, and sets where the first one lies. */
static ptrdiff_t next_piece(piece_walk *w, ptrdiff_t *image, ptrdiff_t *y)
{
    const tgc_conv_layout *const l = w->layout;
    const ptrdiff_t col = tgc_share_start(w->cut.sizes, w->piece);
    const ptrdiff_t places = tgc_share_size(w->cut.sizes, w->piece);
    const ptrdiff_t y_row = w->image * w->results->rows + w->row * l->h.step_out + w->phase_h;
    const ptrdiff_t y_col = col * l->w.step_out + w->phase_w;
    *image = w->image * l->image + w->row * l->h.step_in * l->row + col * l->step;
    *y = (y_row * w->results->cols + y_col) * w->results->pitch;
    if (++w->piece == w->cut.pieces) {
        w->piece = 0;
        if (++w->image == w->end_image) {
            w->image = w->first_image;
            w->row++;
        }
    }
    return places;
}

/* A patch of the next pieces; what all patches have in common is in `patch`. */
static tgc_conv_patch take_pieces(piece_walk *w, ptrdiff_t pieces, ptrdiff_t tile_rows,
                                  tgc_conv_patch patch)
{
    const ptrdiff_t places = next_piece(w, &patch.image, &patch.y);
    patch.kernel = pieces == 3 ? tile_rows : pieces * places - 1;
    patch.parts[0] = places / 2 * patch.step;
    patch.y_parts[0] = places / 2 * patch.y_step;
    for (ptrdiff_t i = 0; i + 1 < pieces; i++) {
        ptrdiff_t image, y;
        next_piece(w, &image, &y);
        patch.parts[i] = image - patch.image;
        patch.y_parts[i] = y - patch.y;
    }
    return patch;
}

ptrdiff_t tgc_conv_cut(const tgc_conv_layout *l, tgc_conv_limits limits, ptrdiff_t phase_h,
                       ptrdiff_t phase_w, tgc_conv_results results, tgc_conv_patch *patches)
{
    const ptrdiff_t rows = tgc_conv_places(results.rows, l->h.step_out, phase_h);
    const ptrdiff_t cols = tgc_conv_places(results.cols, l->w.step_out, phase_w);
    const ptrdiff_t down = tgc_conv_taps(&l->h, phase_h), across = tgc_conv_taps(&l->w, phase_w);
    const ptrdiff_t plane = down * across, channel = plane * l->depths.taps;
    piece_walk w = {.layout = l, .results = &results, .cut = cut_row(cols, limits.tile_rows),
                    .phase_h = phase_h, .phase_w = phase_w};
    tgc_conv_patch patch = {.step = l->step, .y_step = results.pitch * l->w.step_out};
    /* Terms are left out of every channel, so a slab must hold a whole one. */
    const int leaves_planes =
        channel <= limits.slab && results.planes.end - results.planes.first < l->depths.taps;
    const int may_leave_rows =
        !leaves_planes && tgc_conv_leaves_rows(l, limits, channel, l->in_place);
    const tgc_conv_gap beside =
        leaves_planes ? leave_out(results.planes, plane, channel) : (tgc_conv_gap){0, 0, 0};
    tgc_conv_patch *next = patches;
    /* The images that share patches are cut together, while what they read is in a cache. */
    for (; cols > 0 && w.first_image < results.images; w.first_image = w.end_image) {
        w.end_image = tgc_min(w.first_image + w.cut.together, results.images);
        w.image = w.first_image;
        /* Rows that leave out terms make patches of their own: only if these are half full. */
        const ptrdiff_t images = w.end_image - w.first_image;
        const int leaves_rows = may_leave_rows && (images * w.cut.pieces >= w.cut.together ||
                                                   2 * images * cols >= limits.tile_rows);
        for (w.row = 0; w.row < rows;) {
            ptrdiff_t end = rows;
            patch.left_out = beside;
            if (leaves_rows) {
                const tgc_tap_range taps = taps_inside(&l->h, phase_h, w.row);
                end = alike(&l->h, phase_h, w.row, rows, taps);
                patch.left_out = leave_out(taps, across, plane);
            }
            for (ptrdiff_t left = (end - w.row) * images * w.cut.pieces, n; left > 0; left -= n) {
                /* The last four pieces are taken as two and two, not as three and one. */
                n = tgc_min(w.cut.together, left == 4 ? 2 : left);
                *next++ = take_pieces(&w, n, limits.tile_rows, patch);
            }
        }
    }
    return next - patches;
}
