/* Memory straight from the operating system: zeroed, in huge pages where it is large. */
#ifndef TGC_PAGES_H
#define TGC_PAGES_H

#include <stddef.h>

enum { TGC_HUGE_PAGE = 2 << 20 };

/* Maps `bytes` at a multiple of `alignment`, a power of two and at least the page size. Returns
 * NULL when there is no memory. */
void *tgc_pages_map(size_t bytes, size_t alignment);
void tgc_pages_unmap(void *data, size_t bytes);

#endif
