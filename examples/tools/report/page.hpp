// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace report {

/// A small picture with a word beneath it.
struct thumbnail {
    std::string jpeg; ///< its bytes in base64
    std::string caption;
    std::string hint; ///< shown where the pointer rests
};

/// A page of HTML that needs no other file, put together from top to bottom. Every text is escaped here; charts come as SVG from `chart.hpp`.
///
///     report::page page("Ablation");
///     page.heading("Results");
///     page.table({"rule", "F1"}, {{"uniform", "0.690"}});
///     page.chart(report::line_chart({...}, lines));
///     write_text("ablation.html", page.html());
class page {
public:
    explicit page(std::string_view title);
    void heading(std::string_view text);
    void subheading(std::string_view text);
    void paragraph(std::string_view text);
    /// Rows of cells under headings. The first column is words at the left, the others are numbers at the right. What follows
    /// a line end in a cell stands beneath it, smaller. The last `strong_rows` rows are set
    /// off as sums or means.
    void table(std::vector<std::string> const& headings, std::vector<std::vector<std::string>> const& rows, std::size_t strong_rows = 0);
    /// Charts side by side, as many as the window holds.
    void charts(std::vector<std::string> const& svgs);
    void chart(std::string const& svg) { charts({svg}); }
    /// Pictures in a row, with words before them.
    void pictures(std::string_view before, std::vector<thumbnail> const& row);
    std::string html() const;

private:
    std::string title_, body_;
};

} // namespace report
