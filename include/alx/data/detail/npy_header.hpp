// SPDX-License-Identifier: Apache-2.0
/// @file
/// The header of a .npy file: a magic number, a version, and a Python dict of three entries.
///
/// **Reference.** NumPy's `numpy.lib.format`.
#pragma once

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <istream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0::detail::npy {

enum class number_type { float64, float32, int64, int32, uint8, boolean };

using sizes = std::vector<index_t>;

/// As Python writes a tuple.
inline std::string shape_text(sizes const& shape) {
  std::string out = "(";
  for (auto const size : shape) out += std::to_string(size) + ", ";
  if (shape.size() > 1) out.pop_back();
  if (!shape.empty()) out.pop_back();
  return out + ")";
}

inline index_t item_size(number_type type) {
  switch (type) {
    case number_type::float64:
    case number_type::int64:
      return 8;
    case number_type::float32:
    case number_type::int32:
      return 4;
    case number_type::uint8:
    case number_type::boolean:
      break;
  }
  return 1;
}

struct file_header {
  number_type type = number_type::float64;
  bool columns_first = false;  ///< Fortran order
  sizes shape;

  /// How many values; a header that was read has no more of them than its file has bytes.
  [[nodiscard]] index_t count() const {
    index_t product = 1;
    for (auto const size : shape) product *= size;
    return product;
  }
};

/// Reads the dict, a small part of Python's literals, from left to right.
///
/// **Throws.** `data_error` naming the entry that is not as it should be.
class header_dict {
 public:
  explicit header_dict(std::string_view rest) : rest_(rest) {}

  file_header read() {
    expect('{', "does not begin with a dict");
    while (!accept('}')) {
      auto const key = quoted("a key");
      expect(':', "has no ':' after '" + key + "'");
      read_entry(key);
      if (accept(',')) continue;
      expect('}', "has neither ',' nor '}' after '" + key + "'");
      break;
    }
    skip_space();
    if (!rest_.empty()) refuse("goes on after its dict");
    if (!type_) refuse("has no 'descr'");
    if (!columns_first_) refuse("has no 'fortran_order'");
    if (!shape_) refuse("has no 'shape'");
    return {*type_, *columns_first_, *shape_};
  }

 private:
  [[noreturn]] static void refuse(std::string const& why) {
    throw data_error("the .npy header " + why);
  }

  void skip_space() {
    auto const begin = rest_.find_first_not_of(" \t\n\r");
    rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
  }

  bool accept(std::string_view token) {
    skip_space();
    if (rest_.substr(0, token.size()) != token) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool accept(char token) { return accept(std::string_view(&token, 1)); }

  void expect(char token, std::string const& otherwise) {
    if (!accept(token)) refuse(otherwise);
  }

  std::string quoted(char const* what) {
    skip_space();
    char const quote = rest_.empty() ? '\0' : rest_.front();
    auto const end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) refuse(std::string("has no text as ") + what);
    std::string value(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return value;
  }

  void read_entry(std::string const& key) {
    if (key == "descr" && !type_) {
      type_ = read_type();
    } else if (key == "fortran_order" && !columns_first_) {
      columns_first_ = accept("True");
      if (!*columns_first_ && !accept("False")) refuse("has a 'fortran_order' not True or False");
    } else if (key == "shape" && !shape_) {
      shape_ = read_shape();
    } else {
      refuse("has the key '" + key + "' twice or does not know it");
    }
  }

  number_type read_type() {
    if (accept('[')) refuse("has a structured dtype; plain numbers are wanted");
    auto const name = quoted("'descr'");
    auto const kind = std::string_view(name).substr(name.empty() ? 0 : 1);
    bool const native = !name.empty() && (name[0] == '<' || name[0] == '=');
    if (native && kind == "f8") return number_type::float64;
    if (native && kind == "f4") return number_type::float32;
    if (native && kind == "i8") return number_type::int64;
    if (native && kind == "i4") return number_type::int32;
    bool const single_byte = native || (!name.empty() && name[0] == '|');
    if (single_byte && kind == "u1") return number_type::uint8;
    if (single_byte && kind == "b1") return number_type::boolean;
    refuse("has dtype '" + name +
           "'; read are float64, float32, int64, int32, uint8 and bool, little-endian");
  }

  sizes read_shape() {
    sizes shape;
    expect('(', "has a 'shape' that is no tuple");
    while (!accept(')')) {
      if (shape.size() == most_axes) refuse("has a 'shape' of more than 64 sizes");
      shape.push_back(read_size());
      if (accept(',')) continue;
      expect(')', "has a 'shape' that does not end");
      break;
    }
    return shape;
  }

  index_t read_size() {
    constexpr index_t most = std::numeric_limits<index_t>::max();
    skip_space();
    if (accept('-')) refuse("has a 'shape' with a negative size");
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
      refuse("has a 'shape' of something else than whole numbers");
    }
    index_t size = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      index_t const digit = rest_.front() - '0';
      if (size > (most - digit) / 10) refuse("has a 'shape' too large for this machine");
      size = size * 10 + digit;
      rest_.remove_prefix(1);
    }
    return size;
  }

  static constexpr std::size_t most_axes = 64;  // as in NumPy

  std::string_view rest_;
  std::optional<number_type> type_;
  std::optional<bool> columns_first_;
  std::optional<sizes> shape_;
};

