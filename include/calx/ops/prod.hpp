// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The product over axes, with a derivative that needs no division.
#pragma once

#include <numbers>

#include <calx/ops/abs.hpp>
#include <calx/ops/math.hpp>
#include <calx/ops/reduce.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// What derivatives of products need to know of a float: factors further than 2^(step / 2) from 1
/// are scaled, by powers of two up to 2^most.
struct float_scale {
  double step, most;
  int bias, fraction_bits;
  dtype bits;
};
constexpr float_scale scale_of(dtype d) {
  return d == dtype::f64 ? float_scale{64, 960, 1023, 52, dtype::i64}
                         : float_scale{16, 112, 127, 23, dtype::i32};
}
/// 2 to the power k, a whole number within the limits.
template <class Tracer>
constexpr Tracer power_of_two(auto& g, const Tracer& k) {
  const float_scale f = scale_of(g.element(k.id));
  const Tracer exponent{&g, convert_t::emit(g, (k + double(f.bias)).id, f.bits)};
  return bits_to_float(shift_left(exponent, f.fraction_bits));
}
template <class Tracer>
constexpr Tracer within(const Tracer& x, double most) {
  return maximum(minimum(x, most), -most);
}
}  // namespace detail

/// The product over axes. Its derivative is, for each element, the product of the others: exact at
/// zeros, to any order, and where a part of the product overflows.
struct reduce_prod_t : reduction<reduce_prod_t> {
  static constexpr std::string_view name = "reduce_prod";
  using combine_op = mul_t;
  static constexpr bool signless = true;
  template <class T>
  CALX_HD static constexpr T identity() { return T(1); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return mul_t::eval(a, b); }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const auto axes = detail::params_of(g, n);
    for (dim a : axes)
      if (is_symbol(g.shape(g.arg(n, 0))[static_cast<int>(a)])) {
        const int t = moved<Tracer>(g, tangents[0], others<Tracer>(g, n).id).id;
        return reduce_sum_t::emit(g, t, axes);
      }
    return tree<Tracer>(g, flat(g, {g.arg(n, 0), tangents[0]}, axes)).tangent;
  }

 private:
  struct moving {
    int value, tangent;
  };
  /// A tangent times a value; zeros of structure stay zero.
  template <class Tracer>
  static constexpr Tracer moved(auto& g, int tangent, int value) {
    const int dy = detail::derivative_product(g, tangent, Tracer{&g, value});
    return {&g, dy < 0 ? detail::zeros_like(g, tangent) : dy};
  }
  template <class Tracer>
  static constexpr moving product(auto& g, const moving& a, const moving& b) {
    const Tracer x{&g, a.value}, y{&g, b.value};
    const Tracer left = moved<Tracer>(g, a.tangent, b.value);
    return {(x * y).id, (left + moved<Tracer>(g, b.tangent, a.value)).id};
  }
  /// x with the axes `gone` in front, as one.
  static constexpr int flat(auto& g, int x, const detail::dim_list& gone) {
    detail::dim_list order = gone;
    dims shape{1};
    for (dim a : gone) shape[0] *= g.shape(x)[static_cast<int>(a)];
    for (int i = 0; i < g.shape(x).rank; ++i) {
      if (detail::contains(gone, i)) continue;
      order.push_back(i);
      shape.push(g.shape(x)[i]);
    }
    return reshape_t::emit(g, transpose_t::emit(g, x, order), shape);
  }
  static constexpr moving flat(auto& g, const moving& x, const detail::dim_list& gone) {
    return {flat(g, x.value, gone), flat(g, x.tangent, gone)};
  }
  /// Elements [first, first + count) of the first axis.
  static constexpr moving part(auto& g, const moving& x, dim first, dim count) {
    dims start, stride, shape = g.shape(x.value);
    for (int i = 0; i < shape.rank; ++i) start.push(0), stride.push(1);
    start[0] = first, shape[0] = count;
    return {slice_t::emit(g, x.value, start, stride, shape),
            slice_t::emit(g, x.tangent, start, stride, shape)};
  }
  /// Of a known extent: the lower half times the upper one, until one element is left. Where the
  /// halves differ in length the last element of the lower one waits.
  template <class Tracer>
  static constexpr moving tree(auto& g, moving x) {
    dims shape = g.shape(x.value);
    dim n = shape[0];
    shape.erase(0);
    if (n == 0)
      return {constant_t::emit(g, shape, g.element(x.value), 1.0),
              constant_t::emit(g, shape, g.element(x.value), 0.0)};
    for (; n > 1; n = (n + 1) / 2) {
      const dim upper = n / 2, lower = n - upper;
      const moving pairs = product<Tracer>(g, part(g, x, 0, upper), part(g, x, lower, upper));
      if (upper == lower) {
        x = pairs;
        continue;
      }
      const moving rest = part(g, x, upper, 1);
      x = {concatenate_t::emit(g, {pairs.value, rest.value}, 0),
           concatenate_t::emit(g, {pairs.tangent, rest.tangent}, 0)};
    }
    return {reshape_t::emit(g, x.value, shape), reshape_t::emit(g, x.tangent, shape)};
  }
  /// For each element along an axis the product of the others, of an extent that only run time
  /// knows: from a table in which the element itself is 1.
  template <class Tracer>
  static constexpr int others_along(auto& g, int x, int axis) {
    dims table = g.shape(x);
    const int rank = table.rank;
    table.insert(axis, table[axis]);
    detail::dim_list keep;
    for (int i = 0; i < rank; ++i) keep.push_back(i < axis ? i : i + 1);
    const Tracer all{&g, broadcast_in_dim_t::emit(g, x, table, keep)};
    const Tracer i{&g, iota_t::emit(g, {dtype::i64, table}, axis)};
    const Tracer j{&g, iota_t::emit(g, {dtype::i64, table}, axis + 1)};
    return emit(g, where(equal_to(i, j), all.like(1.0), all).id, {axis + 1});
  }
  /// For each element that node n multiplies the product of the others: of factors that are scaled
  /// to about 1, and then scaled back, and 0 where one of finite factors is.
  template <class Tracer>
  static constexpr Tracer others(auto& g, int n) {
    const int x = g.arg(n, 0);
    const auto f = detail::scale_of(g.element(x));
    const Tracer size = abs(Tracer{&g, stop_gradient_op::emit(g, x)});
    const Tracer finite = size < inf, tame = bit_and(size > 0.0, finite);
    const Tracer steps = log(where(tame, size, 1.0)) / (f.step * std::numbers::ln2);
    const Tracer k = detail::within(f.step * floor(steps + 0.5), f.most);
    Tracer product = Tracer{&g, x}.like(1.0);
    detail::dim_list left, axes = detail::params_of(g, n);
    for (int i = 0; i < g.shape(x).rank; ++i) left.push_back(i);
    int row = (Tracer{&g, x} * detail::power_of_two(g, -k)).id;
    for (; !axes.empty(); axes.pop_back()) {
      const int axis = static_cast<int>(axes.back());
      const int rest = others_along<Tracer>(g, row, axis);
      product = product * Tracer{&g, broadcast_in_dim_t::emit(g, rest, dims(g.shape(x)), left)};
      row = emit(g, row, {axis});
      left.erase(left.begin() + axis);
    }
    const Tracer zero{&g, convert_t::emit(g, equal_to(size, 0.0).id, g.element(x))};
    const Tracer more_zeros = total<reduce_sum_t>(g, n, zero) - zero > 0.5;
    const Tracer numbers = total<reduce_and_t>(g, n, finite);
    return scaled_back(g, !bit_and(more_zeros, numbers), product,
                       total<reduce_sum_t>(g, n, k) - k);
  }
  /// A value of each element reduced as node n reduces, and spread over the elements again.
  template <class Op, class Tracer>
  static constexpr Tracer total(auto& g, int n, const Tracer& x) {
    return {&g, spread(g, n, Op::emit(g, x.id, detail::params_of(g, n)))};
  }
  /// product * 2^exponent where c, else 0; in steps, none of which overflows alone.
  template <class Tracer>
  static constexpr Tracer scaled_back(auto& g, const Tracer& c, Tracer product,
                                      const Tracer& exponent) {
    const double most = detail::scale_of(g.element(product.id)).most;
    const Tracer first = detail::within(floor(exponent / 3.0), most);
    const Tracer second = detail::within(floor((exponent - first) / 2.0), most);
    const Tracer third = detail::within(exponent - first - second, most);
    product = product * detail::power_of_two(g, first) * detail::power_of_two(g, second);
    return masked_mul(c, product, detail::power_of_two(g, third));
  }
};

using prod_ops = type_list<reduce_prod_t>;

}  // namespace calx::inline CALX_ABI
