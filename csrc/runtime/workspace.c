/* Apart from the arena: a buffer belongs to a thread, is used without the GIL, and stays mapped
 * until a larger one replaces it, it is released, or the thread ends. */
#include "workspace.h"

#include <pthread.h>
#include <stdint.h>

#include "guard.h"
#include "limits.h"
#include "pages.h"
#include "threads.h"

/* The buffer that the running thread owns, if it calls kernels. */
typedef struct {
    tgc_workspaces slices;
    int n;
} buffer;

static _Thread_local buffer own;
static _Thread_local char *current;

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

/* A slice starts on a page of its own. */
static const size_t PAGE = 4096;

static size_t buffer_bytes(const buffer *b)
{
    return b->slices.stride * (size_t)b->n;
}

#if defined(TGC_GUARDED)
/* Bytes of `current` that are not forbidden. */
static _Thread_local size_t limit;

void tgc_workspace_limit(size_t bytes)
{
    if (bytes > limit) {
        TGC_ALLOW(current, bytes);
    } else if (bytes < limit) {
        TGC_FORBID(current + bytes, limit - bytes);
    }
    limit = bytes;
}

/* Until a call sets a limit, only the end of a slice is forbidden. */
static void guard(size_t stride)
{
    TGC_FORBID(current, stride);
    limit = 0;
    tgc_workspace_limit(stride > 0 ? stride - TGC_GUARD : 0);
}
#else
static void guard(size_t stride)
{
    (void)stride;
}
#endif

/* The running thread has the slice at `data`, of `stride` bytes, from now on. */
static void use(char *data, size_t stride)
{
    current = data;
    guard(stride);
}

/* A thread-local variable has no destructor in C; a key with the variable's address has. */
static void release(void *owned)
{
    buffer *b = owned;
    if (b->slices.data) {
        TGC_ALLOW(b->slices.data, buffer_bytes(b));
        tgc_pages_unmap(b->slices.data, buffer_bytes(b));
    }
    *b = (buffer){0};
    use(NULL, 0);
}

static void make_key(void)
{
    pthread_key_create(&key, release);
}

/* Replaces the buffer; the old one stays when there is no memory for a new one. */
static int allocate(size_t stride, int n)
{
    buffer wanted = {{NULL, stride}, n};
    pthread_once(&key_once, make_key);
    if (stride > tgc_memory_limit("") / (size_t)n || pthread_setspecific(key, &own) != 0) {
        return -1;
    }
    wanted.slices.data = tgc_pages_map(buffer_bytes(&wanted), TGC_HUGE_PAGE);
    if (!wanted.slices.data) {
        return -1;
    }
    release(&own);
    own = wanted;
    use(own.slices.data, stride);
    return 0;
}

int tgc_workspace_reserve(size_t bytes)
{
    const int n = tgc_get_num_threads();
    if (n <= own.n && bytes <= own.slices.stride - TGC_GUARD) {
        return 0;
    }
    if (bytes > SIZE_MAX / 2) {
        return -1;
    }
    const size_t stride = (bytes + TGC_GUARD + PAGE - 1) / PAGE * PAGE;
    return allocate(stride > own.slices.stride ? stride : own.slices.stride, n);
}

int tgc_workspace_share(int n)
{
    return own.slices.stride == 0 || n <= own.n ? 0 : allocate(own.slices.stride, n);
}

void *tgc_workspace(void)
{
    return current;
}

void tgc_workspace_release(void)
{
    release(&own);
}

size_t tgc_workspace_bytes(void)
{
    return buffer_bytes(&own);
}

tgc_workspaces tgc_workspace_own(void)
{
    return own.slices;
}

void tgc_workspace_enter(const tgc_workspaces *workspaces, int index)
{
    char *data = workspaces->data;
    use(data ? data + workspaces->stride * (size_t)index : NULL, workspaces->stride);
}
