// The only module with SIMD. Every kernel has a scalar variant that defines its results; faster variants are chosen
// once, by the features of the CPU (isa.c).
#ifndef SALIENCYD_CKERNELS_H
#define SALIENCYD_CKERNELS_H

#include "kernels_isa.h"
#include "kernels_overlay.h"
#include "kernels_engine.h"
#include "kernels_bytes.h"
#include "kernels_frame.h"

#endif
