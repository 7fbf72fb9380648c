/* Several calls in one region of the thread pool, if they do not depend on each other. */
#include "call.h"

#include <stdlib.h>

#include "recorder.h"
#include "threads.h"
#include "workspace.h"

/* A slot of a hash table: a block, and the call that writes to it. */
typedef struct {
    const struct tgc_block *block;
    ptrdiff_t call;
} writer;

typedef struct {
    writer *slots;
    size_t mask;
} writers;

/* The slot of a block, or the free one where it belongs. */
static writer *find(const writers *w, const struct tgc_block *block)
{
    size_t i = (size_t)((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u >> 16;
    while (w->slots[i & w->mask].block && w->slots[i & w->mask].block != block) {
        i++;
    }
    return &w->slots[i & w->mask];
}

/* Enters the blocks that call i writes to. Returns 0 if another call writes to one of them as well,
 * or if the block of an operand is not known. */
static int enter(const writers *w, const tgc_call *call, ptrdiff_t i)
{
    for (int k = 0; k < call->n_operands; k++) {
        const tgc_operand *o = &call->operands[k];
        if (!o->block) {
            return 0;
        }
        if (o->access & TGC_WRITE) {
            writer *slot = find(w, o->block);
            if (slot->block && slot->call != i) {
                return 0;
            }
            *slot = (writer){o->block, i};
        }
    }
    return 1;
}

/* Is it true that no other call writes to what call i uses? */
static int keeps_to_itself(const writers *w, const tgc_call *call, ptrdiff_t i)
{
    for (int k = 0; k < call->n_operands; k++) {
        const writer *slot = find(w, call->operands[k].block);
        if (slot->block && slot->call != i) {
            return 0;
        }
    }
    return 1;
}

/* May the calls run in any order? Without memory to find out, the answer is no. */
static int independent(const tgc_call *calls, ptrdiff_t n)
{
    size_t size = 16;
    while (size < 2 * TGC_MAX_OPERANDS * (size_t)n) {
        size *= 2;
    }
    const writers w = {calloc(size, sizeof(writer)), size - 1};
    int answer = w.slots != NULL;
    for (ptrdiff_t i = 0; i < n && answer; i++) {
        answer = enter(&w, &calls[i], i);
    }
    for (ptrdiff_t i = 0; i < n && answer; i++) {
        answer = keeps_to_itself(&w, &calls[i], i);
    }
    free(w.slots);
    return answer;
}

typedef struct {
    const tgc_call *calls;
    ptrdiff_t n;
} region;

/* Runs a chunk of the region. It belongs to the last call whose first chunk is not after it. */
static void run_chunk(const void *context, ptrdiff_t index)
{
    const region *r = context;
    ptrdiff_t low = 0, high = r->n;
    while (high - low > 1) {
        const ptrdiff_t middle = low + (high - low) / 2;
        if (r->calls[middle].first_chunk <= index) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const tgc_call *call = &r->calls[low];
    tgc_workspace_limit(call->workspace);
    call->kernel->chunk(call, index - call->first_chunk);
}

/* tgc_prepare for all calls or, where it fails for one, for none. */
static int prepare(const tgc_call *calls, ptrdiff_t n)
{
    tgc_recorder *recorder = tgc_recorder_active();
    const ptrdiff_t length = recorder ? tgc_recorder_length(recorder) : 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (tgc_prepare(&calls[i]) != 0) {
            if (recorder) {
                tgc_recorder_truncate(recorder, length);
            }
            return -1;
        }
    }
    return 0;
}

int tgc_run_together(tgc_call *calls, ptrdiff_t n)
{
    ptrdiff_t n_chunks = 0;
    double work = 0;
    if (prepare(calls, n) != 0) {
        return -1;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        calls[i].first_chunk = n_chunks;
        n_chunks += calls[i].n_chunks;
        work += calls[i].work;
    }
    if (n_chunks > 1 && work > TGC_PARALLEL_WORK && independent(calls, n)) {
        const region r = {calls, n};
        for (ptrdiff_t i = 0; i < n; i++) {
            tgc_start(&calls[i]);
        }
        tgc_parallel(run_chunk, &r, n_chunks);
        for (ptrdiff_t i = 0; i < n; i++) {
            tgc_finish(&calls[i]);
        }
    } else {
        for (ptrdiff_t i = 0; i < n; i++) {
            tgc_execute(&calls[i]);
        }
    }
    return 0;
}
