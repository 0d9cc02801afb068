// Sixteen fp32 lanes: one AVX-512 register or two of AVX2, with the same operations and therefore the same bits. Included
// only by the translation units compiled for one of the two; everything has internal linkage, so that no code for
// special instructions can be taken for another unit's.
#pragma once

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kernels::simd {
namespace {

#define LANES [[gnu::always_inline]] static inline
constexpr int laneCount = 16;

#if defined(__AVX512F__)

struct F { __m512 v; };
struct I { __m512i v; };
using Mask = __mmask16;

LANES F load(const float* p) { return {_mm512_loadu_ps(p)}; }
LANES void store(float* p, F a) { _mm512_storeu_ps(p, a.v); }
LANES F all(float x) { return {_mm512_set1_ps(x)}; }
LANES F operator+(F a, F b) { return {_mm512_add_ps(a.v, b.v)}; }
LANES F operator-(F a, F b) { return {_mm512_sub_ps(a.v, b.v)}; }
LANES F operator*(F a, F b) { return {_mm512_mul_ps(a.v, b.v)}; }
LANES F operator/(F a, F b) { return {_mm512_div_ps(a.v, b.v)}; }
LANES F fma(F a, F b, F c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
LANES F smaller(F a, F b) { return {_mm512_min_ps(a.v, b.v)}; } // b where one is NaN
LANES F larger(F a, F b) { return {_mm512_max_ps(a.v, b.v)}; }
LANES F nearest(F a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
LANES Mask lessThan(F a, F b) { return _mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ); }
LANES Mask unordered(F a) { return _mm512_cmp_ps_mask(a.v, a.v, _CMP_UNORD_Q); }
LANES F choose(Mask m, F yes, F no) { return {_mm512_mask_blend_ps(m, no.v, yes.v)}; }
LANES std::uint32_t bitsOfMask(Mask m) { return m; }
LANES I bits(F a) { return {_mm512_castps_si512(a.v)}; }
LANES F floats(I a) { return {_mm512_castsi512_ps(a.v)}; }
LANES I all(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
LANES I operator+(I a, I b) { return {_mm512_add_epi32(a.v, b.v)}; }
LANES I operator&(I a, I b) { return {_mm512_and_si512(a.v, b.v)}; }
LANES I operator|(I a, I b) { return {_mm512_or_si512(a.v, b.v)}; }
LANES I operator-(I a, I b) { return {_mm512_sub_epi32(a.v, b.v)}; }
template<int n> LANES I rightSigned(I a) { return {_mm512_srai_epi32(a.v, n)}; }
template<int n> LANES I left(I a) { return {_mm512_slli_epi32(a.v, n)}; }
template<int n> LANES I right(I a) { return {_mm512_srli_epi32(a.v, n)}; }
LANES I largerOf(I a, I b) { return {_mm512_max_epi32(a.v, b.v)}; }
LANES Mask equal(I a, I b) { return _mm512_cmpeq_epi32_mask(a.v, b.v); }
LANES I integers(F a) { return {_mm512_cvtps_epi32(a.v)}; }
LANES F toFloats(I a) { return {_mm512_cvtepi32_ps(a.v)}; }
LANES I operator^(I a, I b) { return {_mm512_xor_si512(a.v, b.v)}; }
LANES I signs(I a) { return {_mm512_srai_epi32(a.v, 31)}; } // -1 where negative
LANES I smallerOf(I a, I b) { return {_mm512_min_epi32(a.v, b.v)}; }
LANES Mask lessThan(I a, I b) { return _mm512_cmplt_epi32_mask(a.v, b.v); }
LANES Mask exceeds(F a, F b) { return _mm512_cmp_ps_mask(a.v, b.v, _CMP_NLE_UQ); } // also where one is NaN
LANES I choose(Mask m, I yes, I no) { return {_mm512_mask_blend_epi32(m, no.v, yes.v)}; }
LANES I countWhere(Mask m, I a) { return {_mm512_mask_add_epi32(a.v, m, a.v, _mm512_set1_epi32(1))}; }
LANES I counting() { return {_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)}; }
LANES void pack(float* p, F a, std::uint32_t m) { _mm512_storeu_ps(p, _mm512_maskz_compress_ps(static_cast<Mask>(m), a.v)); } // lanes of m first
LANES F swapPairs(F a) { return {_mm512_permute_ps(a.v, 0xb1)}; }
LANES __m256 folded(F a) { return _mm256_add_ps(_mm512_castps512_ps256(a.v), _mm512_extractf32x8_ps(a.v, 1)); }

// Sums of four products of bytes in each lane, the first factor unsigned and at most 24, the second signed.
LANES I loadBytes(const std::uint8_t* p) { return {_mm512_loadu_si512(p)}; }
LANES void storeBytes(std::uint8_t* p, I a) { _mm512_storeu_si512(p, a.v); }
LANES I allWords(const std::int8_t* p) {
    std::int32_t word;
    std::memcpy(&word, p, 4);
    return all(word);
}
LANES I doubledE2m1(I codes) { // of the low nibbles: twice the value, plus 12
    const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0));
#if defined(__AVX512VBMI__)
    return {_mm512_permutexvar_epi8(codes.v, table)}; // looks at six bits, and the table repeats every sixteen
#else
    return {_mm512_shuffle_epi8(table, _mm512_and_si512(codes.v, _mm512_set1_epi8(15)))};
#endif
}
struct Dot { __m512i v; };
#if defined(__AVX512VNNI__)
LANES Dot beginDot(I start) { return {start.v}; }
LANES Dot addDot(Dot d, I a, I b) { return {_mm512_dpbusd_epi32(d.v, a.v, b.v)}; }
LANES I endDot(Dot d, I) { return {d.v}; }
#else // eight steps of products below 2^12 fit sixteen bits
LANES Dot beginDot(I) { return {_mm512_setzero_si512()}; }
LANES Dot addDot(Dot d, I a, I b) { return {_mm512_add_epi16(d.v, _mm512_maddubs_epi16(a.v, b.v))}; }
LANES I endDot(Dot d, I start) { return {_mm512_add_epi32(_mm512_madd_epi16(d.v, _mm512_set1_epi16(1)), start.v)}; }
#endif

// Sixteen codes to values: e4m3 times 2^-8 (the byte moved into an f16), bf16, and low or high nibbles of e2m1.
LANES F loadE4m3(const std::uint8_t* p) {
    const __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return {_mm512_cvtph_ps(_mm256_and_si256(_mm256_slli_epi16(wide, 7), _mm256_set1_epi16(static_cast<short>(0xbfff))))};
}
LANES void loadTwoE4m3(const std::uint8_t* p, F& a, F& b) { // of two columns
    const __m512i wide = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    const __m512i halves = _mm512_and_si512(_mm512_slli_epi16(wide, 7), _mm512_set1_epi16(static_cast<short>(0xbfff)));
    a = {_mm512_cvtph_ps(_mm512_castsi512_si256(halves))};
    b = {_mm512_cvtph_ps(_mm512_extracti64x4_epi64(halves, 1))};
}
LANES F loadInt8(const std::uint8_t* p) {
    return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
}
LANES F loadBf16(const std::uint8_t* p) {
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))), 16))};
}
LANES F valueE2m1(I codes) { // of the lowest four bits of a lane
    return {_mm512_permutexvar_ps(codes.v, _mm512_setr_ps(0, .5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -.5f, -1, -1.5f, -2, -3, -4, -6))};
}
LANES __m128i narrow(I a) { return _mm512_cvtepi32_epi8(a.v); }

