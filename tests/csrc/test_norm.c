/* Batch normalisation by every ISA, in memory of exactly the arrays' sizes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "norm/norm.h"
#include "runtime/threads.h"

static double get(const void *data, int dtype, ptrdiff_t i)
{
    return dtype == TGC_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

static void *new_array(int dtype, ptrdiff_t n)
{
    void *data = malloc((size_t)n * tgc_item_size(dtype));
    for (ptrdiff_t i = 0; i < n; i++) {
        const double v = (double)(i * 7 % 11) - 5;
        if (dtype == TGC_F32) {
            ((float *)data)[i] = (float)v;
        } else {
            ((double *)data)[i] = v;
        }
    }
    return data;
}

static void add_lines(tgc_call *call, void *data, int dtype, const ptrdiff_t *shape)
{
    call->operands[call->n_operands++] =
        (tgc_operand){.data = data,
                      .shape = {shape[0], shape[1], shape[2]},
                      .strides = {shape[1] * shape[2], shape[2], 1},
                      .ndim = 3,
                      .dtype = (int8_t)dtype,
                      .access = TGC_UPDATE};
}

static void add_vector(tgc_call *call, void *data, int dtype, ptrdiff_t n)
{
    call->operands[call->n_operands++] = (tgc_operand){.data = data,
                                                       .shape = {n},
                                                       .strides = {1},
                                                       .ndim = 1,
                                                       .dtype = (int8_t)dtype,
                                                       .access = TGC_UPDATE};
}

static void run(tgc_call *call)
{
    call->kernel->plan(call);
    call->work = 1e6; /* on the pool, however small */
    CHECK(tgc_run(call) == 0);
}

/* x, [y or grad_x] are lines, all else is a number for each channel. */
typedef struct {
    int dtype, training;
    ptrdiff_t shape[3], channels;
    void *x, *y, *grad_x, *weight, *bias, *mean, *var, *stats, *grad_weight, *grad_bias;
    void *factors, *parts;
} arrays;

static tgc_call new_call(const arrays *a, tgc_kernel_id id, ptrdiff_t has)
{
    tgc_call call = {.kernel = tgc_find_kernel(id, (tgc_dtype)a->dtype), .n_scalars = 2};
    call.sizes[TGC_NORM_HAS] = has | (a->training ? TGC_NORM_TRAINING : 0);
    call.scalars[0].value = 30; /* the drawn variances go down to -5 */
    call.scalars[1].value = 0.5;
    return call;
}

static void add_factors(tgc_call *call, const arrays *a)
{
    add_vector(call, a->factors, a->dtype, TGC_NORM_FACTORS * a->channels);
}

static ptrdiff_t n_of_parts(const ptrdiff_t *shape)
{
    return 2 * shape[1] * tgc_norm_split(shape[0], shape[1], shape[2]).parts;
}

static void add_parts(tgc_call *call, const arrays *a)
{
    add_vector(call, a->parts, TGC_F64, n_of_parts(a->shape));
}

static void forward(const arrays *a)
{
    tgc_call call = new_call(a, TGC_batch_norm_statistics,
                             TGC_NORM_WEIGHT | TGC_NORM_BIAS | TGC_NORM_RUNNING);
    add_lines(&call, a->x, a->dtype, a->shape);
    add_vector(&call, a->weight, a->dtype, a->channels);
    add_vector(&call, a->bias, a->dtype, a->channels);
    add_vector(&call, a->mean, a->dtype, a->channels);
    add_vector(&call, a->var, a->dtype, a->channels);
    add_factors(&call, a);
    add_vector(&call, a->stats, a->dtype, 2 * a->channels);
    add_parts(&call, a);
    run(&call);
    call = new_call(a, TGC_batch_norm_apply, 0);
    add_lines(&call, a->x, a->dtype, a->shape);
    add_factors(&call, a);
    add_lines(&call, a->y, a->dtype, a->shape);
    run(&call);
}

