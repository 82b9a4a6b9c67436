// Files that are part of the executable.
#ifndef SALIENCYD_CMODELS_H
#define SALIENCYD_CMODELS_H

#include <stddef.h>

/// Constants that live as long as the process.
struct saliency_constants {
    const void *bytes;
    size_t count;
};

/// The motion model: safetensors with its manifest.
struct saliency_constants saliency_motion_model(void);
/// What is known of it: JSON.
struct saliency_constants saliency_motion_card(void);

#endif
