/* The system calls behind the arena and the workspace, and the only file that maps memory. */
#define _GNU_SOURCE
#include "pages.h"

#include <stdint.h>
#include <sys/mman.h>

void *tgc_pages_map(size_t bytes, size_t alignment)
{
    /* Aligned memory is cut out of a larger piece. */
    if (bytes > SIZE_MAX - alignment) {
        return NULL;
    }
    char *piece = mmap(NULL, bytes + alignment, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (piece == MAP_FAILED) {
        return NULL;
    }
    const size_t before = (alignment - (uintptr_t)piece % alignment) % alignment;
    char *data = piece + before;
    if (before > 0) {
        munmap(piece, before);
    }
    munmap(data + bytes, alignment - before);
#ifdef MADV_HUGEPAGE
    if (bytes >= TGC_HUGE_PAGE) {
        madvise(data, bytes, MADV_HUGEPAGE);
    }
#endif
    return data;
}

void tgc_pages_unmap(void *data, size_t bytes)
{
    munmap(data, bytes);
}
