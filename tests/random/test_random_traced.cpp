// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers of traced keys: the same numbers as of concrete ones, also batched.
#include "common.hpp"

#include <calx/codegen/vm/machine.hpp>
#include <calx/passes/vmap.hpp>

#include <cstdint>
#include <memory>
#include <string>

#include "../catch.hpp"
#include "../support.hpp"

using calx::dtype, calx::graph, calx::tracer;
using support::thrown;
using std::int32_t, std::int64_t, std::uint32_t, std::uint64_t;
using traced_key = rnd::basic_key<tracer>;

namespace {
constexpr traced_key key_input(graph& g, const calx::dims& shape = {}) {
  tracer k0(&g, calx::input_t::emit(g, {dtype::u32, shape}));
  return {k0, tracer(&g, calx::input_t::emit(g, {dtype::u32, shape}))};
}
template <class T>
std::vector<T> result(graph& g, int output, const void* k0, const void* k1) {
  g.outputs.push_back(output);
  REQUIRE(g.element(output) == calx::dtype_of<T>());
  auto size = static_cast<std::size_t>(g.shape(output).size());
  auto out = std::make_unique<T[]>(size);  // a vector<bool> has no data()
  const void* in[] = {k0, k1};
  void* to[] = {out.get()};
  calx::vm::run(calx::vm::compile(g), in, to);
  return std::vector<T>(out.get(), out.get() + size);
}
/// The elements of f(key), with a traced key.
template <class T, class F>
std::vector<T> traced(const F& f, rnd::key_type key) {
  graph g;
  return result<T>(g, f(key_input(g)).id, &key.k0, &key.k1);
}
/// Traced and concrete elements of f agree to `tolerance`, relative.
template <class T, class F>
bool agree(const F& f, double tolerance = 0) {
  for (int64_t seed : {0, 42, -7})
    if (!(distance(traced<T>(f, rnd::key(seed)), elements(f(rnd::key(seed)))) <= tolerance))
      return false;
  return true;
}
/// The number of nodes of a program traced by the compiler, or -1 for one in error.
template <class F>
constexpr int traced_size(const F& f) {
  graph g;
  f(key_input(g));
  return g.failed == calx::error_kind::none ? g.size() : -1;
}
}  // namespace

// The compiler can trace all of them; a draw costs its cipher, about 140 nodes, and its formula.
static_assert(traced_size([](auto k) { return rnd::normal<double>(k, 3); }) < 200);
static_assert(traced_size([](auto k) { return rnd::split<3>(k)[2].k0; }) < 200);
static_assert(traced_size([](auto k) { return rnd::normal<double>(k, -3); }) == -1);

TEST_CASE("traced draws equal concrete ones") {
  CHECK(agree<uint32_t>([](auto k) { return rnd::bits<uint32_t>(k, 17); }));
  CHECK(agree<uint64_t>([](auto k) { return rnd::bits<uint64_t>(k, 3, 5); }));
  CHECK(agree<double>([](auto k) { return rnd::uniform<double>(k, 2, 3); }));
  CHECK(agree<float>([](auto k) { return rnd::uniform<float>(k, 2, 3); }));
  rnd::range bounds{-3.5, 2.25};
  CHECK(agree<double>([=](auto k) { return rnd::uniform<double>(k, bounds, 9); }, 1e-15));
  CHECK(agree<float>([=](auto k) { return rnd::uniform<float>(k, bounds, 9); }, 1e-6));
  CHECK(agree<double>([](auto k) { return rnd::normal<double>(k, 17); }, 1e-15));
  CHECK(agree<float>([](auto k) { return rnd::normal<float>(k, 17); }, 1e-6));
  CHECK(agree<double>([](auto k) { return rnd::normal<calx::tensor<double, 2, 3>>(k); }, 1e-15));
  CHECK(agree<double>([](auto k) { return rnd::exponential<double>(k, 9); }, 1e-15));
  CHECK(agree<double>([](auto k) { return rnd::gumbel<double>(k, 9); }, 1e-14));
  CHECK(agree<double>([](auto k) { return rnd::logistic<double>(k, 9); }, 1e-14));
  CHECK(agree<float>([](auto k) { return rnd::laplace<float>(k, 9); }, 1e-6));
  CHECK(agree<bool>([](auto k) { return rnd::bernoulli(k, 0.3, 17); }));
  CHECK(agree<double>([](auto k) { return rnd::normal<double>(k, 0); }));
}
TEST_CASE("traced randint equals the concrete one at every kind of bound") {
  CHECK(agree<int64_t>([](auto k) { return rnd::randint<int64_t>(k, 0, 10, 17); }));
  CHECK(agree<int64_t>([](auto k) { return rnd::randint<int64_t>(k, -5, 1000003, 17); }));
  CHECK(agree<int64_t>([](auto k) { return rnd::randint<int64_t>(k, 3, 2, 4); }));
  CHECK(agree<int32_t>([](auto k) { return rnd::randint<int32_t>(k, -5, 6, 17); }));
  CHECK(agree<int32_t>([](auto k) {
    return rnd::randint<int32_t>(k, INT32_MIN, int64_t{INT32_MAX} + 1, 17);
  }));
  CHECK(agree<int64_t>([](auto k) {
    return rnd::randint<int64_t>(k, INT64_MIN, INT64_MAX - 1, 17);
  }));
  CHECK(agree<uint32_t>([](auto k) { return rnd::randint<uint32_t>(k, 5, 1000000, 17); }));
}
TEST_CASE("traced remainders by the largest divisor") {
  CHECK(agree<uint32_t>([](auto k) { return rnd::randint<uint32_t>(k, 0, UINT32_MAX, 17); }));
  CHECK(agree<int64_t>([](auto k) {
    return rnd::randint<int64_t>(k, INT64_MIN, INT64_MAX, 17);
  }));
}

