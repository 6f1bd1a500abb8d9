// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The oracle and the virtual machine against plain loops: elementwise ops, moves, memory, errors.
#include "../codegen/arrays.hpp"

#include "../catch.hpp"

using namespace programs;
using std::int64_t;

namespace {
/// An op on floats and on integers, as the standard library computes it.
struct reference {
  const op_info* op;
  int arity;
  bool (*takes)(dtype);
  double (*on_floats)(double, double, double);
  int64_t (*on_integers)(int64_t, int64_t, int64_t);
};
template <class Op, class F>
reference both(F) {
  return {&info_of<Op>, Op::arity, &Op::takes,
          +[](double a, double b, double c) { return static_cast<double>(F()(a, b, c)); },
          +[](int64_t a, int64_t b, int64_t c) { return static_cast<int64_t>(F()(a, b, c)); }};
}
template <class Op, class F>
reference floats(F f) {
  return {&info_of<Op>, Op::arity, &Op::takes, +f, nullptr};
}
template <class Op, class F>
reference integers(F f) {
  return {&info_of<Op>, Op::arity, &Op::takes, nullptr, +f};
}

const reference references[] = {
    both<neg_t>([](auto a, auto, auto) { return -a; }),
    both<add_t>([](auto a, auto b, auto) { return a + b; }),
    both<sub_t>([](auto a, auto b, auto) { return a - b; }),
    both<mul_t>([](auto a, auto b, auto) { return a * b; }),
    both<masked_mul_t>([](auto c, auto a, auto b) { return c != 0 ? a * b : 0 * a; }),
    both<square_t>([](auto a, auto, auto) { return a * a; }),
    both<max_t>([](auto a, auto b, auto) { return a > b ? a : b; }),
    both<min_t>([](auto a, auto b, auto) { return a < b ? a : b; }),
    both<abs_t>([](auto a, auto, auto) { return a < 0 ? -a : a; }),
    both<sign_t>([](auto a, auto, auto) { return (a > 0) - (a < 0); }),
    both<less_t>([](auto a, auto b, auto) { return a < b; }),
    both<less_equal_t>([](auto a, auto b, auto) { return a <= b; }),
    both<greater_t>([](auto a, auto b, auto) { return a > b; }),
    both<greater_equal_t>([](auto a, auto b, auto) { return a >= b; }),
    both<equal_to_t>([](auto a, auto b, auto) { return a == b; }),
    both<not_equal_t>([](auto a, auto b, auto) { return a != b; }),
    both<select_t>([](auto c, auto a, auto b) { return c != 0 ? a : b; }),
    floats<rem_t>([](double a, double b, double) { return std::fmod(a, b); }),
    integers<rem_t>([](int64_t a, int64_t b, int64_t) { return b == 0 ? a : a % b; }),
    integers<bit_and_t>([](int64_t a, int64_t b, int64_t) { return a & b; }),
    integers<bit_or_t>([](int64_t a, int64_t b, int64_t) { return a | b; }),
    integers<bit_xor_t>([](int64_t a, int64_t b, int64_t) { return a ^ b; }),
    floats<calx::div_t>([](double a, double b, double) { return a / b; }),
    floats<exp_t>([](double a, double, double) { return std::exp(a); }),
    floats<expm1_t>([](double a, double, double) { return std::expm1(a); }),
    floats<log_t>([](double a, double, double) { return std::log(a); }),
    floats<log1p_t>([](double a, double, double) { return std::log1p(a); }),
    floats<sqrt_t>([](double a, double, double) { return std::sqrt(a); }),
    floats<rsqrt_t>([](double a, double, double) { return 1 / std::sqrt(a); }),
    floats<sin_t>([](double a, double, double) { return std::sin(a); }),
    floats<cos_t>([](double a, double, double) { return std::cos(a); }),
    floats<tan_t>([](double a, double, double) { return std::tan(a); }),
    floats<tanh_t>([](double a, double, double) { return std::tanh(a); }),
    floats<logistic_t>([](double a, double, double) { return 1 / (1 + std::exp(-a)); }),
    floats<floor_t>([](double a, double, double) { return std::floor(a); }),
    floats<ceil_t>([](double a, double, double) { return std::ceil(a); }),
    floats<trunc_t>([](double a, double, double) { return std::trunc(a); }),
    floats<erf_t>([](double a, double, double) { return std::erf(a); }),
    floats<erfc_t>([](double a, double, double) { return std::erfc(a); }),
    integers<floor_t>([](int64_t a, int64_t, int64_t) { return a; }),
    integers<ceil_t>([](int64_t a, int64_t, int64_t) { return a; }),
    integers<trunc_t>([](int64_t a, int64_t, int64_t) { return a; }),
    floats<pow_t>([](double a, double b, double) { return std::pow(a, b); })};

bool is_comparison(const op_info* op) {
  return op->name.starts_with("less") || op->name.starts_with("greater") ||
         op->name == "equal_to" || op->name == "not_equal";
}

/// Runs `op` on inputs as they are.
array apply(const op_info& op, const aval& type, const std::vector<array>& x) {
  graph g;
  std::vector<int> ids;
  for (const array& a : x) ids.push_back(input_t::emit(g, {a.type, a.shape}));
  g.outputs = {g.add(op, g.intern(type), ids.data(), static_cast<int>(ids.size()), nullptr, 0)};
  REQUIRE(describe(g) == "");
  return programs::run(g, x)[0];
}
array expected(const reference& r, const aval& type, const std::vector<array>& x) {
  array y(type.type, type.shape);
  for (dim i = 0; i < y.size(); ++i) {
    double v[3] = {};
    for (std::size_t k = 0; k < x.size(); ++k) v[k] = x[k].at(i);
    if (is_float(x.back().type)) {
      y.set(i, r.on_floats(v[0], v[1], v[2]));
      continue;
    }
    auto whole = [&](int k) { return static_cast<int64_t>(v[k]); };
    int64_t exact = r.on_integers(whole(0), whole(1), whole(2));
    // Back as the element would wrap around.
    visit_dtype(type.type, [&]<class T>() { y.put(i, static_cast<T>(exact)); });
  }
  return y;
}
void check(const reference& r, dtype d, const dims& shape) {
  if (!(is_float(d) ? r.on_floats != nullptr : r.on_integers != nullptr) || !r.takes(d)) return;
  std::vector<array> x;
  for (int k = 0; k < r.arity; ++k)
    x.push_back(samples(r.arity == 3 && k == 0 ? dtype::b1 : d, shape, k));
  aval type{is_comparison(r.op) ? dtype::b1 : d, shape};
  INFO(r.op->name << " of " << name_of(d) << " with " << shape.size() << " elements");
  CHECK(close(apply(*r.op, type, x), expected(r, type, x), d == dtype::f32 ? 1e-6 : 1e-14));
}
/// One op on one number of each operand, whatever the graph would simplify.
template <class Op, class T, class... A>
T one(A... a) {
  std::vector<array> x;
  for (auto v : {static_cast<T>(a)...}) {
    const bool condition = static_cast<int>(x.size()) < Op::conditions;
    x.emplace_back(condition ? dtype::b1 : dtype_of<T>(), dims{});
    if (condition) x.back().put(0, v != T(0));
    else x.back().put(0, v);
  }
  return apply(info_of<Op>, {dtype_of<T>(), {}}, x).template get<T>(0);
}
}  // namespace

