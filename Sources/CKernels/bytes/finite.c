#include "CKernels.h"

#include <string.h>

bool saliency_all_finite(const float *values, size_t count) {
    // An exponent of all ones means infinity or NaN. Branch-free, so that the compiler vectorises it.
    uint32_t found = 0;
    for (size_t index = 0; index < count; index++) {
        uint32_t bits;
        memcpy(&bits, values + index, 4);
        found |= (bits & 0x7F800000) == 0x7F800000;
    }
    return !found;
}
