/* Convolutions of every ISA against their definition, in memory of exactly the arrays' sizes. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "conv/weight.h"
#include "runtime/threads.h"

typedef struct {
    ptrdiff_t image, kernel, stride, padding, dilation;
} axis;

typedef struct {
    ptrdiff_t images, groups, channels, outputs; /* of one group */
    axis h, w;
} problem;

/* Along the depth of a volume, with as many images as volumes. */
typedef struct {
    problem planes;
    axis d;
} volume_problem;

/* An array of four dimensions. */
typedef struct {
    char *data;
    ptrdiff_t shape[4];
    ptrdiff_t n;
} array;

static ptrdiff_t places(const axis *a)
{
    return (a->image + 2 * a->padding - (a->kernel - 1) * a->dilation - 1) / a->stride + 1;
}

static array new_array(int dtype, ptrdiff_t n0, ptrdiff_t n1, ptrdiff_t n2, ptrdiff_t n3)
{
    array a = {NULL, {n0, n1, n2, n3}, n0 * n1 * n2 * n3};
    a.data = malloc((size_t)a.n * tgc_item_size(dtype));
    for (ptrdiff_t i = 0; i < a.n; i++) {
        const int number = (int)(i * 7 % 11) - 5;
        if (dtype == TGC_F32) {
            ((float *)(void *)a.data)[i] = (float)number;
        } else {
            ((double *)(void *)a.data)[i] = number;
        }
    }
    return a;
}

static int same(const array *a, const array *b, int dtype)
{
    return memcmp(a->data, b->data, (size_t)a->n * tgc_item_size(dtype)) == 0;
}

static void add_operand(tgc_call *call, const array *a, int dtype, int access)
{
    tgc_operand *o = &call->operands[call->n_operands++];
    *o = (tgc_operand){.data = a->data, .ndim = 4, .dtype = (int8_t)dtype, .access = (int8_t)access};
    ptrdiff_t step = 1;
    for (int d = 3; d >= 0; d--) {
        o->shape[d] = a->shape[d];
        o->strides[d] = step;
        step *= a->shape[d];
    }
}

/* The same as volumes of `planes` planes each: the channels of an array hold them one by one. */
static void add_volumes(tgc_call *call, const array *a, ptrdiff_t planes, int dtype, int access)
{
    add_operand(call, a, dtype, access);
    tgc_operand *o = &call->operands[call->n_operands - 1];
    o->ndim = 5;
    memmove(o->shape + 3, o->shape + 2, 2 * sizeof *o->shape);
    memmove(o->strides + 3, o->strides + 2, 2 * sizeof *o->strides);
    o->shape[2] = planes;
    o->shape[1] /= planes;
    o->strides[2] = o->strides[1];
    o->strides[1] *= planes;
}

static tgc_call begin(tgc_kernel_id id, int dtype, const problem *p)
{
    tgc_call call = {.kernel = tgc_find_kernel(id, (tgc_dtype)dtype), .status = -1};
    const ptrdiff_t sizes[] = {p->h.kernel, p->h.stride, p->h.padding, p->h.dilation, p->w.kernel,
                               p->w.stride, p->w.padding, p->w.dilation, p->groups, 1};
    memcpy(call.sizes, sizes, sizeof sizes);
    return call;
}

static void run(tgc_call *call)
{
    call->kernel->plan(call);
    CHECK(tgc_run(call) == 0);
}

