/* Touches the element that its arguments name: "block 16 16" writes to index 16 of 16 floats.
 * Under the address sanitizer it must die of that (test_drivers.py).
 * Sources: runtime/arena.c runtime/call.c runtime/recorder.c runtime/threads.c
 * runtime/workspace.c runtime/limits.c runtime/pages.c */
#include <stdlib.h>
#include <string.h>

#include "runtime/arena.h"
#include "runtime/call.h"
#include "runtime/threads.h"
#include "runtime/workspace.h"

/* Scratch memory of sizes[0] floats, of which the call touches the one at sizes[1]. */
static void chunk(const tgc_call *call, ptrdiff_t index)
{
    (void)index;
    float *scratch = tgc_workspace();
    scratch[call->sizes[1]] = 1;
}

static void touch_slice(ptrdiff_t n, ptrdiff_t index, int n_threads)
{
    static const tgc_kernel kernel = {.name = "overrun", .chunk = chunk};
    tgc_call call = {.kernel = &kernel, .n_chunks = 100, .work = 1e9};
    tgc_set_num_threads(n_threads);
    /* A call before leaves larger slices behind. */
    for (ptrdiff_t larger = 10000; larger >= 0; larger -= 10000) {
        call.workspace = (size_t)(n + larger) * sizeof(float);
        call.sizes[1] = larger > 0 ? n + larger - 1 : index;
        if (tgc_run(&call) != 0) {
            exit(2);
        }
    }
}

/* The middle one of three blocks; all are freed before where `freed` says so. */
static void touch_block(ptrdiff_t n, ptrdiff_t index, int freed)
{
    tgc_block blocks[3];
    for (int i = 0; i < 3; i++) {
        if (tgc_arena_alloc(&blocks[i], (size_t)n * sizeof(float)) != 0) {
            exit(2);
        }
    }
    float *data = blocks[1].data;
    for (int i = 0; i < 3 && freed; i++) {
        tgc_arena_free(&blocks[i]);
    }
    data[index] = 1;
}

int main(int n_arguments, char **arguments)
{
    if (n_arguments != 4) {
        return 2;
    }
    const char *what = arguments[1];
    const ptrdiff_t n = atol(arguments[2]), index = atol(arguments[3]);
    if (strcmp(what, "block") == 0 || strcmp(what, "freed") == 0) {
        touch_block(n, index, strcmp(what, "freed") == 0);
    } else {
        touch_slice(n, index, strcmp(what, "slice") == 0 ? 1 : 3);
    }
    return 0;
}
