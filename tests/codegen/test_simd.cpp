// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs against plain numbers: operators, memory, conversions, and functions to the last place.
#include "../catch.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <calx/codegen/cpu/simd.hpp>
#include <calx/ops/all.hpp>

using namespace calx;
using simd::pack;

namespace {

using elements = type_list<bool, std::int32_t, std::int64_t, std::uint32_t, std::uint64_t, float,
                           double>;
void check(bool ok, dtype type, int width) {
  INFO(name_of(type) << ", " << width << " lanes");
  CHECK(ok);
}
/// Checks f.template operator()<T, W>() for all element types and the given widths, or all.
template <int... W, class F, class... T>
void for_all(F f, type_list<T...>) {
  auto one = [&]<class E>() { (check(f.template operator()<E, W>(), dtype_of<E>(), W), ...); };
  (one.template operator()<T>(), ...);
}
template <class F>
void for_all(F f) { for_all<1, 2, 4, 8, 16>(f, elements()); }
/// The same for two widths only: part of a register, and several.
template <class F>
void for_some(F f) { for_all<2, 16>(f, elements()); }

template <class T>
bool same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return (a != a && b != b) || (a == b && std::signbit(a) == std::signbit(b));
  else return a == b;
}
/// True if lane i of x is f(i) for all lanes.
template <class T, int W, class F>
bool is(const simd::lanes<T, W>& x, F f) {
  bool ok = true;
  for (int i = 0; i < W; ++i) ok = ok && same<T>(simd::lane(x, i), static_cast<T>(f(i)));
  return ok;
}

/// Values at which arithmetic, comparison and conversion turn.
template <class T>
std::vector<T> corners() {
  using L = std::numeric_limits<T>;
  if constexpr (std::is_same_v<T, bool>) return {false, true};
  else if constexpr (std::is_integral_v<T>)
    return {L::min(), L::max(), T(0), T(1), T(2), T(L::max() - 1), T(L::min() + 1), T(-1), T(-2),
            T(255), T(256), T(4294967301), T(9007199254740993), T(16777217), T(L::max() / 2 + 1)};
  else
    return {T(0),      T(-0.0), T(0.5),        T(-0.5),        T(1.9),  T(-1.9),  T(255.9),
            T(2147483648.0),    T(-2147483649.0), T(4294967296.0), T(4294967295.5), T(-1),
            T(9223372036854775808.0), T(-9223372036854775808.0), T(18446744073709551616.0),
            T(2147483520), T(1e20), T(-1e20), T(1e38), L::infinity(), -L::infinity(),
            L::quiet_NaN(), L::denorm_min(), L::max(), L::lowest(), T(3)};
}
/// x[i], x[i + 1], ... as lanes, from the start again after the end.
template <int W, class T>
simd::lanes<T, W> window(const std::vector<T>& x, std::size_t at) {
  return simd::generate<T, W>(
      [&](int i) { return static_cast<T>(x[(at + static_cast<std::size_t>(i)) % x.size()]); });
}

/// Op::eval of packs gives in every lane what it gives for the lane.
template <class Op, class T, int W>
bool agrees() {
  const std::vector<T> x = corners<T>();
  bool ok = true;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < x.size(); ++j) {
      const auto a = window<W>(x, i), b = window<W>(x, j);
      auto at = [&](const auto& v, int k) { return simd::lane(v, k); };
      if constexpr (Op::arity == 1)
        ok = ok && is<decltype(Op::eval(T())), W>(Op::eval(a),
                                                  [&](int k) { return Op::eval(at(a, k)); });
      else
        ok = ok && is<decltype(Op::eval(T(), T())), W>(
                       Op::eval(a, b), [&](int k) { return Op::eval(at(a, k), at(b, k)); });
    }
  return ok;
}
/// Memory of exactly n elements that ends where no page follows.
template <class T>
struct fenced {
  explicit fenced(int n) : page(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    all = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(all != MAP_FAILED);
    REQUIRE(mprotect(static_cast<char*>(all) + page, page, PROT_NONE) == 0);
    data = reinterpret_cast<T*>(static_cast<char*>(all) + page) - n;
  }
  fenced(const fenced&) = delete;
  fenced& operator=(const fenced&) = delete;
  ~fenced() { munmap(all, 2 * page); }
  std::size_t page;
  void* all;
  T* data;
};

}  // namespace

