// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Printing, against what NumPy 2.4 prints for the same elements.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <sstream>

#include <calx/array/dynamic_array.hpp>

#include "../catch.hpp"

namespace {
std::string shown(const calx::dynamic_array& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}
template <class T>
std::string printed(const calx::dims& shape, std::initializer_list<T> elements) {
  calx::dynamic_array x(calx::aval{calx::dtype_of<T>(), shape});
  REQUIRE(x.size() == elements.size());
  if (x.size() > 0) std::memcpy(x.mutable_data(), elements.begin(), elements.size() * sizeof(T));
  return shown(x);
}
/// first, first + step, ... in the given shape.
template <class T>
std::string counted(const calx::dims& shape, T first, T step) {
  calx::dynamic_array x(calx::aval{calx::dtype_of<T>(), shape});
  for (std::size_t i = 0; i < x.size(); ++i)
    static_cast<T*>(x.mutable_data())[i] = first + static_cast<T>(i) * step;
  return shown(x);
}
}  // namespace

TEST_CASE("print: one width, as few digits as tell the elements apart") {
  CHECK(printed<double>({2, 3}, {1, 2, 3, 4, 5, 6}) == "[[1. 2. 3.]\n [4. 5. 6.]]");
  CHECK(printed<double>({3}, {0.1, 0.25, 1}) == "[0.1  0.25 1.  ]");
  CHECK(printed<double>({3}, {0.3333333333333333, 0.6666666666666666, 1}) ==
        "[0.33333333 0.66666667 1.        ]");
  CHECK(printed<double>({4}, {-1.5, 10, 0.125, -100}) == "[  -1.5     10.       0.125 -100.   ]");
  CHECK(printed<double>({2, 2}, {1, 2, 3, 4.5}) == "[[1.  2. ]\n [3.  4.5]]");
  CHECK(printed<double>({1}, {0.30000000000000004}) == "[0.3]");
  CHECK(printed<double>({3}, {0, -0.0, 0.0001}) == "[ 0.     -0.      0.0001]");
  CHECK(printed<double>({2}, {123456.789, 1000}) == "[123456.789   1000.   ]");
  CHECK(printed<double>({3}, {1.00000000049, 2, 3}) == "[1. 2. 3.]");
  CHECK(printed<double>({2}, {0.001953125, 0.5}) == "[0.00195312 0.5       ]");
  CHECK(printed<double>({3}, {99999999, 100000, 1000000}) == "[99999999.   100000.  1000000.]");
  CHECK(printed<double>({2}, {0.123456785, 0.5}) == "[0.12345678 0.5       ]");
  CHECK(printed<double>({1}, {0.0001220703125}) == "[0.00012207]");
  CHECK(printed<double>({2}, {1, 999.9999999999}) == "[   1. 1000.]");
}
TEST_CASE("print: an exponent for large, small and wide-ranging elements") {
  CHECK(printed<double>({2}, {100000000, 1}) == "[1.e+08 1.e+00]");
  CHECK(printed<double>({2}, {1e-05, 0.0001}) == "[1.e-05 1.e-04]");
  CHECK(printed<double>({2}, {1, 1001}) == "[1.000e+00 1.001e+03]");
  CHECK(printed<double>({2}, {1, 1000}) == "[   1. 1000.]");
  CHECK(printed<double>({3}, {1e+100, 1e-100, 0}) == "[1.e+100 1.e-100 0.e+000]");
  CHECK(printed<double>({2}, {-1000000000, 3000000000}) == "[-1.e+09  3.e+09]");
  CHECK(printed<double>({2}, {1.23456789012, 123456.789012}) == "[1.23456789e+00 1.23456789e+05]");
  CHECK(printed<double>({1}, {1.7976931348623157e+308}) == "[1.79769313e+308]");
  CHECK(printed<double>({1}, {5e-324}) == "[5.e-324]");
  CHECK(printed<double>({3}, {1e+16, 1000000000000000, 100000000000000}) ==
        "[1.e+16 1.e+15 1.e+14]");
  CHECK(printed<double>({2}, {9999999999.9, 10000000000}) == "[1.e+10 1.e+10]");
  CHECK(printed<double>({2}, {1e+22, 1e+23}) == "[1.e+22 1.e+23]");
}
TEST_CASE("print: infinities and NaN") {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = NAN;
  CHECK(printed<double>({4}, {nan, inf, -inf, 1.5}) == "[ nan  inf -inf  1.5]");
  CHECK(printed<double>({2}, {nan, nan}) == "[nan nan]");
  CHECK(printed<double>({2}, {inf, -inf}) == "[ inf -inf]");
  CHECK(printed<double>({3}, {nan, 1, 2}) == "[nan  1.  2.]");
  CHECK(printed<double>({2}, {inf, 0.125}) == "[  inf 0.125]");
  CHECK(printed<double>({2}, {-inf, 10000000000}) == "[  -inf 1.e+10]");
  CHECK(printed<double>({2, 2}, {1e-300, nan, inf, -1}) ==
        "[[ 1.e-300      nan]\n [     inf -1.e+000]]");
  CHECK(printed<double>({1}, {-inf}) == "[-inf]");
}
TEST_CASE("print: float32 has its own shortest digits and a smaller largest number") {
  constexpr float nan = NAN;
  CHECK(printed<float>({3}, {0.1f, 0.25f, 1}) == "[0.1  0.25 1.  ]");
  CHECK(printed<float>({2}, {0.33333334f, 0.6666667f}) == "[0.33333334 0.6666667 ]");
  CHECK(printed<float>({2}, {999999, 1}) == "[9.99999e+05 1.00000e+00]");
  CHECK(printed<float>({1}, {999999}) == "[999999.]");
  CHECK(printed<float>({1}, {1e+06f}) == "[1.e+06]");
  CHECK(printed<float>({2}, {0.1f, 1.2345678e-05f}) == "[1.0000000e-01 1.2345678e-05]");
  CHECK(printed<float>({1}, {1e-04f}) == "[0.0001]");
  CHECK(printed<float>({2}, {1.6777216e+07f, 3e+38f}) == "[1.6777216e+07 3.0000000e+38]");
  CHECK(printed<float>({2}, {nan, -0.1f}) == "[ nan -0.1]");
  CHECK(printed<float>({2}, {0.33333334f, 1e-05f}) == "[3.3333334e-01 9.9999997e-06]");
}
TEST_CASE("print: integers of 32 bits") {
  CHECK(printed<std::int32_t>({3}, {1, -20, 300}) == "[  1 -20 300]");
  CHECK(printed<std::int32_t>({2, 2}, {0, 0, 0, 0}) == "[[0 0]\n [0 0]]");
  CHECK(printed<std::int32_t>({2}, {INT32_MIN, 2147483647}) == "[-2147483648  2147483647]");
}
TEST_CASE("print: integers of 64 bits") {
  CHECK(printed<std::int64_t>({2, 3}, {1, 2, 3, 4, 5, 6}) == "[[1 2 3]\n [4 5 6]]");
  CHECK(printed<std::int64_t>({2}, {-9223372036854775807, 9223372036854775807}) ==
        "[-9223372036854775807  9223372036854775807]");
}
TEST_CASE("print: unsigned integers of 32 bits") {
  CHECK(printed<std::uint32_t>({2}, {0, 4294967295}) == "[         0 4294967295]");
}
TEST_CASE("print: unsigned integers of 64 bits") {
  CHECK(printed<std::uint64_t>({2}, {5, UINT64_MAX}) ==
        "[                   5 18446744073709551615]");
}
TEST_CASE("print: bool") {
  CHECK(printed<bool>({2}, {true, false}) == "[ True False]");
  CHECK(printed<bool>({2, 2}, {true, true, true, true}) == "[[ True  True]\n [ True  True]]");
  CHECK(printed<bool>({1}, {false}) == "[False]");
}
TEST_CASE("print: without axes: the number in full, float64") {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = NAN;
  CHECK(printed<double>({}, {0}) == "0.0");
  CHECK(printed<double>({}, {-0.0}) == "-0.0");
  CHECK(printed<double>({}, {1}) == "1.0");
  CHECK(printed<double>({}, {-2.5}) == "-2.5");
  CHECK(printed<double>({}, {0.30000000000000004}) == "0.30000000000000004");
  CHECK(printed<double>({}, {0.0001}) == "0.0001");
  CHECK(printed<double>({}, {9.9e-05}) == "9.9e-05");
  CHECK(printed<double>({}, {1000000000000000}) == "1000000000000000.0");
  CHECK(printed<double>({}, {1e+16}) == "1e+16");
  CHECK(printed<double>({}, {1.2345678901234568e+17}) == "1.2345678901234568e+17");
  CHECK(printed<double>({}, {1e+100}) == "1e+100");
  CHECK(printed<double>({}, {inf}) == "inf");
  CHECK(printed<double>({}, {-inf}) == "-inf");
  CHECK(printed<double>({}, {nan}) == "nan");
}
TEST_CASE("print: without axes: the number in full, float32") {
  constexpr float nan = NAN;
  CHECK(printed<float>({}, {0.1f}) == "0.1");
  CHECK(printed<float>({}, {0.33333334f}) == "0.33333334");
  CHECK(printed<float>({}, {1e-04f}) == "1e-04");
  CHECK(printed<float>({}, {0.001f}) == "0.001");
  CHECK(printed<float>({}, {999999}) == "999999.0");
  CHECK(printed<float>({}, {1e+06f}) == "1e+06");
  CHECK(printed<float>({}, {1.5e+06f}) == "1.5e+06");
  CHECK(printed<float>({}, {3e+38f}) == "3e+38");
  CHECK(printed<float>({}, {nan}) == "nan");
}
TEST_CASE("print: without axes: integers") {
  CHECK(printed<std::int64_t>({}, {-7}) == "-7");
}
TEST_CASE("print: without axes: bool") {
  CHECK(printed<bool>({}, {true}) == "True");
  CHECK(printed<bool>({}, {false}) == "False");
}
TEST_CASE("print: without elements") {
  CHECK(printed<double>({0}, {}) == "[]");
  CHECK(printed<double>({2, 0, 3}, {}) == "[]");
  CHECK(printed<double>({0, 0}, {}) == "[]");
}
TEST_CASE("print: many axes") {
  CHECK(printed<std::int32_t>({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7}) ==
        "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]");
  CHECK(printed<std::int32_t>({1, 2, 1, 2}, {1, 2, 3, 4}) == "[[[[1 2]]\n\n  [[3 4]]]]");
  CHECK(printed<std::int32_t>({1, 1, 1}, {5}) == "[[[5]]]");
}
TEST_CASE("print: lines of 75 columns") {
  CHECK(counted<double>({30}, 0, 0.5) ==
        "[ 0.   0.5  1.   1.5  2.   2.5  3.   3.5  4.   4.5  5.   5.5  6.   6.5\n"
        "  7.   7.5  8.   8.5  9.   9.5 10.  10.5 11.  11.5 12.  12.5 13.  13.5\n"
        " 14.  14.5]");
  CHECK(counted<std::int64_t>({40}, 0, 1) ==
        "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
        " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]");
  CHECK(counted<double>({2, 1, 22}, 0.25, 1) ==
        "[[[ 0.25  1.25  2.25  3.25  4.25  5.25  6.25  7.25  8.25  9.25 10.25\n"
        "   11.25 12.25 13.25 14.25 15.25 16.25 17.25 18.25 19.25 20.25 21.25]]\n"
        "\n"
        " [[22.25 23.25 24.25 25.25 26.25 27.25 28.25 29.25 30.25 31.25 32.25\n"
        "   33.25 34.25 35.25 36.25 37.25 38.25 39.25 40.25 41.25 42.25 43.25]]]");
}
TEST_CASE("print: the edges of more than 1000 elements") {
  CHECK(counted<std::int64_t>({1000}, 0, 1).find("...") == std::string::npos);
  CHECK(counted<std::int64_t>({1001}, 0, 1) == "[   0    1    2 ...  998  999 1000]");
  CHECK(counted<double>({1001}, 0, 0.125) ==
        "[  0.      0.125   0.25  ... 124.75  124.875 125.   ]");
  CHECK(counted<std::int32_t>({30, 40}, 0, 1) ==
        "[[   0    1    2 ...   37   38   39]\n"
        " [  40   41   42 ...   77   78   79]\n"
        " [  80   81   82 ...  117  118  119]\n"
        " ...\n"
        " [1080 1081 1082 ... 1117 1118 1119]\n"
        " [1120 1121 1122 ... 1157 1158 1159]\n"
        " [1160 1161 1162 ... 1197 1198 1199]]");
  CHECK(counted<std::int64_t>({2, 2, 300}, 0, 1) ==
        "[[[   0    1    2 ...  297  298  299]\n"
        "  [ 300  301  302 ...  597  598  599]]\n"
        "\n"
        " [[ 600  601  602 ...  897  898  899]\n"
        "  [ 900  901  902 ... 1197 1198 1199]]]");
  CHECK(counted<double>({2, 600}, 0, 1) ==
        "[[0.000e+00 1.000e+00 2.000e+00 ... 5.970e+02 5.980e+02 5.990e+02]\n"
        " [6.000e+02 6.010e+02 6.020e+02 ... 1.197e+03 1.198e+03 1.199e+03]]");
}
TEST_CASE("print: the layout is of what is printed alone") {
  calx::dynamic_array x(calx::aval{calx::dtype::f64, {2000}});
  auto* e = static_cast<double*>(x.mutable_data());
  for (int i = 0; i < 2000; ++i) e[i] = i % 500;
  e[1000] = 1e300;
  CHECK(shown(x) == "[  0.   1.   2. ... 497. 498. 499.]");
}
TEST_CASE("print: a width of the stream pads the whole text") {
  std::ostringstream out;
  out.width(8);
  out << calx::dynamic_array(1) << '.';
  CHECK(out.str() == "       1.");
}
