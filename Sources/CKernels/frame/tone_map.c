#include "CKernels.h"

#include <math.h>

// A table's value, interpolated between two entries, for a position in 0...size.
static inline float between(const float *table, float position, int size) {
    int index = (int)position;
    if (index >= size) return table[size];
    return table[index] + (table[index + 1] - table[index]) * (position - (float)index);
}

void saliency_tone_map(uint8_t *output, const uint16_t *input, size_t count, const saliency_tone *tone) {
    for (size_t i = 0; i < count; i++, input += 3, output += 3) {
        float r = tone->linear[input[0]], g = tone->linear[input[1]], b = tone->linear[input[2]];
        if (tone->gain) {
            float luma = tone->luma[0] * r + tone->luma[1] * g + tone->luma[2] * b;
            // The fourth root gives the dark end, where the gain is steepest, more entries.
            float gain = between(tone->gain, sqrtf(sqrtf(luma)) * saliency_tone_gains, saliency_tone_gains);
            r *= gain;
            g *= gain;
            b *= gain;
        }
        for (int channel = 0; channel < 3; channel++) {
            const float *row = tone->matrix + 3 * channel;
            float value = row[0] * r + row[1] * g + row[2] * b;
            value = value > 0 ? value < 1 ? value : 1 : 0;
            output[channel] = tone->encoded[(int)(sqrtf(value) * saliency_tone_codes + 0.5f)];
        }
    }
}
