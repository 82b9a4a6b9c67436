#include "CModels.h"

// Aligned, so that the values, which begin at a multiple of 8 in the safetensors file, are aligned too.
static const _Alignas(64) unsigned char model[] = {
#embed "../Engine/Builtin/motion.safetensors"
};

static const unsigned char card[] = {
#embed "../Engine/Builtin/motion.json"
};

struct saliency_constants saliency_motion_model(void) {
    return (struct saliency_constants){model, sizeof model};
}

struct saliency_constants saliency_motion_card(void) {
    return (struct saliency_constants){card, sizeof card};
}
