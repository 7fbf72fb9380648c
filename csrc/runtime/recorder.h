/*
 * Record and replay: a list of calls that one thread has run, to be run again without Python.
 *
 * A recorder copies the planned calls; whoever records keeps their blocks and cells alive, so
 * that the addresses in the copies stay good.
 */
#ifndef TGC_RECORDER_H
#define TGC_RECORDER_H

#include "call.h"

typedef struct tgc_recorder tgc_recorder;

/* `handle` is the Python object that holds the recorder, borrowed. NULL when out of memory. */
tgc_recorder *tgc_recorder_new(void *handle);
void tgc_recorder_delete(tgc_recorder *recorder);
void *tgc_recorder_handle(const tgc_recorder *recorder);

/* From now on tgc_run of this thread appends to `recorder`, or to none if that is NULL. */
void tgc_recorder_activate(tgc_recorder *recorder);
tgc_recorder *tgc_recorder_of_thread(void);
/* The number of threads that record: usually 0, and cheaper to read than a thread's own flag. */
extern int tgc_n_recording;

static inline tgc_recorder *tgc_recorder_active(void)
{
    return __atomic_load_n(&tgc_n_recording, __ATOMIC_RELAXED) ? tgc_recorder_of_thread() : NULL;
}

/* Appends a copy of `call`, or, for NULL, a stop: a place where replay returns, so that the
 * caller can do something that C cannot. Returns 0, or -1 when out of memory. */
int tgc_recorder_append(tgc_recorder *recorder, const tgc_call *call);
/* Forgets all but the first `length`. */
void tgc_recorder_truncate(tgc_recorder *recorder, ptrdiff_t length);
ptrdiff_t tgc_recorder_length(const tgc_recorder *recorder);
/* The copy at `index`, NULL for a stop. */
const tgc_call *tgc_recorder_call(const tgc_recorder *recorder, ptrdiff_t index);

/* Reserves the workspace of all calls for the running thread. Returns 0, or -1. */
int tgc_recorder_reserve(const tgc_recorder *recorder);
/* Runs the calls from `start` on. Returns the index of the first stop, or of the first call whose
 * status says that it failed, else the length. */
ptrdiff_t tgc_recorder_replay(const tgc_recorder *recorder, ptrdiff_t start);

#endif