#else

struct F { __m256 a, b; };
struct I { __m256i a, b; };
struct Mask { __m256 a, b; };

LANES F load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
LANES void store(float* p, F x) { _mm256_storeu_ps(p, x.a); _mm256_storeu_ps(p + 8, x.b); }
LANES F all(float x) { const __m256 v = _mm256_set1_ps(x); return {v, v}; }
LANES F operator+(F x, F y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
LANES F operator-(F x, F y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
LANES F operator*(F x, F y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
LANES F operator/(F x, F y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
LANES F fma(F x, F y, F z) { return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)}; }
LANES F smaller(F x, F y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
LANES F larger(F x, F y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
LANES F nearest(F x) {
    return {_mm256_round_ps(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), _mm256_round_ps(x.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
LANES Mask lessThan(F x, F y) { return {_mm256_cmp_ps(x.a, y.a, _CMP_LT_OQ), _mm256_cmp_ps(x.b, y.b, _CMP_LT_OQ)}; }
LANES Mask unordered(F x) { return {_mm256_cmp_ps(x.a, x.a, _CMP_UNORD_Q), _mm256_cmp_ps(x.b, x.b, _CMP_UNORD_Q)}; }
LANES F choose(Mask m, F yes, F no) { return {_mm256_blendv_ps(no.a, yes.a, m.a), _mm256_blendv_ps(no.b, yes.b, m.b)}; }
LANES std::uint32_t bitsOfMask(Mask m) { return static_cast<std::uint32_t>(_mm256_movemask_ps(m.a) | _mm256_movemask_ps(m.b) << 8); }
LANES I bits(F x) { return {_mm256_castps_si256(x.a), _mm256_castps_si256(x.b)}; }
LANES F floats(I x) { return {_mm256_castsi256_ps(x.a), _mm256_castsi256_ps(x.b)}; }
LANES I all(std::int32_t x) { const __m256i v = _mm256_set1_epi32(x); return {v, v}; }
LANES I operator+(I x, I y) { return {_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b)}; }
LANES I operator&(I x, I y) { return {_mm256_and_si256(x.a, y.a), _mm256_and_si256(x.b, y.b)}; }
LANES I operator|(I x, I y) { return {_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b)}; }
LANES I operator-(I x, I y) { return {_mm256_sub_epi32(x.a, y.a), _mm256_sub_epi32(x.b, y.b)}; }
template<int n> LANES I rightSigned(I x) { return {_mm256_srai_epi32(x.a, n), _mm256_srai_epi32(x.b, n)}; }
template<int n> LANES I left(I x) { return {_mm256_slli_epi32(x.a, n), _mm256_slli_epi32(x.b, n)}; }
template<int n> LANES I right(I x) { return {_mm256_srli_epi32(x.a, n), _mm256_srli_epi32(x.b, n)}; }
LANES I largerOf(I x, I y) { return {_mm256_max_epi32(x.a, y.a), _mm256_max_epi32(x.b, y.b)}; }
LANES Mask equal(I x, I y) {
    return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(x.a, y.a)), _mm256_castsi256_ps(_mm256_cmpeq_epi32(x.b, y.b))};
}
LANES I integers(F x) { return {_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b)}; }
LANES F toFloats(I x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
LANES I operator^(I x, I y) { return {_mm256_xor_si256(x.a, y.a), _mm256_xor_si256(x.b, y.b)}; }
LANES I signs(I x) { return {_mm256_srai_epi32(x.a, 31), _mm256_srai_epi32(x.b, 31)}; }
LANES I smallerOf(I x, I y) { return {_mm256_min_epi32(x.a, y.a), _mm256_min_epi32(x.b, y.b)}; }
LANES Mask lessThan(I x, I y) {
    return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(y.a, x.a)), _mm256_castsi256_ps(_mm256_cmpgt_epi32(y.b, x.b))};
}
LANES Mask exceeds(F x, F y) { return {_mm256_cmp_ps(x.a, y.a, _CMP_NLE_UQ), _mm256_cmp_ps(x.b, y.b, _CMP_NLE_UQ)}; }
LANES I choose(Mask m, I yes, I no) { return bits(choose(m, floats(yes), floats(no))); }
LANES I countWhere(Mask m, I x) { return {_mm256_sub_epi32(x.a, _mm256_castps_si256(m.a)), _mm256_sub_epi32(x.b, _mm256_castps_si256(m.b))}; }
LANES I counting() { return {_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15)}; }
LANES void pack(float* p, F x, std::uint32_t m) {
    float values[laneCount];
    store(values, x);
    for (; m; m &= m - 1) *p++ = values[__builtin_ctz(m)];
}
LANES F swapPairs(F x) { return {_mm256_permute_ps(x.a, 0xb1), _mm256_permute_ps(x.b, 0xb1)}; }
LANES __m256 folded(F x) { return _mm256_add_ps(x.a, x.b); }

