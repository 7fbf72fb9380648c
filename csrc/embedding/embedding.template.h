/* embedding and its gradient for one real type (T): rows are copied, or added with the vectors of
 * one ISA. */

/* Row `row` of an operand of two dimensions. */
TGC_INLINE T *FN(table_row)(const tgc_operand *o, ptrdiff_t row)
{
    return (T *)(void *)o->data + row * o->strides[0];
}

/* Operands: weight, index, y. */
static void FN(embedding)(const tgc_call *call, ptrdiff_t chunk)
{
    const tgc_operand *weight = &call->operands[0], *index = &call->operands[1];
    const tgc_operand *y = &call->operands[2];
    const ptrdiff_t size = call->sizes[TGC_EMBEDDING_CHUNK], begin = chunk * size;
    const ptrdiff_t end = tgc_min(begin + size, y->shape[0]);
    const size_t nbytes = (size_t)y->shape[1] * sizeof(T);
    for (ptrdiff_t p = begin; p < end; p++) {
        const int64_t row = tgc_embedding_index(index, p);
        if ((uint64_t)row >= (uint64_t)weight->shape[0]) {
            tgc_report(call, p);
            return;
        }
        if (row == call->sizes[TGC_EMBEDDING_SKIP]) {
            memset(FN(table_row)(y, p), 0, nbytes);
        } else {
            memcpy(FN(table_row)(y, p), FN(table_row)(weight, row), nbytes);
        }
    }
}

static void FN(add_row)(T *to, const T *from, ptrdiff_t n)
{
    ptrdiff_t j = 0;
    for (; j + VL <= n; j += VL) {
        vec_store(to + j, vec_load(to + j) + vec_load(from + j));
    }
    if (j < n) {
        vec_storen(to + j, vec_loadn(to + j, n - j) + vec_loadn(from + j, n - j), n - j);
    }
}

/* Prefetches the beginning of what add_row will read; the CPU does so with the rest of a row. */
static void FN(prefetch_row)(const T *row, ptrdiff_t n)
{
    enum { LINE = 64 / sizeof(T), FIRST = 16 };
    for (ptrdiff_t j = 0; j < tgc_min(n, FIRST * LINE); j += LINE) {
        __builtin_prefetch(row + j);
    }
}

/* Rows of y that are on their way from memory, and the rows of the gradient to add them to. */
typedef struct {
    int n;
    T *to[TGC_EMBEDDING_PENDING];
    const T *from[TGC_EMBEDDING_PENDING];
} FN(pending);

static void FN(add_pending)(FN(pending) *rows, ptrdiff_t columns)
{
    for (int i = 0; i < rows->n; i++) {
        FN(add_row)(rows->to[i], rows->from[i], columns);
    }
    rows->n = 0;
}

/* Operands: y, index, weight. */
static void FN(embedding_backward)(const tgc_call *call, ptrdiff_t chunk)
{
    const tgc_operand *y = &call->operands[0], *weight = &call->operands[2];
    const tgc_operand index = call->operands[1]; /* a copy: no store can have changed it */
    const ptrdiff_t size = call->sizes[TGC_EMBEDDING_CHUNK], begin = chunk * size;
    const ptrdiff_t all = weight->shape[0], columns = weight->shape[1];
    const ptrdiff_t end = tgc_min(begin + size, all), n = y->shape[0];
    const int64_t skip = call->sizes[TGC_EMBEDDING_SKIP];
    FN(pending) rows = {.n = 0};
    memset(FN(table_row)(weight, begin), 0, (size_t)((end - begin) * columns) * sizeof(T));
    for (ptrdiff_t p = 0; p < n; p++) {
        const int64_t row = tgc_embedding_index(&index, p);
        if ((uint64_t)row - (uint64_t)begin >= (uint64_t)(end - begin)) { /* mostly */
            if ((uint64_t)row >= (uint64_t)all) {
                tgc_report(call, p);
                return;
            }
        } else if (row != skip) {
            rows.to[rows.n] = FN(table_row)(weight, row);
            rows.from[rows.n] = FN(table_row)(y, p);
            FN(prefetch_row)(rows.from[rows.n], columns);
            if (++rows.n == TGC_EMBEDDING_PENDING) {
                FN(add_pending)(&rows, columns);
            }
        }
    }
    FN(add_pending)(&rows, columns);
}

static void FN(install)(tgc_table table)
{
    table[TGC_embedding][TGC_DTYPE] = (tgc_kernel){.name = "embedding",
                                                   .plan = tgc_embedding_plan,
                                                   .chunk = FN(embedding),
                                                   .cost = 0.15,
                                                   .explain = tgc_embedding_explain};
    table[TGC_embedding_backward][TGC_DTYPE] =
        (tgc_kernel){.name = "embedding_backward",
                     .plan = tgc_embedding_backward_plan,
                     .chunk = FN(embedding_backward),
                     .cost = 0.2,
                     .explain = tgc_embedding_backward_explain};
}
