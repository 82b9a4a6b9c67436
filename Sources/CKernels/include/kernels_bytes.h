// Checksums, hashes and scans over the bytes of files. Functions without a variant in their name use the CPU's own
// instructions if it has them, unless SALIENCYD_ISA is `scalar`.
#ifndef SALIENCYD_KERNELS_BYTES_H
#define SALIENCYD_KERNELS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this CPU has an instruction for CRC-32C (SSE4.2).
bool saliency_has_sse42(void);
/// Whether this CPU has instructions for SHA-1 and SHA-256.
bool saliency_has_sha(void);

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of `count` bytes, continuing from `crc`; start with 0.
uint32_t saliency_crc32c(uint32_t crc, const void *bytes, size_t count);
/// The scalar variant, with a table of 8 x 256 words.
uint32_t saliency_crc32c_scalar(uint32_t crc, const void *bytes, size_t count);
#if defined(__x86_64__)
/// With the CPU's own instruction; call it only if `saliency_has_sse42`.
uint32_t saliency_crc32c_sse42(uint32_t crc, const void *bytes, size_t count);
#endif

/// CRC-32 as used in zip archives (ISO 3309) of `count` bytes, continuing from `crc`; start with 0.
uint32_t saliency_crc32(uint32_t crc, const void *bytes, size_t count);

/// SHA-256 (FIPS 180-4): mixes `count` blocks of 64 bytes into the eight words of `state`.
void saliency_sha256_blocks(uint32_t state[8], const void *blocks, size_t count);
/// The scalar variant.
void saliency_sha256_blocks_scalar(uint32_t state[8], const void *blocks, size_t count);
#if defined(__x86_64__)
/// With the CPU's own instructions; call it only if `saliency_has_sha`.
void saliency_sha256_blocks_sha(uint32_t state[8], const void *blocks, size_t count);
#endif

/// SHA-1 (FIPS 180-4): mixes `count` blocks of 64 bytes into the five words of `state`.
void saliency_sha1_blocks(uint32_t state[5], const void *blocks, size_t count);
/// The scalar variant.
void saliency_sha1_blocks_scalar(uint32_t state[5], const void *blocks, size_t count);
#if defined(__x86_64__)
/// With the CPU's own instructions; call it only if `saliency_has_sha`.
void saliency_sha1_blocks_sha(uint32_t state[5], const void *blocks, size_t count);
#endif

/// Whether none of `count` values is infinite or NaN.
bool saliency_all_finite(const float *values, size_t count);

#endif