/* The packed weights and the product by `kernel`, beside the definition by `naive`. */
static void check_moving(tgc_kernel_id kernel, tgc_kernel_id naive, int dtype, const problem *p,
                         const array *image, const array *weight, const array *result)
{
    const ptrdiff_t outputs = result->shape[1] / p->groups;
    const ptrdiff_t depth = image->shape[1] / p->groups * p->h.kernel * p->w.kernel;
    array packed = new_array(dtype, p->groups, (outputs + 15) / 16 * 16, 1 + depth, 1);
    array y = new_array(dtype, result->shape[0], result->shape[1], result->shape[2],
                        result->shape[3]);
    array expected = new_array(dtype, y.shape[0], y.shape[1], y.shape[2], y.shape[3]);
    tgc_call call = begin(kernel, dtype, p), pack = begin(TGC_conv_pack, dtype, p);
    add_volumes(&call, image, 1, dtype, TGC_READ);
    add_operand(&call, &packed, dtype, TGC_READ);
    add_volumes(&call, &y, 1, dtype, TGC_WRITE);
    call.kernel->plan(&call);
    memcpy(pack.sizes, call.sizes, sizeof pack.sizes);
    add_volumes(&pack, weight, 1, dtype, TGC_READ);
    add_operand(&pack, &packed, dtype, TGC_WRITE);
    run(&pack);
    run(&call);
    tgc_call definition = begin(naive, dtype, p);
    add_operand(&definition, image, dtype, TGC_READ);
    add_operand(&definition, weight, dtype, TGC_READ);
    add_operand(&definition, &expected, dtype, TGC_WRITE);
    run(&definition);
    CHECK(same(&y, &expected, dtype));
    free(packed.data);
    free(y.data);
    free(expected.data);
}

static void check_weight(int dtype, const problem *p, const array *y, const array *x,
                         const array *weight)
{
    array found = new_array(dtype, weight->shape[0], weight->shape[1], weight->shape[2],
                            weight->shape[3]);
    array expected = new_array(dtype, weight->shape[0], weight->shape[1], weight->shape[2],
                               weight->shape[3]);
    tgc_call call = begin(TGC_conv_weight, dtype, p), total = begin(TGC_conv_weight_sum, dtype, p);
    add_volumes(&call, y, 1, dtype, TGC_READ);
    add_volumes(&call, x, 1, dtype, TGC_READ);
    call.kernel->plan(&call);
    array sums = new_array(dtype, call.sizes[TGC_CONV_PARTS], p->groups,
                           (p->outputs + 15) / 16 * 16,
                           weight->shape[1] * weight->shape[2] * weight->shape[3]);
    add_operand(&call, &sums, dtype, TGC_WRITE);
    memcpy(total.sizes, call.sizes, sizeof total.sizes);
    add_operand(&total, &sums, dtype, TGC_READ);
    add_volumes(&total, &found, 1, dtype, TGC_WRITE);
    run(&call);
    run(&total);
    tgc_call definition = begin(TGC_conv_weight_naive, dtype, p);
    add_operand(&definition, y, dtype, TGC_READ);
    add_operand(&definition, x, dtype, TGC_READ);
    add_operand(&definition, &expected, dtype, TGC_WRITE);
    run(&definition);
    CHECK(same(&found, &expected, dtype));
    free(found.data);
    free(expected.data);
    free(sums.data);
}

static void check_columns(int dtype, const problem *p, const array *x, const array *y)
{
    array columns = new_array(dtype, x->shape[0] * x->shape[1], p->h.kernel * p->w.kernel,
                              y->shape[2], y->shape[3]);
    array back = new_array(dtype, x->shape[0], x->shape[1], x->shape[2], x->shape[3]);
    const ptrdiff_t shape[6] = {x->shape[0], x->shape[1], p->h.kernel, p->w.kernel, y->shape[2],
                                y->shape[3]};
    for (int backward = 0; backward < 2; backward++) {
        tgc_call call = begin(backward ? TGC_col2im : TGC_im2col, dtype, p);
        call.n_operands = backward;
        add_operand(&call, backward ? &back : x, dtype, backward ? TGC_WRITE : TGC_READ);
        call.n_operands = !backward;
        add_operand(&call, &columns, dtype, backward ? TGC_READ : TGC_WRITE);
        call.n_operands = 2;
        tgc_operand *o = &call.operands[!backward];
        ptrdiff_t step = 1;
        o->ndim = 6;
        for (int d = 5; d >= 0; d--) {
            o->shape[d] = shape[d];
            o->strides[d] = step;
            step *= shape[d];
        }
        run(&call);
    }
    free(columns.data);
    free(back.data);
}

