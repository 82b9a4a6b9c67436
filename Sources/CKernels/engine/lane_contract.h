// The second half of the contract (kernel_contract.h): masked access to 16 lanes. Lane i belongs to bit i of a mask.
#ifndef SALIENCYD_LANE_CONTRACT_H
#define SALIENCYD_LANE_CONTRACT_H

#ifndef SALIENCYD_KERNEL_CONTRACT_H
#error "include kernel_contract.h first"
#endif
#ifndef load_lanes
#error "define vec load_lanes(const float *p, unsigned used): the used lanes, 0 between them; reads no other"
#endif
#ifndef load_bytes
#error "define bytes16 load_bytes(const uint8_t *p, unsigned used): the same of bytes; `used` is one run of bits"
#endif
#ifndef store_lanes
#error                                                                                                                 \
    "define void store_lanes(float *p, vec value, unsigned open, unsigned used): writes the used lanes, 0 if not open"
#endif
#ifndef positive_lanes
#error "define unsigned positive_lanes(vec value): which lanes are > 0; NaN is not"
#endif

#endif
