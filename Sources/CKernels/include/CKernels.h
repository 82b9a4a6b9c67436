// The only place with SIMD. Every kernel has a scalar variant that defines it; faster variants are chosen once, by what
// the CPU has (isa.c).
#ifndef SALIENCYD_CKERNELS_H
#define SALIENCYD_CKERNELS_H

#include "kernels_isa.h"
#include "kernels_overlay.h"
#include "kernels_engine.h"
#include "kernels_bytes.h"
#include "kernels_frame.h"

#endif
