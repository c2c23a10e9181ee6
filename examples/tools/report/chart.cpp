// SPDX-License-Identifier: MIT
#include "report/chart.hpp"

#include "report/markup.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace report {

namespace {

// Okabe and Ito's colours, which people with colour blindness tell apart.
constexpr std::array<std::string_view, 6> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};
constexpr std::string_view ink = "#222", grid = "#ddd", faint = "#888";

/// Digits after the point with which neighbouring ticks differ.
int digits_for(std::vector<double> const& at) {
    if (at.size() < 2) return 2;
    return std::clamp(static_cast<int>(std::ceil(-std::log10(at[1] - at[0]) - 1e-9)), 0, 6);
}

/// The drawing area within a chart, and how data becomes pixels.
class plot {
public:
    plot(axes const& a, double left, double top, double right, double bottom)
        : a_(a), left_(left), top_(top), right_(right), bottom_(bottom) {}

    double x(double value) const { return left_ + (right_ - left_) * share(value, a_.x_low, a_.x_high); }
    double y(double value) const { return bottom_ - (bottom_ - top_) * share(value, a_.y_low, a_.y_high); }

    void line(double x1, double y1, double x2, double y2, std::string_view colour, std::string_view more = {}) {
        svg_.append("<line x1=\"").append(number(x1, 1)).append("\" y1=\"").append(number(y1, 1));
        svg_.append("\" x2=\"").append(number(x2, 1)).append("\" y2=\"").append(number(y2, 1));
        svg_.append("\" stroke=\"").append(colour).append("\"").append(more).append("/>\n");
    }
    void text(double x, double y, std::string_view anchor, std::string_view words, std::string_view more = {}) {
        svg_.append("<text x=\"").append(number(x, 1)).append("\" y=\"").append(number(y, 1));
        svg_.append("\" text-anchor=\"").append(anchor).append("\"").append(more).append(">").append(escaped(words)).append("</text>\n");
    }
    void dot(double x, double y, std::string_view colour) {
        svg_.append("<circle cx=\"").append(number(x, 1)).append("\" cy=\"").append(number(y, 1));
        svg_.append("\" r=\"3\" fill=\"").append(colour).append("\"/>\n");
    }
    void path(std::vector<std::pair<double, double>> const& points, std::string_view colour, std::string_view more = {}) {
        svg_.append("<polyline fill=\"none\" stroke-width=\"1.8\" stroke=\"").append(colour).append("\"").append(more).append(" points=\"");
        for (auto const& [px, py] : points) svg_.append(number(px, 1)).append(",").append(number(py, 1)).append(" ");
        svg_.append("\"/>\n");
    }

    /// Vertical grid lines with their numbers beneath, and the words under them.
    void x_axis() {
        auto const at = ticks(a_.x_low, a_.x_high);
        for (double const t : at) {
            line(x(t), top_, x(t), bottom_, grid);
            text(x(t), bottom_ + 15, "middle", number(t, digits_for(at)));
        }
        text((left_ + right_) / 2, bottom_ + 32, "middle", a_.x_label);
    }
    void y_axis() {
        auto const at = ticks(a_.y_low, a_.y_high);
        for (double const t : at) {
            line(left_, y(t), right_, y(t), grid);
            text(left_ - 6, y(t) + 4, "end", number(t, digits_for(at)));
        }
        std::string const middle = number((top_ + bottom_) / 2, 1);
        text(12, (top_ + bottom_) / 2, "middle", a_.y_label, " transform=\"rotate(-90 12 " + middle + ")\"");
    }
    void frame() {
        line(left_, bottom_, right_, bottom_, ink);
        line(left_, top_, left_, bottom_, ink);
    }

    std::string finished(double width, double height) const {
        std::string const w = number(width, 0), h = number(height, 0);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"" + escaped(a_.title) + "\" width=\"" + w +
               "\" height=\"" + h + "\" viewBox=\"0 0 " + w + " " + h +
               "\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"" + std::string(ink) + "\">\n" + svg_ + "</svg>\n";
    }

private:
    static double share(double value, double low, double high) { return std::clamp((value - low) / (high - low), 0.0, 1.0); }

