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

/* tanh(x), 0 <= x; error 2**-24.0 */
static const float TANH_f32[9][8] = {
    {0x1.800116p+0f, 0x1.3ffeaap+1f, 0x1.00005ap+2f, 0x1.80019p+2f,
     0x1.1ffe7p+3f, 0x0p+0f, 0x0p+0f, 0x1.8000d6p-1f},
    {0x1.cf6ffcp-1f, 0x1.f9255ep-1f, 0x1.ffa81ap-1f, 0x1.fffe64p-1f,
     0x1.fffffep-1f, 0x0p+0f, 0x0p+0f, 0x1.4532bep-1f},
    {0x1.721378p-3f, 0x1.b3b8e2p-6f, 0x1.5f81d2p-10f, 0x1.9c3f38p-16f,
     0x1.058a2p-24f, 0x0p+0f, 0x1p+0f, 0x1.31731p-1f},
    {-0x1.4ef85p-3f, -0x1.ade318p-6f, -0x1.5fb2f8p-10f, -0x1.9ebe54p-16f,
     0x1.1eea9ap-24f, 0x0p+0f, -0x1.e8824ep-19f, -0x1.8403b6p-2f},
    {0x1.67b1eap-4f, 0x1.16e362p-6f, 0x1.d3c622p-11f, 0x1.12e04p-16f,
     0x1.63a0d6p-25f, 0x0p+0f, -0x1.553118p-2f, 0x1.568554p-5f},
    {-0x1.99fee8p-6f, -0x1.07d406p-7f, -0x1.cb2b18p-12f, -0x1.038b44p-17f,
     -0x1.b8913ep-24f, 0x0p+0f, -0x1.c76d1ap-10f, 0x1.98bc6cp-4f},
    {-0x1.5fe3fcp-9f, 0x1.771862p-9f, 0x1.71c57ap-13f, 0x1.b4d8d8p-19f,
     0x1.e2991cp-28f, 0x0p+0f, 0x1.254c86p-3f, -0x1.064a28p-4f},
    {0x1.ed1026p-8f, -0x1.6e7706p-11f, -0x1.1c83bcp-14f, -0x1.90fea4p-20f,
     0x1.529312p-27f, 0x0p+0f, -0x1.be15a2p-6f, -0x1.1b3c48p-9f},
    {-0x1.f5bc92p-9f, 0x1.efd9dep-15f, 0x1.28dd8ap-16f, 0x1.74f342p-22f,
     0x1.4a28ep-30f, 0x0p+0f, -0x1.6cca32p-6f, 0x1.60a38cp-6f},
};

/* erf(x), 0 <= x; error 2**-24.2 */
static const float ERF_f32[9][8] = {
    {0x0p+0f, 0x1.7ffe76p-1f, 0x1.400016p+0f, 0x1.bfffa6p+0f,
     0x1.200174p+1f, 0x1.600084p+1f, 0x1.a0019p+1f, 0x1.dffe7p+1f},
    {0x0p+0f, 0x1.6c1b9ap-1f, 0x1.d88668p-1f, 0x1.f92cfep-1f,
     0x1.ff4052p-1f, 0x1.fff2dp-1f, 0x1.ffff7p-1f, 0x1.fffffcp-1f},
    {0x1.20dd76p+0f, 0x1.492fbep-1f, 0x1.e464c8p-3f, 0x1.b05744p-5f,
     0x1.d3fc52p-8f, 0x1.3359fep-11f, 0x1.e98de6p-16f, 0x1.d94decp-21f},
    {-0x1.2f83bp-17f, -0x1.edc58cp-2f, -0x1.2ebf2p-2f, -0x1.7a4c0ap-4f,
     -0x1.073f08p-6f, -0x1.a69daep-10f, -0x1.99b0c6p-14f, -0x1.d3297ap-20f},
    {-0x1.80ebc4p-2f, 0x1.b6d776p-6f, 0x1.571cfp-3f, 0x1.7149f4p-4f,
     0x1.63e102p-6f, 0x1.69c84p-9f, 0x1.9a9416p-13f, 0x1.0bf166p-17f},
    {-0x1.147b9p-9f, 0x1.349248p-3f, -0x1.922f8ep-8f, -0x1.8a137cp-5f,
     -0x1.38b30ep-6f, -0x1.aae13cp-9f, -0x1.5a1bc6p-13f, -0x1.523a18p-14f},
    {0x1.f35cc8p-4f, -0x1.b4dd9ap-5f, -0x1.828758p-5f, 0x1.b1b684p-8f,
     0x1.5d4a24p-7f, 0x1.693c1p-9f, 0x1.4877dep-12f, 0x1.306568p-16f},
    {-0x1.34e00ep-6f, -0x1.b1edc4p-6f, 0x1.5232p-6f, 0x1.28512ap-7f,
     -0x1.6ca30cp-9f, -0x1.b71868p-10f, -0x1.9a4e2ap-10f, 0x1.6afbfcp-11f},
    {-0x1.5e0876p-7f, 0x1.36016cp-6f, 0x1.ea1962p-9f, -0x1.849482p-8f,
     -0x1.7b54f8p-11f, 0x1.4df38ap-11f, 0x1.6aafe2p-13f, 0x1.1e0554p-16f},
};