TEST_CASE("a pack is as many registers as it takes, and one lane is the number itself") {
  STATIC_REQUIRE(std::is_same_v<simd::lanes<double, 1>, double>);
  STATIC_REQUIRE(std::is_same_v<simd::lanes<bool, 1>, bool>);
  for_all([]<class T, int W>() {
    using x = simd::lanes<T, W>;
    return std::is_trivially_copyable_v<x> && simd::width_of<x> == W &&
           (std::is_same_v<T, bool> || sizeof(x) == sizeof(T) * W);
  });
  STATIC_REQUIRE(simd::native_lanes<float> ==
                 (simd::has_registers ? 2 * simd::native_lanes<double> : 1));
}

TEST_CASE("operators of packs are those of numbers") {
  auto all = []<class T, int W, class... Op>(type_list<Op...>) {
    return (agrees<Op, T, W>() && ...);
  };
  for_some([&]<class T, int W>() {
    using any = type_list<neg_t, add_t, sub_t, mul_t, less_t, less_equal_t, greater_t,
                          greater_equal_t, equal_to_t, not_equal_t>;
    using whole = type_list<bit_and_t, bit_or_t, bit_xor_t>;
    using real = type_list<calx::div_t, max_t, min_t, sign_t, abs_t, logistic_t>;
    using second = std::conditional_t<std::is_integral_v<T>, whole, real>;
    return all.template operator()<T, W>(any()) && all.template operator()<T, W>(second());
  });
  check(agrees<bit_not_t, bool, 8>(), dtype::b1, 8);
}

TEST_CASE("numbers beside a pack stand for equal lanes") {
  using d = pack<double, 4>;
  const d x = simd::iota<double, 4>(1.0);
  CHECK(is<double, 4>(2.0 * x + 1, [](int i) { return 2.0 * (i + 1) + 1; }));
  CHECK(is<double, 4>(d(1) / (d(1) + x), [](int i) { return 1.0 / (2.0 + i); }));
  CHECK(is<double, 4>(select(x < 2.5, x, -x), [](int i) { return i < 2 ? i + 1.0 : -i - 1.0; }));
  d sum = x;
  sum += x;
  sum *= x;
  sum -= 1.0;
  CHECK(is<double, 4>(sum, [](int i) { return 2.0 * (i + 1) * (i + 1) - 1; }));
  CHECK(is<double, 4>(simd::splat<double, 4>(-0.0), [](int) { return -0.0; }));
}

TEST_CASE("packs choose between packs, scalars between scalars") {
  for_all([]<class T, int W>() {
    using simd::select;
    const auto a = window<W>(corners<T>(), 0), b = window<W>(corners<T>(), 1);
    bool ok = true;
    for (int n = 0; n <= W; ++n)
      ok = ok && is<T, W>(select(simd::first_lanes<W>(n), a, b),
                          [&](int i) { return simd::lane(i < n ? a : b, i); });
    return ok;
  });
}

TEST_CASE("shifts fill with zeros or signs, and bits are read as floats") {
  auto shifts = []<class T, int W>() {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      using U = std::make_unsigned_t<T>;
      using F = typename decltype(as_float(pack<T, W>()))::value_type;
      const auto x = window<W>(corners<T>(), 0);
      auto at = [&](int i) { return simd::lane(x, i); };
      bool ok = is<T, W>(~x, [&](int i) { return ~at(i); }) &&
                is<F, W>(as_float(x), [&](int i) { return std::bit_cast<F>(at(i)); }) &&
                is<T, W>(simd::abs(x),
                         [&](int i) { return at(i) < T(0) ? U(0) - U(at(i)) : U(at(i)); });
      for (int n : {0, 1, 7, 31, 32, 63, 64, 1000, -1}) {
        const bool inside = n >= 0 && n < int{8 * sizeof(T)};
        const pack<T, W> by(n);
        const T none = T(0);
        ok = ok && is<T, W>(shl(x, by), [&](int i) { return inside ? T(U(at(i)) << n) : none; }) &&
             is<T, W>(shr_logical(x, by),
                      [&](int i) { return inside ? T(U(at(i)) >> n) : none; }) &&
             is<T, W>(shr(x, by), [&](int i) {
               return inside ? T(at(i) >> n) : at(i) < none ? T(~none) : none;
             });
      }
      return ok;
    } else {
      return true;
    }
  };
  for_some(shifts);
}

