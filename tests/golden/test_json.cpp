// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reader of reference files, and the comparison: right texts, wrong texts, near misses.
#include "compare.hpp"

#include <limits>

#include "../catch.hpp"
#include "../support.hpp"

using golden::json;
using golden::parse_json;

namespace {
template <class F>
std::string sentence(const F& f) {
  return support::thrown<golden::json_error>(f);
}
std::string why_not(std::string_view text) {
  return sentence([&] { (void)parse_json(text); });
}
bool has(const std::string& s, std::string_view part) { return s.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("json: values of every kind") {
  json v = parse_json(R"( {"a": [1, -2.5e3, true, null], "b": {}, "s": "x", "e": []} )");
  REQUIRE(v.is_object());
  CHECK(v.size() == 4);
  CHECK(v["a"].size() == 4);
  CHECK(v["a"][0].as<int>() == 1);
  CHECK(v["a"][1].as<double>() == -2500.0);
  CHECK(v["a"][2].boolean());
  CHECK(v["a"][2].as<double>() == 1.0);
  CHECK(v["a"][3].is_null());
  CHECK(v["b"].members().empty());
  CHECK(v["e"].items().empty());
  CHECK(v["s"].string() == "x");
  CHECK(v.find("c") == nullptr);
}

TEST_CASE("json: numbers are exact in their own type") {
  CHECK(parse_json("18446744073709551615").as<std::uint64_t>() ==
        std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_json("-9223372036854775808").as<std::int64_t>() ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(parse_json("0.1").as<float>() == 0.1f);
  CHECK(parse_json("0.1").as<double>() == 0.1);
  CHECK(parse_json("5e-324").as<double>() == std::numeric_limits<double>::denorm_min());
  // Rounded once: by way of a double this would be the float above.
  CHECK(parse_json("1.00000005960464484").as<float>() == 1.0000001f);
  CHECK(std::signbit(parse_json("-0.0").as<double>()));
  CHECK(std::isnan(parse_json("\"nan\"").as<double>()));
  CHECK(parse_json("\"-inf\"").as<float>() == -std::numeric_limits<float>::infinity());
}

TEST_CASE("json: strings and escapes") {
  CHECK(parse_json(R"("a\"\\\/\n\tb")").string() == "a\"\\/\n\tb");
  CHECK(parse_json(R"("\u0041\u00e9\u20ac\ud83d\ude00")").string() ==
        "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST_CASE("json: what is wrong, and where") {
  CHECK(has(why_not(""), "got the end at position 0"));
  CHECK(has(why_not("[1, 2"), "position 5, wanted ']'"));
  CHECK(has(why_not("{\"a\" 1}"), "got '1' at position 5, wanted ':'"));
  CHECK(has(why_not("{1: 2}"), "wanted a string"));
  CHECK(has(why_not("[1] 2"), "wanted nothing more"));
  CHECK(has(why_not("01"), "leading zero"));
  CHECK(has(why_not("1."), "wanted a value"));
  CHECK(has(why_not("-"), "wanted a value"));
  CHECK(has(why_not("1e"), "wanted a value"));
  CHECK(has(why_not("nul"), "wanted 'null'"));
  CHECK(has(why_not("\"a"), "wanted the end of a string"));
  CHECK(has(why_not("\"\\x\""), "wanted an escape sequence"));
  CHECK(has(why_not("\"\\u12g4\""), "wanted four hexadecimal digits"));
  CHECK(has(why_not("\"\\ud800 \""), "wanted '\\u'"));
  CHECK(has(why_not("\"\\udc00\\udc00\""), "wanted a surrogate pair"));
  CHECK(has(why_not(std::string(1000, '[')), "at most 100 levels"));
}

TEST_CASE("json: values of another kind than wanted") {
  json v = parse_json(R"({"a": [1], "s": "x", "big": 300})");
  CHECK(has(sentence([&] { v["b"]; }), "no member \"b\""));
  CHECK(has(sentence([&] { v["a"][1]; }), "item 1 of a list of 1"));
  CHECK(has(sentence([&] { v["a"].string(); }), "got a list, wanted a string"));
  CHECK(has(sentence([&] { (void)v["s"].as<double>(); }), "the string \"x\", wanted a number"));
  CHECK(has(sentence([&] { (void)v["s"].as<int>(); }), "got a string, wanted a number"));
  CHECK(has(sentence([&] { (void)v["big"].as<std::uint8_t>(); }), "300 does not fit"));
  CHECK(has(sentence([&] { (void)parse_json("1.5").as<int>(); }), "1.5 does not fit"));
}

TEST_CASE("reference: arrays of a line") {
  golden::reference_line line(
      R"({"id": "x/f32", "dtype": "f32", "args": [{"shape": [2], "data": [0.1, "inf"]},)"
      R"( {"shape": [1], "data": [[1.0, -2.0]], "dtype": "c64"}],)"
      R"( "out": {"shape": [], "data": [true]}})");
  auto args = line.arrays("args");
  REQUIRE(args.size() == 2);
  CHECK(args[0].dtype() == "f32");
  CHECK(args[0].as_doubles()[0] == double{0.1f});
  CHECK(args[0].elements<double>()[0] == 0.1);
  CHECK(args[1].dtype() == "c64");
  CHECK(args[1].elements<float>() == std::vector<float>{1, -2});
  CHECK(line.arrays("out").size() == 1);
  CHECK(line.arrays("out")[0].elements<bool>() == std::vector<bool>{true});
  golden::reference_line wrong(
      R"({"id": "x", "dtype": "f64", "out": {"shape": [3], "data": [1]}})");
  CHECK(has(sentence([&] { (void)wrong.arrays("out")[0].elements<double>(); }),
            "1 elements for a shape of 3"));
  CHECK(has(sentence([] { (void)golden::read_lines("no/file"); }), "cannot open no/file"));
}

TEST_CASE("reference: a difference beyond the bound is told, within it is not") {
  golden::reference_line line(R"({"id": "x", "dtype": "f64", "out": {"shape": [2, 3],)"
                              R"( "corner": {"shape": [2, 2], "data": [1, 2, 4, "nan"]},)"
                              R"( "sum": 21, "sum_of_squares": 91}})");
  auto no_nan = [](double x) { return std::isnan(x) ? 5.0 : x; };
  std::vector<double> values{1, 2, 3, 4, std::nan(""), 6};
  golden::result got{{2, 3}, values, std::vector<double>(6, 1e-9)};
  CHECK(has(golden::difference(std::vector{got}, line), "output 0, sum: got nan"));
  got.values[4] = no_nan(got.values[4]);
  CHECK(has(golden::difference(std::vector{got}, line), "element 4: got 5, wanted nan"));
  got.values[3] += 2e-9;
  CHECK(has(golden::difference(std::vector{got}, line), "element 3"));
  got.shape = {3, 2};
  CHECK(golden::difference(std::vector{got}, line) == "output 0, the shapes differ");
  CHECK(golden::difference(std::vector<golden::result>{}, line) == "0 outputs, wanted 1");
}

TEST_CASE("reference: sums are compared") {
  auto line = [](const char* sums) {
    return golden::reference_line(R"({"id": "x", "dtype": "f64", "out": {"shape": [3], "corner":)"
                                  R"( {"shape": [1], "data": [1]}, )" + std::string(sums) + "}}");
  };
  std::vector<golden::result> got{{{3}, {1, 2, 3}, {1e-9, 1e-9, 1e-9}}};
  CHECK(golden::difference(got, line(R"("sum": 6, "sum_of_squares": 14)")).empty());
  CHECK(golden::difference(got, line(R"("sum": 6.0000000029, "sum_of_squares": 14)")).empty());
  CHECK(has(golden::difference(got, line(R"("sum": 6.00000001, "sum_of_squares": 14)")), "sum:"));
  CHECK(has(golden::difference(got, line(R"("sum": 6, "sum_of_squares": 14.00001)")), "squares"));
  got[0].bounds.clear();
  CHECK(golden::difference(got, line(R"("sum": 6, "sum_of_squares": 14)")) ==
        "output 0, the result has no bounds");
}
