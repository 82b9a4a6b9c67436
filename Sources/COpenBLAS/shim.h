#ifndef SALIENCYD_COPENBLAS_SHIM_H
#define SALIENCYD_COPENBLAS_SHIM_H
#include <cblas.h>
#endif