LANES I loadBytes(const std::uint8_t* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
LANES void storeBytes(std::uint8_t* p, I x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.a);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 32), x.b);
}
LANES I allWords(const std::int8_t* p) {
    std::int32_t word;
    std::memcpy(&word, p, 4);
    return all(word);
}
LANES I doubledE2m1(I codes) {
    const __m256i table = _mm256_broadcastsi128_si256(_mm_setr_epi8(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0)), nibble = _mm256_set1_epi8(15);
    return {_mm256_shuffle_epi8(table, _mm256_and_si256(codes.a, nibble)), _mm256_shuffle_epi8(table, _mm256_and_si256(codes.b, nibble))};
}
struct Dot { __m256i a, b; };
LANES Dot beginDot(I) { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
LANES Dot addDot(Dot d, I x, I y) { // eight steps of products below 2^12 fit sixteen bits
    return {_mm256_add_epi16(d.a, _mm256_maddubs_epi16(x.a, y.a)), _mm256_add_epi16(d.b, _mm256_maddubs_epi16(x.b, y.b))};
}
LANES I endDot(Dot d, I start) {
    const __m256i one = _mm256_set1_epi16(1);
    return {_mm256_add_epi32(_mm256_madd_epi16(d.a, one), start.a), _mm256_add_epi32(_mm256_madd_epi16(d.b, one), start.b)};
}

LANES F fromF16(__m256i halves) { return {_mm256_cvtph_ps(_mm256_castsi256_si128(halves)), _mm256_cvtph_ps(_mm256_extracti128_si256(halves, 1))}; }
LANES F loadE4m3(const std::uint8_t* p) {
    const __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return fromF16(_mm256_and_si256(_mm256_slli_epi16(wide, 7), _mm256_set1_epi16(static_cast<short>(0xbfff))));
}
LANES void loadTwoE4m3(const std::uint8_t* p, F& a, F& b) {
    a = loadE4m3(p);
    b = loadE4m3(p + 16);
}
LANES F loadInt8(const std::uint8_t* p) {
    const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes)), _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128(codes, 8)))};
}
LANES F loadBf16(const std::uint8_t* p) {
    const __m256i low = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    const __m256i high = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16)));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(low, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(high, 16))};
}
LANES F valueE2m1(I codes) {
    const __m256 table = _mm256_setr_ps(0, .5f, 1, 1.5f, 2, 3, 4, 6), sign = _mm256_set1_ps(-0.0f);
    auto one = [&](__m256i c) { // the permutation looks at three bits
        return _mm256_or_ps(_mm256_permutevar8x32_ps(table, c), _mm256_and_ps(_mm256_castsi256_ps(_mm256_slli_epi32(c, 28)), sign));
    };
    return {one(codes.a), one(codes.b)};
}
LANES __m128i narrow(I x) {
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(x.a, x.b), 0xd8);
    return _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

