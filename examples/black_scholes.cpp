// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A book of options: the price of one by Black and Scholes, the sensitivities of 100 000 by
// vmap(grad), and the volatility that a price implies.
#include <calx/calx.hpp>

#include <cmath>
#include <numbers>

#include "plot.hpp"
#include "report.hpp"

namespace rnd = calx::random;

template <class T>
struct Option {
  T spot, strike, years, volatility, rate;
};
using Book = Option<calx::array<double, 1>>;

constexpr auto cdf = [](auto x) { return 0.5 * calx::erfc(-x / std::numbers::sqrt2); };
/// The price of a call.
constexpr auto price = [](auto o) {
  auto width = o.volatility * sqrt(o.years);
  auto d1 = (log(o.spot / o.strike) + o.rate * o.years) / width + 0.5 * width;
  return o.spot * cdf(d1) - o.strike * exp(-o.rate * o.years) * cdf(d1 - width);
};
constexpr auto sensitivities = calx::vmap(calx::value_and_grad(price));

/// Prices and sensitivities by the formulas of the textbook.
struct by_hand {
  explicit by_hand(std::size_t n) : price(n), delta(n), strike(n), theta(n), vega(n), rho(n) {}
  std::vector<double> price, delta, strike, theta, vega, rho;
  void run(const Book& b) {
    const double *s = b.spot.data(), *k = b.strike.data(), *t = b.years.data(),
                 *v = b.volatility.data(), *r = b.rate.data();
    for (std::size_t i = 0; i < price.size(); ++i) {
      const double root = std::sqrt(t[i]), width = v[i] * root;
      const double d1 = (std::log(s[i] / k[i]) + r[i] * t[i]) / width + 0.5 * width;
      const double n1 = 0.5 * std::erfc(-d1 / std::numbers::sqrt2),
                   n2 = 0.5 * std::erfc(-(d1 - width) / std::numbers::sqrt2);
      const double density = std::exp(-0.5 * d1 * d1) / std::sqrt(2 * std::numbers::pi);
      const double discount = std::exp(-r[i] * t[i]);
      price[i] = s[i] * n1 - k[i] * discount * n2;
      delta[i] = n1;
      strike[i] = -discount * n2;
      theta[i] = s[i] * density * v[i] / (2 * root) + r[i] * k[i] * discount * n2;
      vega[i] = s[i] * density * root;
      rho[i] = k[i] * t[i] * discount * n2;
    }
  }
};

/// The volatility at which the call has this price, by Newton's method.
double implied_volatility(double wanted, Option<double> o) {
  o.volatility = 0.3;
  for (int i = 0; i < 8; ++i) {
    auto [value, slope] = calx::value_and_grad(price)(o);
    o.volatility -= (value - wanted) / slope.volatility;
  }
  return o.volatility;
}

int main(int argc, char** argv) {
  example::report check("100 000 calls by Black and Scholes");
  const int n = 100000;
  auto [k1, k2, k3, k4] = rnd::split<4>(rnd::key(1));
  Book book{rnd::uniform<double>(k1, n) * 80.0 + 60.0, calx::full<double>(100.0, n),
            rnd::uniform<double>(k2, n) * 2.0 + 0.1, rnd::uniform<double>(k3, n) * 0.4 + 0.1,
            rnd::uniform<double>(k4, n) * 0.05};

  auto [prices, greeks] = sensitivities(book);
  by_hand want(n);
  want.run(book);
  check.all_same("prices", prices, want.price, 1e-14);
  check.all_same("delta", greeks.spot, want.delta, 1e-14);
  check.all_same("derivative by the strike", greeks.strike, want.strike, 1e-14);
  check.all_same("theta", greeks.years, want.theta, 1e-14);
  check.all_same("vega", greeks.volatility, want.vega, 1e-14);
  check.all_same("rho", greeks.rate, want.rho, 1e-14);
  check.times("prices and five sensitivities", [&] { return sensitivities(book); },
              [&] { want.run(book); return want.price[0]; });

  Option<double> one{100, 105, 0.75, 0.25, 0.02};
  check.same("volatility from its price", implied_volatility(price(one), one), 0.25, 1e-13);

  auto spots = calx::linspace(60.0, 140.0, 81);
  auto along = calx::vmap([one](auto spot) {
    using T = decltype(spot);
    return calx::grad(price)(Option<T>{spot, one.strike, one.years, one.volatility, one.rate});
  })(spots);
  plot::figure("A call's delta, and its vega by a hundred")
      .line("delta", spots, along.spot)
      .line("vega", spots, calx::array<double, 1>(along.volatility / 100.0))
      .save(example::picture(argc, argv, "black_scholes.svg"));
  return check.exit_status();
}
