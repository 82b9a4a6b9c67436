#include <string.h>

#include "../isa.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline uint32_t rotate(uint32_t x, int n) { return x << n | x >> (32 - n); }

void saliency_sha1_blocks_scalar(uint32_t state[5], const void *blocks, size_t count) {
    // FIPS 180-4, section 4.2.1.
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    const uint8_t *block = blocks;
    for (; count > 0; count--, block += 64) {
        uint32_t w[80];
        for (int t = 0; t < 16; t++) {
            memcpy(&w[t], block + 4 * t, 4);
            w[t] = __builtin_bswap32(w[t]);
        }
        for (int t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        for (int t = 0; t < 80; t++) {
            uint32_t choice = (b & c) ^ (~b & d), parity = b ^ c ^ d, majority = (b & c) ^ (b & d) ^ (c & d);
            uint32_t f = t < 20 ? choice : t < 40 ? parity : t < 60 ? majority : parity;
            uint32_t sum = rotate(a, 5) + f + e + constants[t / 20] + w[t];
            e = d, d = c, c = rotate(b, 30), b = a, a = sum;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
    }
}

#if defined(__x86_64__)
// Four rounds at a time: `abcd` and, in the highest word, e; the function of the rounds is an immediate
// (Intel, "SHA Extensions", 2013).
#define FOUR_ROUNDS(words, function)                                                                                   \
    do {                                                                                                               \
        __m128i sum = _mm_sha1nexte_epu32(e, words);                                                                   \
        e = abcd;                                                                                                      \
        abcd = _mm_sha1rnds4_epu32(abcd, sum, function);                                                               \
    } while (0)

__attribute__((target("sha,sse4.1"))) void saliency_sha1_blocks_sha(uint32_t state[5], const void *blocks,
                                                                    size_t count) {
    const __m128i big_endian = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    const uint8_t *block = blocks;
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1B);
    __m128i e_word = _mm_set_epi32((int)state[4], 0, 0, 0);
    for (; count > 0; count--, block += 64) {
        const __m128i abcd_before = abcd;
        __m128i e = abcd;
        __m128i w[4];
        for (int group = 0; group < 20; group++) {
            __m128i words;
            if (group < 4) {
                words = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * group)), big_endian);
            } else {
                // w[t] from w[t-16], w[t-14], w[t-8] and w[t-3], four at a time.
                __m128i old = _mm_sha1msg1_epu32(w[group & 3], w[(group + 1) & 3]);
                words = _mm_sha1msg2_epu32(_mm_xor_si128(old, w[(group + 2) & 3]), w[(group + 3) & 3]);
            }
            w[group & 3] = words;
            if (group == 0) {
                // The first e is the state's own; `sha1nexte` would rotate it.
                abcd = _mm_sha1rnds4_epu32(abcd, _mm_add_epi32(e_word, words), 0);
            } else if (group < 5) {
                FOUR_ROUNDS(words, 0);
            } else if (group < 10) {
                FOUR_ROUNDS(words, 1);
            } else if (group < 15) {
                FOUR_ROUNDS(words, 2);
            } else {
                FOUR_ROUNDS(words, 3);
            }
        }
        e_word = _mm_sha1nexte_epu32(e, e_word);
        abcd = _mm_add_epi32(abcd, abcd_before);
    }
    _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1B));
    state[4] = (uint32_t)_mm_extract_epi32(e_word, 3);
}
#endif

void saliency_sha1_blocks(uint32_t state[5], const void *blocks, size_t count) {
#if defined(__x86_64__)
    if (saliency_uses(CPU_SHA)) {
        saliency_sha1_blocks_sha(state, blocks, count);
        return;
    }
#endif
    saliency_sha1_blocks_scalar(state, blocks, count);
}