/* exp(x**2) erfc(x); error 2**-27.7 */
static const float SCALED_ERFC_f32[10][8] = {
    {0x1.7ffefp+0f, 0x1.3ffecap+1f, 0x1.ffff2p+1f, 0x1.7ffeacp+2f,
     0x1.200076p+3f, 0x0p+0f, 0x1.ffffc4p-3f, 0x1.7fff5ap-1f},
    {0x1.494e62p-2f, 0x1.afbcbp-3f, 0x1.1893ap-3f, 0x1.7c049p-4f,
     0x1.fe6bf6p-5f, 0x0p+0f, 0x1.8a6ae8p-1f, 0x1.038d92p-1f},
    {-0x1.4f1ad2p-3f, -0x1.3088c6p-4f, -0x1.0949f6p-5f, -0x1.ed82bp-7f,
     -0x1.c044fcp-8f, 0x0p+0f, -0x1.7c858ep-1f, -0x1.78ce6ep-2f},
    {0x1.37ebd4p-4f, 0x1.989942p-6f, 0x1.e94372p-8f, 0x1.3c7a84p-9f,
     0x1.87619cp-11f, 0x0p+0f, 0x1.2b499p-1f, 0x1.d90194p-3f},
    {-0x1.0dc848p-5f, -0x1.0635f4p-7f, -0x1.b8bd7p-10f, -0x1.910bb4p-12f,
     -0x1.53c32ap-14f, 0x0p+0f, -0x1.9798d2p-2f, -0x1.09e8e8p-3f},
    {0x1.b65eb6p-7f, 0x1.4361b2p-9f, 0x1.845cfep-12f, 0x1.f654bp-15f,
     0x1.254428p-17f, 0x0p+0f, 0x1.f0abf4p-3f, 0x1.119572p-4f},
    {-0x1.50addap-8f, -0x1.8015aap-11f, -0x1.4e1d4cp-14f, -0x1.36fa18p-17f,
     -0x1.f59758p-21f, 0x0p+0f, -0x1.14906ap-3f, -0x1.04ea22p-5f},
    {0x1.eda238p-10f, 0x1.b9e282p-13f, 0x1.1aeceap-16f, 0x1.7cfb82p-20f,
     0x1.ac4deep-24f, 0x0p+0f, 0x1.1d4878p-4f, 0x1.d2bcfap-7f},
    {-0x1.725edp-11f, -0x1.0702dap-14f, -0x1.024176p-18f, -0x1.df578cp-23f,
     -0x1.939e26p-27f, 0x0p+0f, -0x1.1215aap-5f, -0x1.ae80b4p-8f},
    {0x1.f3ee9cp-13f, 0x1.1e906ep-16f, 0x1.a2467cp-21f, 0x1.1f224cp-25f,
     0x1.53e036p-30f, 0x0p+0f, 0x1.e8de02p-7f, 0x1.76a342p-9f},
};

