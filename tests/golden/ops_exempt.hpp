// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lines that the library does not answer yet, and lines that it answers otherwise; with reasons.
#pragma once

#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace golden {
/// Lines of an op, of a dtype, or whose id begins so if there is a slash; and why they are exempt.
struct exemption {
  std::vector<std::string_view> which;
  std::string_view reason;
};
/// The exemptions of one kind. It remembers which of them a line met.
class exemptions {
 public:
  explicit exemptions(const std::vector<exemption>& all) : all_(all) {}
  /// Why a line is exempt; empty if it is not.
  std::string_view reason_of(std::string_view id, std::string_view op, std::string_view dtype) {
    for (const exemption& e : all_)
      for (std::string_view w : e.which)
        if (op == w || dtype == w || (w.find('/') != w.npos && id.starts_with(w)))
          return met_.insert(w), e.reason;
    return {};
  }
  /// The entries that no line has met, one a line.
  std::string unmet() const {
    std::string out;
    for (const exemption& e : all_)
      for (std::string_view w : e.which)
        if (!met_.contains(w)) (out += w) += '\n';
    return out;
  }

 private:
  const std::vector<exemption>& all_;
  std::set<std::string_view> met_;
};
/// Of how many lines the answer is the same, differs as listed, or is not there yet.
struct tally {
  int compared = 0, different = 0, later = 0;
  bool operator==(const tally&) const = default;
};
inline std::ostream& operator<<(std::ostream& to, const tally& t) {
  return to << t.compared << " compared, " << t.different << " different, " << t.later << " later";
}
inline const std::vector<exemption> left_for_later = {
    {{"u8"}, "uint8 is no element type"},
    {{"complex/"}, "there are no complex numbers yet"},
    {{"acos",         "acosh",
      "asin",         "asinh",
      "atan",         "atan2",
      "atanh",        "betaln",
      "cbrt",         "celu",
      "clamp",        "clz",
      "copysign",     "cosh",
      "deg2rad",      "digamma",
      "elu",          "entr",
      "exp2",         "floor_divide",
      "fmax",         "fmin",
      "gamma",        "gammainc",
      "gammaincc",    "gelu",
      "gelu_tanh",    "hard_sigmoid",
      "hard_silu",    "hard_tanh",
      "heaviside",    "hypot",
      "i0",           "i0e",
      "i1",           "i1e",
      "is_finite",    "is_inf",
      "is_nan",       "is_neginf",
      "is_posinf",    "kl_div",
      "lax_div",      "ldexp_like_mul_exp2",
      "leaky_relu",   "lgamma",
      "log10",        "log2",
      "log_ndtr",     "log_sigmoid",
      "logaddexp",    "logaddexp2",
      "logit",        "mish",
      "mod_operator", "nan_to_num",
      "ndtr",         "ndtri",
      "nextafter",    "population_count",
      "rad2deg",      "rel_entr",
      "relu",         "relu6",
      "remainder",    "rint",
      "round",        "round_away",
      "selu",         "signbit",
      "silu",         "sinc",
      "sinh",         "softplus",
      "softsign",     "sparse_plus",
      "squareplus",   "xlog1py",
      "xlogy",        "zeta"},
     "not an op of the core"},
    {{"average", "count_nonzero", "cummax", "cummin", "cumprod", "cumsum", "logcumsumexp",
      "nanmax", "nanmean", "nanmin", "nanprod", "nansum", "norm", "ptp"},
     "not a reduction of the core"},
    {{"logsumexp/b", "logsumexp/where/", "std/where/", "var/where/"},
     "reductions take no mask and no weights"},
    {{"int/fmod"}, "NumPy's fmod of integers is 0 for a divisor of 0; the core's rem is lax.rem"},
    {{"pad/constant_values", "pad/edge", "pad/linear_ramp", "pad/maximum", "pad/mean",
      "pad/reflect", "pad/symmetric", "pad/wrap"},
     "the core pads with zeros"},
    {{"eye/2,4,1/", "eye/4,2,-1/"}, "eye has the main diagonal only"},
    {{"linspace/0.0,1.0,5,false"}, "linspace includes its end"},
    {{"linspace/differentiable"}, "linspace takes numbers, no traced values"},
    {{"array_split",
      "atleast_1d",
      "atleast_2d",
      "atleast_3d",
      "column_stack",
      "diag",
      "diagonal",
      "diff",
      "dstack",
      "dynamic_slice",
      "dynamic_update_slice",
      "ediff1d",
      "geomspace",
      "gradient",
      "hstack",
      "interp",
      "lax_pad",
      "logspace",
      "meshgrid",
      "polyval",
      "repeat",
      "roll",
      "rot90",
      "split",
      "tile",
      "trace",
      "trapezoid",
      "tri",
      "tril",
      "triu",
      "vander",
      "vstack"},
     "a function above the core's ops"},
    {{"convolve", "correlate", "cross", "einsum", "kron", "multi_dot"},
     "a function above dot_general"}};
/// What differs on purpose: derivatives that are NaN there are 0 here, and second derivatives,
/// which have those among their terms, numbers or infinite.
inline const std::vector<exemption> zero_for_nan = {
    {{"pow/edge", "pow_operator/edge", "scalar_pow(0.0)/edge"},
     "x to the power 0 is constant, also at 0 and at NaN"}};
/// What differs in another way.
inline const std::vector<exemption> differences = {
    {{"int/right_shift_arithmetic/u32"},
     "numbers without sign have none to shift in, as in C++ and in NumPy's right_shift"},
    {{"fmod/edge", "rem/edge"},
     "0.1 goes 9 times into 1, whose rest is almost 0.1; the reference rounds 1 / 0.1 to 10"}};
}  // namespace golden
