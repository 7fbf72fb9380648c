/* Products of whole numbers by one kernel, in every order of storage, against the definition. */
#ifndef MATMUL_DRIVER_H
#define MATMUL_DRIVER_H

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "matmul/matmul.h"
#include "runtime/dispatch.h"
#include "runtime/threads.h"

enum { A, B, BIAS, Y, N_MATRICES };

/* A matrix in memory of exactly its size, so that a sanitizer sees what is touched beyond it. */
typedef struct {
    char *data;
    ptrdiff_t rows, cols, row, col;
} matrix;

static matrix new_matrix(ptrdiff_t rows, ptrdiff_t cols, int by_columns, int dtype)
{
    const size_t n = (size_t)(rows * cols);
    matrix m = {malloc(n * tgc_item_size(dtype)), rows, cols, by_columns ? 1 : cols,
                by_columns ? rows : 1};
    for (size_t i = 0; i < n; i++) {
        const int number = (int)(i * 7 % 11) - 5;
        if (dtype == TGC_F32) {
            ((float *)m.data)[i] = (float)number;
        } else {
            ((double *)m.data)[i] = number;
        }
    }
    return m;
}

static double element(const matrix *m, ptrdiff_t i, ptrdiff_t j, int dtype)
{
    const ptrdiff_t at = i * m->row + j * m->col;
    return dtype == TGC_F32 ? (double)((float *)m->data)[at] : ((double *)m->data)[at];
}

static void add_matrix(tgc_call *call, const matrix *m, int dtype, int access)
{
    call->operands[call->n_operands++] = (tgc_operand){.data = m->data,
                                                       .shape = {m->rows, m->cols},
                                                       .strides = {m->row, m->col},
                                                       .ndim = 2,
                                                       .dtype = (int8_t)dtype,
                                                       .access = (int8_t)access};
}

/* The product by its definition, row by row. */
static double *product_of(const matrix *all, int with_bias, int dtype)
{
    const ptrdiff_t m = all[Y].rows, n = all[Y].cols, k = all[A].cols;
    double *y = malloc((size_t)(m * n) * sizeof *y);
    for (ptrdiff_t i = 0; i < m * n; i++) {
        y[i] = with_bias ? element(&all[BIAS], 0, i % n, dtype) : 0;
        for (ptrdiff_t p = 0; p < k; p++) {
            y[i] += element(&all[A], i / n, p, dtype) * element(&all[B], p, i % n, dtype);
        }
    }
    return y;
}

static int is_equal(const matrix *m, const double *expected, int dtype)
{
    for (ptrdiff_t i = 0; i < m->rows * m->cols; i++) {
        if (element(m, i / m->cols, i % m->cols, dtype) != expected[i]) {
            return 0;
        }
    }
    return 1;
}

/* Packs the operands of a planned product, and computes it from them. */
static void run_packed(const tgc_kernel kernels[3], const tgc_call *planned)
{
    const ptrdiff_t n = planned->sizes[TGC_MATMUL_ELEMENTS];
    const int dtype = planned->operands[0].dtype;
    matrix memory = new_matrix(1, n, 0, dtype);
    tgc_call pack = *planned, product = *planned;
    pack.kernel = &kernels[1];
    pack.workspace = product.workspace = 0;
    pack.n_operands = 2;
    add_matrix(&pack, &memory, dtype, TGC_WRITE);
    pack.operands[2].ndim = 1;
    pack.operands[2].shape[0] = n;
    product.kernel = &kernels[2];
    product.operands[1] = pack.operands[2];
    pack.kernel->plan(&pack);
    CHECK(tgc_run(&pack) == 0);
    product.kernel->plan(&product);
    CHECK(tgc_run(&product) == 0);
    free(memory.data);
}

/* `kernels` are matmul, matmul_pack and matmul_packed. `order` has a bit for each matrix that is
 * stored by columns, and one for the bias. */
static void check_product(const tgc_kernel kernels[3], int dtype, ptrdiff_t m, ptrdiff_t k,
                          ptrdiff_t n, unsigned order)
{
    const int with_bias = order >> 3 & 1;
    matrix all[N_MATRICES] = {new_matrix(m, k, order & 1, dtype),
                              new_matrix(k, n, order >> 1 & 1, dtype),
                              new_matrix(1, n, 0, dtype),
                              new_matrix(m, n, order >> 2 & 1, dtype)};
    double *const expected = product_of(all, with_bias, dtype);
    for (int method = TGC_MATMUL_AUTO; method < TGC_MATMUL_N_METHODS; method++) {
        tgc_call call = {.kernel = &kernels[0],
                         .n_chunks = 1,
                         .status = -1,
                         .sizes = {[TGC_MATMUL_WANTED] = method}};
        memset(all[Y].data, 0xff, (size_t)(m * n) * tgc_item_size(dtype));
        add_matrix(&call, &all[A], dtype, TGC_READ);
        add_matrix(&call, &all[B], dtype, TGC_READ);
        if (with_bias) {
            const matrix rows = {all[BIAS].data, m, n, 0, 1};
            add_matrix(&call, &rows, dtype, TGC_READ);
        }
        add_matrix(&call, &all[Y], dtype, TGC_WRITE);
        call.kernel->plan(&call);
        if (call.sizes[TGC_MATMUL_METHOD] == TGC_MATMUL_PACKED) {
            run_packed(kernels, &call);
        } else {
            CHECK(tgc_run(&call) == 0);
        }
        CHECK(is_equal(&all[Y], expected, dtype));
    }
    free(expected);
    for (int i = 0; i < N_MATRICES; i++) {
        free(all[i].data);
    }
}

static void check_kernels(const tgc_kernel kernels[3], int dtype)
{
    static const ptrdiff_t shapes[][3] = {
        {1, 1, 1},    {1, 20, 70},  {2, 9, 17},   {3, 600, 40},  {5, 3, 31},
        {6, 16, 16},  {7, 17, 33},  {10, 40, 10}, {14, 5, 32},   {15, 8, 64},
        {29, 300, 9}, {33, 33, 33}, {130, 7, 66}, {70, 20, 1},   {13, 70, 47},
        {4, 0, 5},    {0, 4, 5},    {50, 260, 70}, {15, 1024, 17}, {22, 530, 40},
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (unsigned order = 0; order < 16; order++) {
            check_product(kernels, dtype, shapes[s][0], shapes[s][1], shapes[s][2], order);
        }
    }
}

#endif
