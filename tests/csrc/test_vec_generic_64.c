/* The vector vocabulary in plain vectors of 64 bytes. Sources: runtime/cpu.c */
#define VEC_ISA TGC_GENERIC
#include "vec_driver.h"

#define TGC_VEC_BYTES 64
#include "vec/generic.h"
#include "vec_tests.h"
#include "vec/end.h"
