/* The vector vocabulary in plain vectors of 16 bytes. Sources: runtime/cpu.c */
#define VEC_ISA TGC_GENERIC
#include "vec_driver.h"

#include "vec/generic.h"
#include "vec_tests.h"
#include "vec/end.h"
