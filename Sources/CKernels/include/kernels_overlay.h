#ifndef SALIENCYD_KERNELS_OVERLAY_H
#define SALIENCYD_KERNELS_OVERLAY_H

#include <stddef.h>
#include <stdint.h>

#endif
