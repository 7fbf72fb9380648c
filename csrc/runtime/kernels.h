/* The name of every kernel, once: tgc_kernel_id has a TGC_<name> for each. */
#ifndef TGC_KERNELS_H
#define TGC_KERNELS_H

/* Elementwise; each real and each integer type has a loop of its own. */
#define TGC_UNARY_KERNELS(X) X(neg) X(abs) X(sign) X(relu) X(square)
#define TGC_BINARY_KERNELS(X) \
    X(add) X(sub) X(mul) X(pow) X(maximum) X(minimum) X(floor_divide) X(remainder)
/* Elementwise with a bool result. */
#define TGC_PREDICATE_KERNELS(X) X(isnan) X(isinf) X(isfinite)
#define TGC_COMPARISON_KERNELS(X) X(eq) X(ne) X(lt) X(le) X(gt) X(ge)
/* Elementwise, for bool operands only. */
#define TGC_LOGICAL_KERNELS(X) X(logical_not) X(logical_and) X(logical_or) X(logical_xor)
/* Elementwise, for real operands only. */
#define TGC_REAL_UNARY_KERNELS(X) \
    X(sqrt) X(reciprocal) X(floor) X(ceil) X(trunc) X(round)
#define TGC_TRANSCENDENTAL_KERNELS(X) \
    X(exp) X(expm1) X(log) X(log1p) X(tanh) X(sigmoid) X(log_sigmoid) X(erf) X(erfc) X(gelu) \
    X(gelu_tanh) X(gelu_backward) X(gelu_tanh_backward) X(sin) X(cos)
#define TGC_REAL_BINARY_KERNELS(X) \
    X(div) X(leaky_relu) X(relu_backward) X(sigmoid_backward) X(tanh_backward) X(guarded)
#define TGC_TERNARY_KERNELS(X) X(where) X(clamp)
#define TGC_REAL_TERNARY_KERNELS(X) X(leaky_relu_backward)
/* Elementwise, from any type to the one in the name. */
#define TGC_CAST_KERNELS(X) X(cast_bool) X(cast_u8) X(cast_i32) X(cast_i64) X(cast_f32) X(cast_f64)

#define TGC_ELEMENTWISE_KERNELS(X)                                                         \
    TGC_UNARY_KERNELS(X) TGC_BINARY_KERNELS(X) TGC_PREDICATE_KERNELS(X)                    \
    TGC_COMPARISON_KERNELS(X) TGC_LOGICAL_KERNELS(X) TGC_REAL_UNARY_KERNELS(X)             \
    TGC_TRANSCENDENTAL_KERNELS(X) TGC_REAL_BINARY_KERNELS(X) TGC_TERNARY_KERNELS(X)        \
    TGC_REAL_TERNARY_KERNELS(X) TGC_CAST_KERNELS(X)

/* Draws from a generator. */
#define TGC_RANDOM_KERNELS(X)                                               \
    X(seed) X(uniform) X(normal) X(randint) X(exponential) X(randperm)      \
    X(bernoulli) X(dropout) X(dropout_backward)

/* Over any axes of one operand; and the gradient of a product, row by row. */
#define TGC_REDUCE_KERNELS(X) \
    X(sum) X(mean) X(prod) X(squared_distances) X(amax) X(amin) X(any) X(all) X(max) X(min) \
    X(argmax) X(argmin) X(prod_backward)

/* Gathers and scatters. */
#define TGC_INDEX_KERNELS(X)                                                      \
    X(index) X(gather) X(index_select) X(index_put) X(index_put_add) X(scatter)   \
    X(scatter_add) X(check_index_put) X(check_scatter) X(check_scatter_add)   \
    X(count_nonzero) X(nonzero) X(one_hot)

/* Along one axis. */
#define TGC_SOFTMAX_KERNELS(X)                                                               \
    X(softmax) X(log_softmax) X(softmax_backward) X(log_softmax_backward)                    \
    X(cross_entropy) X(cross_entropy_total) X(cross_entropy_backward)

/* Convolution: the fast kernels, those of the definition, and those of columns. */
#define TGC_CONV_KERNELS(X)                                                    \
    X(conv) X(conv_transpose) X(conv_pack) X(conv_weight) X(conv_weight_sum)   \
    X(conv_naive) X(conv_transpose_naive) X(conv_weight_naive) X(im2col) X(col2im)

/* Of an input and a target element by element, and of the likelihoods of classes. */
#define TGC_LOSS_KERNELS(X)                                                                  \
    X(mse_loss) X(mse_loss_backward) X(binary_cross_entropy) X(binary_cross_entropy_backward) \
    X(binary_cross_entropy_with_logits) X(binary_cross_entropy_with_logits_backward)         \
    X(nll_loss) X(nll_loss_backward)

/* Rows of a table. */
#define TGC_EMBEDDING_KERNELS(X) X(embedding) X(embedding_backward)

/* Over all dimensions but the channels. */
#define TGC_NORM_KERNELS(X)                                                     \
    X(batch_norm_statistics) X(batch_norm_apply)                                \
    X(batch_norm_backward_sums) X(batch_norm_backward_apply)

/* Over windows of a plane. */
#define TGC_POOL_KERNELS(X)                                                     \
    X(max_pool) X(max_pool_indices) X(max_pool_gather) X(max_pool_backward)     \
    X(avg_pool) X(avg_pool_backward)

/* One optimizer step of one parameter. */
#define TGC_OPTIM_KERNELS(X) X(sgd) X(adam) X(rmsprop) X(adagrad)

#define TGC_ALL_KERNELS(X)     \
    TGC_CONV_KERNELS(X)        \
    TGC_ELEMENTWISE_KERNELS(X) \
    TGC_EMBEDDING_KERNELS(X)   \
    TGC_INDEX_KERNELS(X)       \
    TGC_LOSS_KERNELS(X)        \
    TGC_NORM_KERNELS(X)        \
    TGC_OPTIM_KERNELS(X)       \
    TGC_POOL_KERNELS(X)        \
    TGC_RANDOM_KERNELS(X)      \
    TGC_REDUCE_KERNELS(X)      \
    TGC_SOFTMAX_KERNELS(X)     \
    X(matmul) X(matmul_pack) X(matmul_packed)

typedef enum {
#define TGC_ENUM(name) TGC_##name,
    TGC_ALL_KERNELS(TGC_ENUM)
#undef TGC_ENUM
    TGC_N_KERNELS
} tgc_kernel_id;

#endif