TEST_CASE("traced scalars, splits and folds equal concrete ones") {
  auto first = [](auto f) { return traced<double>(f, rnd::key(42))[0]; };
  CHECK(first([](auto k) { return rnd::uniform<double>(k); }) ==
        rnd::uniform<double>(rnd::key(42)));
  CHECK(agree<uint32_t>([](auto k) { return rnd::split(k, 2, 3).k1; }));
  auto third = [](auto k) { return rnd::bits<uint64_t>(rnd::split<3>(k)[2], 5); };
  CHECK(agree<uint64_t>(third));
  CHECK(agree<uint64_t>([](auto k) { return rnd::bits<uint64_t>(rnd::fold_in(k, 7), 5); }));
  auto folded = traced<uint32_t>([](auto k) { return rnd::fold_in(k, k.k1).k0; }, rnd::key(42));
  CHECK(folded[0] == rnd::fold_in(rnd::key(42), 42).k0);
  // A concrete key with traced data, as in the body of a loop over steps.
  auto step = traced<uint32_t>([](auto k) { return rnd::fold_in(rnd::key(1), k.k1).k1; },
                               rnd::key(5));
  CHECK(step[0] == 1313272271);
}

TEST_CASE("vmap over a batch of keys draws what each key draws") {
  auto keys = rnd::split(rnd::key(42), 3);
  auto k0 = elements(keys.k0), k1 = elements(keys.k1);
  graph g;
  auto key = key_input(g);
  int one = rnd::uniform<double>(key, 2).id;
  graph batched = g;
  batched.inputs.clear();
  traced_key batch = key_input(batched, {3});
  auto out = calx::passes::vmap(batched, {key.k0.id, key.k1.id}, {batch.k0.id, batch.k1.id}, 3,
                                {one});
  REQUIRE(out[0].batched);
  // The values of JAX.
  std::vector expected{0.23566992830812672, 0.3971918854418519, 0.7421190107776983,
                       0.5471557779870999, 0.37386727448519785, 0.6644488207699979};
  CHECK(result<double>(batched, out[0].id, k0.data(), k1.data()) == expected);
  CHECK(elements(rnd::uniform<double>(keys(1), 2)) == std::vector(&expected[2], &expected[4]));
}

TEST_CASE("errors of traced keys") {
  graph g;
  auto key = key_input(g), batch = key_input(g, {4});
  CHECK_THROWS_AS(rnd::normal<double>(key, -1), calx::shape_error);
  CHECK_THROWS_AS(rnd::normal<double>(batch, 2), calx::shape_error);
  CHECK_THROWS_AS(rnd::split(batch), calx::shape_error);
  CHECK_THROWS_AS(rnd::bits<uint32_t>(key, int64_t{1} << 33), calx::shape_error);
  CHECK_THROWS_AS(rnd::bits<uint32_t>(traced_key{0, 42}, 2), calx::error);
}

TEST_CASE("what draws say of keys that they do not take") {
  graph g;
  CHECK(thrown<calx::error>([] { rnd::uniform<double>(traced_key{1u, 2u}, 3); }) ==
        "uniform: the key's words are numbers without a program; make the key with "
        "random::key(seed)");
  CHECK(thrown<calx::shape_error>([&] { rnd::split(key_input(g, {4})); }) ==
        "split: takes one key, but got a batch of shape (4,); vmap over it, or pick a key");
  CHECK(thrown<calx::shape_error>([&] { rnd::bits<uint32_t>(key_input(g), 65536, 65537); }) ==
        "random: shape (65536, 65537) has more than 2^32 elements; split the key and draw it in "
        "parts");
  CHECK(thrown<calx::error>([] { rnd::fold_in(traced_key{1u, 2u}, tracer(3)); }) ==
        "fold_in: neither the key nor the data belongs to a trace");
}
