// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the library asks of a pool: that it is cheap to copy (a view) and says how many rows it
/// has.
#pragma once

#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <concepts>
#include <type_traits>

namespace alx::inline v0 {

/// The pool as the library keeps it: a view. What owns its values has `view()`; a view is taken as
/// it is.
template <class T>
[[nodiscard]] auto as_pool(T const& rows) {
  if constexpr (requires { rows.view(); }) {
    return rows.view();
  } else if constexpr (std::is_convertible_v<T const&, matrix_view<double const>>) {
    return matrix_view<double const>(rows);
  } else {
    return rows;
  }
}

template <class T>
using pool_of = decltype(as_pool(std::declval<T const&>()));

namespace detail {

/// How many rows a pool has: its `rows`, a member or a function.
template <class Pool>
[[nodiscard]] index_t rows_of(Pool const& pool) {
  if constexpr (requires { pool.rows(); }) {
    return pool.rows();
  } else {
    return pool.rows;
  }
}

/// The pool as a table of features, empty where it is none.
template <class Pool>
[[nodiscard]] matrix_view<double const> features_of(Pool const& pool) {
  if constexpr (std::is_convertible_v<Pool const&, matrix_view<double const>>) {
    return pool;
  } else {
    return {};
  }
}

}  // namespace detail

}  // namespace alx::inline v0
