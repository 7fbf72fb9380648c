/* The numbers of math.template.h and what it includes, made by fit.py. */
#ifndef TGC_VEC_COEFFICIENTS_H
#define TGC_VEC_COEFFICIENTS_H

/* log(2), as a sum */
static const float LN2_f32[2] = {
    0x1.62e4p-1f,
    0x1.7f7d1cp-20f,
};

/* pi, as a sum */
static const float PI_f32[3] = {
    0x1.921fb6p+1f,
    -0x1.777a5cp-24f,
    -0x1.ee59dap-49f,
};

/* 2 sqrt(2 / pi), as a sum */
static const float GELU_SLOPE_f32[2] = {
    0x1.9884p+0f,
    0x1.4cf50ep-18f,
};

/* 0.044715 times that */
static const float GELU_CUBIC_f32[2] = {
    0x1.2444f2p-4f,
    0x1.49b16ap-29f,
};

/* exp(r) = 1 + r + r**2 EXP(r); error 2**-28.2 */
static const float EXP_f32[5] = {
    0x1.fffffcp-2f,
    0x1.555492p-3f,
    0x1.5558b4p-5f,
    0x1.12399ap-7f,
    0x1.6a48ccp-10f,
};

/* 2 atanh(s) = 2 s + s z LOG(z), z = s**2; error 2**-29.2 */
static const float LOG_f32[3] = {
    0x1.55557ap-1f,
    0x1.995eccp-2f,
    0x1.31e23ep-2f,
};

/* sin(r) = r + r z SIN(z), z = r**2, |r| <= pi/2; error 2**-27.2 */
static const float SIN_f32[4] = {
    -0x1.55554cp-3f,
    0x1.110edap-7f,
    -0x1.9f70e2p-13f,
    0x1.5dc754p-19f,
};

/* log(2), as a sum */
static const double LN2_f64[2] = {
    0x1.62e42fefa3p-1,
    0x1.3de6af278ece6p-42,
};

/* pi, as a sum */
static const double PI_f64[3] = {
    0x1.921fb54442d18p+1,
    0x1.1a62633145c07p-53,
    -0x1.f1976b7ed8fbcp-109,
};

/* 2 sqrt(2 / pi), as a sum */
static const double GELU_SLOPE_f64[2] = {
    0x1.9884533d43p+0,
    0x1.942343f2cf14p-42,
};

/* 0.044715 times that */
static const double GELU_CUBIC_f64[2] = {
    0x1.2444f2a4d8b4bp-4,
    -0x1.6c843a29d1c7p-61,
};

/* exp(r) = 1 + r + r**2 EXP(r); error 2**-57.9 */
static const double EXP_f64[10] = {
    0x1.000000000000ap-1,
    0x1.5555555555508p-3,
    0x1.555555555074dp-5,
    0x1.11111111253ddp-7,
    0x1.6c16c184537e9p-10,
    0x1.a01a013493e67p-13,
    0x1.a01999b716bep-16,
    0x1.71df1318b1fa8p-19,
    0x1.28adb76ce5407p-22,
    0x1.ad9771d6502a2p-26,
};

/* 2 atanh(s) = 2 s + s z LOG(z), z = s**2; error 2**-58.5 */
static const double LOG_f64[7] = {
    0x1.5555555555593p-1,
    0x1.999999997f9f8p-2,
    0x1.249249422a475p-2,
    0x1.c71c51d7cd28fp-3,
    0x1.746649aff171ep-3,
    0x1.39a095844843dp-3,
    0x1.2f117f7fd28dap-3,
};

/* 2 atanh(s) = 2 s + s z (2/3 + z LOG_TAIL(z)), z = s**2; error 2**-65.3 */
static const double LOG_TAIL_f64[7] = {
    0x1.9999999999b33p-2,
    0x1.249249245778p-2,
    0x1.c71c722def44ap-3,
    0x1.745ce9b299e99p-3,
    0x1.3b1ef525d442p-3,
    0x1.0f7f0e5c2daafp-3,
    0x1.0e4ade2785c0ep-3,
};