TEST_CASE("elementwise ops agree with plain loops on every dtype and shape") {
  for (const reference& r : references)
    for (dtype d : all_dtypes)
      for (const dims& s : shapes) check(r, d, s);
}

TEST_CASE("integers wrap, shift and compare by their own sign and width") {
  using std::int32_t, std::uint32_t, std::uint64_t;
  constexpr uint64_t big = uint64_t{1} << 63;
  CHECK(one<add_t, uint64_t>(big + 5, big + 7) == 12);
  CHECK(one<mul_t, int32_t>(1 << 30, 4) == 0);
  CHECK(one<neg_t, int32_t>(std::numeric_limits<int32_t>::min()) ==
        std::numeric_limits<int32_t>::min());
  CHECK(one<max_t, uint64_t>(big, 1) == big);
  CHECK(one<max_t, int64_t>(big, 1) == 1);
  CHECK(one<min_t, uint32_t>(4000000000u, 1) == 1);
  CHECK(one<rem_t, uint32_t>(5, 4294967295u) == 5);
  CHECK(one<rem_t, int32_t>(std::numeric_limits<int32_t>::min(), -1) == 0);
  CHECK(one<rem_t, int32_t>(-7, 3) == -1);
  CHECK(one<rem_t, int32_t>(-7, 0) == -7);
  CHECK(one<pow_t, int32_t>(-3, 3) == -27);
  CHECK(one<pow_t, int32_t>(2, 32) == 0);
  CHECK(one<pow_t, int64_t>(0, 0) == 1);
  CHECK(one<pow_t, int64_t>(-1, -3) == -1);
  CHECK(one<pow_t, int64_t>(2, -1) == 0);
  CHECK(one<abs_t, int64_t>(-3) == 3);
  CHECK(one<shift_right_logical_t, int32_t>(-1, 28) == 15);
  CHECK(one<shift_right_logical_t, int32_t>(-8, 32) == 0);
  CHECK(one<shift_right_t, int32_t>(-8, 1) == -4);
  CHECK(one<shift_right_t, int32_t>(-8, 32) == -1);
  CHECK(one<shift_right_t, int64_t>(-8, -1) == -1);
  CHECK(one<shift_right_t, uint32_t>(4294967295u, 28) == 15);
  CHECK(one<shift_left_t, uint32_t>(3, 31) == 2147483648u);
  CHECK(one<shift_left_t, int64_t>(3, 64) == 0);
  CHECK(one<bit_not_t, int32_t>(5) == -6);
  CHECK(one<bit_not_t, bool>(true) == false);
}

