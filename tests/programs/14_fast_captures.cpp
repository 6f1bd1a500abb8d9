// What captures costs no correctness and no feature: results have types, ops of the user work, destinations too.
#include <calx/calx.hpp>
#include <cmath>
#include <string_view>
#include <tuple>
#include <type_traits>
#include "check.hpp"

namespace mine {
struct softsign_t : calx::math_op<softsign_t> {
  static constexpr std::string_view name = "softsign";
  static constexpr int ulp = 2;
  template <class T> CALX_HD static constexpr T eval(T x) { return x / (T(1) + calx::abs_t::eval(x)); }
  template <class X> static constexpr X partial(calx::arg<0>, X, X y) { return calx::square(1.0 - calx::abs(y)); }
};
inline constexpr softsign_t softsign{};
}  // namespace mine

class Model {
 public:
  explicit Model(int n) : X_(calx::linspace(-1.0, 1.0, n)) {}
  auto loss() const { return [this](auto w) { return calx::mean(calx::square(mine::softsign(w * X_) - shift_)); }; }
  double slope(double w) const { return calx::grad(loss())(w); }
 private:
  calx::array<double, 1> X_;
  double shift_ = 0.25;
};

int main() {
  Model m(101);
  auto f = m.loss();
  double h = 1e-6; CHECK(near(m.slope(0.7), (f(0.7 + h) - f(0.7 - h)) / (2 * h), 1e-7));      // a user's op, this, a member

  calx::array<double, 1> X = calx::linspace(0.0, 3.0, 1000), y = calx::sin(X);
  auto fit = [&](auto w) { auto r = w(0) * X + w(1) * X * X - y; return calx::mean(r * r); };
  calx::array<double, 1> w{0.5, -0.1};
  auto g = calx::grad(fit)(w);
  static_assert(std::is_same_v<decltype(g), calx::array<double, 1>>);
  calx::array<double, 1> slow = calx::grad(fit)(w);
  CHECK(calx::allclose(g, slow, 1e-13, 1e-13));
  auto passed = calx::grad([](auto w, auto X, auto y) { auto r = w(0) * X + w(1) * X * X - y; return calx::mean(r * r); })(w, X, y);
  CHECK(calx::allclose(g, passed, 1e-13, 1e-13));

  auto [value, pullback] = calx::vjp([&](auto w) { return calx::sin(w(0) * X) * w(1); }, w);
  calx::array<double, 1> ct = calx::ones<double>(1000), out = calx::zeros<double>(2);
  pullback.into(std::tie(out))(ct);
  double want = 0; for (int i = 0; i < 1000; ++i) want += std::sin(0.5 * X(i));
  CHECK(near(out(1), want, 1e-11)); CHECK(near(value(999), std::sin(1.5) * -0.1));
  auto H = calx::hessian(fit)(w); CHECK(near(H(0, 1), H(1, 0))); CHECK(near(H(0, 0), 2.0 * calx::mean(X * X), 1e-12));
  return finish("14_fast_captures");
}