/* exp(x**2) erfc(x); error 2**-53.6 */
static const double SCALED_ERFC_f64[19][8] = {
    {0x1.0000000000017p-1, 0x1.8000000000039p+0, 0x1.80000000000a3p+1, 0x1.40000000000c2p+2,
     0x1.fffffffffff9p+2, 0x1.7ffffffffff5cp+3, 0x1.1ffffffffffaap+4, 0x1.9ffffffffffdfp+4},
    {0x1.3b3bc3c98b0e7p-1, 0x1.494daffa2ad43p-2, 0x1.6e9827d229c9fp-3, 0x1.c57239e943c11p-4,
     0x1.1ea8c4009b497p-4, 0x1.7fd46c5e086fp-5, 0x1.005fe090c5ea9p-5, 0x1.63438bf2c3f05p-6},
    {-0x1.067f263ec85d7p-1, -0x1.4f1988444cab1p-3, -0x1.bd6ae4d14b021p-5, -0x1.5d843497d4da8p-6,
     -0x1.1a5881c738a63p-7, -0x1.fc477b46d6807p-9, -0x1.c661852c51448p-10, -0x1.b49a775427f3cp-11},
    {0x1.6ff861544dbc5p-2, 0x1.37ea271bc5464p-4, 0x1.043fe1a98be35p-6, 0x1.08cf82b799f5bp-8,
     0x1.14108e58a9b0dp-10, 0x1.4f67f473cc6a1p-12, 0x1.920b4fb0718a8p-14, 0x1.0c15fcc6f8029p-15},
    {-0x1.c6ad7a6f37d21p-3, -0x1.0dc51d2941ed7p-5, -0x1.259061ba85808p-8, -0x1.8abc198707b2ap-11,
     -0x1.0bfde7c27b59ap-13, -0x1.b92eddb6a518bp-16, -0x1.63325936579d6p-18, -0x1.48fb6bc697be7p-20},
    {0x1.fc9a0571036c9p-4, 0x1.b65944f34f4a2p-7, 0x1.409cc2ed70a9fp-10, 0x1.219f2c335328ap-13,
     0x1.0254d2c5f8415p-16, 0x1.21338ab42f4efp-19, 0x1.3955a9a79ca84p-22, 0x1.936a6b39ad7f7p-25},
    {-0x1.0605940f29847p-4, -0x1.513ed75ff6f39p-8, -0x1.53dec9d071569p-12, -0x1.a2a81d24924cap-16,
     -0x1.ee9dcc22eb36ep-20, -0x1.79e921ac233c5p-23, -0x1.13fdbd8e28753p-26, -0x1.ee543f90f60f6p-30},
    {0x1.f7744f345c14p-6, 0x1.ee705e737cde8p-10, 0x1.5e7392e29814ep-14, 0x1.2a41152e0127fp-18,
     0x1.d6521dd79c4ep-23, 0x1.ec3b264b7d1acp-27, 0x1.e57844f9c7b41p-31, 0x1.2ea50cff518d7p-34},
    {-0x1.c710173a2f762p-7, -0x1.5b0abff78c9bbp-11, -0x1.6025103a78f99p-16, -0x1.a3193d203b729p-21,
     -0x1.bc434a2597e43p-26, -0x1.3f89d9e022b13p-30, -0x1.aa561a5f7b86ap-35, -0x1.724f1cdb88099p-39},
    {0x1.85b04a68ab474p-8, 0x1.d4509d0b3f8abp-13, 0x1.595f26ba81425p-18, 0x1.228a78d2f09eep-23,
     0x1.a0ed4ff389279p-29, 0x1.9d8bf94fdf565p-34, 0x1.75d9e003a9367p-39, 0x1.c4c5dcbea32f1p-44},
    {-0x1.3de72050e1175p-9, -0x1.30c0e56274faep-14, -0x1.4b14662f6de9cp-20, -0x1.8daba9a62ee75p-26,
     -0x1.84c7f255dc84ep-32, -0x1.0ac356eb872dcp-37, -0x1.4757e2be4661ap-43, -0x1.149970926476dp-48},
    {0x1.f056d3e1172a6p-11, 0x1.7f99754aa5287p-16, 0x1.3696eb51bbb73p-22, 0x1.0cc73691018a6p-28,
     0x1.6840d22c2348ap-35, 0x1.5715649aed6bap-41, 0x1.1e3119f32eccep-47, 0x1.51b4cf80b007dp-53},
    {-0x1.74291980b6f55p-12, -0x1.d418baa7421a1p-18, -0x1.1d780d32d4988p-24, -0x1.66fb8feb1baa2p-31,
     -0x1.4bc8306b9e6dbp-38, -0x1.b7e9eb322850dp-45, -0x1.f3b5df88de256p-52, -0x1.9c16e2eb6bdc7p-58},
    {0x1.0ce8a782400c7p-13, 0x1.156e47ac772c6p-19, 0x1.018a2cc319c65p-26, 0x1.d9e5f4346954dp-34,
     0x1.301c1f85fe88dp-41, 0x1.19258eec6adc7p-48, 0x1.b4171eff572d4p-56, 0x1.f665b0deadbb4p-63},
    {-0x1.77539fa101b88p-15, -0x1.3f9645d118ca3p-21, -0x1.c79782caf984cp-29, -0x1.34c053289885p-36,
     -0x1.14b2452a69e52p-44, -0x1.64ef412b1546ep-52, -0x1.7b9ae38db0a3ap-60, -0x1.2f887723ebe6bp-67},
    {0x1.f89e08ab8df96p-17, 0x1.67303a764d556p-23, 0x1.84a1e0468ec44p-31, 0x1.8d6d466b5ee77p-39,
     0x1.e7e7b666cb3f9p-48, 0x1.c53bcac7807e9p-56, 0x1.428f0306ea6a9p-64, 0x1.722eee59f968bp-72},
    {-0x1.4bd1c9babf92bp-18, -0x1.9a1804aee43e3p-25, -0x1.4d47febe89c0bp-33, -0x1.06c5ea68da397p-41,
     -0x1.b778c9070a0b8p-51, -0x1.372883e1cdfe9p-59, -0x1.1813c1aa59c88p-68, -0x1.0e611aba865c8p-76},
    {0x1.d693186dbab5dp-20, 0x1.c2ce37b00db4cp-27, 0x1.57a52bad2541bp-35, 0x1.637a800c167fcp-44,
     0x1.f6bb4a0ef41a6p-54, 0x1.9180c94960fcp-63, 0x1.32a5c45440fc9p-72, 0x1.3677a0440f90ep-81},
    {-0x1.1d040119627a3p-21, -0x1.d7d1c1992560ap-30, -0x1.17aecd04f3246p-37, -0x1.38fc0c6cbe6f4p-47,
     -0x1.bca123e37494fp-57, -0x1.24f98da91b232p-68, -0x1.0905280aa16d6p-76, 0x1.2821a3851ee04p-86},
};

