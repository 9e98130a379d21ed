// SPDX-License-Identifier: Apache-2.0
#include <alx/report/page.hpp>
#include <alx/report/table.hpp>

#include <doctest/doctest.h>

#include "markup.hpp"

using namespace alx::report;

TEST_CASE("a table has a caption, heads with their scope, and numbers to the right") {
  table const t{"Rows & <columns>",
                {{"rule", column_kind::words}, {"score"}},
                {{"entropy", "0.91"}, {"<b>", "−1"}}};
  auto const html = to_html(t);
  CHECK(markup::fault(html).empty());
  CHECK(markup::has(html, "<caption>Rows &amp; &lt;columns&gt;</caption>"));
  CHECK(markup::has(html, "<th scope=\"col\">rule</th><th class=\"num\" scope=\"col\">score</th>"));
  CHECK(markup::has(html, "<th scope=\"row\">entropy</th><td class=\"num\">0.91</td>"));
  CHECK(markup::has(html, "<th scope=\"row\">&lt;b&gt;</th>"));
}

TEST_CASE("a row of another width is refused by number") {
  table const t{"T", {{"a"}, {"b"}}, {{"1", "2"}, {"1"}}};
  CHECK_THROWS_WITH_AS(
      to_html(t), "table \"T\": row 1 has 1 cells for 2 columns", alx::shape_error);
}

TEST_CASE("a page is whole: language, title, contents that lead somewhere, nothing from outside") {
  page p;
  p.title = "A <title>";
  p.lead = paragraph("Lead & more");
  p.sections = {{"one", "First", paragraph("x")}, {"two", "Second", subheading("deeper")}};
  p.footer = paragraph("end");
  auto const html = to_html(p);
  CHECK(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(markup::fault(html).empty());
  CHECK(markup::has(html, "<title>A &lt;title&gt;</title>"));
  CHECK(markup::count(html, "<h1>") == 1);
  for (std::string const id : {"one", "two"}) {
    CHECK(markup::count(html, "href=\"#" + id + "\"") == 1);
    CHECK(markup::count(html, " id=\"" + id + "\"") == 1);
  }
  for (auto const* outside : {"<script", "http", "url(", "@import", "src=", "<link"}) {
    CHECK_FALSE(markup::has(html, outside));
  }
}

TEST_CASE("a figure folds its data; without data there is nothing to open") {
  auto const with = figure("<svg></svg>", "Caption & more", "<table></table>", figure_width::three);
  CHECK(markup::fault(with).empty());
  CHECK(markup::has(with, "<figcaption>Caption &amp; more</figcaption>"));
  CHECK(markup::has(with, "<details><summary>Data of this figure</summary>\n<table>"));
  CHECK(markup::has(with, "class=\"three\""));
  CHECK_FALSE(markup::has(figure("<svg></svg>", "c"), "details"));
}

TEST_CASE("lists escape plain text and keep HTML") {
  CHECK(bullet_list({"a<b"}) == "<ul>\n<li>a&lt;b</li>\n</ul>\n");
  CHECK(html_list({"<b>a</b>"}) == "<ul>\n<li><b>a</b></li>\n</ul>\n");
}

TEST_CASE("a table in Markdown has its caption, the columns' sides, and no cell that ends early") {
  table const t{"C", {{"rule", column_kind::words}, {"auc"}}, {{"a|b", "0.5"}}};
  CHECK(to_markdown(t) == "**C**\n\n| rule | auc |\n| :--- | ---: |\n| a\\|b | 0.5 |\n");
  table const torn{"C", {{"rule"}, {"auc"}}, {{"a"}}};
  CHECK_THROWS_WITH_AS(static_cast<void>(to_markdown(torn)),
                       "table \"C\": row 0 has 1 cells for 2 columns",
                       alx::shape_error);
}
