/*
 * The call record: everything one kernel call needs, and nothing that points into Python.
 *
 * A binding fills a record and hands it to tgc_run, which runs it at once; while a recording is
 * active it also keeps a copy, so that the same list of records can be replayed later without
 * Python (recorder.h). A kernel therefore never takes an argument that is not in its record.
 */
#ifndef TGC_CALL_H
#define TGC_CALL_H

#include <stddef.h>
#include <stdint.h>

enum { TGC_MAX_DIMS = 12, TGC_MAX_OPERANDS = 8, TGC_MAX_SCALARS = 8, TGC_MAX_SIZES = 16 };

typedef enum {
    TGC_BOOL,
    TGC_U8,
    TGC_I32,
    TGC_I64,
    TGC_F32,
    TGC_F64,
    TGC_N_DTYPES
} tgc_dtype;

/* How a kernel touches an operand; an updated operand is read and written. */
typedef enum { TGC_READ = 1, TGC_WRITE = 2, TGC_UPDATE = 3 } tgc_access;

/* What a call that has found bad values raises in Python. */
typedef enum { TGC_INDEX_ERROR, TGC_RUNTIME_ERROR } tgc_error;

struct tgc_block;
struct tgc_call;

/* One array: its first element, its block of memory, its shape, its strides in elements. */
typedef struct {
    char *data;
    struct tgc_block *block;
    ptrdiff_t shape[TGC_MAX_DIMS];
    ptrdiff_t strides[TGC_MAX_DIMS];
    int8_t ndim;
    int8_t dtype;
    int8_t access;
} tgc_operand;

/* A number: its value, or the cell that holds it when it may change between replays. */
typedef struct {
    double value;
    const double *cell;
} tgc_scalar;

/*
 * A kernel for one dtype. The work is cut into chunks by shape, never by the number of threads,
 * so that the result does not depend on who ran which chunk.
 */
typedef struct tgc_kernel {
    const char *name;
    /* From operands and sizes: sets n_chunks and work, may merge dimensions of the operands. */
    void (*plan)(struct tgc_call *call);
    /* Runs once on the caller's thread before the first chunk (takes what the call draws from a
     * generator), or NULL. */
    void (*start)(struct tgc_call *call);
    /* Does one chunk; chunks run in any order, on any thread. */
    void (*chunk)(const struct tgc_call *call, ptrdiff_t index);
    /* Runs once on the caller's thread after the last chunk (adds partial sums in index order),
     * or NULL. */
    void (*finish)(const struct tgc_call *call);
    /* The loop that `chunk` is to run, where one chunk function serves a family, or NULL. */
    void (*loop)(void);
    /* Nanoseconds per element, or of whatever else `plan` counts. */
    double cost;
    /* The error that call->status >= 0 stands for, and its text; NULL if chunks report none. */
    tgc_error (*explain)(const struct tgc_call *call, char *text, size_t size);
} tgc_kernel;

typedef struct tgc_call {
    const tgc_kernel *kernel;
    ptrdiff_t n_chunks;
    /* The number of this call's first chunk among the chunks of all calls that run together. */
    ptrdiff_t first_chunk;
    /* Estimated nanoseconds of one thread: decides on threads and on releasing the GIL. */
    double work;
    /* Bytes of private scratch memory that each thread needs (tgc_workspace). */
    size_t workspace;
    /* The position of the first bad value that a chunk reported (tgc_report), else -1. */
    ptrdiff_t status;
    int n_operands;
    int n_scalars;
    tgc_scalar scalars[TGC_MAX_SCALARS];
    /* Whole numbers whose meaning the kernel's header states (axis length, stride, ...). */
    ptrdiff_t sizes[TGC_MAX_SIZES];
    tgc_operand operands[TGC_MAX_OPERANDS];
} tgc_call;

/* Bytes of a record up to the end of its last operand. A recording keeps no more of it, so whoever
 * copies a record must not read more either. */
static inline size_t tgc_call_size(const tgc_call *call)
{
    return offsetof(tgc_call, operands) + (size_t)call->n_operands * sizeof call->operands[0];
}

/* Bytes of one element. */
static inline size_t tgc_item_size(int dtype)
{
    static const unsigned char sizes[TGC_N_DTYPES] = {
        [TGC_BOOL] = 1, [TGC_U8] = 1, [TGC_I32] = 4, [TGC_I64] = 8, [TGC_F32] = 4, [TGC_F64] = 8};
    return sizes[dtype];
}

static inline double tgc_scalar_value(const tgc_scalar *s)
{
    return s->cell ? *s->cell : s->value;
}

/* For chunks: says that the kernel cannot take the value at `position`, for example an index. The
 * least position of all reports is kept, so that it does not depend on threads either. */
static inline void tgc_report(const tgc_call *call, ptrdiff_t position)
{
    ptrdiff_t *status = (ptrdiff_t *)&call->status;
    ptrdiff_t least = __atomic_load_n(status, __ATOMIC_RELAXED);
    while ((least < 0 || position < least) &&
           !__atomic_compare_exchange_n(status, &least, position, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
}

/* Runs the planned call: `start`, then all chunks, on the pool where that pays, then `finish`.
 * Counts the writes in the blocks' versions; keeps a copy if the running thread records
 * (recorder.h). Returns 0, or -1 when there is no memory for workspace or copy: then nothing has
 * changed. */
int tgc_run(tgc_call *call);
/* The same without a copy, for a call whose workspace is reserved already. */
void tgc_execute(tgc_call *call);

/* Runs n planned calls, with the results of running one after the other. If none of them writes to
 * memory that another one uses, their chunks share one region of the pool. A recording keeps n
 * calls and replays them one by one, with the same bits. Returns 0, or -1 when there is no memory:
 * then no call has run, and a recording holds none of them. */
int tgc_run_together(tgc_call *calls, ptrdiff_t n);

/* The steps of tgc_run before and after the chunks, for together.c. The first one reserves the
 * workspace and keeps the copy; it returns as tgc_run does. */
int tgc_prepare(const tgc_call *call);
/* Clears the status and runs `start`. */
void tgc_start(tgc_call *call);
/* Runs `finish` and counts the writes. */
void tgc_finish(const tgc_call *call);

/* Nanoseconds of work up to which a call stays on one thread: a second would come too late. */
enum { TGC_PARALLEL_WORK = 10000 };

#endif
