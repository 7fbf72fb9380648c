/*
 * For the address sanitizer, which does not know about pieces that are cut from larger mappings. A
 * build under it puts a gap between such pieces and tells it which bytes nobody may touch. In every
 * other build all of this does nothing.
 */
#ifndef TGC_GUARD_H
#define TGC_GUARD_H

#if defined(__SANITIZE_ADDRESS__)
#define TGC_GUARDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TGC_GUARDED 1
#endif
#endif

#if defined(TGC_GUARDED)
#include <sanitizer/asan_interface.h>
#define TGC_FORBID(data, bytes) ASAN_POISON_MEMORY_REGION(data, bytes)
#define TGC_ALLOW(data, bytes) ASAN_UNPOISON_MEMORY_REGION(data, bytes)
/* A function that may touch what is forbidden. */
#define TGC_UNGUARDED __attribute__((no_sanitize("address")))
enum {
    TGC_GUARD = 64,       /* bytes between two pieces: the longest vector */
    TGC_GUARD_PAGE = 4096 /* bytes behind a mapping of its own: a page */
};
#else
#define TGC_FORBID(data, bytes) ((void)0)
#define TGC_ALLOW(data, bytes) ((void)0)
#define TGC_UNGUARDED
enum { TGC_GUARD = 0, TGC_GUARD_PAGE = 0 };
#endif

#endif
