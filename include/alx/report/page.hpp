// SPDX-License-Identifier: Apache-2.0
/// @file
/// One HTML page that needs nothing else: no script, no other file, no network.
#pragma once

#include <alx/report/svg.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0::report {

/// A part of a page; the table of contents leads to its id.
struct page_section {
  std::string id;
  std::string title;
  std::string html;
};

/// A page: its title, the paragraphs before the table of contents, its parts.
struct page {
  std::string title;
  std::string lead;  ///< HTML
  std::vector<page_section> sections;
  std::string footer;  ///< HTML
  std::string language = "en";
};

/// How many pictures stand side by side where there is room.
enum class figure_width { one, two, three };

/// A paragraph of plain text.
inline std::string paragraph(std::string_view text) {
  return element("p", "", escape(text)) + "\n";
}

/// A heading below a section's own.
inline std::string subheading(std::string_view text) {
  return element("h3", "", escape(text)) + "\n";
}

/// A list of HTML.
inline std::string html_list(std::vector<std::string> const& items) {
  std::string list = "\n";
  for (auto const& item : items) {
    list += element("li", "", item) + "\n";
  }
  return element("ul", "", list) + "\n";
}

/// A list of plain texts.
inline std::string bullet_list(std::vector<std::string> items) {
  for (auto& item : items) {
    item = escape(item);
  }
  return html_list(items);
}

/// What a reader should take away: plain texts, set apart.
inline std::string key_points(std::vector<std::string> const& items) {
  return element("div", attribute("class", "key"), bullet_list(items)) + "\n";
}

/// `html` behind a line that opens it.
inline std::string folded(std::string_view line, std::string_view html) {
  std::string content = element("summary", "", escape(line)) + "\n";
  return element("details", "", content.append(html)) + "\n";
}

/// Pictures (SVG or HTML), the caption (plain text) and the data behind them (HTML, may be empty).
inline std::string figure(std::string_view pictures,
                          std::string_view caption,
                          std::string_view data = {},
                          figure_width width = figure_width::one) {
  std::string_view const style = width == figure_width::three ? "three"
                                 : width == figure_width::two ? "two"
                                                              : "one";
  return element("figure",
                 "",
                 element("div", attribute("class", style), pictures) + "\n" +
                     element("figcaption", "", escape(caption)) + "\n" +
                     (data.empty() ? "" : folded("Data of this figure", data))) +
         "\n";
}

/// The style of the page around the charts.
inline std::string page_css() {
  return R"css(
* { box-sizing: border-box; }
body { margin: 0; background: var(--alx-paper); color: var(--alx-ink);
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
main, header, footer { max-width: 78rem; margin: 0 auto; padding: 0 clamp(.8rem, 3vw, 2rem); }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.2; margin: 2.2rem 0 .8rem; }
h2 { font-size: 1.45rem; line-height: 1.3; margin: 3rem 0 .6rem; padding-top: .8rem;
  border-top: 1px solid var(--alx-rule); }
h3 { font-size: 1.12rem; line-height: 1.35; margin: 2rem 0 .4rem; max-width: 46rem; }
p, li { max-width: 46rem; }
p { margin: .6rem 0; }
li { margin: .25rem 0; }
header p { font-size: 1.08rem; }
a { color: var(--alx-blue); }
code { font: .92em ui-monospace, "Liberation Mono", monospace; }
pre { background: var(--alx-panel); border-radius: .4rem; padding: .8rem 1rem; overflow-x: auto; }
nav { background: var(--alx-panel); border-radius: .5rem; padding: .8rem 1.2rem; margin: 1.4rem 0; }
nav ol { margin: 0; padding-left: 1.4rem; columns: 2 20rem; }
nav li { margin: 0; }
.key { background: var(--alx-panel); border-left: .3rem solid var(--alx-blue);
  border-radius: .3rem; padding: .3rem 1.2rem .3rem .4rem; margin: 1rem 0; max-width: 50rem; }
figure { margin: 1.2rem 0 1.8rem; break-inside: avoid; }
figcaption { color: var(--alx-soft); font-size: .93rem; max-width: 46rem; margin-top: .4rem; }
.one { max-width: 44rem; }
.two, .three, .grid { display: grid; gap: 1.2rem 1.6rem; }
.grid { grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); }
.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 27rem)); }
.three { grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
.grid > * { margin: .6rem 0; min-width: 0; }
.one .alx { max-width: 35rem; }
details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--alx-blue); font-size: .93rem; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; color: var(--alx-soft); padding: .2rem 0 .4rem; }
th, td { padding: .32rem .7rem; border-bottom: 1px solid var(--alx-rule); text-align: left;
  vertical-align: top; }
thead th { border-bottom: 2px solid var(--alx-rule); vertical-align: bottom; line-height: 1.25; }
tbody th { font-weight: 600; min-width: 9rem; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .num { white-space: normal; }
footer { color: var(--alx-soft); font-size: .9rem; margin: 3rem auto 2rem; }
@media print {
  body { font-size: 10pt; }
  nav, summary { display: none; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  .two, .grid { grid-template-columns: 1fr 1fr; }
  .three { grid-template-columns: 1fr 1fr 1fr; }
}
)css";
}

/// The whole page.
inline std::string to_html(page const& p) {
  std::string contents;
  std::string body;
  for (auto const& section : p.sections) {
    std::string const head = section.id + "-head";
    std::string const link =
        element("a", attribute("href", "#" + section.id), escape(section.title));
    contents += element("li", "", link) + "\n";
    body += element(
        "section",
        attribute("id", section.id) + attribute("aria-labelledby", head),
        "\n" + element("h2", attribute("id", head), escape(section.title)) + "\n" + section.html);
    body += "\n";
  }
  std::string const header =
      element("h1", "", escape(p.title)) + "\n" + p.lead +
      element("nav", attribute("aria-label", "Contents"), element("ol", "", "\n" + contents));
  std::string const head =
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n" +
      element("title", "", escape(p.title)) + "\n" +
      element("style", "", palette_css() + chart_css() + page_css());
  std::string const content = "\n" + element("head", "", "\n" + head + "\n") + "\n<body>\n" +
                              element("header", "", "\n" + header + "\n") + "\n" +
                              element("main", "", "\n" + body) + "\n" +
                              element("footer", "", "\n" + p.footer) + "\n</body>\n";
  return "<!DOCTYPE html>\n" + element("html", attribute("lang", p.language), content) + "\n";
}

}  // namespace alx::inline v0::report
