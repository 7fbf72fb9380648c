/*
 * Scratch memory of kernels. A thread that calls kernels owns one buffer with a slice for each
 * thread that may work for it; a worker uses its slice of the caller's buffer.
 */
#ifndef TGC_WORKSPACE_H
#define TGC_WORKSPACE_H

#include <stddef.h>

#include "guard.h"

/* Makes sure that every thread that may work for the running one has at least `bytes` of scratch
 * memory. Called before a region; returns 0, or -1 when there is no memory. */
int tgc_workspace_reserve(size_t bytes);
/* The reserved scratch memory of the running thread, 64-byte aligned. Its contents are lost with
 * the next chunk. */
void *tgc_workspace(void);
/* Hands the buffer of the running thread back to the operating system. */
void tgc_workspace_release(void);
/* Bytes of the buffer of the running thread, all slices together. */
size_t tgc_workspace_bytes(void);

/* Tells the address sanitizer how many bytes the kernel that the running thread runs next may use.
 * In other builds it does nothing. */
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