TEST_CASE("packs go to memory and back at any address") {
  for_all([]<class T, int W>() {
    const std::vector<T> values = corners<T>();
    T from[W + 1] = {}, to[W + 1] = {};
    for (int i = 0; i < W; ++i) from[i + 1] = values[static_cast<std::size_t>(i) % values.size()];
    const auto x = simd::load<W>(from + 1);
    simd::store(to + 1, x);
    return is<T, W>(x, [&](int i) { return from[i + 1]; }) &&
           std::memcmp(from, to, sizeof(from)) == 0;
  });
}

TEST_CASE("the first lanes are read and written without touching what lies beyond") {
  for_all([]<class T, int W>() {
    const std::vector<T> values = corners<T>();
    bool ok = true;
    for (int n = 0; n <= W; ++n) {
      fenced<T> from(n), to(n);
      for (int i = 0; i < n; ++i)
        from.data[i] = values[static_cast<std::size_t>(i + 1) % values.size()];
      const auto x = simd::load_part<W>(from.data, n);
      ok = ok && is<T, W>(x, [&](int i) { return i < n ? from.data[i] : T(); });
      simd::store_part(to.data, x, n);
      ok = ok && std::memcmp(from.data, to.data, sizeof(T) * static_cast<std::size_t>(n)) == 0;
    }
    T room[W + 2] = {};
    room[0] = room[W + 1] = T(1);
    for (int n = 0; n <= W; ++n) simd::store_part(room + 1, simd::splat<T, W>(T(0)), n);
    return ok && room[0] == T(1) && room[W + 1] == T(1);
  });
}

TEST_CASE("lanes lie apart in memory, forwards and backwards") {
  for_all([]<class T, int W>() {
    const std::vector<T> values = corners<T>();
    T from[3 * W] = {};
    for (int i = 0; i < 3 * W; ++i) from[i] = values[static_cast<std::size_t>(i) % values.size()];
    bool ok = true;
    for (int n = 0; n <= W; ++n)
      for (int stride : {3, -2}) {
        const std::ptrdiff_t start = stride > 0 ? 0 : 2 * W;
        const auto x = simd::load_strided<W>(from + start, stride, n);
        ok = ok && is<T, W>(x, [&](int i) { return i < n ? from[start + i * stride] : T(); });
        T to[3 * W] = {}, want[3 * W] = {};
        for (int i = 0; i < n; ++i) want[start + i * stride] = from[start + i * stride];
        simd::store_strided(to + start, stride, x, n);
        ok = ok && std::memcmp(to, want, sizeof(to)) == 0;
      }
    return ok;
  });
}

TEST_CASE("counting, single lanes, functions of lanes") {
  for_all([]<class T, int W>() {
    bool ok = true;
    if constexpr (!std::is_same_v<T, bool>)
      ok = is<T, W>(simd::iota<T, W>(T(3)), [](int i) { return T(3 + i); });
    for (int n = -1; n <= W + 1; ++n)
      ok = ok && is<bool, W>(simd::first_lanes<W>(n), [&](int i) { return i < n; });
    const auto x = window<W>(corners<T>(), 0);
    auto y = x;
    simd::set_lane(y, W - 1, T(1));
    auto positive = simd::map_lanes([](T v, int least) { return v > T(least); }, x, 0);
    STATIC_REQUIRE(std::is_same_v<decltype(positive), simd::lanes<bool, W>>);
    return ok && is<T, W>(y, [&](int i) { return i == W - 1 ? T(1) : simd::lane(x, i); }) &&
           is<bool, W>(positive, [&](int i) { return simd::lane(x, i) > T(0); });
  });
}

TEST_CASE("folds combine halves, in one order everywhere") {
  const auto numbers = simd::iota<std::int64_t, 8>(1);
  auto pair = [](std::int64_t a, std::int64_t b) { return 3 * a + b; };
  CHECK(simd::fold(pair, numbers) ==
        pair(pair(pair(1, 5), pair(3, 7)), pair(pair(2, 6), pair(4, 8))));
  CHECK(simd::fold(pair, std::int64_t(5)) == 5);
  CHECK(simd::fold([](bool a, bool b) { return a || b; }, simd::first_lanes<8>(1)));
  CHECK_FALSE(simd::fold([](bool a, bool b) { return a && b; }, simd::first_lanes<8>(7)));
}

