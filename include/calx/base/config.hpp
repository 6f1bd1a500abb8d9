// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Version, the inline namespace that carries it, and the few macros the language forces on us.
#pragma once

#define CALX_VERSION_MAJOR 0
#define CALX_VERSION_MINOR 1
#define CALX_VERSION_PATCH 0

// Objects compiled for different instruction sets must not share inline functions: the name of
// the instruction set is part of every symbol.
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
#define CALX_ABI v0_1_avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define CALX_ABI v0_1_avx2_fma
#elif defined(__AVX2__)
#define CALX_ABI v0_1_avx2
#elif defined(__AVX__)
#define CALX_ABI v0_1_avx
#elif defined(__SSE4_1__)
#define CALX_ABI v0_1_sse4
#elif defined(__SSE2__)
#define CALX_ABI v0_1_sse2
#elif defined(__aarch64__)
#define CALX_ABI v0_1_neon64
#else
#define CALX_ABI v0_1_scalar
#endif

#if defined(__FAST_MATH__) && !defined(CALX_ALLOW_FAST_MATH)
#error "calx: -ffast-math breaks infinities, NaN and signed zero, which calx relies on; drop it"
#endif

// Functions that run on both sides of a CUDA launch.
#if defined(__CUDACC__)
#define CALX_HD __host__ __device__
#else
#define CALX_HD
#endif

// Generated code is a tree of small functions that must become one where speed matters; under
// sanitizers and without optimisation that would only take time to compile.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
#define CALX_ALWAYS_INLINE __attribute__((always_inline))
#else
#define CALX_ALWAYS_INLINE
#endif
#define CALX_INLINE inline CALX_ALWAYS_INLINE
// What passes call everywhere, but rarely at run time: to inline it costs the compiler much.
#define CALX_NOINLINE __attribute__((noinline))

#if !defined(CALX_NO_EXCEPTIONS) && !defined(__cpp_exceptions)
#define CALX_NO_EXCEPTIONS 1
#endif
