/* What a chunk of `conv` works on: block after block, phase after phase. */

/* Memory that will be read or written soon. */
typedef struct {
    const char *next, *end;
} FN(ahead);

enum { FN(WEIGHTS), FN(RESULT), FN(IMAGE), FN(STREAMS) };

/* One block of one group of one image, or of a batch of images. */
typedef struct {
    const tgc_conv_layout *layout;
    const tgc_operand *to; /* the result */
    FN(tiling) tiling;
    ptrdiff_t first_tile, end_tile; /* of the outputs that this chunk computes */
    const ptrdiff_t *all_offsets;   /* of the terms of a phase after the other, */
    const ptrdiff_t *depths;        /* how many there are of each phase */
    const ptrdiff_t *offsets;       /* of the phase that is computed, */
    ptrdiff_t depth;                /* and how many */
    T *result;                      /* workspace */
    const T *image, *packed;        /* of the group; the bias stands before the weights */
    T *y;                           /* of the group, in the result's first image */
    ptrdiff_t y_row, y_plane;
    ptrdiff_t first_image, images;
    ptrdiff_t across, down;                             /* so many blocks make an image */
    ptrdiff_t top, left, rows, cols;                    /* in places of a phase */
    ptrdiff_t y_top, y_left, result_rows, result_cols; /* in results */
    /* Of all phases, how many there are of each, and what was cut into them. */
    tgc_conv_patch *patches;
    ptrdiff_t *n_patches;
    tgc_conv_results cut;
    /* What is fetched while sums run: the next weights where no cache holds them all, lines that
     * the result will be stored in, which would be read then, and what the next unit reads. */
    FN(ahead) ahead[FN(STREAMS)];
} FN(block);

TGC_INLINE void FN(set_ahead)(FN(block) *b, int what, const T *from, ptrdiff_t n)
{
    b->ahead[what].next = (const char *)from;
    b->ahead[what].end = (const char *)(from + n);
}

/* Fetches some lines between two calls of a micro-kernel. */
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
