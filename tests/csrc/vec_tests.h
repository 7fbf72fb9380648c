/* All tests of the vectors of one ISA, whose header is included before this one. */
#include "vec/f32.h"
#include "vec/math.template.h"
#include "vec_vocabulary.template.h"
#include "vec_math.template.h"

#include "vec/f64.h"
#include "vec/math.template.h"
#include "vec_vocabulary.template.h"
#include "vec_math.template.h"

static void test_f32(void)
{
    test_vocabulary_f32();
    test_math_f32();
}

static void test_f64(void)
{
    test_vocabulary_f64();
    test_math_f64();
}
