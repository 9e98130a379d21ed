// SPDX-License-Identifier: Apache-2.0
/// @file
/// NumPy's .npy files, in and out, with nothing but the standard library.
#pragma once

#include <alx/data/detail/file_bytes.hpp>
#include <alx/data/detail/npy_header.hpp>
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// How numbers that are not floating-point become float64.
enum class npy_numbers {
  /// As they are; an int64 that float64 cannot hold is an error.
  exact,
  /// Rounded to float32 first, as LightGBM takes every type but float64 and float32: large whole
  /// numbers lose digits. For models that are to be those of LightGBM.
  through_float32,
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail::npy {

static_assert(std::endian::native == std::endian::little,
              "npy.hpp reads and writes the bytes of numbers as they lie in memory");

/// An open .npy file whose header has been believed: its values are exactly as many as the file
/// has bytes for.
struct source_file {
  std::string name;
  std::ifstream in;
  file_header header;
};

[[noreturn]] inline void refuse(std::string const& name, std::string const& why) {
  refuse_file(name, why);
}

inline source_file open_file(std::filesystem::path const& path) {
  source_file file{path.string(), {}, {}};
  auto const size = regular_file_size(path);
  file.in.open(path, std::ios::binary);
  if (!file.in) refuse(file.name, "cannot be read");
  try {
    file.header = read_header(file.in, size);
  } catch (data_error const& why) {
    refuse(file.name, why.what());
  }
  return file;
}

/// Calls `take(i, value)` for every value in the order of the file.
template <class Number, class Take>
void each_value(source_file& file, Take const& take) {
  std::array<Number, 8192> some;
  index_t const count = file.header.count();
  for (index_t begin = 0; begin < count;) {
    index_t const read = std::min(count - begin, static_cast<index_t>(some.size()));
    file.in.read(reinterpret_cast<char*>(some.data()),  // NOLINT(*-reinterpret-cast): as bytes
                 static_cast<std::streamsize>(sizeof(Number)) * read);
    if (!file.in) refuse(file.name, "ended while it was read");
    for (index_t i = 0; i < read; ++i) take(begin + i, some[static_cast<std::size_t>(i)]);
    begin += read;
  }
}

/// The same, whatever the type of the values.
template <class Take>
void each_value(source_file& file, Take const& take) {
  switch (file.header.type) {
    case number_type::float64:
      return each_value<double>(file, take);
    case number_type::float32:
      return each_value<float>(file, take);
    case number_type::int64:
      return each_value<std::int64_t>(file, take);
    case number_type::int32:
      return each_value<std::int32_t>(file, take);
    case number_type::uint8:
      return each_value<std::uint8_t>(file, take);
    case number_type::boolean:
      return each_value<std::uint8_t>(
          file, [&](index_t i, std::uint8_t byte) { take(i, std::uint8_t{byte != 0}); });
  }
}

/// The place of a value of the file, for messages.
inline std::string place(file_header const& header, index_t i) {
  if (header.shape.size() == 1) return "row " + std::to_string(i);
  index_t const rows = header.shape[0];
  index_t const cols = header.shape[1];
  return "row " + std::to_string(header.columns_first ? i % rows : i / cols) + ", column " +
         std::to_string(header.columns_first ? i / rows : i % cols);
}

inline double to_double(double value, npy_numbers /*numbers*/) {
  return value;
}

inline double to_double(float value, npy_numbers /*numbers*/) {
  return static_cast<double>(value);
}

/// NaN where the number cannot be held.
template <class Whole>
double to_double(Whole value, npy_numbers numbers) {
  if (numbers == npy_numbers::through_float32) {
    return static_cast<double>(static_cast<float>(value));
  }
  auto const converted = static_cast<double>(value);
  constexpr double too_large = 0x1p63;
  bool const same = converted < too_large && static_cast<Whole>(converted) == value;
  return same ? converted : std::nan("");
}

inline void read_values(source_file& file, npy_numbers numbers, matrix_view<double> out) {
  index_t const rows = out.rows;
  bool const columns_first = file.header.columns_first;
  each_value(file, [&](index_t i, auto value) {
    double const number = to_double(value, numbers);
    if (std::is_integral_v<decltype(value)> && std::isnan(number)) {
      refuse(file.name,
             place(file.header, i) + ": float64 cannot hold " + std::to_string(value) + " exactly");
    }
    (columns_first ? out(i % rows, i / rows) : out.data[i]) = number;
  });
}

/// The value as a whole number; where it is none, or one that `Whole` cannot hold, says where.
template <class Whole, class Value>
Whole to_whole(source_file const& file, index_t i, char const* what, Value value) {
  bool fits = true;
  if constexpr (std::is_integral_v<Value>) {
    fits = std::in_range<Whole>(value);
  } else {
    constexpr double too_large = sizeof(Whole) == 8 ? 0x1p63 : 0x1p31;
    auto const number = static_cast<double>(value);
    fits = std::trunc(number) == number && number >= -too_large && number < too_large;
  }
  if (!fits) {
    refuse(file.name,
           place(file.header, i) + ": " + what + ' ' + std::to_string(value) +
               " is not a whole number of " + std::to_string(8 * sizeof(Whole)) + " bits");
  }
  return static_cast<Whole>(value);
}

inline void expect_rank(source_file const& file, std::size_t rank, char const* wanted) {
  if (file.header.shape.size() != rank) {
    refuse(file.name, "shape is " + shape_text(file.header.shape) + ", " + wanted);
  }
}

/// Rows and columns. **Throws.** `data_error` where it is no table, or one without columns.
inline std::array<index_t, 2> table_shape(source_file const& file) {
  expect_rank(file, 2, "a table of rows and columns is wanted");
  std::array const shape{file.header.shape[0], file.header.shape[1]};
  if (shape[1] == 0) {
    refuse(file.name, "shape is (" + std::to_string(shape[0]) + ", 0): no columns");
  }
  return shape;
}

inline void write_bytes(std::filesystem::path const& path,
                        std::string const& header,
                        std::span<std::byte const> values) {
  std::string const name = path.string();
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) refuse(name, std::string("cannot be written: ") + std::strerror(errno));
  out.write(header.data(), static_cast<std::streamsize>(header.size()));
  out.write(reinterpret_cast<char const*>(values.data()),  // NOLINT(*-reinterpret-cast): as bytes
            static_cast<std::streamsize>(values.size()));
  out.close();
  if (!out) refuse(name, std::string("could not be written to its end: ") + std::strerror(errno));
}

/// NumPy's name of a type.
template <class T>
constexpr char const* descr() {
  if (std::is_integral_v<T>) return sizeof(T) == 8 ? "<i8" : "<i4";
  return sizeof(T) == 8 ? "<f8" : "<f4";
}

template <class T>
void write_vector(std::filesystem::path const& path, std::span<T const> values) {
  auto const header = header_text(descr<T>(), {static_cast<index_t>(values.size())});
  write_bytes(path, header, std::as_bytes(values));
}

template <class T>
void write_table(std::filesystem::path const& path, matrix_view<T const> values) {
  std::vector<T> in_order;
  in_order.reserve(static_cast<std::size_t>(values.rows * values.cols));
  for (index_t r = 0; r < values.rows; ++r) {
    for (index_t c = 0; c < values.cols; ++c) in_order.push_back(values(r, c));
  }
  auto const header = header_text(descr<T>(), {values.rows, values.cols});
  write_bytes(path, header, std::as_bytes(std::span<T const>(in_order)));
}

}  // namespace alx::inline v0::detail::npy