/* x exp(x**2 / 2) erfc(x / sqrt(2)) / 2; error 2**-26.6 */
static const float SCALED_GELU_f32[9][8] = {
    {0x1.8000f8p+0f, 0x1.400134p+1f, 0x1.00012p+2f, 0x1.800172p+2f,
     0x1.200028p+3f, 0x1.9ffea2p+3f, 0x0p+0f, 0x1.7fff6ep-1f},
    {0x1.3c1486p-2f, 0x1.69cf2ap-2f, 0x1.82b4e6p-2f, 0x1.8e012p-2f,
     0x1.93a65p-2f, 0x1.96242ap-2f, 0x0p+0f, 0x1.cd27d2p-3f},
    {0x1.203f0ep-4f, 0x1.bf3614p-6f, 0x1.2dd6acp-7f, 0x1.a0ea9ap-9f,
     0x1.0b6d9p-10f, 0x1.6fdfccp-12f, 0x1p-1f, 0x1.5bf872p-3f},
    {-0x1.331f1cp-5f, -0x1.7899e6p-7f, -0x1.78f8d6p-9f, -0x1.7b54dp-11f,
     -0x1.54ae74p-13f, -0x1.4bf22cp-15f, -0x1.98844p-2f, -0x1.c2c7b8p-4f},
    {0x1.0d5facp-6f, 0x1.0abee2p-8f, 0x1.943bf4p-11f, 0x1.2ca77cp-13f,
     0x1.7dbf96p-16f, 0x1.08caa6p-18f, 0x1.fffa1cp-3f, 0x1.d68e5cp-5f},
    {-0x1.9ea418p-8f, -0x1.514898p-10f, -0x1.88af76p-13f, -0x1.b5fb88p-16f,
     -0x1.8b64eep-19f, -0x1.8963c4p-22f, -0x1.100afep-3f, -0x1.a890c2p-6f},
    {0x1.216438p-9f, 0x1.880ba4p-12f, 0x1.63f274p-15f, 0x1.2cd066p-18f,
     0x1.85d7a6p-22f, 0x1.179fecp-25f, 0x1.f8a156p-5f, 0x1.56ba76p-7f},
    {-0x1.85ec96p-11f, -0x1.b6bc76p-14f, -0x1.4bc07ep-17f, -0x1.9e7084p-21f,
     -0x1.9d23ecp-25f, -0x1.98c51ap-29f, -0x1.85057ep-6f, -0x1.00ae52p-8f},
    {0x1.de1a74p-13f, 0x1.c352d8p-16f, 0x1.14795p-19f, 0x1.0918c8p-23f,
     0x1.860094p-28f, 0x1.0d6aa2p-32f, 0x1.74766p-8f, 0x1.7d9954p-10f},
};

