// NEON variants: 4 channels per vector, remainders one by one.
#if defined(__aarch64__)
#include "engine_variants.h"

#include <arm_neon.h>

// Lane i is set where bit i of `bits` is.
static inline uint32x4_t expanded(unsigned bits) {
    const uint32x4_t bit = {1, 2, 4, 8};
    return vtstq_u32(vdupq_n_u32(bits), bit);
}

// The inverse of `expanded`.
static inline unsigned packed(uint32x4_t lanes) {
    const uint32x4_t bit = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(lanes, bit));
}

static inline float32x4_t masked(float32x4_t value, uint32x4_t lanes) {
    return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(value), lanes));
}

static void bias_relu(size_t rows, size_t channels, const float *source, size_t source_stride, const float *bias,
                      float *destination, size_t destination_stride, uint8_t *masks, size_t mask_stride) {
    for (size_t r = 0; r < rows; r++) {
        const float *from = source + r * source_stride;
        float *to = destination + r * destination_stride;
        uint8_t *bits = masks + r * mask_stride;
        for (size_t b = 0; b < mask_stride; b++) bits[b] = 0;
        size_t c = 0;
        for (; c + 4 <= channels; c += 4) {
            const float32x4_t value = vaddq_f32(vld1q_f32(from + c), vld1q_f32(bias + c));
            const uint32x4_t open = vcgtzq_f32(value);
            vst1q_f32(to + c, masked(value, open));
            bits[c / 8] |= (uint8_t)(packed(open) << c % 8);
        }
        for (; c < channels; c++) {
            const float value = from[c] + bias[c];
            to[c] = value > 0 ? value : 0;
            bits[c / 8] |= (uint8_t)((value > 0) << c % 8);
        }
    }
}

static void apply_masks(size_t rows, size_t channels, float *gradient, size_t stride, const uint8_t *masks,
                        size_t mask_stride, int guided) {
    for (size_t r = 0; r < rows; r++) {
        float *row = gradient + r * stride;
        const uint8_t *bits = masks + r * mask_stride;
        size_t c = 0;
        for (; c + 4 <= channels; c += 4) {
            const float32x4_t value = vld1q_f32(row + c);
            uint32x4_t open = expanded((unsigned)bits[c / 8] >> c % 8);
            if (guided) open = vandq_u32(open, vcgtzq_f32(value));
            vst1q_f32(row + c, masked(value, open));
        }
        for (; c < channels; c++) {
            const int open = bits[c / 8] >> c % 8 & 1;
            row[c] = open && (!guided || row[c] > 0) ? row[c] : 0;
        }
    }
}

// Vectors that a pool processes at once: successive rows of one vector depend on each other, vectors side by side do
// not.
enum { VECTORS = 4 };

static inline __attribute__((always_inline)) void maximum_of(size_t count, const float *const *rows, size_t c,
                                                             const int vectors, const uint8_t *codes,
                                                             float *destination, uint8_t *indices) {
    float32x4_t best[VECTORS];
    uint32x4_t code[VECTORS];
    for (int v = 0; v < vectors; v++) {
        best[v] = vld1q_f32(rows[0] + c + 4 * v);
        code[v] = vdupq_n_u32(codes[0]);
    }
    for (size_t j = 1; j < count; j++) {
        const uint32x4_t next = vdupq_n_u32(codes[j]);
        for (int v = 0; v < vectors; v++) {
            const float32x4_t value = vld1q_f32(rows[j] + c + 4 * v);
            // Comparisons with NaN are false, so only greater values replace the maximum.
            const uint32x4_t greater = vcgtq_f32(value, best[v]);
            best[v] = vbslq_f32(greater, value, best[v]);
            code[v] = vbslq_u32(greater, next, code[v]);
        }
    }
    for (int v = 0; v < vectors; v++) {
        vst1q_f32(destination + c + 4 * v, best[v]);
        const uint16x4_t halves = vmovn_u32(code[v]);
        const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(vmovn_u16(vcombine_u16(halves, halves))), 0);
        __builtin_memcpy(indices + c + 4 * v, &four, 4);
    }
}

