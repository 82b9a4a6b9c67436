#ifndef SALIENCYD_KERNELS_ENGINE_H
#define SALIENCYD_KERNELS_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#endif
