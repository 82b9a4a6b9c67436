#include <string.h>

#include "../isa.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Eight tables: the CRC of one byte, followed by 0 to 7 zero bytes ("slicing by 8", Kounavis and Berry, 2005).
struct crc_tables {
    uint32_t word[8][256];
};

static struct crc_tables castagnoli;
static struct crc_tables iso3309;

static void fill(struct crc_tables *tables, uint32_t reflected_polynomial) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? reflected_polynomial : 0);
        tables->word[0][byte] = crc;
    }
    for (int zeros = 1; zeros < 8; zeros++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t crc = tables->word[zeros - 1][byte];
            tables->word[zeros][byte] = crc >> 8 ^ tables->word[0][crc & 0xFF];
        }
}

// Runs before main, so that no thread ever sees an incomplete table.
__attribute__((constructor)) static void fill_tables(void) {
    fill(&castagnoli, 0x82F63B78);
    fill(&iso3309, 0xEDB88320);
}

static uint32_t slice_by_8(const struct crc_tables *tables, uint32_t crc, const uint8_t *bytes, size_t count) {
    crc = ~crc;
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t chunk;
        memcpy(&chunk, bytes, 8);
        chunk ^= crc;
        crc = 0;
        for (int index = 0; index < 8; index++) crc ^= tables->word[7 - index][chunk >> 8 * index & 0xFF];
    }
    for (; count > 0; count--, bytes++) crc = crc >> 8 ^ tables->word[0][(crc ^ *bytes) & 0xFF];
    return ~crc;
}

uint32_t saliency_crc32c_scalar(uint32_t crc, const void *bytes, size_t count) {
    return slice_by_8(&castagnoli, crc, bytes, count);
}

uint32_t saliency_crc32(uint32_t crc, const void *bytes, size_t count) {
    return slice_by_8(&iso3309, crc, bytes, count);
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t saliency_crc32c_sse42(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t wide = (uint32_t)~crc;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t chunk;
        memcpy(&chunk, next, 8);
        wide = _mm_crc32_u64(wide, chunk);
    }
    uint32_t narrow = (uint32_t)wide;
    for (; count > 0; count--, next++) narrow = _mm_crc32_u8(narrow, *next);
    return ~narrow;
}
#endif

uint32_t saliency_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (saliency_uses(CPU_SSE42)) return saliency_crc32c_sse42(crc, bytes, count);
#endif
    return saliency_crc32c_scalar(crc, bytes, count);
}
