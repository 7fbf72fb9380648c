/* The state of a chunk of `conv` while it works through its blocks, phase after phase; both methods
 * share it (channels.template.h, places.template.h). */

/* Memory that will be read or written soon, and is prefetched. */
typedef struct {
    const char *next, *end;
} FN(ahead);

enum { FN(WEIGHTS), FN(RESULT), FN(IMAGE), FN(STREAMS) };

/* One block of one group of one image, or of a batch of images. */
typedef struct {
    const tgc_conv_layout *layout;
    const tgc_operand *to; /* the result */
    FN(tiling) tiling;
    ptrdiff_t first_tile, end_tile; /* the tiles of outputs that this chunk computes */
    const ptrdiff_t *all_offsets;   /* the offsets of all terms, phase after phase */
    const ptrdiff_t *depths;        /* the number of terms of each phase */
    const ptrdiff_t *offsets;       /* the offsets of the current phase */
    ptrdiff_t depth;                /* the number of its terms */
    T *result;                      /* workspace */
    const T *image;                 /* the block's image, of the group's channels */
    const T *packed;                /* of the group: the bias, then the weights */
    T *y;                           /* of the group, in the result's first image */
    ptrdiff_t y_row, y_plane;       /* distances in y: of rows, of planes */
    ptrdiff_t first_image, images;
    ptrdiff_t across, down;          /* blocks of an image: side by side, and below each other */
    ptrdiff_t top, left, rows, cols; /* counted in places of a phase */
    ptrdiff_t y_top, y_left, result_rows, result_cols; /* counted in elements of the result */
    tgc_conv_patch *patches; /* of all phases */
    ptrdiff_t *n_patches;    /* the number of patches of each phase */
    tgc_conv_results cut;    /* what was cut into these patches */
    /* What is prefetched while sums run: the next weights, where no cache holds them all; the lines
     * that the result goes to, which a store would have to wait for; the image of the next unit. */
    FN(ahead) ahead[FN(STREAMS)];
} FN(block);

TGC_INLINE void FN(set_ahead)(FN(block) *b, int what, const T *from, ptrdiff_t n)
{
    b->ahead[what].next = (const char *)from;
    b->ahead[what].end = (const char *)(from + n);
}

/* Prefetches some lines between two calls of a micro-kernel. */
TGC_INLINE void FN(fetch_ahead)(FN(ahead) *ahead)
{
    for (int i = 0; i < 4 && ahead->next < ahead->end; i++, ahead->next += 64) {
        __builtin_prefetch(ahead->next, 0, 2);
    }
}

/* Goes on to phase `index`, after the one before it. */
TGC_INLINE void FN(enter_phase)(FN(block) *b, ptrdiff_t index)
{
    b->offsets = index ? b->offsets + b->depth : b->all_offsets;
    b->depth = b->depths[index];
}
