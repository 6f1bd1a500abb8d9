// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Line charts as SVG files, for the examples.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace plot {

/// A chart of curves over one x axis: `figure f("title"); f.line("sin", x, y); f.save(path);`
/// x and y are arrays, vectors, anything with elements x[i] and a size().
class figure {
 public:
  explicit figure(std::string title) : title_(std::move(title)) {}

  template <class X, class Y>
  figure& line(std::string name, const X& x, const Y& y) {
    curve c{std::move(name), {}};
    for (std::size_t i = 0; i < static_cast<std::size_t>(x.size()); ++i) {
      c.points.push_back({static_cast<double>(x[i]), static_cast<double>(y[i])});
      x_.include(c.points.back().x);
      y_.include(c.points.back().y);
    }
    curves_.push_back(std::move(c));
    return *this;
  }

  void save(const std::string& path) const {
    std::ofstream file(path);
    file << svg();
    if (!file) throw std::runtime_error("plot: cannot write " + path);
  }

  std::string svg() const {
    std::ostringstream out;
    out << std::fixed << std::setprecision(1);
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width << ' ' << height
        << "\" width=\"" << width << "\" height=\"" << height << "\"\n"
        << "     font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" font-size=\"13\">\n"
        << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    text(out, left, 30, "start", title_, "font-size=\"17\" fill=\"#222\"");
    draw_axes(out);
    for (std::size_t i = 0; i < curves_.size(); ++i) draw_curve(out, i);
    out << "</svg>\n";
    return out.str();
  }

 private:
  struct point {
    double x, y;
  };
  struct curve {
    std::string name;
    std::vector<point> points;
  };
  struct range {
    double low = INFINITY, high = -INFINITY;
    void include(double v) {
      if (!std::isfinite(v)) return;
      low = std::min(low, v), high = std::max(high, v);
    }
    double length() const { return high > low ? high - low : 1.0; }
    /// The distance of ticks: 1, 2 or 5 times a power of ten, for about `wanted` of them.
    double step(double wanted) const {
      double least = length() / wanted, power = std::pow(10.0, std::floor(std::log10(least)));
      for (double m : {1.0, 2.0, 5.0})
        if (m * power >= least) return m * power;
      return 10 * power;
    }
  };

  static constexpr double width = 760, height = 440;
  static constexpr double left = 56, right = 620, top = 50, bottom = 400;
  static constexpr std::array<const char*, 6> colours{"#3b6fd4", "#e07b1a", "#2a9d6f",
                                                      "#c43d4b", "#7d5bb5", "#6b6b6b"};

  double to_x(double x) const { return left + (x - x_.low) / x_.length() * (right - left); }
  /// With a margin, so that the curves do not touch the frame.
  double to_y(double y) const {
    constexpr double margin = 12;
    double part = (y - y_.low) / y_.length();
    return bottom - margin - part * (bottom - top - 2 * margin);
  }

  static std::string escaped(const std::string& s) {
    std::string out;
    for (char c : s) {
      if (c == '&') out += "&amp;";
      else if (c == '<') out += "&lt;";
      else out += c;
    }
    return out;
  }
  static void text(std::ostream& out, double x, double y, const char* anchor,
                   const std::string& s, const std::string& style) {
    out << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" " << style
        << '>' << escaped(s) << "</text>\n";
  }
  static void rule(std::ostream& out, point a, point b, const char* colour) {
    out << "<path d=\"M" << a.x << ' ' << a.y << 'L' << b.x << ' ' << b.y << "\" stroke=\""
        << colour << "\"/>\n";
  }
  static std::string label(double v) {
    std::ostringstream s;
    s << (std::abs(v) < 1e-12 ? 0.0 : v);
    return s.str();
  }
  template <class F>
  static void for_ticks(const range& r, double wanted, F f) {
    double step = r.step(wanted);
    for (double k = std::ceil(r.low / step - 1e-9); k * step <= r.high + 1e-9 * step; ++k)
      f(k * step);
  }

  void draw_axes(std::ostream& out) const {
    const std::string grey = "fill=\"#555\"";
    for_ticks(x_, 8, [&](double v) {
      double x = to_x(v);
      rule(out, {x, top}, {x, bottom}, v == 0 ? "#999" : "#e8e8e8");
      text(out, x, bottom + 20, "middle", label(v), grey);
    });
    for_ticks(y_, 8, [&](double v) {
      double y = to_y(v);
      rule(out, {left, y}, {right, y}, v == 0 ? "#999" : "#e8e8e8");
      text(out, left - 8, y + 4.5, "end", label(v), grey);
    });
  }
  void draw_curve(std::ostream& out, std::size_t i) const {
    const char* colour = colours[i % colours.size()];
    out << "<polyline fill=\"none\" stroke-width=\"2.2\" stroke-linejoin=\"round\" stroke=\""
        << colour << "\" points=\"";
    for (const point& p : curves_[i].points)
      if (std::isfinite(p.y)) out << to_x(p.x) << ',' << to_y(p.y) << ' ';
    out << "\"/>\n";
    double y = top + 14 + 24 * static_cast<double>(i);
    out << "<path d=\"M" << right + 16 << ' ' << y << "h22\" stroke-width=\"2.2\" stroke=\""
        << colour << "\"/>\n";
    text(out, right + 45, y + 4.5, "start", curves_[i].name, "fill=\"#222\"");
  }

  std::string title_;
  std::vector<curve> curves_;
  range x_, y_;
};

}  // namespace plot
