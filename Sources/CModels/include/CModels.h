// Files that are part of the executable.
#ifndef SALIENCYD_CMODELS_H
#define SALIENCYD_CMODELS_H

#include <stddef.h>

/// Constant bytes, valid as long as the process lives.
struct saliency_constants {
    const void *bytes;
    size_t count;
};

/// The motion model, as safetensors with its manifest.
struct saliency_constants saliency_motion_model(void);
/// The model card, as JSON.
struct saliency_constants saliency_motion_card(void);

#endif