    axes const& a_;
    double left_, top_, right_, bottom_;
    std::string svg_;
};

void title(plot& p, axes const& a) { p.text(a.width / 2.0, 16, "middle", a.title, " font-weight=\"600\""); }

std::string_view colour_of(std::size_t line) { return colours[line % colours.size()]; }

/// Lines are dashed once the colours have run out.
std::string_view dashes_of(std::size_t line) { return line < colours.size() ? "" : " stroke-dasharray=\"6 3\""; }

/// Pixels that the legend takes beside the axes; 0 where no line has a name.
double legend_width(std::vector<series> const& lines) {
    std::size_t longest = 0;
    for (auto const& line : lines) longest = std::max(longest, line.name.size());
    return longest == 0 ? 0 : 36 + 6.6 * static_cast<double>(longest);
}

/// At the right of the axes, where no line can run through it.
void legend(plot& p, double left, std::vector<series> const& lines) {
    double y = 40;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].name.empty()) continue;
        p.line(left + 10, y - 4, left + 28, y - 4, colour_of(i), " stroke-width=\"2.5\"" + std::string(dashes_of(i)));
        p.text(left + 34, y, "start", lines[i].name);
        y += 16;
    }
}

} // namespace

std::vector<double> ticks(double low, double high) {
    if (!(high > low) || !std::isfinite(high - low)) return {};
    double const rough = (high - low) / 5, power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (double const factor : {5.0, 2.0, 1.0})
        if (factor * power >= rough * (1 - 1e-9)) step = factor * power;
    std::vector<double> at;
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) at.push_back(k * step);
    return at;
}

std::string line_chart(axes const& a, std::vector<series> const& lines) {
    double const right = a.width - 14 - legend_width(lines);
    plot p(a, 56, 28, right, a.height - 42);
    title(p, a);
    p.x_axis();
    p.y_axis();
    p.frame();
    if (a.diagonal) p.line(p.x(a.x_low), p.y(a.y_low), p.x(a.x_high), p.y(a.y_high), faint, " stroke-dasharray=\"4 3\"");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto const colour = colour_of(i);
        std::vector<std::pair<double, double>> at;
        for (auto const& [x, y] : lines[i].points)
            if (std::isfinite(x) && std::isfinite(y)) at.emplace_back(p.x(x), p.y(y));
        if (lines[i].line && at.size() > 1) p.path(at, colour, dashes_of(i));
        if (lines[i].dots || at.size() == 1)
            for (auto const& [x, y] : at) p.dot(x, y, colour);
    }
    legend(p, right, lines);
    return p.finished(a.width, a.height);
}

std::string whisker_chart(axes const& a, std::vector<whisker> const& rows) {
    constexpr double row_height = 18;
    std::size_t longest = 4;
    for (auto const& row : rows) longest = std::max(longest, row.name.size());
    double const top = 28, bottom = top + row_height * static_cast<double>(rows.size()), left = 14 + 7.0 * static_cast<double>(longest);
    plot p(a, left, top, a.width - 20, bottom);
    title(p, a);
    p.x_axis();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& row = rows[i];
        double const y = top + row_height * (static_cast<double>(i) + 0.5);
        p.text(left - 8, y + 4, "end", row.name);
        if (std::isfinite(row.reference)) p.line(p.x(row.reference), y - 6, p.x(row.reference), y + 6, colours[1], " stroke-width=\"2\"");
        if (!std::isfinite(row.value)) continue;
        if (std::isfinite(row.low) && std::isfinite(row.high)) p.line(p.x(row.low), y, p.x(row.high), y, colours[0], " stroke-width=\"2\"");
        p.dot(p.x(row.value), y, colours[0]);
    }
    return p.finished(a.width, bottom + 42);
}

} // namespace report
