// Checksums and hashes: every length up to a few blocks, by the chosen variant and by each available variant.
#include <stdio.h>
#include <string.h>

#include "harness.h"

static void checksum(size_t count) {
    const uint8_t *bytes = random_bytes(count);
    char name[64];
    const uint32_t crcs[2] = {saliency_crc32c_scalar(7, bytes, count), saliency_crc32(7, bytes, count)};
    snprintf(name, sizeof name, "crc %zu", count);
    check_bytes(SALIENCY_ISA_SCALAR, "bytes", name, crcs, sizeof crcs);
    check_that(saliency_crc32c(7, bytes, count) == crcs[0], "the chosen CRC-32C equals the scalar one");
    const uint32_t head = saliency_crc32c(7, bytes, count / 3);
    check_that(saliency_crc32c(head, bytes + count / 3, count - count / 3) == crcs[0], "CRC-32C continues");
#if defined(__x86_64__)
    if (saliency_has_sse42())
        check_that(saliency_crc32c_sse42(7, bytes, count) == crcs[0], "SSE4.2's CRC-32C equals the scalar one");
#endif
}

static void hash(size_t blocks) {
    const uint8_t *bytes = random_bytes(64 * blocks);
    char name[64];
    uint32_t start[8], scalar[2][8], chosen[2][8];
    for (int i = 0; i < 8; i++) start[i] = random_bits();
    for (int i = 0; i < 2; i++) {
        memcpy(scalar[i], start, sizeof start);
        memcpy(chosen[i], start, sizeof start);
    }
    saliency_sha1_blocks_scalar(scalar[0], bytes, blocks);
    saliency_sha256_blocks_scalar(scalar[1], bytes, blocks);
    snprintf(name, sizeof name, "sha %zu", blocks);
    check_bytes(SALIENCY_ISA_SCALAR, "bytes", name, scalar, sizeof scalar);
    saliency_sha1_blocks(chosen[0], bytes, blocks);
    saliency_sha256_blocks(chosen[1], bytes, blocks);
    check_that(memcmp(chosen, scalar, sizeof scalar) == 0, "the chosen SHA equals the scalar one");
#if defined(__x86_64__)
    if (!saliency_has_sha()) return;
    uint32_t fast[2][8];
    for (int i = 0; i < 2; i++) memcpy(fast[i], start, sizeof start);
    saliency_sha1_blocks_sha(fast[0], bytes, blocks);
    saliency_sha256_blocks_sha(fast[1], bytes, blocks);
    check_that(memcmp(fast, scalar, sizeof scalar) == 0, "the SHA extensions' hash equals the scalar one");
#endif
}

void test_bytes(void) {
    random_seed(50);
    // The check value of the CRC catalogues.
    check_that(saliency_crc32c(0, "123456789", 9) == 0xE3069283u, "CRC-32C of 123456789");
    check_that(saliency_crc32(0, "123456789", 9) == 0xCBF43926u, "CRC-32 of 123456789");
    for (size_t count = 0; count <= 40; count++) checksum(count);
    checksum(1000);
    for (size_t blocks = 1; blocks <= 5; blocks++) hash(blocks);
    check_that(saliency_all_finite(random_floats(99), 99), "finite values are finite");
    check_that(!saliency_all_finite(special_floats(99), 99), "infinities are not");
}