#endif

LANES F zero() { return all(0.0f); }
// Sixteen small numbers as bytes in the order of the products' steps: of every eight the even ones, then the odd ones.
LANES void storeSteps(std::int8_t* p, I a) {
    const __m128i order = _mm_setr_epi8(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_shuffle_epi8(narrow(a), order));
}
LANES void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); } // any address

// Lanes added in one order: i with i + 8, then i with i + 1, and so on.
LANES float sum(F a) {
    const __m256 f = folded(a), h = _mm256_hadd_ps(f, f), q = _mm256_hadd_ps(h, h);
    return _mm_cvtss_f32(_mm_add_ss(_mm256_castps256_ps128(q), _mm256_extractf128_ps(q, 1)));
}
#if defined(__AVX512F__)
LANES F sums(const F* s) { // lane i: the sum of s[i]
    auto pairs = [](__m512 a, __m512 b) { // neighbours of a, then of b, in each quarter
        return _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd));
    };
    __m512 f[8], q[2];
    for (int i = 0; i < 8; ++i) // s[i] folded in the lower half, s[i + 8] in the upper
        f[i] = _mm512_add_ps(_mm512_shuffle_f32x4(s[i].v, s[i + 8].v, 0x44), _mm512_shuffle_f32x4(s[i].v, s[i + 8].v, 0xee));
    for (int i = 0; i < 2; ++i) q[i] = pairs(pairs(f[4 * i], f[4 * i + 1]), pairs(f[4 * i + 2], f[4 * i + 3]));
    const __m512 all = _mm512_add_ps(_mm512_shuffle_f32x4(q[0], q[1], 0x88), _mm512_shuffle_f32x4(q[0], q[1], 0xdd));
    return {_mm512_shuffle_f32x4(all, all, 0xd8)};
}
#else
LANES __m256 sumsOfEight(const F* s) {
    __m256 f[8];
    for (int i = 0; i < 8; ++i) f[i] = folded(s[i]);
    const __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(f[0], f[1]), _mm256_hadd_ps(f[2], f[3]));
    const __m256 b = _mm256_hadd_ps(_mm256_hadd_ps(f[4], f[5]), _mm256_hadd_ps(f[6], f[7]));
    return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}