TEST_CASE("what has one lane runs in the compiler") {
  constexpr auto twice = [](double x) {
    double memory[1] = {};
    simd::store(memory, simd::map_lanes([](double a) { return a + a; }, simd::splat<double, 1>(x)));
    return simd::fold([](double a, double) { return a; }, simd::load<1>(memory)) +
           simd::convert<double>(simd::select(simd::first_lanes<1>(1), 1, 2)) +
           simd::iota<double, 1>(0.0) + simd::load_part<1>(memory, 0);
  };
  STATIC_REQUIRE(twice(2.0) == 5.0);
}

TEST_CASE("conversions are defined for every value") {
  using detail::convert;
  STATIC_REQUIRE(convert<std::int32_t>(-1.9) == -1);
  STATIC_REQUIRE(convert<std::int32_t>(4294967296.0) == 2147483647);
  STATIC_REQUIRE(convert<std::int32_t>(-1e20f) == -2147483647 - 1);
  STATIC_REQUIRE(convert<std::int64_t>(1e20) == 9223372036854775807);
  STATIC_REQUIRE(convert<std::uint32_t>(4294967296.0) == 4294967295u);
  STATIC_REQUIRE(convert<std::uint32_t>(-0.5f) == 0u);
  STATIC_REQUIRE(convert<std::uint64_t>(calx::inf) == 18446744073709551615u);
  STATIC_REQUIRE(convert<std::int32_t>(std::numeric_limits<double>::quiet_NaN()) == 0);
  STATIC_REQUIRE(convert<bool>(std::numeric_limits<double>::quiet_NaN()));
  STATIC_REQUIRE(!convert<bool>(-0.0));
  STATIC_REQUIRE(convert<double>(true) == 1.0);
  STATIC_REQUIRE(convert<std::int32_t>(std::int64_t(4294967301)) == 5);
  STATIC_REQUIRE(convert<std::uint32_t>(-1) == 4294967295u);
  STATIC_REQUIRE(convert<float>(9007199254740993) == 9007199254740992.0f);
  CHECK(convert<float>(1e300) == std::numeric_limits<float>::infinity());
  CHECK(convert<float>(1e-46) == 0.0f);
}

TEST_CASE("packs convert as numbers do, between all element types") {
  for_some([]<class From, int W>() {
    auto to = []<class To>() {
      const std::vector<From> x = corners<From>();
      bool ok = true;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto v = window<W>(x, i);
        ok = ok && is<To, W>(simd::convert<To>(v), [&](int k) {
               return calx::detail::convert<To>(simd::lane(v, k));
             });
      }
      return ok;
    };
    return [&]<class... To>(type_list<To...>) {
      return (to.template operator()<To>() && ...);
    }(elements());
  });
}

namespace {

/// The distance of got from want in units of the last place of want; no two infinities, NaN or
/// zeros of different sign are near each other.
template <class T>
double ulps_apart(T got, long double want) {
  constexpr double far = 1e30;
  const T nearest = static_cast<T>(want);
  if (nearest != nearest || got != got) return (nearest != nearest) == (got != got) ? 0 : far;
  if (std::isinf(nearest) || std::isinf(got)) return got == nearest ? 0 : far;
  if (nearest == 0 && got == 0) return std::signbit(nearest) == std::signbit(got) ? 0 : far;
  int exponent = 0;
  std::frexp(nearest, &exponent);
  exponent = std::max(exponent, std::numeric_limits<T>::min_exponent);
  const long double unit = std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits);
  return static_cast<double>(std::fabs(got - want) / unit);
}

