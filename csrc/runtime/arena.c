/* Size classes, free lists and chunks: memory that pages.c has mapped is used again here, so that
 * few arrays cost a system call. */
#include "arena.h"

#include <stdint.h>

#include "guard.h"
#include "limits.h"
#include "pages.h"

/*
 * Size classes: multiples of 64 bytes up to 256, then 4 to an octave, and 16 to an octave for
 * large blocks, where a sixteenth is megabytes. Small and medium blocks are carved from chunks;
 * a large block is a mapping of its own.
 */
enum {
    /* Every size is a multiple of this. */
    LINE = 64,
    /* Bytes of the largest small and the largest medium block. */
    SMALL = 64 << 10,
    MEDIUM = TGC_HUGE_PAGE,
    /* Bytes of the chunks that they are carved from. */
    SMALL_CHUNK = TGC_HUGE_PAGE,
    MEDIUM_CHUNK = 16 * TGC_HUGE_PAGE,
    /* log2 of the size above which an octave has 4 classes. */
    FINE = 8,
    /* log2 of the size above which an octave has 16 classes. */
    LARGE = 21,
    /* log2 of the largest size. */
    LARGEST = 46,
    /* Classes up to 2^FINE, one for each multiple of LINE. */
    N_LINEAR = 4,
    /* Classes of small and medium blocks. */
    N_CARVED = N_LINEAR + 4 * (LARGE - FINE),
    N_CLASSES = N_CARVED + 16 * (LARGEST - LARGE)
};

/* A free block holds the link to the next one in its own memory. The address sanitizer forbids all
 * memory that no array may use: free blocks, what is between blocks, and what a size class has
 * beyond the bytes that were asked for. */
typedef struct free_block {
    struct free_block *next;
} free_block;

/* Stands at the start of a chunk, which is aligned to its own size. */
typedef struct chunk {
    struct chunk *next;
    ptrdiff_t n_carved; /* blocks cut from it so far */
    ptrdiff_t n_free;   /* those that are free, while empty_cache counts them */
} chunk;

/* The chunks of one size, the newest first; only that one still has memory to carve. */
typedef struct {
    size_t chunk_bytes;
    size_t first;       /* offset of the first block, which keeps medium blocks on pages */
    size_t used;
    chunk *chunks;
} carver;

static carver small = {.chunk_bytes = SMALL_CHUNK, .first = LINE};
static carver medium = {.chunk_bytes = MEDIUM_CHUNK, .first = 4096};
static free_block *free_blocks[N_CLASSES];
static tgc_arena_stats stats;
static size_t cap;

/* ---- size classes ---- */

/* log2 of the largest power of two below n, for n > 1. */
static inline int octave(size_t n)
{
    return 63 - __builtin_clzll(n - 1);
}

/* n <= 2^LARGEST */
static inline int class_of(size_t n)
{
    if (n <= N_LINEAR * LINE) {
        return n == 0 ? 0 : (int)((n - 1) / LINE);
    }
    const int k = octave(n);
    if (k < LARGE) {
        return N_LINEAR + 4 * (k - FINE) + (int)((n - 1) >> (k - 2)) - 4;
    }
    return N_CARVED + 16 * (k - LARGE) + (int)((n - 1) >> (k - 4)) - 16;
}

static inline size_t class_bytes(int c)
{
    if (c < N_LINEAR) {
        return (size_t)(c + 1) * LINE;
    }
    if (c < N_CARVED) {
        const int k = FINE + (c - N_LINEAR) / 4;
        return (size_t)(5 + (c - N_LINEAR) % 4) << (k - 2);
    }
    const int k = LARGE + (c - N_CARVED) / 16;
    return (size_t)(17 + (c - N_CARVED) % 16) << (k - 4);
}

/* ---- new blocks ---- */

static void *carve(carver *from, size_t bytes)
{
    if (!from->chunks || from->used + bytes + TGC_GUARD > from->chunk_bytes) {
        chunk *new = tgc_pages_map(from->chunk_bytes, from->chunk_bytes);
        if (!new) {
            return NULL;
        }
        stats.n_system++;
        TGC_FORBID(new + 1, from->chunk_bytes - sizeof *new);
        new->next = from->chunks;
        from->chunks = new;
        from->used = from->first;
    }
    void *data = (char *)from->chunks + from->used;
    from->used += bytes + TGC_GUARD;
    from->chunks->n_carved++;
    return data;
}

static void *new_block(size_t bytes)
{
    if (bytes <= SMALL) {
        return carve(&small, bytes);
    }
    if (bytes <= MEDIUM) {
        return carve(&medium, bytes);
    }
    stats.n_system++;
    void *data = tgc_pages_map(bytes + TGC_GUARD_PAGE, TGC_HUGE_PAGE);
    if (data) {
        TGC_FORBID(data, bytes + TGC_GUARD_PAGE);
    }
    return data;
}

