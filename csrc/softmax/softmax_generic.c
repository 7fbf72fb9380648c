#include "softmax.h"

#include "cross_entropy.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "../vec/math.template.h"
#include "line.template.h"
#include "copies.template.h"
#include "softmax.template.h"
#include "cross_entropy.template.h"

#include "../vec/f64.h"
#include "../vec/math.template.h"
#include "line.template.h"
#include "copies.template.h"
#include "softmax.template.h"
#include "cross_entropy.template.h"

void tgc_softmax_generic(tgc_table table)
{
    install_softmax_f32(table);
    install_softmax_f64(table);
    install_cross_entropy_f32(table);
    install_cross_entropy_f64(table);
}
