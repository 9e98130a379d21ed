// SPDX-License-Identifier: Apache-2.0
#include <alx/report/text.hpp>

#include <doctest/doctest.h>

#include <clocale>
#include <cstdio>
#include <limits>
#include <sstream>

using namespace alx::report;

TEST_CASE("what markup reads as its own is escaped, and the rest is left") {
  CHECK(escape("a<b> & \"c\" 'd'") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  CHECK(escape("ignorance × entropy\n") == "ignorance × entropy\n");
  CHECK(escape(std::string_view("\0\x1b", 2)) == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(escape("").empty());
}

TEST_CASE("numbers are rounded, signed and free of the locale") {
  std::setlocale(LC_ALL, "de_DE.UTF-8");  // where it is installed
  CHECK(number(0.91934, 4) == "0.9193");
  CHECK(number(1234.5678, 1) == "1234.6");
  CHECK(number(-0.5, 2) == "−0.50");
  CHECK(plain_number(-0.5, 2) == "-0.50");
  CHECK(signed_number(0.25, 2) == "+0.25");
  CHECK(signed_number(-0.25, 2) == "−0.25");
  CHECK(signed_number(0.0, 2) == "0.00");
  std::setlocale(LC_ALL, "C");
}

TEST_CASE("nothing is minus zero") {
  CHECK(number(-0.0, 1) == "0.0");
  CHECK(plain_number(-0.04, 1) == "0.0");
  CHECK(plain_number(-0.06, 1) == "-0.1");
  CHECK(plain_number(-10.0, 0) == "-10");
}

TEST_CASE("what is not finite is a dash to people and an error to charts") {
  double const infinity = std::numeric_limits<double>::infinity();
  CHECK(number(infinity, 2) == "–");
  CHECK(number(std::numeric_limits<double>::quiet_NaN(), 2) == "–");
  CHECK(signed_number(infinity, 2) == "–");
  CHECK_THROWS_AS(plain_number(infinity, 1), alx::data_error);
  CHECK(plain_number(std::numeric_limits<double>::max(), 1).size() == 311);
}

TEST_CASE("elements and their attributes") {
  CHECK(element("b", attribute("x", 1.25, 1) + attribute("class", "a\"b"), "<i/>") ==
        "<b x=\"1.2\" class=\"a&quot;b\"><i/></b>");
  CHECK(element("path", attribute("d", "M0 0")) == "<path d=\"M0 0\"/>");
}

TEST_CASE("text is written over what was there, and a failure names the path") {
  std::string const path = "alx_report_text_test.txt";
  write_text(path, "a longer text");
  write_text(path, "short\n");
  std::ostringstream read;
  read << std::ifstream(path, std::ios::binary).rdbuf();
  CHECK(read.str() == "short\n");
  std::remove(path.c_str());
  CHECK_THROWS_WITH_AS(write_text("no/such/folder/x.svg", "x"),
                       "write_text: cannot write no/such/folder/x.svg",
                       alx::data_error);
}
