/*
 * Scratch memory of kernels. A thread that calls kernels owns one buffer with a slice for each
 * thread that may work for it; a worker uses its slice of the caller's buffer.
 */
#ifndef TGC_WORKSPACE_H
#define TGC_WORKSPACE_H

#include <stddef.h>

#include "guard.h"

/* At least `bytes` of 64-byte aligned scratch memory of the running thread; its contents are
 * lost with the next chunk. tgc_workspace_reserve(bytes), called before the region, is what can
 * fail: it returns 0, or -1 when there is no memory. tgc_workspace cannot. */
int tgc_workspace_reserve(size_t bytes);
void *tgc_workspace(void);
/* Hands the buffer of the running thread back to the operating system. */
void tgc_workspace_release(void);
/* Bytes of the buffer of the running thread, all slices together. */
size_t tgc_workspace_bytes(void);

/* The kernel that the running thread runs next may use that many bytes. Says so to the address
 * sanitizer, and is nothing in other builds. */
#if defined(TGC_GUARDED)
void tgc_workspace_limit(size_t bytes);
#else
static inline void tgc_workspace_limit(size_t bytes)
{
    (void)bytes;
}
#endif

/* For threads.c: the slices of one caller's buffer. */
typedef struct {
    char *data;
    size_t stride;
} tgc_workspaces;

tgc_workspaces tgc_workspace_own(void);
/* Makes sure that the caller's buffer has `n` slices. Returns 0, or -1. */
int tgc_workspace_share(int n);
/* The running thread uses slice `index` of `workspaces` from now on. */
void tgc_workspace_enter(const tgc_workspaces *workspaces, int index);

#endif
