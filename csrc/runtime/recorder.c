/* A growing list of copied calls. Apart from call.c, which does no more than append to it. */
#include "recorder.h"

#include <stdlib.h>
#include <string.h>

#include "workspace.h"

/* A call and a copy of its kernel, because tgc_use_isa may put another one into the table. */
typedef struct {
    tgc_kernel kernel;
    tgc_call call; /* cut off after its last operand */
} entry;

struct tgc_recorder {
    void *handle;
    entry **entries; /* NULL: a stop */
    ptrdiff_t length;
    ptrdiff_t capacity;
    size_t workspace;
};

static _Thread_local tgc_recorder *active;
int tgc_n_recording;

tgc_recorder *tgc_recorder_new(void *handle)
{
    tgc_recorder *recorder = calloc(1, sizeof *recorder);
    if (recorder) {
        recorder->handle = handle;
    }
    return recorder;
}

void tgc_recorder_delete(tgc_recorder *recorder)
{
    tgc_recorder_truncate(recorder, 0);
    free(recorder->entries);
    free(recorder);
}

void *tgc_recorder_handle(const tgc_recorder *recorder)
{
    return recorder->handle;
}

void tgc_recorder_activate(tgc_recorder *recorder)
{
    __atomic_fetch_add(&tgc_n_recording, (recorder != NULL) - (active != NULL), __ATOMIC_RELAXED);
    active = recorder;
}

tgc_recorder *tgc_recorder_of_thread(void)
{
    return active;
}

static int make_room(tgc_recorder *recorder)
{
    if (recorder->length < recorder->capacity) {
        return 0;
    }
    const ptrdiff_t capacity = recorder->capacity ? 2 * recorder->capacity : 64;
    entry **entries = realloc(recorder->entries, (size_t)capacity * sizeof *entries);
    if (!entries) {
        return -1;
    }
    recorder->entries = entries;
    recorder->capacity = capacity;
    return 0;
}

static entry *copy(const tgc_call *call)
{
    const size_t bytes = tgc_call_size(call);
    entry *e = malloc(offsetof(entry, call) + bytes);
    if (e) {
        e->kernel = *call->kernel;
        memcpy(&e->call, call, bytes);
        e->call.kernel = &e->kernel;
    }
    return e;
}

int tgc_recorder_append(tgc_recorder *recorder, const tgc_call *call)
{
    entry *e = NULL;
    if (make_room(recorder) != 0 || (call && !(e = copy(call)))) {
        return -1;
    }
    recorder->entries[recorder->length++] = e;
    if (call && call->workspace > recorder->workspace) {
        recorder->workspace = call->workspace;
    }
    return 0;
}

void tgc_recorder_truncate(tgc_recorder *recorder, ptrdiff_t length)
{
    while (recorder->length > length) {
        free(recorder->entries[--recorder->length]);
    }
}

ptrdiff_t tgc_recorder_length(const tgc_recorder *recorder)
{
    return recorder->length;
}

const tgc_call *tgc_recorder_call(const tgc_recorder *recorder, ptrdiff_t index)
{
    const entry *e = recorder->entries[index];
    return e ? &e->call : NULL;
}

int tgc_recorder_reserve(const tgc_recorder *recorder)
{
    return recorder->workspace > 0 ? tgc_workspace_reserve(recorder->workspace) : 0;
}

ptrdiff_t tgc_recorder_replay(const tgc_recorder *recorder, ptrdiff_t start)
{
    for (ptrdiff_t i = start; i < recorder->length; i++) {
        entry *e = recorder->entries[i];
        if (!e) {
            return i;
        }
        tgc_execute(&e->call);
        if (e->call.status >= 0) {
            return i;
        }
    }
    return recorder->length;
}
