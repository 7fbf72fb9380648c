/*
 * THE table: which function runs a kernel for a dtype on this CPU.
 *
 * Every family installs its portable rows first; the families that have variants for the CPU's
 * instruction set then replace theirs. A row that no family installs has chunk == NULL.
 */
#ifndef TGC_DISPATCH_H
#define TGC_DISPATCH_H

#include "call.h"
#include "cpu.h"
#include "kernels.h"

typedef tgc_kernel tgc_table[TGC_N_KERNELS][TGC_N_DTYPES];

/* The kernel for a dtype, or NULL where there is none. */
const tgc_kernel *tgc_find_kernel(tgc_kernel_id id, tgc_dtype dtype);

/* Fills the table for the best ISA of this CPU, or for TINYGRAD_C_ISA. Returns 0, or -1 when
 * that variable names none that this CPU can run. */
int tgc_dispatch_init(void);
/* Refills the table. The CPU must support `isa`. */
void tgc_use_isa(tgc_isa isa);
tgc_isa tgc_current_isa(void);

#endif