/// Compares what the header claims with what the file holds, without trusting the product of the
/// sizes to fit a number.
inline void check_size(file_header const& header, std::uint64_t held) {
  auto claimed = static_cast<std::uint64_t>(item_size(header.type));
  bool none = false;
  for (auto const size : header.shape) none = none || size == 0;
  std::uint64_t const limit = std::numeric_limits<std::uint64_t>::max();
  for (auto const size : header.shape) {
    auto const factor = none ? 0U : static_cast<std::uint64_t>(size);
    bool const fits = factor == 0 || claimed <= limit / factor;
    claimed = fits ? claimed * factor : limit;
  }
  if (claimed == held) return;
  std::string const needed = claimed == limit ? "more than 2^64" : std::to_string(claimed);
  throw data_error("shape " + shape_text(header.shape) + " needs " + needed +
                   " bytes of values, the file has " + std::to_string(held) +
                   (claimed > held ? ": cut short" : ": too many"));
}

/// Reads the header of a file of `file_size` bytes; `in` is left at the first value.
///
/// **Throws.** `data_error` where it is not one, or does not fit the size of the file.
inline file_header read_header(std::istream& in, std::uint64_t file_size) {
  auto const bytes = [&in](std::size_t count) {
    std::string read(count, '\0');
    in.read(read.data(), static_cast<std::streamsize>(count));
    if (!in) throw data_error("cut short within the .npy header");
    return read;
  };
  std::string const magic = bytes(8);
  if (magic.substr(0, 6) != "\x93NUMPY") throw data_error("not a .npy file: bad magic number");
  int const major = static_cast<unsigned char>(magic[6]);
  int const minor = static_cast<unsigned char>(magic[7]);
  if (major < 1 || major > 3 || minor != 0) {
    throw data_error("is of .npy format " + std::to_string(major) + "." + std::to_string(minor) +
                     "; read are 1.0, 2.0 and 3.0");
  }
  std::string const size_bytes = bytes(major == 1 ? 2 : 4);
  std::uint64_t size = 0;
  for (std::size_t i = size_bytes.size(); i-- > 0;) {
    size = size * 256 + static_cast<unsigned char>(size_bytes[i]);
  }
  std::uint64_t const before = magic.size() + size_bytes.size();
  if (size > file_size || before > file_size - size) {
    throw data_error("cut short: a .npy header of " + std::to_string(size) +
                     " bytes in a file of " + std::to_string(file_size));
  }
  std::string const dict = bytes(static_cast<std::size_t>(size));
  auto header = header_dict(dict).read();
  check_size(header, file_size - size - before);
  return header;
}

/// All that stands before the values, byte for byte as NumPy writes it: the dict, and spaces to a
/// multiple of 64. (The room that NumPy leaves for the first size to grow is within them.)
inline std::string header_text(std::string const& descr, sizes const& shape) {
  std::string dict =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  constexpr std::size_t before = 10;
  constexpr std::size_t alignment = 64;
  dict.append(alignment - (before + dict.size() + 1) % alignment, ' ');
  dict += '\n';
  std::string out = "\x93NUMPY";
  out += '\x01';
  out += '\x00';
  out += static_cast<char>(dict.size() % 256);
  out += static_cast<char>(dict.size() / 256);
  return out + dict;
}

}  // namespace alx::inline v0::detail::npy
