// SPDX-License-Identifier: MIT
#include "report/page.hpp"

#include "report/markup.hpp"

#include <cstddef>

namespace report {

namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; max-width: 1120px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.7em; } h2 { margin-top: 2em; border-bottom: 1px solid #ccc; } h3 { margin: 1.6em 0 .3em; }
p { max-width: 75ch; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 3px 6px; text-align: right; white-space: nowrap; }
th { position: sticky; top: 0; background: #fff; border-bottom: 2px solid #888; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; }
tbody tr:nth-child(even) { background: #f4f6f8; }
td small { color: #666; }
tr.strong td { font-weight: 600; border-top: 1px solid #888; }
.charts { margin-top: 12px; display: flex; flex-wrap: wrap; gap: 12px; }
.pictures { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin: .3em 0; }
.pictures span { width: 13em; font-size: 13px; }
figure { margin: 0; text-align: center; font-size: 12px; }
figure img { display: block; width: 64px; height: 64px; }
)";

std::string row(char const* cell, std::vector<std::string> const& cells, std::string_view opening = "<tr>") {
    std::string html(opening);
    for (auto const& text : cells) {
        auto const end = text.find('\n');
        html.append("<").append(cell).append(">").append(escaped(std::string_view(text).substr(0, end)));
        if (end != std::string::npos) html.append("<br><small>").append(escaped(std::string_view(text).substr(end + 1))).append("</small>");
        html.append("</").append(cell).append(">");
    }
    return html + "</tr>\n";
}

} // namespace

page::page(std::string_view title) : title_(escaped(title)), body_("<h1>" + title_ + "</h1>\n") {}

void page::heading(std::string_view text) { body_ += "<h2>" + escaped(text) + "</h2>\n"; }
void page::subheading(std::string_view text) { body_ += "<h3>" + escaped(text) + "</h3>\n"; }
void page::paragraph(std::string_view text) { body_ += "<p>" + escaped(text) + "</p>\n"; }

void page::table(std::vector<std::string> const& headings, std::vector<std::vector<std::string>> const& rows, std::size_t strong_rows) {
    body_ += "<div class=\"wide\"><table><thead>" + row("th", headings) + "</thead><tbody>\n";
    for (std::size_t i = 0; i < rows.size(); ++i)
        body_ += row("td", rows[i], i + strong_rows >= rows.size() ? "<tr class=\"strong\">" : "<tr>");
    body_ += "</tbody></table></div>\n";
}

void page::charts(std::vector<std::string> const& svgs) {
    body_ += "<div class=\"charts\">\n";
    for (auto const& svg : svgs) body_ += svg;
    body_ += "</div>\n";
}

void page::pictures(std::string_view before, std::vector<thumbnail> const& row) {
    body_ += "<div class=\"pictures\"><span>" + escaped(before) + "</span>\n";
    for (auto const& one : row)
        body_ += "<figure title=\"" + escaped(one.hint) + "\"><img alt=\"" + escaped(one.hint) + "\" src=\"data:image/jpeg;base64," +
                 escaped(one.jpeg) + "\">" + escaped(one.caption) + "</figure>\n";
    body_ += "</div>\n";
}

std::string page::html() const {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width\">\n<title>" +
           title_ + "</title>\n<style>" + std::string(style) + "</style></head>\n<body>\n" + body_ + "</body></html>\n";
}

} // namespace report
