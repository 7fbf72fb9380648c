/* What this CPU can run. Compiled without any instruction-set flag. */
#ifndef TGC_CPU_H
#define TGC_CPU_H

typedef enum { TGC_GENERIC, TGC_AVX2, TGC_AVX512, TGC_N_ISAS } tgc_isa;

const char *tgc_isa_name(tgc_isa isa);
/* 1 if this CPU and operating system can run the kernels compiled for `isa`. */
int tgc_cpu_supports(tgc_isa isa);

#endif