/// Angles at and around multiples of pi/2.
template <class T>
void add_quadrants(std::vector<T>& x) {
  const T inf = std::numeric_limits<T>::infinity();
  for (int k = 1; k < 3000000; k = k < 2000 ? k + 1 : k * 5 / 4) {
    const T m = static_cast<T>(k * 1.57079632679489661923L);
    for (T v : {m, std::nextafter(m, T(0)), std::nextafter(m, inf), m + T(1e-5)})
      x.insert(x.end(), {v, -v});
  }
}
/// Every kind of float: all bit patterns alike, magnitudes around 1, and where exponentials,
/// logarithms, roundings and the reduction of angles have their corners.
template <class T>
const std::vector<T>& arguments() {
  static const std::vector<T> all = [] {
    using L = std::numeric_limits<T>;
    using bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    std::mt19937_64 random(7);
    std::vector<T> x;
    for (int i = 0; i < 20000; ++i) x.push_back(std::bit_cast<T>(static_cast<bits>(random())));
    auto uniform = [&](double lo, double hi, int n) {
      std::uniform_real_distribution<double> d(lo, hi);
      for (int i = 0; i < n; ++i) x.push_back(static_cast<T>(d(random)));
    };
    const bool wide = sizeof(T) == 8;
    uniform(-1, 1, 20000);
    uniform(-20, 20, 20000);
    uniform(-150, 150, 20000);
    uniform(-1200, 1200, 20000);
    uniform(-1e6, 1e6, 20000);
    uniform(0.5, 2, 5000);
    uniform(wide ? 708 : 87, wide ? 711 : 90, 2000);
    uniform(wide ? -746 : -104, wide ? -708 : -87, 2000);
    uniform(wide ? 1020 : 124, wide ? 1025 : 129, 2000);
    uniform(-38, -34, 2000);
    uniform(-18, -15, 2000);
    for (int e = L::min_exponent - L::digits; e < L::max_exponent; ++e)
      for (T m : {T(1), T(-1), T(1) + L::epsilon(), T(2) - L::epsilon()})
        x.push_back(std::ldexp(m, e));
    add_quadrants(x);
    for (T v : {T(0), L::infinity(), L::denorm_min(), L::min(), L::max(), T(1e22), T(0.5), T(1),
                T(1.5), T(2.5), T(1e15), T(8388609), T(4503599627370497.5), T(0.625), T(1e8)})
      x.insert(x.end(), {v, -v, std::nextafter(v, T(0)), std::nextafter(v, L::infinity()),
                         -std::nextafter(v, T(0)), -std::nextafter(v, L::infinity())});
    x.push_back(L::quiet_NaN());
    while (x.size() % 16 != 0) x.push_back(T(0));
    return x;
  }();
  return all;
}

/// How far f of packs is from the reference at most, and at which argument.
template <class T, int W, class F>
std::pair<double, T> worst(F f, const std::vector<long double>& reference) {
  std::pair<double, T> most{-1, T()};
  const std::vector<T>& x = arguments<T>();
  for (std::size_t i = 0; i < x.size(); i += W) {
    T y[W];
    simd::store(y, f(simd::load<W>(x.data() + i)));
    for (std::size_t k = 0; k < W; ++k) {
      const double e = ulps_apart<T>(y[k], reference[i + k]);
      if (e > most.first) most = {e, x[i + k]};
    }
  }
  return most;
}
/// Checks packs of two widths: less and more than a register, or just one.
template <class T, int Narrow, int Wide, class F, class R>
void check_accuracy(const char* name, double ulps, F f, R reference) {
  std::vector<long double> want;
  for (T x : arguments<T>()) want.push_back(reference(static_cast<long double>(x)));
  for (auto [error, x] : {worst<T, Narrow>(f, want), worst<T, Wide>(f, want)}) {
    INFO(name << " of " << name_of(dtype_of<T>()) << " at " << std::hexfloat << x << " = "
              << std::defaultfloat << x << ": off by " << error << " units");
    CHECK(error <= ulps);
  }
}
template <class F, class R>
void check_function(const char* name, double ulps, F f, R reference) {
  check_accuracy<float, 4, 16>(name, ulps, f, reference);
  check_accuracy<double, 2, 8>(name, ulps, f, reference);
}

}  // namespace

// Without kernels these are the standard library's functions, which promise nothing.
#if defined(CALX_HAS_XSIMD)
TEST_CASE("exponentials and logarithms keep their promised accuracy, to the ends of the range") {
  check_function("exp", exp_t::ulp, [](auto x) { return exp_t::eval(x); },
                 [](long double x) { return std::exp(x); });
  check_function("expm1", expm1_t::ulp, [](auto x) { return expm1_t::eval(x); },
                 [](long double x) { return std::expm1(x); });
  check_function("exp2", 2, [](auto x) { return simd::exp2(x); },
                 [](long double x) { return std::exp2(x); });
  check_function("log", log_t::ulp, [](auto x) { return log_t::eval(x); },
                 [](long double x) { return std::log(x); });
  check_function("log1p", log1p_t::ulp, [](auto x) { return log1p_t::eval(x); },
                 [](long double x) { return std::log1p(x); });
  check_function("log2", 2, [](auto x) { return simd::log2(x); },
                 [](long double x) { return std::log2(x); });
  check_function("log10", 2, [](auto x) { return simd::log10(x); },
                 [](long double x) { return std::log10(x); });
}