static void check_problem(int dtype, const problem *p)
{
    const ptrdiff_t channels = p->groups * p->channels, outputs = p->groups * p->outputs;
    array x = new_array(dtype, p->images, channels, p->h.image, p->w.image);
    array y = new_array(dtype, p->images, outputs, places(&p->h), places(&p->w));
    array weight = new_array(dtype, outputs, p->channels, p->h.kernel, p->w.kernel);
    check_moving(TGC_conv, TGC_conv_naive, dtype, p, &x, &weight, &y);
    check_moving(TGC_conv_transpose, TGC_conv_transpose_naive, dtype, p, &y, &weight, &x);
    check_weight(dtype, p, &y, &x, &weight);
    check_columns(dtype, p, &x, &y);
    free(x.data);
    free(y.data);
    free(weight.data);
}

/* ---- volumes ---- */

static double element(const array *a, ptrdiff_t i, int dtype)
{
    return dtype == TGC_F32 ? ((float *)(void *)a->data)[i] : ((double *)(void *)a->data)[i];
}

/* Which place, if any, a tap of `a` makes a place of y meet. */
static ptrdiff_t meeting(const axis *a, ptrdiff_t place, ptrdiff_t tap)
{
    const ptrdiff_t at = place * a->stride + tap * a->dilation - a->padding;
    return at >= 0 && at < a->image ? at : -1;
}

/* The product `result` (0 for y, 1 for x, 2 for weight) of the other two of arrays[], added up. */
static void define(const volume_problem *v, const array *arrays, int result, int dtype,
                   double *sums)
{
    const problem *const p = &v->planes;
    const ptrdiff_t depth = places(&v->d), rows = places(&p->h), cols = places(&p->w);
    const ptrdiff_t n_taps = v->d.kernel * p->h.kernel * p->w.kernel;
    const ptrdiff_t outputs = p->groups * p->outputs, channels = p->groups * p->channels;
    for (ptrdiff_t i = 0; i < p->images * outputs * depth * rows * cols; i++) {
        const ptrdiff_t n = i / (outputs * depth * rows * cols);
        const ptrdiff_t o = i / (depth * rows * cols) % outputs, z = i / (rows * cols) % depth;
        for (ptrdiff_t k = 0; k < p->channels * n_taps; k++) {
            const ptrdiff_t c = o / p->outputs * p->channels + k / n_taps;
            const ptrdiff_t plane =
                meeting(&v->d, z, k / (p->h.kernel * p->w.kernel) % v->d.kernel);
            const ptrdiff_t row = meeting(&p->h, i / cols % rows, k / p->w.kernel % p->h.kernel);
            const ptrdiff_t col = meeting(&p->w, i % cols, k % p->w.kernel);
            if (plane < 0 || row < 0 || col < 0) {
                continue;
            }
            const ptrdiff_t at[3] = {
                i,
                (((n * channels + c) * v->d.image + plane) * p->h.image + row) * p->w.image + col,
                o * p->channels * n_taps + k};
            sums[at[result]] += element(&arrays[(result + 1) % 3], at[(result + 1) % 3], dtype) *
                                element(&arrays[(result + 2) % 3], at[(result + 2) % 3], dtype);
        }
    }
}

static void check_defined(const volume_problem *v, const array *arrays, int result, int dtype)
{
    const array *const a = &arrays[result];
    double *const sums = calloc((size_t)a->n, sizeof *sums);
    define(v, arrays, result, dtype, sums);
    int equal = 1;
    for (ptrdiff_t i = 0; i < a->n; i++) {
        equal &= element(a, i, dtype) == sums[i];
    }
    CHECK(equal);
    free(sums);
}

