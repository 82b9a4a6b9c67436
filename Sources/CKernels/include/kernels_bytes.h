#ifndef SALIENCYD_KERNELS_BYTES_H
#define SALIENCYD_KERNELS_BYTES_H

#include <stddef.h>
#include <stdint.h>

#endif