/* x exp(x**2 / 2) erfc(x / sqrt(2)) / 2; error 2**-56.3 */
static const double SCALED_GELU_f64[20][8] = {
    {0x1.27fffffffff38p+5, 0x0p+0, 0x1.0000000000048p+1, 0x1.fffffffffffdap+1,
     0x1.c00000000005ep+2, 0x1.5ffffffffff9fp+3, 0x1.10000000000aep+4, 0x1.8ffffffffffa2p+4},
    {0x1.983819a5b116cp-2, 0x0p+0, 0x1.5845dcad2a567p-2, 0x1.82b4bb8c94dcbp-2,
     0x1.90a4fcc7f7813p-2, 0x1.95389db999653p-2, 0x1.971e260322137p-2, 0x1.97ddcb1fea43bp-2},
    {0x1.071f4ca026cccp-16, 0x1p-1, 0x1.5d3009b318467p-5, 0x1.2dda040d62d46p-7,
     0x1.106373beeb085p-9, 0x1.2b9aa2972f8e5p-11, 0x1.4db0a74d91a2ap-13, 0x1.a84c206644d9dp-15},
    {-0x1.545b6018a3716p-21, -0x1.9884533d4365p-2, -0x1.4987559b60544p-6, -0x1.78fbb7ec2d94ap-9,
     -0x1.b2792c4dda4bp-12, -0x1.3cc448a3d1f6p-14, -0x1.d0c42f7367574p-17, -0x1.94c1625cec8ap-19},
    {0x1.870fc4f8bf149p-26, 0x1.fffffffffff7fp-3, 0x1.0300f69704e72p-7, 0x1.943c4b7f78f5ap-11,
     0x1.2f219e6d62ffdp-14, 0x1.27815575e33b2p-17, 0x1.1ec16c4a18638p-20, 0x1.56acf812018c1p-23},
    {-0x1.a4ef0beec45c2p-31, -0x1.1058377e2ba0ap-3, -0x1.68bc4c7048588p-9, -0x1.89a2a6edb9ea1p-13,
     -0x1.868b2e9823f4dp-17, -0x1.0093602fffbc6p-20, -0x1.4aa724e251b14p-24, -0x1.0f8fe29b3630fp-27},
    {0x1.b2a6bf815c41ap-36, 0x1.ffffffff91f2ep-5, 0x1.cad693429b0d6p-11, 0x1.654f17d1ed203p-15,
     0x1.dc03103116a61p-20, 0x1.a8b3db56af36cp-24, 0x1.6cd66f3b96eeep-28, 0x1.9c8e67cc1b36fp-32},
    {-0x1.b4091b0fed3ebp-41, -0x1.b3c058bef71ddp-6, -0x1.0f48e4ef25ec4p-12, -0x1.32cf2bfc28225p-17,
     -0x1.161722fca9673p-22, -0x1.535dda329ee27p-27, -0x1.861f69f4f0c22p-32, -0x1.3033e1742c102p-36},
    {0x1.ac30b58afa5f8p-46, 0x1.5555549edf81fp-7, 0x1.2dbe99fd04452p-14, 0x1.f71754786af0bp-20,
     0x1.3a01e865350dfp-25, 0x1.07d66c43f5604p-30, 0x1.975a12ecdad03p-36, 0x1.b6c8cc6db893dp-41},
    {-0x1.9d9f8c450a178p-51, -0x1.f20054ddb6ecfp-9, -0x1.3e55b9e03bc96p-16, -0x1.8c5fd6f581c72p-22,
     -0x1.587d0208c5ee6p-28, -0x1.91224ded09e0cp-34, -0x1.a161a5b30e002p-40, -0x1.37081e2a9c51bp-45},
    {0x1.8a54eb7d87301p-56, 0x1.5554c956b941dp-10, 0x1.40866041be9eap-18, 0x1.2d8445eee9705p-24,
     0x1.7093dbd411657p-31, 0x1.2b33eeeeef55p-37, 0x1.a510adac6aecep-44, 0x1.b2d87d77fe737p-50},
    {-0x1.73c63b641ff0bp-61, -0x1.baa42d9a3695ep-12, -0x1.35825a3816ed8p-20, -0x1.bc7a4df626c4ap-27,
     -0x1.81aab3c1d84f8p-34, -0x1.b709ca62f1d0dp-41, -0x1.a33ca7d08e49dp-48, -0x1.2c92551d3dbc1p-54},
    {0x1.5b9fd4014b226p-66, 0x1.10f0cd8c7ce1ap-13, 0x1.1fbc59b8a3b05p-22, 0x1.3e575c9ed1334p-29,
     0x1.8b78272494a49p-37, 0x1.3d72d716b6e56p-44, 0x1.9caa2227d7321p-52, 0x1.9b35a9119e0c4p-59},
    {-0x1.46558735feca9p-71, -0x1.4109216e7fba4p-15, -0x1.025b2d8917233p-24, -0x1.bc1c98b897164p-32,
     -0x1.8e21c4cad0a1dp-40, -0x1.c558976f4207p-48, -0x1.922b09b57fdc4p-56, -0x1.11e10445b9e4fp-63},
    {0x1.2960b1b1e9e6fp-76, 0x1.672111c5e47dbp-17, 0x1.c1a42925d703p-27, 0x1.2e4b193cb175bp-34,
     0x1.8af2e9c366b8cp-43, 0x1.3f41127173ea3p-51, 0x1.8560b6be0d7ddp-60, 0x1.77a98e5309593p-68},
    {-0x1.a61031cd7957p-82, -0x1.77826dc66c7bfp-19, -0x1.7ba2abc7ce683p-29, -0x1.9271a30716892p-37,
     -0x1.80fe82bcef6d1p-46, -0x1.b3b48adf0042ap-55, -0x1.75673badabfa4p-64, -0x1.9d42364cafe28p-72},
    {0x1.e63d1c3003e5fp-87, 0x1.5e86456bff846p-21, 0x1.32a88c01d719ap-31, 0x1.057c39636bcddp-39,
     0x1.6437c62435f66p-49, 0x1.351d9eb2b5cc5p-58, 0x1.55cacf656943p-68, 0x1.5003d6e5ad7ccp-77},
    {-0x1.732fcdf1f3fbbp-90, -0x1.0b1dd3caf6a8cp-23, -0x1.e7f45ebc501e6p-34, -0x1.4a1c597a93c25p-42,
     -0x1.4eb9c4e4b347fp-52, -0x1.21da9107f388dp-61, -0x1.4021090d2ecf5p-72, 0x1.3d722786436d6p-78},
    {0x1.f31ce0fb66dafp-97, 0x1.1c6ae3dfa041ap-26, 0x1.cbeb1e45dde9p-36, 0x1.c2acae2eeb7bp-45,
     0x1.a2b16dacb8737p-55, 0x1.22978c480577cp-65, 0x1.9790731577abcp-76, 0x1.29b043dc391b6p-86},
    {0x1.95f004fbbde7ep-99, -0x1.30f111460f52dp-30, -0x1.671a2653874a3p-38, -0x1.2dec3fd3a8064p-47,
     -0x1.8a04e2b24bbc7p-58, 0x1.5d2809d50ab53p-68, -0x1.85e2f2b906e64p-80, -0x1.35b8e57d5edc5p-84},
};

