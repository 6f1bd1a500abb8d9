// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texts, errors and element types.
#include <calx/base/dtype.hpp>
#include <calx/base/error.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "../catch.hpp"

using calx::dtype;

static_assert((calx::text("shape (") << 3 << ",)").view() == "shape (3,)");
static_assert(calx::promote(dtype::i64, dtype::f32) == dtype::f32);

TEST_CASE("text appends numbers, the smallest too, and cuts what does not fit") {
  calx::text t;
  t << std::numeric_limits<std::int64_t>::min() << " " << 0;
  CHECK(t.view() == "-9223372036854775808 0");
  for (int i = 0; i < 200; ++i) t << "abcdef";
  CHECK(t.view().size() == sizeof t.data - 1);
}

TEST_CASE("raise throws the exception of its kind with the text") {
  using enum calx::error_kind;
  CHECK_THROWS_AS(calx::raise(shape, "s"), calx::shape_error);
  CHECK_THROWS_AS(calx::raise(dtype, "d"), calx::dtype_error);
  CHECK_THROWS_AS(calx::raise(index, "i"), calx::index_error);
  try {
    calx::raise(generic, calx::text("axis ") << 7);
    FAIL("raise returned");
  } catch (const calx::error& e) {
    CHECK(std::string(e.what()) == "axis 7");
  }
}

TEST_CASE("promotion is symmetric, idempotent and follows JAX's table") {
  for (int i = 0; i < calx::dtype_count; ++i)
    for (int j = 0; j < calx::dtype_count; ++j) {
      auto a = static_cast<dtype>(i), b = static_cast<dtype>(j), c = calx::promote(a, b);
      CHECK(c == calx::promote(b, a));
      CHECK(calx::promote(c, a) == c);
    }
  CHECK(calx::promote(dtype::i32, dtype::u32) == dtype::i64);
  CHECK(calx::promote(dtype::i64, dtype::u64) == dtype::f64);
  CHECK(calx::promote(dtype::f32, dtype::f64) == dtype::f64);
}

TEST_CASE("weak scalars keep the array's dtype within its kind") {
  CHECK(calx::promote_weak(dtype::f32, dtype::f64) == dtype::f32);
  CHECK(calx::promote_weak(dtype::i32, dtype::i64) == dtype::i32);
  CHECK(calx::promote_weak(dtype::b1, dtype::i32) == dtype::i64);
  CHECK(calx::promote_weak(dtype::i32, dtype::f64) == dtype::f64);
}

TEST_CASE("names, sizes and C++ types of dtypes agree") {
  for (int i = 0; i < calx::dtype_count; ++i) {
    auto d = static_cast<dtype>(i);
    calx::visit_dtype(d, [&]<class T>() {
      CHECK(calx::dtype_of<T>() == d);
      CHECK(sizeof(T) == calx::size_of(d));
    });
  }
  CHECK(calx::name_of(dtype::f64) == "float64");
  CHECK(calx::abbreviation(dtype::i32) == "i32");
  CHECK(calx::to_float(dtype::b1) == dtype::f32);
  CHECK(calx::to_float(dtype::i64) == dtype::f64);
  CHECK(calx::sum_dtype(dtype::b1) == dtype::i64);
}
