// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops are what their types are: those of one name, and of one type name, stay apart.
#include <calx/calx.hpp>
#include <type_traits>
#include <vector>

#include "../catch.hpp"

namespace {
/// An op made of a function without state, as a custom rule would be.
template <class F>
struct applied_t : calx::math_op<applied_t<F>> {
  static constexpr std::string_view name = "applied";
  template <class T>
  CALX_HD static constexpr T eval(T x) { return F()(x); }
  template <class X>
  static constexpr X partial(calx::arg<0>, X x, X) { return F()(x); }
};

namespace left {
struct shift_t : calx::math_op<shift_t> {
  static constexpr std::string_view name = "shift";
  template <class T>
  CALX_HD static constexpr T eval(T x) { return x - T(1); }
};
}  // namespace left
namespace right {
struct shift_t : calx::math_op<shift_t> {
  static constexpr std::string_view name = "shift";
  template <class T>
  CALX_HD static constexpr T eval(T x) { return x + T(1); }
};
}  // namespace right
}  // namespace

TEST_CASE("ops of one name are two if their types are, even closure types of one function") {
  constexpr auto doubled = [](auto x) { return x + x; };
  constexpr auto squared = [](auto x) { return x * x; };
  using doubled_t = applied_t<std::remove_const_t<decltype(doubled)>>;
  using squared_t = applied_t<std::remove_const_t<decltype(squared)>>;
  constexpr auto f = [](auto x) { return doubled_t()(x) * 100.0 + squared_t()(x); };
  CHECK(calx::jit(f)(3.0) == 609);
  CHECK(calx::grad(f)(3.0) == 609);  // the derivatives that these ops claim are their values
  const calx::tensor<double, 3> x{1, 2, 3};
  CHECK(calx::jit(f)(x)(1) == 404);
  constexpr auto shifts = [](auto v) { return left::shift_t()(v) * right::shift_t()(v); };
  CHECK(calx::jit(shifts)(4.0) == 15);
}

TEST_CASE("no two ops have one key, and keys lead back to ops") {
  []<class... Op>(calx::type_list<Op...>) {
    const std::vector<int> keys{calx::detail::op_key<Op>...};
    for (std::size_t i = 0; i < keys.size(); ++i)
      for (std::size_t k = 0; k < i; ++k) CHECK(keys[i] != keys[k]);
    static_assert((std::is_same_v<calx::op_t<calx::detail::op_key<Op>>, Op> && ...));
  }(calx::all_ops());
}