LANES F sums(const F* s) { return {sumsOfEight(s), sumsOfEight(s + 8)}; }
#endif
LANES float largest(F a) {
    float v[laneCount];
    store(v, a);
    float m = v[0];
    for (int i = 1; i < laneCount; ++i) m = v[i] > m ? v[i] : m;
    return m;
}

LANES std::int32_t largest(I a) {
    std::int32_t v[laneCount];
    store(reinterpret_cast<float*>(v), floats(a));
    std::int32_t m = v[0];
    for (int i = 1; i < laneCount; ++i) m = v[i] > m ? v[i] : m;
    return m;
}
LANES std::int32_t total(I a) {
    std::int32_t v[laneCount], t = 0;
    store(reinterpret_cast<float*>(v), floats(a));
    for (const std::int32_t x : v) t += x;
    return t;
}

LANES F magnitude(F a) { return floats(bits(a) & all(0x7fffffff)); }
LANES F withSignOf(F a, F sign) { return floats(bits(a) | (bits(sign) & all(std::int32_t(0x80000000)))); }

// To bf16, ties to even; NaN stays NaN.
LANES F roundBf16(F a) {
    const I b = bits(a);
    const F rounded = floats((b + all(0x7fff) + (right<16>(b) & all(1))) & all(std::int32_t(0xffff0000)));
    return choose(unordered(a), a, rounded);
}

// To e4m3 and back, saturating; NaN stays NaN.
LANES F roundE4m3(F x) {
    const F a = magnitude(x);
    const I b = bits(a);
    const F normal = floats((b + all(0x7ffff) + (right<20>(b) & all(1))) & all(std::int32_t(0xfff00000)));
    const F small = (a + all(16384.0f)) - all(16384.0f);
    const F value = smaller(all(448.0f), choose(lessThan(a, all(0.015625f)), small, normal));
    return choose(unordered(x), x, withSignOf(value, x));
}

// e^x to about one unit in the last place; 0 below -87, NaN stays NaN, saturates above 88.
LANES F exponential(F x) {
    const Mask tiny = lessThan(x, all(-87.0f));
    const F clamped = smaller(all(88.0f), larger(all(-87.0f), x));
    const F n = nearest(clamped * all(1.44269504088896341f));
    F r = fma(n, all(-0.693359375f), clamped);
    r = fma(n, all(2.12194440e-4f), r);
    F p = all(1.9875691500e-4f);
    p = fma(p, r, all(1.3981999507e-3f));
    p = fma(p, r, all(8.3334519073e-3f));
    p = fma(p, r, all(4.1665795894e-2f));
    p = fma(p, r, all(1.6666665459e-1f));
    p = fma(p, r, all(5.0000001201e-1f));
    const F e = fma(p, r * r, r) + all(1.0f);
    const F scaled = e * floats(left<23>(integers(n) + all(127)));
    return choose(unordered(x), x, choose(tiny, zero(), scaled));
}

LANES F logistic(F x) { return all(1.0f) / (all(1.0f) + exponential(zero() - x)); }

} // namespace
} // namespace kernels::simd