static int fits(size_t bytes)
{
    static size_t memory;
    if (memory == 0) {
        memory = tgc_memory_limit("");
    }
    const size_t limit = cap > 0 && cap < memory ? cap : memory;
    const size_t held = stats.in_use + stats.cached;
    return held <= limit && bytes <= limit - held;
}

/* A block for which the cache has none; empties the cache before it fails. */
static void *refill(size_t bytes)
{
    void *data = fits(bytes) ? new_block(bytes) : NULL;
    if (!data && stats.cached > 0) {
        tgc_arena_empty_cache();
        data = fits(bytes) ? new_block(bytes) : NULL;
    }
    return data;
}

/* ---- giving memory back ---- */

static chunk *chunk_of(const free_block *block, int c)
{
    const uintptr_t bytes = class_bytes(c) <= SMALL ? SMALL_CHUNK : MEDIUM_CHUNK;
    return (chunk *)((uintptr_t)block & ~(bytes - 1));
}

static void unmap(void *data, size_t bytes)
{
    TGC_ALLOW(data, bytes);
    tgc_pages_unmap(data, bytes);
}

TGC_UNGUARDED static void release_large(void)
{
    for (int c = N_CARVED; c < N_CLASSES; c++) {
        while (free_blocks[c]) {
            free_block *block = free_blocks[c];
            free_blocks[c] = block->next;
            stats.cached -= class_bytes(c);
            unmap(block, class_bytes(c) + TGC_GUARD_PAGE);
        }
    }
}

TGC_UNGUARDED static void count_free_blocks(void)
{
    for (int c = 0; c < N_CARVED; c++) {
        for (free_block *block = free_blocks[c]; block; block = block->next) {
            chunk_of(block, c)->n_free++;
        }
    }
}

static int is_idle(const chunk *piece)
{
    return piece->n_free == piece->n_carved;
}

TGC_UNGUARDED static void drop_blocks_of_idle_chunks(void)
{
    for (int c = 0; c < N_CARVED; c++) {
        for (free_block **link = &free_blocks[c]; *link;) {
            if (is_idle(chunk_of(*link, c))) {
                *link = (*link)->next;
                stats.cached -= class_bytes(c);
            } else {
                link = &(*link)->next;
            }
        }
    }
}

static void release_idle_chunks(carver *from)
{
    const chunk *newest = from->chunks;
    for (chunk **link = &from->chunks; *link;) {
        chunk *piece = *link;
        if (is_idle(piece)) {
            *link = piece->next;
            unmap(piece, from->chunk_bytes);
        } else {
            piece->n_free = 0;
            link = &piece->next;
        }
    }
    if (from->chunks != newest) {
        from->used = from->chunk_bytes;
    }
}

void tgc_arena_empty_cache(void)
{
    release_large();
    count_free_blocks();
    drop_blocks_of_idle_chunks();
    release_idle_chunks(&small);
    release_idle_chunks(&medium);
}

/* ---- the interface ---- */

TGC_UNGUARDED int tgc_arena_alloc(tgc_block *block, size_t nbytes)
{
    if (nbytes > (size_t)1 << LARGEST) {
        return -1;
    }
    const int c = class_of(nbytes);
    const size_t bytes = class_bytes(c);
    free_block *data = free_blocks[c];
    if (data) {
        free_blocks[c] = data->next;
        stats.cached -= bytes;
    } else {
        data = refill(bytes);
        if (!data) {
            return -1;
        }
    }
    stats.in_use += bytes;
    stats.peak = stats.in_use > stats.peak ? stats.in_use : stats.peak;
    TGC_ALLOW(data, nbytes);
    block->data = data;
    block->nbytes = nbytes;
    block->version = 0;
    block->size_class = c;
    return 0;
}

TGC_UNGUARDED void tgc_arena_free(tgc_block *block)
{
    const int c = block->size_class;
    if (c < 0) {
        return;
    }
    free_block *data = block->data;
    data->next = free_blocks[c];
    free_blocks[c] = data;
    TGC_FORBID(data, class_bytes(c));
    stats.in_use -= class_bytes(c);
    stats.cached += class_bytes(c);
    block->size_class = -1;
}

void tgc_arena_set_cap(size_t nbytes)
{
    cap = nbytes;
    if (cap > 0 && stats.in_use + stats.cached > cap) {
        tgc_arena_empty_cache();
    }
}

tgc_arena_stats tgc_arena_get_stats(void)
{
    return stats;
}

void tgc_arena_reset_peak(void)
{
    stats.peak = stats.in_use;
}