TEST_CASE("NaN and signed zeros go through max, min and masked_mul") {
  double nan = std::nan("");
  CHECK(std::isnan(one<max_t, double>(nan, 1.0)));
  CHECK(std::isnan(one<min_t, double>(1.0, nan)));
  CHECK(std::isnan(one<sign_t, double>(nan)));
  CHECK(one<masked_mul_t, double>(false, 2.0, nan) == 0);
  CHECK(std::isnan(one<masked_mul_t, double>(true, 0.0, inf)));
  CHECK(std::signbit(one<neg_t, double>(0.0)));
}

TEST_CASE("erf_inv inverts the error function") {
  for (double x : {-0.999, -0.5, -1e-3, 0.0, 0.3, 0.9, 0.9999999})
    CHECK(std::abs(std::erf(one<erf_inv_t, double>(x)) - x) < 1e-15);
  CHECK(one<erf_inv_t, double>(1.0) == inf);
  CHECK(std::isnan(one<erf_inv_t, double>(1.5)));
}

TEST_CASE("convert casts between all dtypes and bits become floats") {
  for (dtype from : all_dtypes)
    for (dtype to : all_dtypes)
      for (const dims& s : shapes) {
        if (from == to) continue;
        array x = samples(from, s), y(to, s);
        for (dim i = 0; i < y.size(); ++i) {
          double v = x.at(i);
          // A float stops at 0 where an integer without sign begins; an integer wraps.
          if (is_float(from) && is_unsigned(to)) v = v < 0 ? 0 : v;
          visit_dtype(to, [&]<class T>() {
            if constexpr (std::is_same_v<T, bool>) y.put(i, v != 0);
            else if constexpr (std::is_floating_point_v<T>) y.put(i, static_cast<T>(v));
            else y.put(i, static_cast<T>(static_cast<int64_t>(v)));
          });
        }
        CHECK(close(apply(info_of<convert_t>, {to, s}, {x}), y));
      }
  array bits(dtype::u64, {1});
  bits.put(0, std::bit_cast<std::uint64_t>(-2.5));
  CHECK(apply(info_of<bits_to_float_t>, {dtype::f64, {1}}, {bits}).at(0) == -2.5);
}

TEST_CASE("every elementwise op of the registry has a reference here") {
  auto found = [](const op_info* op) {
    for (const reference& r : references)
      if (r.op == op) return true;
    for (std::string_view other : {"alias", "stop_gradient", "given",
                                   "convert", "not", "shift_left",
                                   "shift_right", "shift_right_logical", "bits_to_float",
                                   "erf_inv"})
      if (op->name == other) return true;
    return false;
  };
  []<class... Op>(type_list<Op...>, auto check_op) {
    (check_op(&info_of<Op>), ...);
  }(all_ops(), [&](const op_info* op) {
    INFO(op->name);
    CHECK((op->kind != op_kind::elementwise || found(op)));
  });
}
