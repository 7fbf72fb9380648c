/*
 * The micro-kernels: sums that stay in registers while the products run.
 *
 * Each is one function of constants (the rows, the vectors), inlined into one function per choice
 * of them. Its arrays of vectors are indexed by constants only once the loops are unrolled: the
 * compiler keeps them in registers (tests/csrc/test_registers.py looks). The file that includes
 * this one defines TILE_ROWS, the most rows of two vectors.
 */

enum { FN(SUMS) = 2 * TILE_ROWS };

#define EACH_SUM(i, n) TGC_UNROLL for (int i = 0; i < (n); i++)

/* Bytes that are prefetched with every term, a cache line with every four: about as fast as memory
 * delivers lines. */
enum { FN(AHEAD) = 16 };

/* The terms of a sum: `blocks` blocks of `terms` terms, with `gap` terms left out after each. */
typedef struct {
    ptrdiff_t blocks, terms, gap;
    const ptrdiff_t *offsets;
    const T *weight;
} FN(terms);

/* Distances in the image: from place to place, and from the first part of a patch to the others. */
typedef struct {
    ptrdiff_t step, second, third;
} FN(steps);

/* sum[i * vecs + v] += the element of place i times weight[v]; that of place 0 is at `first`. */
TGC_INLINE void FN(add_channels)(const int rows, const int parts, const int vecs, FN(steps) steps,
                                 const T *first, const T *weight, vec *sum)
{
    const int part = rows / parts;
    const T *at[3] = {first, first + steps.second, first + steps.third};
    /* Without the asm, the compiler would count all distances from the first pointer. That needs
     * more general registers than there are, or an index in the address, with which a multiply-add
     * that reads memory is two instructions to the CPU. */
    __asm__("" : "+r"(at[1]));
    if (parts > 2) {
        __asm__("" : "+r"(at[2]));
    }
    vec b[2];
    EACH_SUM(v, vecs) {
        b[v] = rows > 1 ? vec_kept(vec_load(weight + v * VL)) : vec_load(weight + v * VL);
    }
    EACH_SUM(i, rows) {
        const int p = i < part ? 0 : i < 2 * part || parts == 2 ? 1 : 2;
        const vec x = vec_set1(at[p][(i - p * part) * steps.step]);
        EACH_SUM(v, vecs) {
            sum[i * vecs + v] = vec_fma(x, b[v], sum[i * vecs + v]);
        }
    }
}

/* A place per row, a channel per lane.
 *
 *     y[i][l] = start[l] + sum over terms k of image[offsets[k] + place i] weight[k][l]
 *
 * for the places i < rows of the patch, l < vecs * VL; `dense` says that the patch's step is 1. The
 * start is `bias`, or if that is NULL what y holds. What is needed next is at `ahead`: kernels of
 * two vectors prefetch AHEAD bytes of it with a term, into the second-level cache. The address
 * of a term's elements is computed during the term before, because products that wait for an
 * address keep the CPU from looking at later ones. So one offset behind the last one is read, but
 * not used. */
TGC_INLINE void FN(channel_tile)(const int rows, const int parts, const int vecs, const int dense,
                                 const FN(terms) *terms, const T *image,
                                 const tgc_conv_patch *patch, const T *bias, T *y,
                                 const char *ahead)
{
    const int part = rows / parts, n = rows * vecs, sets = tgc_conv_sets(n, FN(SUMS));
    const FN(steps) steps = {dense ? 1 : patch->step, patch->parts[0], patch->parts[1]};
    const ptrdiff_t *offsets = terms->offsets;
    const T *weight = terms->weight;
    vec sum[FN(SUMS)];
    EACH_SUM(s, n * sets) {
        sum[s] = vec_zero();
    }
    ptrdiff_t k = 0;
    for (ptrdiff_t left = terms->blocks; left > 0; left--, k += terms->gap) {
        const T *next = image + offsets[k];
        const ptrdiff_t end = k + terms->terms;
        for (; k + sets <= end; k += sets) {
            EACH_SUM(set, sets) {
                const T *const first = next;
                next = image + offsets[k + set + 1];
                if (vecs > 1) { /* with one vector, loads leave no room for it */
                    __builtin_prefetch(ahead, 0, 2);
                    ahead += FN(AHEAD);
                }
                FN(add_channels)(rows, parts, vecs, steps, first, weight + (k + set) * vecs * VL,
                                 sum + set * n);
            }
        }
        if (sets > 1 && k < end) {
            FN(add_channels)(rows, parts, vecs, steps, next, weight + k * vecs * VL, sum);
            k++;
        }
    }
    if (sets > 1) {
        EACH_SUM(s, n) {
            sum[s] += sum[n + s];
        }
    }
    const ptrdiff_t y_step = patch->y_step, y_parts[2] = {patch->y_parts[0], patch->y_parts[1]};
    T *to = y;
    EACH_SUM(i, rows) {
        if (i == part || (i == 2 * part && parts > 2)) {
            to = y + y_parts[i == part ? 0 : 1];
        }
        EACH_SUM(v, vecs) {
            vec_store(to + v * VL, vec_load((bias ? bias : to) + v * VL) + sum[i * vecs + v]);
        }
        to += y_step;
    }
}