/* exp(x**2 / 2) erfc(x / sqrt(2)) / 2 - x / sqrt(2 pi); error 2**-28.3 */
static const float SCALED_GELU_SLOPE_f32[9][8] = {
    {0x1.800146p+0f, 0x1.3ffe8cp+1f, 0x1.fffe14p+1f, 0x1.80007ap+2f,
     0x1.200002p+3f, 0x1.a00032p+3f, 0x1.000016p-2f, 0x1.80008cp-1f},
    {-0x1.9210dp-2f, -0x1.b6463ep-1f, -0x1.80576ap+0f, -0x1.2a18f2p+1f,
     -0x1.c5f9aep+1f, -0x1.49f7cep+2f, 0x1.41d6e4p-2f, 0x1.0c44b2p-10f},
    {-0x1.f4f40ap-2f, -0x1.c73a1p-2f, -0x1.ae540ep-2f, -0x1.a30794p-2f,
     -0x1.9d6258p-2f, -0x1.9ae478p-2f, -0x1.63854ep-1f, -0x1.253a2ep-1f},
    {0x1.203ed8p-5f, 0x1.bf3df2p-7f, 0x1.2ddd4p-8f, 0x1.a0ed08p-10f,
     0x1.0b6e6ap-11f, 0x1.6fdc8cp-13f, 0x1.5c5666p-3f, 0x1.5bf776p-4f},
    {-0x1.998064p-7f, -0x1.f63cd6p-9f, -0x1.f6ba6p-11f, -0x1.f9984cp-13f,
     -0x1.c63502p-15f, -0x1.ba8e54p-17f, -0x1.5950b2p-4f, -0x1.2c8532p-5f},
    {0x1.0d3f9cp-8f, 0x1.0ab82cp-10f, 0x1.93cf68p-13f, 0x1.2ccdb6p-15f,
     0x1.7d2338p-18f, 0x1.086aep-20f, 0x1.312d2p-5f, 0x1.d68ab8p-7f},
    {-0x1.4b1fc4p-10f, -0x1.0a1daep-12f, -0x1.38f338p-15f, -0x1.69a72p-18f,
     -0x1.3d00c2p-21f, -0x1.3b9576p-24f, -0x1.ea6b28p-7f, -0x1.52a852p-8f},
    {0x1.8fe632p-12f, 0x1.0bf658p-14f, 0x1.f92b6ep-18f, 0x1.92f3cap-21f,
     0x1.18cc34p-24f, 0x1.8e1accp-28f, 0x1.7069c4p-8f, 0x1.ccb52ep-10f},
    {-0x1.d3c28ap-14f, -0x1.815d58p-16f, -0x1.8fa486p-20f, -0x1.9bc3e2p-26f,
     -0x1.d17366p-28f, -0x1.b1abd2p-32f, -0x1.1d4a9ap-9f, -0x1.686424p-11f},
};

