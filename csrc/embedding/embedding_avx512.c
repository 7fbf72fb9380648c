#include "embedding.h"

#include "../vec/avx512.h"

#include "../vec/f32.h"
#include "embedding.template.h"

#include "../vec/f64.h"
#include "embedding.template.h"

void tgc_embedding_avx512(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