static void maximum(size_t count, size_t channels, const float *const *rows, const uint8_t *codes, float *destination,
                    uint8_t *indices) {
    size_t c = 0;
    for (; c + 4 * VECTORS <= channels; c += 4 * VECTORS)
        maximum_of(count, rows, c, VECTORS, codes, destination, indices);
    for (; c + 4 <= channels; c += 4) maximum_of(count, rows, c, 1, codes, destination, indices);
    for (; c < channels; c++) {
        float best = rows[0][c];
        uint8_t code = codes[0];
        for (size_t j = 1; j < count; j++) {
            if (rows[j][c] > best) {
                best = rows[j][c];
                code = codes[j];
            }
        }
        destination[c] = best;
        indices[c] = code;
    }
}

// Lane i of the result is set where byte i, of four, is `code`.
static inline uint32x4_t winners(const uint8_t *indices, uint8_t code) {
    uint32_t four;
    __builtin_memcpy(&four, indices, 4);
    const uint8x8_t won = vceq_u8(vreinterpret_u8_u32(vdup_n_u32(four)), vdup_n_u8(code));
    return vreinterpretq_u32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_u8(won)))));
}

static inline __attribute__((always_inline)) void winners_of(size_t count, const float *const *gradients,
                                                             const uint8_t *const *indices, size_t c, const int vectors,
                                                             const uint8_t *codes, float *destination, int accumulate) {
    float32x4_t sum[VECTORS];
    for (int v = 0; v < vectors; v++) sum[v] = accumulate ? vld1q_f32(destination + c + 4 * v) : vdupq_n_f32(0);
    for (size_t j = 0; j < count; j++) {
        for (int v = 0; v < vectors; v++) {
            const float32x4_t next = vaddq_f32(sum[v], vld1q_f32(gradients[j] + c + 4 * v));
            sum[v] = vbslq_f32(winners(indices[j] + c + 4 * v, codes[j]), next, sum[v]);
        }
    }
    for (int v = 0; v < vectors; v++) vst1q_f32(destination + c + 4 * v, sum[v]);
}

static void sum_of_winners(size_t count, size_t channels, const float *const *gradients, const uint8_t *const *indices,
                           const uint8_t *codes, float *destination, int accumulate) {
    size_t c = 0;
    for (; c + 4 * VECTORS <= channels; c += 4 * VECTORS)
        winners_of(count, gradients, indices, c, VECTORS, codes, destination, accumulate);
    for (; c + 4 <= channels; c += 4) winners_of(count, gradients, indices, c, 1, codes, destination, accumulate);
    for (; c < channels; c++) {
        float sum = accumulate ? destination[c] : 0;
        for (size_t j = 0; j < count; j++)
            if (indices[j][c] == codes[j]) sum += gradients[j][c];
        destination[c] = sum;
    }
}

// The compiler vectorises these two loops.
static void add(size_t count, const float *source, float *destination) {
    for (size_t i = 0; i < count; i++) destination[i] += source[i];
}

static void scale_bytes(size_t count, const uint8_t *source, float scale, float offset, float *destination) {
    for (size_t i = 0; i < count; i++) destination[i] = (float)source[i] * scale + offset;
}

const engine_kernels engine_neon_kernels = {
    .name = "neon",
    .bias_relu = bias_relu,
    .apply_masks = apply_masks,
    .maximum = maximum,
    .sum_of_winners = sum_of_winners,
    .add = add,
    .scale_bytes = scale_bytes,
    .winograd = engine_neon_winograd,
    .peak = engine_neon_peak,
    .product = engine_neon_product,
    .stem = engine_neon_stem,
    .stem_gradient = engine_neon_stem_gradient,
};
#endif