/* One run of places or two, each in the lanes of a vector; a channel per row. */
typedef struct {
    const T *image[2]; /* the first place of each run */
    T *y[2];
    ptrdiff_t lanes[2];
} FN(runs);

/* sum[i * vecs + v] += weight[i] times the term's elements of a run, or of two. */
TGC_INLINE void FN(add_places)(const int rows, const int vecs, const T *first, const T *second,
                               const T *weight, vec *sum)
{
    vec b[2];
    b[0] = vec_load(first);
    if (vecs > 1) {
        b[1] = vec_load(second);
    }
    EACH_SUM(i, rows) {
        const vec w = vec_set1(weight[i]);
        EACH_SUM(v, vecs) {
            sum[i * vecs + v] = vec_fma(w, b[v], sum[i * vecs + v]);
        }
    }
}

/*     y[v][i * plane + l] = bias[i] + sum over k < depth of weight[k][i] image[v][offsets[k] + l]
 *
 * for i < rows, v < vecs, l < lanes[v]. Loads go on to the end of the vector. */
TGC_INLINE void FN(place_tile)(const int rows, const int vecs, ptrdiff_t depth, const T *weight,
                               const T *bias, const FN(runs) *runs, const ptrdiff_t *offsets,
                               ptrdiff_t plane)
{
    const int n = rows * vecs, sets = tgc_conv_sets(n, FN(SUMS));
    vec sum[FN(SUMS)];
    EACH_SUM(s, n * sets) {
        sum[s] = vec_zero();
    }
    const T *const first = runs->image[0], *const second = runs->image[1];
    for (; depth >= sets; depth -= sets, offsets += sets, weight += sets * rows) {
        EACH_SUM(set, sets) {
            FN(add_places)(rows, vecs, first + offsets[set], second + offsets[set],
                           weight + set * rows, sum + set * n);
        }
    }
    if (sets > 1 && depth > 0) {
        FN(add_places)(rows, vecs, first + *offsets, second + *offsets, weight, sum);
    }
    if (sets > 1) {
        EACH_SUM(s, n) {
            sum[s] += sum[n + s];
        }
    }
    EACH_SUM(v, vecs) {
        T *const y = runs->y[v];
        const ptrdiff_t lanes = runs->lanes[v];
        if (lanes == VL) {
            EACH_SUM(i, rows) {
                vec_store(y + i * plane, sum[i * vecs + v] + vec_set1(bias[i]));
            }
        } else {
            EACH_SUM(i, rows) {
                vec_storen(y + i * plane, sum[i * vecs + v] + vec_set1(bias[i]), lanes);
            }
        }
    }
}

/* Several rows of places of one channel: with fewer sums, products would wait for each other. Taps
 * that lie below each other share what they load.
 *
 *     y[r * y_row + l] = bias + sum over c < cols, k < taps of weight[c + k * weight_row]
 *                                                   image[(r + k) * image_row + offsets[c] + l]
 *
 * for r < rows, l < (vecs - 1) * VL + lanes. Loads go on to the end of the vector. */
typedef struct {
    ptrdiff_t cols, weight_row, image_row, y_row, lanes;
    const T *weight, *bias;
    const ptrdiff_t *offsets;
} FN(row_sums);

TGC_INLINE void FN(row_tile)(const int rows, const int taps, const int vecs, const FN(row_sums) *t,
                             const T *image, T *y)
{
    vec sum[8], w[3];
    const T *row[10];
    EACH_SUM(i, rows * vecs) {
        sum[i] = vec_zero();
    }
    EACH_SUM(q, rows + taps - 1) {
        row[q] = image + q * t->image_row;
    }
    const T *weight = t->weight;
    const ptrdiff_t *offset = t->offsets, weight_row = t->weight_row;
    for (const ptrdiff_t *const end = offset + t->cols; offset < end; offset++, weight++) {
        EACH_SUM(k, taps) {
            w[k] = vec_set1(weight[k * weight_row]);
        }
        EACH_SUM(i, (rows + taps - 1) * vecs) {
            const vec x = vec_kept(vec_load(row[i / vecs] + *offset + i % vecs * VL));
            EACH_SUM(k, taps) {
                const int s = i - k * vecs;
                if (s >= 0 && s < rows * vecs) {
                    sum[s] = vec_fma(w[k], x, sum[s]);
                }
            }
        }
    }
    const vec bias = vec_set1(*t->bias);
    const ptrdiff_t y_row = t->y_row, lanes = t->lanes;
    EACH_SUM(i, rows * vecs) {
        T *const to = y + i / vecs * y_row + i % vecs * VL;
        if (i % vecs < vecs - 1) {
            vec_store(to, sum[i] + bias);
        } else {
            vec_storen(to, sum[i] + bias, lanes);
        }
    }
}