/* arrays[] are y, x and weight, with so many planes each. */
static void check_weighing(const volume_problem *v, array *arrays, const ptrdiff_t *planes,
                           int dtype)
{
    const problem *const p = &v->planes;
    tgc_call call = begin(TGC_conv_weight, dtype, p), total = begin(TGC_conv_weight_sum, dtype, p);
    const ptrdiff_t depth[4] = {v->d.kernel, v->d.stride, v->d.dilation, -v->d.padding};
    memcpy(call.sizes + TGC_CONV_DEPTH_TAPS, depth, sizeof depth);
    add_volumes(&call, &arrays[0], planes[0], dtype, TGC_READ);
    add_volumes(&call, &arrays[1], planes[1], dtype, TGC_READ);
    call.kernel->plan(&call);
    array sums = new_array(dtype, call.sizes[TGC_CONV_PARTS], p->groups,
                           (p->outputs + 15) / 16 * 16, arrays[2].n / arrays[2].shape[0]);
    add_operand(&call, &sums, dtype, TGC_WRITE);
    memcpy(total.sizes, call.sizes, sizeof total.sizes);
    add_operand(&total, &sums, dtype, TGC_READ);
    add_volumes(&total, &arrays[2], planes[2], dtype, TGC_WRITE);
    run(&call);
    run(&total);
    check_defined(v, arrays, 2, dtype);
    free(sums.data);
}

static void check_moving_volume(const volume_problem *v, array *arrays, const ptrdiff_t *planes,
                                int transposed, int dtype)
{
    const problem *const p = &v->planes;
    const array *const image = &arrays[!transposed], *const result = &arrays[transposed];
    const ptrdiff_t outputs = transposed ? p->channels : p->outputs;
    tgc_call call = begin(transposed ? TGC_conv_transpose : TGC_conv, dtype, p);
    tgc_call pack = begin(TGC_conv_pack, dtype, p);
    const ptrdiff_t forth[4] = {v->d.kernel, v->d.stride, v->d.dilation, -v->d.padding};
    const ptrdiff_t back[4] = {v->d.kernel, 1, -v->d.dilation, v->d.padding};
    memcpy(call.sizes + TGC_CONV_DEPTH_TAPS, transposed ? back : forth, sizeof forth);
    array packed = new_array(dtype, p->groups, (outputs + 15) / 16 * 16,
                             1 + arrays[2].n / p->groups / outputs, 1);
    add_volumes(&call, image, planes[!transposed], dtype, TGC_READ);
    add_operand(&call, &packed, dtype, TGC_READ);
    add_volumes(&call, result, planes[transposed], dtype, TGC_WRITE);
    call.kernel->plan(&call);
    memcpy(pack.sizes, call.sizes, sizeof pack.sizes);
    add_volumes(&pack, &arrays[2], planes[2], dtype, TGC_READ);
    add_operand(&pack, &packed, dtype, TGC_WRITE);
    run(&pack);
    run(&call);
    check_defined(v, arrays, transposed, dtype);
    free(packed.data);
}

static void check_volume(int dtype, const volume_problem *v)
{
    const problem *const p = &v->planes;
    const ptrdiff_t planes[3] = {places(&v->d), v->d.image, v->d.kernel};
    for (int product = 0; product < 3; product++) {
        array arrays[3] = {
            new_array(dtype, p->images, p->groups * p->outputs * planes[0], places(&p->h),
                      places(&p->w)),
            new_array(dtype, p->images, p->groups * p->channels * planes[1], p->h.image,
                      p->w.image),
            new_array(dtype, p->groups * p->outputs, p->channels * planes[2], p->h.kernel,
                      p->w.kernel)};
        if (product == 2) {
            check_weighing(v, arrays, planes, dtype);
        } else if (product == 0 || v->d.stride == 1) {
            check_moving_volume(v, arrays, planes, product, dtype);
        }
        for (int i = 0; i < 3; i++) {
            free(arrays[i].data);
        }
    }
}

