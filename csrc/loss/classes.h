/* The targets of the losses of classifiers: classes, of which one may be ignored. */
#ifndef TGC_CLASSES_H
#define TGC_CLASSES_H

#include "../runtime/dispatch.h"

typedef struct {
    ptrdiff_t n, ignored;
} tgc_classes;

/* The class that the target at position p names, or -1 where it does not count; reports a target
 * that is no class. */
static inline ptrdiff_t tgc_class_at(const tgc_call *call, tgc_classes classes, int64_t target,
                                     ptrdiff_t p)
{
    if (target == classes.ignored) {
        return -1;
    }
    if (target < 0 || target >= classes.n) {
        tgc_report(call, p);
        return -1;
    }
    return (ptrdiff_t)target;
}

/* The text of the error that a reported target makes. */
tgc_error tgc_explain_class(const tgc_call *call, const char *op, tgc_classes classes,
                            const tgc_operand *target, char *text, size_t size);

#endif
