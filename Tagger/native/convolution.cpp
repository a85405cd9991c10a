#include "convolution.h"

#include <cpuid.h>

#include "variants.h"

namespace {

// __builtin_cpu_supports of GCC 12 does not know AVX-VNNI: leaf 7, subleaf 1, bit 4 of eax.
bool HasAvxVnni() {
    unsigned a, b, c, d;
    return __builtin_cpu_supports("avx2") && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}

bool Has(int32_t variant) {
    switch (variant) {
        case 0: return true;
        case 1: return __builtin_cpu_supports("avx2");
        case 2: return HasAvxVnni();
        case 3: return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
        default: return false;
    }
}

bool IsKnown(const stickers_shape& s) {
    return s.pictures > 0 && s.in_side > 0 && s.in_side <= 4096 && s.in_channels > 0 && s.in_channels % 4 == 0 && s.in_channels <= 65536 && s.out_channels > 0 &&
           s.out_channels % 16 == 0 && s.out_channels <= 65536 && (s.kernel == 1 || s.kernel == 3) && (s.stride == 1 || s.stride == 2) &&
           // So that no sum of 255 x 127 leaves 31 bits.
           int64_t(s.kernel) * s.kernel * s.in_channels <= 65536 && s.out_side == (s.in_side + s.stride - 1) / s.stride;
}

}  // namespace

int32_t stickers_has_variant(int32_t variant) { return Has(variant); }

int32_t stickers_best_variant() {
    for (int32_t variant = 3; variant > 0; variant--) {
        if (Has(variant)) return variant;
    }
    return 0;
}

int32_t stickers_convolve(int32_t variant, const stickers_shape* shape, const stickers_layer* layer) {
    if (!Has(variant)) return 1;
    const bool added = layer->shortcut || layer->addend;
    if (!IsKnown(*shape) || !layer->output == !layer->sums || (layer->shortcut && layer->addend) || (layer->sums && added)) return 2;
    if (layer->narrow && !(layer->sums && shape->kernel == 1 && shape->stride == 1 && shape->in_channels % 16 == 0)) return 2;
    switch (variant) {
        case 3: stickers_convolve_avx512(*shape, *layer); break;
        case 2: stickers_convolve_avxvnni(*shape, *layer); break;
        case 1: return stickers_convolve_avx2(*shape, *layer);
        default: stickers_convolve_portable(*shape, *layer);
    }
    return 0;
}