/* How a tile walks over images, rows and columns of places. */
typedef struct {
    ptrdiff_t images, rows, cols;
    ptrdiff_t step;       /* from place to place */
    ptrdiff_t next_row;   /* from the end of a row to the next row */
    ptrdiff_t next_image; /* from the end of an image's rows to the next image */
    ptrdiff_t next_y;     /* from the end of y's rows of an image to those of the next */
} FN(walk);

/* A tap of the kernel per row, an output channel per lane: the product that gives weights.
 *
 *     sums[p * pair + r][l] (+)= sum over places of image[p][place + r] y[place][l]
 *
 * for p < pairs, r < taps, l < vecs * VL. */
TGC_INLINE void FN(tap_tile)(const int pairs, const int taps, const int vecs, FN(walk) walk,
                             const T *const *image, const T *y, T *sums, ptrdiff_t pair,
                             int add)
{
    vec sum[FN(SUMS)];
    const T *a[TILE_ROWS];
    EACH_SUM(i, pairs * taps * vecs) {
        sum[i] = vec_zero();
    }
    EACH_SUM(p, pairs) {
        a[p] = image[p];
    }
    for (ptrdiff_t n = 0; n < walk.images; n++) {
        for (ptrdiff_t i = 0; i < walk.rows; i++) {
            for (ptrdiff_t j = walk.cols; j > 0; j--, y += vecs * VL) {
                vec b[2];
                EACH_SUM(v, vecs) {
                    b[v] = vec_load(y + v * VL);
                }
                EACH_SUM(p, pairs) {
                    EACH_SUM(r, taps) {
                        const vec x = vec_set1(a[p][r]);
                        EACH_SUM(v, vecs) {
                            const int s = (p * taps + r) * vecs + v;
                            sum[s] = vec_fma(x, b[v], sum[s]);
                        }
                    }
                    a[p] += walk.step;
                }
            }
            EACH_SUM(p, pairs) {
                a[p] += walk.next_row;
            }
        }
        EACH_SUM(p, pairs) {
            a[p] += walk.next_image;
        }
        y += walk.next_y;
    }
    EACH_SUM(p, pairs) {
        EACH_SUM(s, taps * vecs) {
            const vec total = sum[p * taps * vecs + s];
            vec_store(sums + s * VL, add ? vec_load(sums + s * VL) + total : total);
        }
        sums += pair * vecs * VL;
    }
}

/* Rows of places of an image and of one or two channels of y. */
typedef struct {
    ptrdiff_t images, rows, cols, outputs;
    const T *image, *y[2];
    ptrdiff_t image_row, image_step, y_row, y_step; /* from row to row, from image to image */
} FN(dots);

/* A place per lane, a tap per sum: the product that gives weights, for few outputs.
 *
 *     sums[o][t] = sum over places of image[place + offsets[t]] y[o][place]
 *
 * for o < outputs, t < taps. */
TGC_INLINE void FN(dot_tile)(const int taps, const int outputs, const FN(dots) *d,
                             const ptrdiff_t *offsets, T *sums)
{
    vec sum[FN(SUMS)];
    EACH_SUM(s, taps * outputs) {
        sum[s] = vec_zero();
    }
    for (ptrdiff_t n = 0; n < d->images; n++) {
        for (ptrdiff_t i = 0; i < d->rows; i++) {
            const T *const image = d->image + n * d->image_step + i * d->image_row;
            const T *const first = d->y[0] + n * d->y_step + i * d->y_row;
            const T *const second = d->y[1] + n * d->y_step + i * d->y_row;
            ptrdiff_t j = 0;
            for (; j + VL <= d->cols; j += VL) {
                const vec a = vec_load(first + j), b = vec_load(second + j);
                EACH_SUM(t, taps) {
                    const vec x = vec_load(image + offsets[t] + j);
                    sum[t] = vec_fma(x, a, sum[t]);
                    if (outputs > 1) {
                        sum[taps + t] = vec_fma(x, b, sum[taps + t]);
                    }
                }
            }
            if (j < d->cols) {
                const ptrdiff_t lanes = d->cols - j;
                const vec a = vec_loadn(first + j, lanes), b = vec_loadn(second + j, lanes);
                EACH_SUM(t, taps) {
                    const vec x = vec_loadn(image + offsets[t] + j, lanes);
                    sum[t] = vec_fma(x, a, sum[t]);
                    if (outputs > 1) {
                        sum[taps + t] = vec_fma(x, b, sum[taps + t]);
                    }
                }
            }
        }
    }
    EACH_SUM(s, taps * outputs) {
        sums[s] = vec_sum(sum[s]);
    }
}