namespace alx::inline v0 {

/// Reads a two-dimensional .npy file of float64, float32, int64, int32, uint8 or bool, in C or
/// Fortran order, of format 1.0, 2.0 or 3.0.
///
/// **Throws.** `data_error` naming the file and what of it is wrong: missing, cut short, longer
/// than its shape, of another type, a shape that is not two-dimensional or has no columns. What is
/// allocated is never more than the file's own values need.
inline matrix<double> read_npy_matrix(std::filesystem::path const& path,
                                      npy_numbers numbers = npy_numbers::exact) {
  auto file = detail::npy::open_file(path);
  auto const [rows, cols] = detail::npy::table_shape(file);
  matrix<double> values(rows, cols);
  detail::npy::read_values(file, numbers, values);
  return values;
}

/// Reads a one-dimensional .npy file, as `read_npy_matrix` reads a table.
inline std::vector<double> read_npy_vector(std::filesystem::path const& path,
                                           npy_numbers numbers = npy_numbers::exact) {
  auto file = detail::npy::open_file(path);
  detail::npy::expect_rank(file, 1, "one value a row is wanted: a shape like (100,)");
  std::vector<double> values(static_cast<std::size_t>(file.header.shape[0]));
  detail::npy::read_values(file, numbers, {values.data(), file.header.shape[0], 1});
  return values;
}

/// Reads one whole number a row, whatever type they were saved as.
///
/// **Throws.** As `read_npy_matrix`, and `data_error` naming the row of a label that is not a whole
/// number or beyond int64.
inline std::vector<std::int64_t> read_npy_labels(std::filesystem::path const& path) {
  auto file = detail::npy::open_file(path);
  detail::npy::expect_rank(file, 1, "one label a row is wanted: a shape like (100,)");
  std::vector<std::int64_t> labels;
  labels.reserve(static_cast<std::size_t>(file.header.shape[0]));
  detail::npy::each_value(file, [&](index_t i, auto value) {
    labels.push_back(detail::npy::to_whole<std::int64_t>(file, i, "label", value));
  });
  return labels;
}

/// Reads a table of whole numbers, such as the tokens of texts, whatever type they were saved as.
///
/// **Throws.** As `read_npy_matrix`, and `data_error` naming the row and column of a value that is
/// not a whole number or beyond int32.
inline matrix<std::int32_t> read_npy_int32(std::filesystem::path const& path) {
  auto file = detail::npy::open_file(path);
  auto const [rows, cols] = detail::npy::table_shape(file);
  matrix<std::int32_t> values(rows, cols);
  bool const columns_first = file.header.columns_first;
  detail::npy::each_value(file, [&](index_t i, auto value) {
    auto const whole = detail::npy::to_whole<std::int32_t>(file, i, "value", value);
    (columns_first ? values(i % values.rows(), i / values.rows()) : values.data()[i]) = whole;
  });
  return values;
}

/// Writes a table of float64 as `numpy.save` does: format 1.0, C order.
///
/// **Throws.** `data_error` naming the file where it cannot be written.
inline void write_npy(std::filesystem::path const& path, matrix_view<double const> values) {
  detail::npy::write_table(path, values);
}

/// Writes a table of int32.
inline void write_npy(std::filesystem::path const& path, matrix_view<std::int32_t const> values) {
  detail::npy::write_table(path, values);
}

/// Writes one float64 a row.
inline void write_npy(std::filesystem::path const& path, std::span<double const> values) {
  detail::npy::write_vector(path, values);
}

/// Writes one float32 a row.
inline void write_npy(std::filesystem::path const& path, std::span<float const> values) {
  detail::npy::write_vector(path, values);
}

/// Writes one int64 a row: ids.
inline void write_npy(std::filesystem::path const& path, std::span<std::int64_t const> values) {
  detail::npy::write_vector(path, values);
}

/// Writes one int32 a row: labels.
inline void write_npy(std::filesystem::path const& path, std::span<std::int32_t const> values) {
  detail::npy::write_vector(path, values);
}

}  // namespace alx::inline v0
