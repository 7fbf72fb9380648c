/*
 * Memory for arrays: size classes, 64-byte aligned, freed blocks kept for the next request.
 *
 * The caller holds Python's GIL around every function here; that is the lock.
 */
#ifndef TGC_ARENA_H
#define TGC_ARENA_H

#include <stddef.h>
#include <stdint.h>

/* A piece of memory under one or several arrays. `version` counts the calls that wrote to it. */
typedef struct tgc_block {
    void *data;
    size_t nbytes;
    uint64_t version;
    int32_t size_class; /* -1: memory that somebody else owns */
    void *handle;       /* the Python object that holds this struct, borrowed */
} tgc_block;

/* A block counts with all bytes of its size class. */
typedef struct {
    size_t in_use;      /* bytes of blocks that are alive */
    size_t cached;      /* bytes of freed blocks that wait for a request */
    size_t peak;        /* largest in_use since the start, or since tgc_arena_reset_peak */
    size_t n_system;    /* requests passed on to the operating system */
} tgc_arena_stats;

/* Gives `block` at least nbytes bytes (1 where nbytes is 0), version 0. Returns 0, or -1 when
 * there is no memory for it: the request is above what RAM, the cgroup or the cap can hold. */
int tgc_arena_alloc(tgc_block *block, size_t nbytes);
/* Keeps the memory for the next request of its size class. */
void tgc_arena_free(tgc_block *block);
/* Hands cached memory back to the operating system: all large blocks, and every chunk that holds
 * no block that is alive. */
void tgc_arena_empty_cache(void);
/* Sets the most bytes that the arena may hold, in use and cached; 0 removes the limit. */
void tgc_arena_set_cap(size_t nbytes);
tgc_arena_stats tgc_arena_get_stats(void);
void tgc_arena_reset_peak(void);

#endif