TEST_CASE("the error functions keep their promised accuracy, into the tail") {
  check_function("erf", erf_t::ulp, [](auto x) { return erf_t::eval(x); },
                 [](long double x) { return std::erf(x); });
  check_function("erfc", erfc_t::ulp, [](auto x) { return erfc_t::eval(x); },
                 [](long double x) { return std::erfc(x); });
}

TEST_CASE("trigonometry keeps its promised accuracy, near multiples of pi/2 and far out") {
  check_function("sin", sin_t::ulp, [](auto x) { return sin_t::eval(x); },
                 [](long double x) { return std::sin(x); });
  check_function("cos", cos_t::ulp, [](auto x) { return cos_t::eval(x); },
                 [](long double x) { return std::cos(x); });
  check_function("tan", tan_t::ulp, [](auto x) { return tan_t::eval(x); },
                 [](long double x) { return std::tan(x); });
  check_function("asin", 3, [](auto x) { return simd::asin(x); },
                 [](long double x) { return std::asin(x); });
  check_function("acos", 3, [](auto x) { return simd::acos(x); },
                 [](long double x) { return std::acos(x); });
  check_function("atan", 3, [](auto x) { return simd::atan(x); },
                 [](long double x) { return std::atan(x); });
}

TEST_CASE("hyperbolic functions keep their promised accuracy, to the ends of the range") {
  check_function("sinh", 3, [](auto x) { return simd::sinh(x); },
                 [](long double x) { return std::sinh(x); });
  check_function("cosh", 3, [](auto x) { return simd::cosh(x); },
                 [](long double x) { return std::cosh(x); });
  check_function("tanh", tanh_t::ulp, [](auto x) { return tanh_t::eval(x); },
                 [](long double x) { return std::tanh(x); });
  check_function("asinh", 3, [](auto x) { return simd::asinh(x); },
                 [](long double x) { return std::asinh(x); });
  check_function("acosh", 3, [](auto x) { return simd::acosh(x); },
                 [](long double x) { return std::acosh(x); });
  check_function("atanh", 3, [](auto x) { return simd::atanh(x); },
                 [](long double x) { return std::atanh(x); });
}
#endif

TEST_CASE("roots and roundings are exact") {
  check_function("sqrt", 0.5, [](auto x) { return sqrt_t::eval(x); },
                 [](long double x) { return std::sqrt(x); });
  check_function("floor", 0, [](auto x) { return floor_t::eval(x); },
                 [](long double x) { return std::floor(x); });
  check_function("ceil", 0, [](auto x) { return ceil_t::eval(x); },
                 [](long double x) { return std::ceil(x); });
  check_function("trunc", 0, [](auto x) { return trunc_t::eval(x); },
                 [](long double x) { return std::trunc(x); });
  check_function("abs", 0, [](auto x) { return simd::abs(x); },
                 [](long double x) { return std::fabs(x); });
  check_function("abs_t", 0, [](auto x) { return abs_t::eval(x); },
                 [](long double x) { return std::fabs(x); });
}

TEST_CASE("functions without a kernel are the standard library's, lane by lane") {
  auto check = []<class T, int W>(auto f, auto scalar) {
    const std::vector<T>& x = arguments<T>();
    bool ok = true;
    for (std::size_t i = 0; i < 20000; i += W) {
      const auto a = simd::load<W>(x.data() + i), b = simd::load<W>(x.data() + x.size() - W - i);
      ok = ok && is<T, W>(f(a, b), [&](int k) {
             return scalar(simd::lane(a, k), simd::lane(b, k));
           });
    }
    CHECK(ok);
  };
  auto both = [&](auto f, auto scalar) {
    check.template operator()<float, 16>(f, scalar);
    check.template operator()<double, 4>(f, scalar);
  };
  both([](auto a, auto b) { return pow_t::eval(a, b); },
       [](auto a, auto b) { return std::pow(a, b); });
  both([](auto a, auto b) { return rem_t::eval(a, b); },
       [](auto a, auto b) { return std::fmod(a, b); });
  both([](auto a, auto) { return simd::cbrt(a); },
       [](auto a, auto) { return std::cbrt(a); });
  both([](auto a, auto) { return simd::erf(a); },
       [](auto a, auto) { return std::erf(a); });
  both([](auto a, auto) { return simd::erfc(a); },
       [](auto a, auto) { return std::erfc(a); });
  both([](auto a, auto) { return simd::lgamma(a); },
       [](auto a, auto) { return std::lgamma(a); });
}
