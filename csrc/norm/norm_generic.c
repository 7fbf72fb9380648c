#include "norm.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "../reduce/moments.template.h"
#include "rows.template.h"
#include "planes.template.h"
#include "batch_norm.template.h"

#include "../vec/f64.h"
#include "../reduce/moments.template.h"
#include "rows.template.h"
#include "planes.template.h"
#include "batch_norm.template.h"

void tgc_norm_generic(tgc_table table)
{
    install_batch_norm_f32(table);
    install_batch_norm_f64(table);
}