/* exp(x**2 / 2) erfc(x / sqrt(2)) / 2 - x / sqrt(2 pi); error 2**-58.3 */
static const double SCALED_GELU_SLOPE_f64[20][8] = {
    {0x1.280000000000fp+5, 0x1.00000000000aep-1, 0x1.0000000000068p+1, 0x1.0000000000073p+2,
     0x1.bffffffffff58p+2, 0x1.5ffffffffff55p+3, 0x1.1000000000038p+4, 0x1.9000000000042p+4},
    {-0x1.d800bcc3ab2fdp+3, 0x1.3380a26c4115cp-3, -0x1.4272dc11f8dbdp-1, -0x1.805907847a235p+0,
     -0x1.5e4c445208cd9p+1, -0x1.168d8f9a84b39p+2, -0x1.b08d6d02059fp+2, -0x1.3ea4dc9de6eeap+3},
    {-0x1.98d08cd4d5b35p-2, -0x1.3f03b48812cfbp-1, -0x1.d8c2c9cd5c72fp-2, -0x1.ae53eaedf1ec2p-2,
     -0x1.a063a9b28f497p-2, -0x1.9bd008c0ed64fp-2, -0x1.99ea807764b6bp-2, -0x1.992adb5a9c866p-2},
    {0x1.071f4ca026da6p-17, 0x1.e681dfd6a247fp-4, 0x1.5d3009b318425p-6, 0x1.2dda040d62bc8p-8,
     0x1.106373beeb24dp-10, 0x1.2b9aa29730762p-12, 0x1.4db0a74d91be7p-14, 0x1.a84c206643f82p-16},
    {-0x1.c5cf2acb05ed4p-23, -0x1.c1dcef957ad19p-5, -0x1.b75f1ccf2b09bp-8, -0x1.f6a4f53ae9589p-11,
     -0x1.21a61d893b06ap-13, -0x1.a65b0b852ea94p-16, -0x1.35d81fa2537cep-18, -0x1.0dd64192f83f9p-20},
    {0x1.870fc4f861743p-28, 0x1.760aa3f143babp-6, 0x1.0300f69703853p-9, 0x1.943c4b7f75346p-13,
     0x1.2f219e6d62d5ap-16, 0x1.2781557318779p-19, 0x1.1ec16c4a1047bp-22, 0x1.56acf81480e3fp-25},
    {-0x1.50bf3d2d49c4bp-33, -0x1.1d1505470a45p-7, -0x1.2096a38d192f3p-11, -0x1.3ae885892228fp-15,
     -0x1.386f587b11115p-19, -0x1.9a85668a57373p-23, -0x1.0885b70ee9b5p-26, -0x1.b27fd210d1be7p-30},
    {0x1.21c47fc20aabdp-38, 0x1.93b1d8d47839ep-9, 0x1.31e4622d7b559p-13, 0x1.dc69751d6f195p-18,
     0x1.3d57602083de4p-22, 0x1.1b2295b778f2fp-26, 0x1.e6733f0ba7badp-31, 0x1.1309975b6ef27p-34},
    {-0x1.f253364f22b18p-44, -0x1.0c23306d72989p-10, -0x1.360a2a2891cafp-15, -0x1.5ea3a16ec71cbp-20,
     -0x1.3dd14bed88d7p-25, -0x1.83d91a6202ab6p-30, -0x1.bddacbfc4f37dp-35, -0x1.5ba824f5e080ep-39},
    {0x1.ac30bb1f25a36p-49, 0x1.50a90cd8028c4p-12, 0x1.2dbe9998df1a8p-17, 0x1.f7175063df60bp-23,
     0x1.3a01e8962aa07p-28, 0x1.07d43c013fcb7p-33, 0x1.975a0b6b96b2ep-39, 0x1.b6ccd8532e981p-44},
    {-0x1.6fbc27c869ebep-54, -0x1.91dfe9618dc9fp-14, -0x1.1af6e278e2009p-19, -0x1.6054965f5489cp-25,
     -0x1.323663255ee6dp-31, -0x1.648229cde49aep-37, -0x1.72ff76244e8bap-43, -0x1.14d514b105f6ap-48},
    {0x1.3b7311eb9c525p-59, 0x1.ca4804548c7f2p-16, 0x1.006b93c5fa4p-21, 0x1.e26ededee7ef5p-28,
     0x1.26dca2063034cp-34, 0x1.e0447f3aebf2cp-41, 0x1.50dbc8cfd166ap-47, 0x1.5a6d1d80bd633p-53},
    {-0x1.0c48d1e784bf9p-64, -0x1.f54fd2b1849dap-18, -0x1.c23066a997074p-24, -0x1.4366215ab83aep-30,
     -0x1.18762e0822d62p-37, -0x1.42b64d2478b0bp-44, -0x1.3121ad0011e5fp-51, -0x1.89996af532c4cp-58},
    {0x1.d0eae8d98a3b8p-70, 0x1.07c2cd8e9f2f2p-19, 0x1.7fa16985c08e5p-26, 0x1.a8145184861a3p-33,
     0x1.07a75f37d4a7ap-40, 0x1.55634fd205bfap-48, 0x1.12e8d311c870ep-55, 0x1.60604c10d76e8p-62},
    {-0x1.d8e209f03d24ap-75, -0x1.08c72ece1398dp-21, -0x1.3e2410211b966p-28, -0x1.0c67ac467239dp-35,
     -0x1.eb12668935c24p-44, -0x1.3ddeec7e6ff8dp-52, -0x1.e73e61a5fd8b5p-60, -0x1.cc877f5cacf6ap-65},
    {0x1.35c9cf7a57cdep-80, 0x1.06a96c45c9f42p-23, 0x1.013878b6eb458p-30, 0x1.662a9cc60b135p-38,
     0x1.c31443df30403p-47, 0x1.6a6eab0732948p-52, 0x1.c40f2cca440c1p-64, -0x1.18dcabc3b30c8p-68},
    {0x1.975f74191cec9p-85, -0x1.6b7947c832617p-25, -0x1.8fd33af641e6dp-33, -0x1.2faeea4e1acd5p-40,
     -0x1.8c41c5ac17a98p-50, -0x1.34c661759356fp-55, -0x1.d055ef3528202p-68, 0x1.a84bc7b9485e6p-70},
    {0x1.16551f6f0c51ep-89, 0x1.efd96c41e685bp-28, 0x1.2dad0e5d4118fp-35, 0x1.07de694b13a2ap-46,
     0x1.6718137a64ed5p-53, -0x1.4872a3c04c8e7p-55, 0x1.14349df8e9b13p-72, 0x1.47cdf6f7a9e93p-73},
    {-0x1.662c3cdaa094dp-92, 0x1.73190a9cd6c8fp-27, -0x1.10b543da83d15p-37, 0x1.f90db0693e1e1p-45,
     -0x1.a5a20e9d9c259p-56, 0x1.07ef8e0d672f7p-59, -0x1.a24e12121bb2fp-78, -0x1.93ef0b12dea73p-76},
    {-0x1.0be6ec7108147p-98, -0x1.c85c9f47e7e6fp-35, 0x1.bd29aafa642aap-40, 0x1.db101721f7a4bp-46,
     0x1.68b11538d1946p-59, 0x1.2071b594ce9dbp-59, 0x1.322ed02785faap-79, -0x1.20b91018f8b46p-79},
};

