// libwebp's decoder of animations, because FFmpeg (5.1 to 7.1) decodes only single WebP frames.
#ifndef SALIENCYD_CWEBP_SHIM_H
#define SALIENCYD_CWEBP_SHIM_H

#include <webp/demux.h>

#endif