int main(void)
{
    static const problem problems[] = {
        {2, 1, 1, 16, {9, 3, 1, 1, 1}, {28, 3, 1, 1, 1}},
        {3, 1, 5, 6, {8, 5, 1, 0, 1}, {14, 5, 1, 2, 1}},
        {2, 1, 9, 33, {7, 3, 1, 1, 1}, {7, 3, 1, 1, 1}},
        {1, 1, 3, 17, {11, 7, 2, 3, 1}, {37, 7, 2, 3, 1}},
        {2, 1, 4, 20, {6, 3, 1, 2, 2}, {19, 2, 1, 1, 2}},
        {2, 1, 18, 34, {5, 1, 1, 0, 1}, {9, 1, 1, 0, 1}},
        {2, 1, 18, 7, {5, 1, 2, 0, 1}, {9, 1, 2, 0, 1}},
        {2, 5, 1, 1, {9, 3, 1, 1, 1}, {17, 3, 1, 1, 1}},
        {2, 3, 2, 4, {9, 4, 3, 2, 1}, {23, 6, 3, 1, 1}},
        {5, 1, 3, 9, {3, 3, 1, 0, 1}, {3, 3, 1, 0, 1}},
        {1, 1, 2, 3, {1, 1, 1, 0, 1}, {900, 9, 1, 4, 1}},
        {2, 1, 40, 64, {7, 3, 1, 1, 1}, {8, 3, 1, 1, 1}},
        {2, 3, 1, 1, {5, 3, 1, 1, 1}, {14, 3, 1, 1, 1}},
        {1, 2, 1, 1, {8, 3, 1, 1, 1}, {70, 3, 1, 1, 1}},
        {1, 2, 1, 1, {7, 5, 1, 2, 1}, {16, 2, 1, 0, 1}},
        {2, 3, 1, 1, {9, 3, 2, 1, 1}, {17, 3, 2, 1, 1}},
        {1, 2, 1, 1, {8, 5, 1, 2, 1}, {70, 4, 2, 1, 2}},
        {1, 1, 4, 3, {30, 3, 1, 1, 1}, {30, 3, 1, 1, 1}},
        /* Two images share so many weights; the last one is alone. */
        {17, 1, 130, 260, {2, 3, 1, 1, 1}, {4, 3, 1, 1, 1}},
    };
    static const volume_problem volumes[] = {
        {{2, 1, 3, 18, {5, 3, 1, 1, 1}, {6, 3, 1, 1, 1}}, {4, 3, 1, 1, 1}},
        {{2, 2, 2, 3, {5, 2, 2, 0, 1}, {9, 3, 1, 1, 1}}, {5, 2, 1, 2, 2}},
        {{1, 1, 20, 33, {4, 3, 1, 1, 1}, {4, 3, 1, 1, 1}}, {7, 3, 2, 1, 1}},
        {{3, 1, 1, 1, {3, 1, 1, 0, 1}, {17, 1, 1, 0, 1}}, {3, 3, 1, 0, 1}},
        {{2, 3, 1, 1, {6, 3, 1, 1, 1}, {7, 3, 1, 1, 1}}, {1, 1, 1, 2, 1}},
        /* More terms than are summed at a time. */
        {{1, 1, 40, 64, {4, 3, 1, 1, 1}, {4, 3, 1, 1, 1}}, {3, 3, 1, 1, 1}},
    };
    tgc_set_num_threads(3);
    for (tgc_isa isa = TGC_GENERIC; isa < TGC_N_ISAS; isa++) {
        if (tgc_cpu_supports(isa)) {
            tgc_use_isa(isa);
            for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
                check_problem(TGC_F32, &problems[i]);
                check_problem(TGC_F64, &problems[i]);
            }
            for (size_t i = 0; i < sizeof volumes / sizeof *volumes; i++) {
                check_volume(TGC_F32, &volumes[i]);
                check_volume(TGC_F64, &volumes[i]);
            }
        }
    }
    return check_result();
}
