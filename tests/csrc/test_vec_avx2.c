/* The vector vocabulary in AVX2 and FMA. Sources: runtime/cpu.c */
#define VEC_ISA TGC_AVX2
#include "vec_driver.h"

#include "vec/avx2.h"
#include "vec_tests.h"
#include "vec/end.h"