/* log2(1 + f) = f LOG2(f) for 1 + f in [sqrt(1/2), sqrt(2)], for floats; error 2**-33.2 */
static const double LOG2_f64[12] = {
    0x1.71547652f03d1p+0,
    -0x1.7154767c239a6p-1,
    0x1.ec709bfc99142p-2,
    -0x1.715435558a8eap-2,
    0x1.2777339721129p-2,
    -0x1.ec8da7e464f72p-3,
    0x1.a615d1e8475e5p-3,
    -0x1.6eacce23e9d38p-3,
    0x1.459f25bdf4e99p-3,
    -0x1.4192951a7406dp-3,
    0x1.3d4428b1ea93cp-3,
    -0x1.61ab58aef94acp-4,
};

/* 2**r = EXP2(r), |r| <= 1/2, for floats; error 2**-29.0 */
static const double EXP2_f64[7] = {
    0x1.0000000261507p+0,
    0x1.62e430c7e656ap-1,
    0x1.ebfbdadc98628p-3,
    0x1.c6aed4bb4dd0bp-5,
    0x1.3b2dbbcbba8cfp-7,
    0x1.5f4569f2e0b0fp-10,
    0x1.41d32f693e4c5p-13,
};

/* erf(x) = x + x ERF(x**2), |x| <= 0.9; error 2**-56.3 */
static const double ERF_f64[12] = {
    0x1.06eba8214db69p-3,
    -0x1.812746b037a27p-2,
    0x1.ce2f21a045b7dp-4,
    -0x1.b82ce31364e96p-6,
    0x1.565bcd2effd74p-8,
    -0x1.c02db998fad2ap-11,
    0x1.f9a3bed32447dp-14,
    -0x1.f4dc7e3c98e6ap-17,
    0x1.ba5171e53c653p-20,
    -0x1.61e61a0cf9b67p-23,
    0x1.0362f958118ddp-26,
    -0x1.298e402c24dacp-30,
};

/* 1 - erf(x) = exp(-ERFC(x - 1)), 0.9 <= x, up to where erf(x) rounds to 1; error 2**-58.2 */
static const double ERFC_f64[19] = {
    0x1.d97fbf27aa2a1p+0,
    0x1.51c9b0006c23cp+1,
    0x1.afabc11a28f97p-1,
    0x1.5477f09cac88cp-5,
    -0x1.48c9d40d40f7dp-7,
    0x1.033f699f15ea1p-9,
    -0x1.f1b4ade612045p-13,
    -0x1.b8c21f4fe31b5p-16,
    0x1.c769500fcd6d6p-16,
    -0x1.41a86412262fep-17,
    0x1.10f0d53e107dep-19,
    -0x1.02d98841855b8p-23,
    -0x1.dfa164bb1426cp-24,
    0x1.f7940cf5124efp-25,
    -0x1.2679a1b70bfadp-26,
    0x1.d2a9425b0a83p-29,
    -0x1.f1ac9f2bc4bb1p-32,
    0x1.43d2e24547778p-35,
    -0x1.84b087121caa6p-40,
};

/* sin(r) = r + r z SIN(z), z = r**2, |r| <= pi/2; error 2**-61.6 */
static const double SIN_f64[8] = {
    -0x1.5555555555555p-3,
    0x1.11111111110c8p-7,
    -0x1.a01a01a014d6fp-13,
    0x1.71de3a52a0b16p-19,
    -0x1.ae6454d4745c4p-26,
    0x1.6123cd073dc7bp-33,
    -0x1.ae43846e69247p-41,
    0x1.8832a774ea123p-49,
};

/* 2 tanh(x / 2) = x (1 + z TANH_ABOVE(z)) / (1 + z TANH_BELOW(z)), z = x**2 */
static const float TANH_ABOVE_f32[2] = {
    0x1.e7df98p-6f,
    0x1.df8d9ep-14f,
};

/* the rest of it; error of tanh(x) 2**-27.0 */
static const float TANH_BELOW_f32[3] = {
    0x1.cf4d32p-4f,
    0x1.3c63cep-10f,
    0x1.4a612cp-20f,
};

/* pi, as a sum of short numbers */
static const float PI_SHORT_f32[5] = {
    0x1.922p+1f,
    -0x1.2aep-17f,
    -0x1.deap-30f,
    0x1.184p-43f,
    0x1.a62634p-57f,
};

/* 2/3, as a sum */
static const double TWO_THIRDS_f64[2] = {
    0x1.5555555555555p-1,
    0x1.5555555555555p-55,
};

#endif
