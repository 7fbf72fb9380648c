/* The numbers of math.template.h, made by fit.py. */
#ifndef TGC_VEC_COEFFICIENTS_H
#define TGC_VEC_COEFFICIENTS_H

/* log(2), as a sum */
static const float LN2_f32[2] = {
    0x1.62e4p-1f,
    0x1.7f7d1cp-20f,
};

/* 2/3, as a sum */
static const float TWO_THIRDS_f32[2] = {
    0x1.555556p-1f,
    -0x1.555556p-26f,
};

/* pi/2, as a sum */
static const float HALF_PI_f32[3] = {
    0x1.921fb6p+0f,
    -0x1.777a5cp-25f,
    -0x1.ee59dap-50f,
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

/* 2 atanh(s) = 2 s + s z (2/3 + z LOG_TAIL(z)), z = s**2; error 2**-35.8 */
static const float LOG_TAIL_f32[3] = {
    0x1.999ap-2f,
    0x1.24527ap-2f,
    0x1.dfa308p-3f,
};

/* erf(x) = x + x ERF(x**2), |x| <= 0.9; error 2**-30.1 */
static const float ERF_f32[7] = {
    0x1.06eba8p-3f,
    -0x1.81274p-2f,
    0x1.ce2d6p-4f,
    -0x1.b80062p-6f,
    0x1.543f2ap-8f,
    -0x1.a583bcp-11f,
    0x1.4d2864p-14f,
};

/* 1 - erf(x) = exp(-ERFC(x - 1)), 0.9 <= x, up to where erf(x) rounds to 1; error 2**-26.7 */
static const float ERFC_f32[8] = {
    0x1.d97fcp+0f,
    0x1.51c9b2p+1f,
    0x1.afaaaap-1f,
    0x1.5476c8p-5f,
    -0x1.43d5fp-7f,
    0x1.ab34d2p-10f,
    0x1.67e472p-16f,
    -0x1.0214d8p-14f,
};

/* sin(r) = r + r z SIN(z), z = r**2, |r| <= pi/4; error 2**-27.9 */
static const float SIN_f32[3] = {
    -0x1.555546p-3f,
    0x1.110774p-7f,
    -0x1.9951e8p-13f,
};

/* cos(r) = 1 - z/2 + z**2 COS(z), z = r**2, |r| <= pi/4; error 2**-33.0 */
static const float COS_f32[3] = {
    0x1.55554ap-5f,
    -0x1.6c0c28p-10f,
    0x1.99e80cp-16f,
};

/* log(2), as a sum */
static const double LN2_f64[2] = {
    0x1.62e42fefa4p-1,
    -0x1.8432a1b0e2634p-43,
};

/* 2/3, as a sum */
static const double TWO_THIRDS_f64[2] = {
    0x1.5555555555555p-1,
    0x1.5555555555555p-55,
};

/* pi/2, as a sum */
static const double HALF_PI_f64[3] = {
    0x1.921fb54442d18p+0,
    0x1.1a62633145c07p-54,
    -0x1.f1976b7ed8fbcp-110,
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

/* sin(r) = r + r z SIN(z), z = r**2, |r| <= pi/4; error 2**-57.9 */
static const double SIN_f64[6] = {
    -0x1.5555555555548p-3,
    0x1.111111110f73p-7,
    -0x1.a01a019be9216p-13,
    0x1.71de35552b35p-19,
    -0x1.ae5e4b83c1408p-26,
    0x1.5d8b55887b552p-33,
};

/* cos(r) = 1 - z/2 + z**2 COS(z), z = r**2, |r| <= pi/4; error 2**-63.9 */
static const double COS_f64[6] = {
    0x1.555555555554bp-5,
    -0x1.6c16c16c15005p-10,
    0x1.a01a019c8c7d8p-16,
    -0x1.27e4f7ef0d8acp-22,
    0x1.1ee9d9c6b739bp-29,
    -0x1.8fa553a567955p-37,
};

#endif