/* x erfc(x / sqrt(2)) / 2, 0 <= x < 4; error 2**-26.2 */
static const float NEAR_GELU_f32[9][8] = {
    {0x0p+0f, 0x1.7fffaep-1f, 0x1.3fff6ep+0f, 0x1.c0009p+0f,
     0x1.1fff3cp+1f, 0x1.5ffe7p+1f, 0x1.a000ccp+1f, 0x1.dfffbep+1f},
    {0x0p+0f, 0x1.5c198p-3f, 0x1.0e7732p-3f, 0x1.1f23ep-4f,
     0x1.c2aa66p-6f, 0x1.0c8bfep-7f, 0x1.eb918ap-10f, 0x1.5bae5cp-12f},
    {0x1p-1f, 0x1.967fep-11f, -0x1.f66b44p-4f, -0x1.c659acp-4f,
     -0x1.e4e6a8p-5f, -0x1.68f04ap-6f, -0x1.8a53dp-8f, -0x1.437244p-10f},
    {-0x1.98845cp-2f, -0x1.bb46bcp-3f, -0x1.4753bep-5f, 0x1.777bdcp-5f,
     0x1.8e2646p-5f, 0x1.9e6908p-6f, 0x1.1ca23ep-7f, 0x1.16be54p-9f},
    {0x1.5a4a54p-18f, 0x1.090034p-3f, 0x1.7bea68p-4f, 0x1.828076p-6f,
     -0x1.9e5d3ap-7f, -0x1.e68fccp-7f, -0x1.d8aa7ep-8f, -0x1.22a8dp-9f},
    {0x1.1011bep-4f, 0x1.37c70cp-8f, -0x1.1848c2p-5f, -0x1.daa232p-6f,
     -0x1.f78e62p-8f, 0x1.99d738p-9f, 0x1.cd5422p-9f, 0x1.8df09p-10f},
    {0x1.a6fc84p-12f, -0x1.75fd6ap-6f, -0x1.95f846p-8f, 0x1.044c8cp-7f,
     0x1.d606eep-8f, 0x1.b4fbfcp-10f, -0x1.811a8p-11f, -0x1.60976ep-11f},
    {-0x1.6f4a5ep-7f, 0x1.34b6b6p-9f, 0x1.b26cf6p-8f, 0x1.099c62p-9f,
     -0x1.c660cp-10f, -0x1.7b04bep-10f, -0x1.06999cp-12f, 0x1.3d2dfcp-13f},
    {0x1.f0f3c6p-10f, 0x1.687f14p-9f, -0x1.afe048p-12f, -0x1.b4aa24p-10f,
     -0x1.7c184p-12f, 0x1.858d6ap-12f, 0x1.e3168p-13f, 0x1.13e3fp-16f},
};

/* erfc(x / sqrt(2)) / 2 - x exp(-x**2 / 2) / sqrt(2 pi), 0 <= x < 4; error 2**-26.3 */
static const float NEAR_GELU_SLOPE_f32[9][8] = {
    {0x1.ffff1p-3f, 0x1.8000e6p-1f, 0x1.40016p+0f, 0x1.bffe98p+0f,
     0x1.20012ap+1f, 0x1.5fff0cp+1f, 0x1.a00138p+1f, 0x1.e0001ap+1f},
    {0x1.37f066p-2f, 0x1.9463a8p-11f, -0x1.f66dcp-4f, -0x1.c65c9p-4f,
     -0x1.e4daa6p-5f, -0x1.68ec58p-6f, -0x1.8a501p-8f, -0x1.436f24p-10f},
    {-0x1.7f933ap-1f, -0x1.bb44d4p-2f, -0x1.474264p-4f, 0x1.77776ap-4f,
     0x1.8e2194p-4f, 0x1.9e658ep-5f, 0x1.1c9feep-6f, 0x1.16bbeap-8f},
    {0x1.85c23ep-3f, 0x1.8d806ep-2f, 0x1.1cec7ep-2f, 0x1.21ec3p-4f,
     -0x1.36d252p-5f, -0x1.6cea6p-5f, -0x1.627d52p-6f, -0x1.b3f93ep-8f},
    {0x1.d6b26p-3f, 0x1.378afcp-6f, -0x1.184f8ep-3f, -0x1.daa7aap-4f,
     -0x1.f75b2ap-6f, 0x1.99e044p-7f, 0x1.cd48dp-7f, 0x1.8de68cp-8f},
    {-0x1.1da45ep-4f, -0x1.d3790ap-4f, -0x1.fb2bfcp-6f, 0x1.45105ap-5f,
     0x1.25ef4cp-5f, 0x1.111cb6p-7f, -0x1.e1de72p-9f, -0x1.b9043ap-9f},
    {-0x1.879d2cp-5f, 0x1.dc2c08p-7f, 0x1.49a926p-5f, 0x1.8d1c5ap-7f,
     -0x1.5b688ep-7f, -0x1.1d1416p-7f, -0x1.7cdc78p-10f, 0x1.e63fdap-11f},
    {0x1.e797d4p-7f, 0x1.3ac3eep-6f, -0x1.829052p-9f, -0x1.71c388p-7f,
     -0x1.72670ap-9f, 0x1.52b86ep-9f, 0x1.b3685cp-10f, 0x1.2e9102p-13f},
    {0x1.813e8ap-8f, -0x1.1287c8p-8f, -0x1.7d727ep-8f, 0x1.036822p-10f,
     0x1.4f8842p-9f, 0x1.547394p-12f, -0x1.287d56p-11f, -0x1.e71476p-13f},
};

#endif
