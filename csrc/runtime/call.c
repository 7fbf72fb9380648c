/* Runs one call: serially, or its chunks on the pool. Several calls at once are in together.c. */
#include "call.h"

#include "arena.h"
#include "recorder.h"
#include "threads.h"
#include "workspace.h"

static void run_chunk(const void *context, ptrdiff_t index)
{
    const tgc_call *call = context;
    tgc_workspace_limit(call->workspace);
    call->kernel->chunk(call, index);
}

/* Two threads may write to views of one block at once; what counts is that the version moves. */
static void count_writes(const tgc_call *call)
{
    for (int i = 0; i < call->n_operands; i++) {
        const tgc_operand *operand = &call->operands[i];
        if ((operand->access & TGC_WRITE) && operand->block) {
            uint64_t *version = &operand->block->version;
            __atomic_store_n(version, __atomic_load_n(version, __ATOMIC_RELAXED) + 1,
                             __ATOMIC_RELAXED);
        }
    }
}

void tgc_start(tgc_call *call)
{
    call->status = -1;
    if (call->kernel->start) {
        call->kernel->start(call);
    }
}

void tgc_finish(const tgc_call *call)
{
    if (call->kernel->finish) {
        tgc_workspace_limit(call->workspace);
        call->kernel->finish(call);
    }
    count_writes(call);
}

void tgc_execute(tgc_call *call)
{
    tgc_start(call);
    if (call->n_chunks > 1 && call->work > TGC_PARALLEL_WORK) {
        tgc_parallel(run_chunk, call, call->n_chunks);
    } else {
        tgc_workspace_limit(call->workspace);
        for (ptrdiff_t i = 0; i < call->n_chunks; i++) {
            call->kernel->chunk(call, i);
        }
    }
    tgc_finish(call);
}

int tgc_prepare(const tgc_call *call)
{
    tgc_recorder *recorder = tgc_recorder_active();
    if ((call->workspace > 0 && tgc_workspace_reserve(call->workspace) != 0) ||
        (recorder && tgc_recorder_append(recorder, call) != 0)) {
        return -1;
    }
    return 0;
}

int tgc_run(tgc_call *call)
{
    if (tgc_prepare(call) != 0) {
        return -1;
    }
    tgc_execute(call);
    return 0;
}
