/* The arena: alignment, blocks that never overlap, reuse, limits, memory handed back.
 * Sources: runtime/arena.c runtime/limits.c runtime/pages.c */
#include "runtime/arena.h"

#include <stdint.h>
#include <string.h>

#include "check.h"

enum { N_BLOCKS = 400 };

static const size_t MIB = (size_t)1 << 20;

/* A number that looks drawn at random, the same in each run. */
static uint32_t draw(void)
{
    static uint32_t state = 1;
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

static void fill(const tgc_block *block, int value)
{
    memset(block->data, value, block->nbytes);
}

static int holds(const tgc_block *block, int value)
{
    const unsigned char *bytes = block->data;
    for (size_t i = 0; i < block->nbytes; i += i % 64 ? 63 : 1) {
        if (bytes[i] != value) {
            return 0;
        }
    }
    return block->nbytes == 0 || bytes[block->nbytes - 1] == value;
}

static void test_blocks_are_apart(void)
{
    static tgc_block blocks[N_BLOCKS];
    static int alive[N_BLOCKS];
    for (int i = 0; i < 6000; i++) {
        const int k = (int)(draw() % N_BLOCKS);
        if (alive[k]) {
            CHECK(holds(&blocks[k], k % 256));
            tgc_arena_free(&blocks[k]);
        } else {
            const size_t nbytes = draw() % ((size_t)1 << draw() % 19);
            CHECK(tgc_arena_alloc(&blocks[k], nbytes) == 0);
            CHECK((uintptr_t)blocks[k].data % 64 == 0);
            CHECK(blocks[k].nbytes == nbytes && blocks[k].version == 0);
            fill(&blocks[k], k % 256);
        }
        alive[k] = !alive[k];
        if (i % 1000 == 999) {
            tgc_arena_empty_cache();
        }
    }
    for (int k = 0; k < N_BLOCKS; k++) {
        if (alive[k]) {
            CHECK(holds(&blocks[k], k % 256));
            tgc_arena_free(&blocks[k]);
        }
    }
    tgc_arena_empty_cache();
    CHECK(tgc_arena_get_stats().in_use == 0);
    CHECK(tgc_arena_get_stats().cached == 0);
}

/* Every size class, at both of its ends: large enough, wasting less than a quarter, reused. */
static void test_size_classes(void)
{
    for (size_t octave = 1; octave <= 64 * MIB; octave *= 2) {
        for (size_t sixteenth = 16; sixteenth < 32; sixteenth++) {
            for (size_t more = 0; more < 2; more++) {
                const size_t nbytes = octave * sixteenth / 16 + more;
                tgc_block a, b;
                CHECK(tgc_arena_alloc(&a, nbytes) == 0);
                const size_t bytes = tgc_arena_get_stats().in_use;
                CHECK(bytes >= nbytes && bytes <= nbytes + nbytes / 4 + 64);
                CHECK(nbytes < 4 * MIB || bytes <= nbytes + nbytes / 16);
                ((char *)a.data)[nbytes - 1] = 1;
                tgc_arena_free(&a);
                CHECK(tgc_arena_alloc(&b, nbytes) == 0);
                CHECK(a.data == b.data);
                tgc_arena_free(&b);
            }
        }
        tgc_arena_empty_cache();
    }
    CHECK(tgc_arena_get_stats().cached == 0);
}

static void test_limits(void)
{
    tgc_block a, b;
    CHECK(tgc_arena_alloc(&a, SIZE_MAX) == -1);
    CHECK(tgc_arena_alloc(&a, (size_t)1 << 45) == -1);
    tgc_arena_set_cap(10 * MIB);
    CHECK(tgc_arena_alloc(&a, 6 * MIB) == 0);
    CHECK(tgc_arena_alloc(&b, 6 * MIB) == -1);
    tgc_arena_free(&a);
    /* The cached block is handed back to make room for one of another size. */
    CHECK(tgc_arena_alloc(&b, 5 * MIB) == 0);
    CHECK(tgc_arena_get_stats().cached == 0);
    tgc_arena_free(&b);
    tgc_arena_set_cap(0);
    CHECK(tgc_arena_alloc(&b, 20 * MIB) == 0);
    tgc_arena_free(&b);
    tgc_arena_empty_cache();
}

static void test_foreign_memory_is_left_alone(void)
{
    char somebody[64] = "else";
    tgc_block block = {.data = somebody, .nbytes = 64, .size_class = -1};
    tgc_arena_free(&block);
    CHECK(strcmp(somebody, "else") == 0);
    CHECK(tgc_arena_get_stats().cached == 0);
}

int main(void)
{
    test_blocks_are_apart();
    test_size_classes();
    test_limits();
    test_foreign_memory_is_left_alone();
    return check_result();
}
