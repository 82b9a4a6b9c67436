// libwebp's decoder of animations: FFmpeg (5.1 to 7.1) decodes single WebP frames only.
#ifndef SALIENCYD_CWEBP_SHIM_H
#define SALIENCYD_CWEBP_SHIM_H

#include <webp/demux.h>

#endif
