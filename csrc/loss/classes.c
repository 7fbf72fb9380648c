#include "classes.h"

#include <stdio.h>

#include "../index/index.h"

tgc_error tgc_explain_class(const tgc_call *call, const char *op, tgc_classes classes,
                            const tgc_operand *target, char *text, size_t size)
{
    char position[TGC_POSITION_TEXT];
    tgc_write_position(target, call->status, 0, target->ndim, position);
    snprintf(text, size,
             "%s: target must be from 0 to %td or ignore_index, got %lld at position %s", op,
             classes.n - 1, (long long)tgc_index_at(target, call->status), position);
    return TGC_INDEX_ERROR;
}
