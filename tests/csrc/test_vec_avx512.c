/* The vector vocabulary in AVX-512. Sources: runtime/cpu.c */
#define VEC_ISA TGC_AVX512
#include "vec_driver.h"

#include "vec/avx512.h"
#include "vec_tests.h"
#include "vec/end.h"