/* With y as the gradient. */
static void backward(const arrays *a)
{
    tgc_call call = new_call(a, TGC_batch_norm_backward_sums, TGC_NORM_WEIGHT);
    add_lines(&call, a->y, a->dtype, a->shape);
    add_lines(&call, a->x, a->dtype, a->shape);
    add_vector(&call, a->weight, a->dtype, a->channels);
    add_vector(&call, a->stats, a->dtype, 2 * a->channels);
    add_vector(&call, a->grad_weight, a->dtype, a->channels);
    add_vector(&call, a->grad_bias, a->dtype, a->channels);
    add_factors(&call, a);
    add_parts(&call, a);
    run(&call);
    call = new_call(a, TGC_batch_norm_backward_apply, 0);
    add_lines(&call, a->y, a->dtype, a->shape);
    add_lines(&call, a->x, a->dtype, a->shape);
    add_factors(&call, a);
    add_lines(&call, a->grad_x, a->dtype, a->shape);
    run(&call);
}

static void test_case(int dtype, const ptrdiff_t *shape, int training)
{
    const ptrdiff_t channels = shape[1], n = shape[0] * channels * shape[2];
    const double m = (double)(shape[0] * shape[2]);
    void *x = new_array(dtype, n), *y = new_array(dtype, n), *grad_x = new_array(dtype, n);
    void *weight = new_array(dtype, channels), *bias = new_array(dtype, channels);
    void *mean = new_array(dtype, channels), *var = new_array(dtype, channels);
    void *grad_weight = new_array(dtype, channels), *grad_bias = new_array(dtype, channels);
    void *stats = new_array(dtype, 2 * channels);
    void *factors = new_array(dtype, TGC_NORM_FACTORS * channels);
    void *parts = new_array(TGC_F64, n_of_parts(shape));
    const arrays all = {.dtype = dtype, .training = training, .channels = channels,
                        .shape = {shape[0], channels, shape[2]}, .x = x, .y = y, .grad_x = grad_x,
                        .weight = weight, .bias = bias, .mean = mean, .var = var, .stats = stats,
                        .grad_weight = grad_weight, .grad_bias = grad_bias, .factors = factors,
                        .parts = parts};
    forward(&all);
    backward(&all);

    for (ptrdiff_t c = 0; c < channels; c++) {
        double sum = 0, grad_sum = 0, x_sum = 0;
        for (ptrdiff_t i = 0; i < shape[0]; i++) {
            for (ptrdiff_t j = 0; j < shape[2]; j++) {
                const ptrdiff_t at = (i * channels + c) * shape[2] + j;
                const double normal = (get(x, dtype, at) - get(stats, dtype, c)) *
                                      get(stats, dtype, channels + c);
                const double expected = normal * get(weight, dtype, c) + get(bias, dtype, c);
                CHECK(fabs(get(y, dtype, at) - expected) < 1e-4);
                sum += get(y, dtype, at);
                grad_sum += get(grad_x, dtype, at);
                x_sum += get(x, dtype, at);
            }
        }
        CHECK(fabs(get(grad_bias, dtype, c) - sum) < 1e-4 * m);
        CHECK(!training || fabs(grad_sum) < 1e-4 * m);
        CHECK(!training || fabs(get(stats, dtype, c) - x_sum / m) < 1e-5);
    }
    free(x), free(y), free(grad_x), free(weight), free(bias), free(mean), free(var);
    free(grad_weight), free(grad_bias), free(stats), free(factors), free(parts);
}

int main(void)
{
    static const ptrdiff_t shapes[][3] = {
        {2, 1, 1},   {5, 3, 1},    {300, 70, 1},  {2, 1030, 1},  {1100, 130, 1}, {12, 20000, 1},
        {1, 2, 2},   {3, 4, 5},    {9, 3, 16},    {2, 5, 33},    {40, 2, 700},   {50, 300, 9},
        {9, 70, 300}, {1, 2, 4096}, {2, 3, 4099}, {1, 1, 9000},  {1, 150, 1025}};
    CHECK(tgc_dispatch_init() == 0);
    tgc_set_num_threads(2);
    const tgc_isa best = tgc_current_isa();
    for (tgc_isa isa = 0; isa <= best; isa++) {
        tgc_use_isa(isa);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            for (int training = 0; training < 2; training++) {
                test_case(TGC_F32, shapes[i], training);
                test_case(TGC_F64, shapes[i], training);
            }
        }
    }
    return check_result();
}
