/* The vector vocabulary in plain vectors of 32 bytes. Sources: runtime/cpu.c */
#define VEC_ISA TGC_GENERIC
#include "vec_driver.h"

#define TGC_VEC_BYTES 32
#include "vec/generic.h"
#include "vec_tests.h"
#include "vec/end.h"
