// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sorts by whole numbers, and doubles as whole numbers.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// Grows by one from a double to the next; -0 comes just before +0. Of NaN no meaning.
[[nodiscard]] constexpr std::uint64_t ordered_key(double value) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  auto const bits = std::bit_cast<std::uint64_t>(value);
  return bits ^ ((bits & sign) != 0 ? ~std::uint64_t{0} : sign);
}

/// The double that has this key.
[[nodiscard]] constexpr double value_of_key(std::uint64_t key) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  return std::bit_cast<double>(key ^ ((key & sign) != 0 ? sign : ~std::uint64_t{0}));
}

/// Sorts items by the 64 bits that `key` says; those of the same key stay in their order.
///
/// By the leading three or four bytes of those in which keys differ. That leaves few to be moved,
/// unless keys crowd together: those are sorted by comparison.
///
/// **Cost.** Five passes and as much memory again.
template <class Item, class Key>
class radix_sorter {
 public:
  radix_sorter(std::vector<Item>& items, Key key)
      : items_(items), key_(std::move(key)), sorted_(items.size()) {}

  void sort() {
    if (items_.size() > few) by_digits();
    if (by_insertion()) return;
    std::stable_sort(items_.begin(), items_.end(), [this](Item const& a, Item const& b) {
      return key_(a) < key_(b);
    });
  }

 private:
  static constexpr std::size_t few = 32;      // up to which insertion alone is faster
  static constexpr std::size_t many = 30000;  // from which three bytes leave too much to be moved
  static constexpr std::size_t digit_bits = 8;
  static constexpr std::size_t digit_values = std::size_t{1} << digit_bits;

  [[nodiscard]] std::size_t digit(Item const& item, std::size_t shift) const {
    return key_(item) >> shift & (digit_values - 1);
  }

  void by_digits() {
    std::uint64_t differing = 0;
    for (Item const& item : items_) differing |= key_(item) ^ key_(items_.front());
    std::size_t const digits = items_.size() < many ? 3 : 4;
    auto const bits = static_cast<std::size_t>(std::bit_width(differing));
    std::size_t const shift = bits - std::min(bits, digits * digit_bits);
    std::array<std::array<std::size_t, digit_values>, 4> next{};
    for (Item const& item : items_) {
      for (std::size_t d = 0; d < digits; ++d) ++next[d][digit(item, shift + d * digit_bits)];
    }
    for (std::size_t d = 0; d < digits; ++d) {
      auto& to = next[d];
      std::size_t const from = shift + d * digit_bits;
      if (to[digit(items_.front(), from)] == items_.size()) continue;  // all have the same
      std::size_t before = 0;
      for (auto& count : to) before += std::exchange(count, before);
      for (Item const& item : items_) sorted_[to[digit(item, from)]++] = item;
      items_.swap(sorted_);
    }
  }

  /// Gives up where it takes more than a few moves an item.
  bool by_insertion() {
    std::size_t moves = 8 * items_.size();
    for (std::size_t i = 1; i < items_.size(); ++i) {
      if (key_(items_[i - 1]) <= key_(items_[i])) continue;
      Item const item = items_[i];
      std::size_t at = i;
      for (; at > 0 && moves > 0 && key_(item) < key_(items_[at - 1]); --at, --moves) {
        items_[at] = items_[at - 1];
      }
      items_[at] = item;
      if (moves == 0) return false;
    }
    return true;
  }

  std::vector<Item>& items_;
  Key key_;
  std::vector<Item> sorted_;
};

/// What `radix_sorter` does.
template <class Item, class Key>
void radix_sort(std::vector<Item>& items, Key key) {
  radix_sorter<Item, Key>(items, std::move(key)).sort();
}

}  // namespace alx::inline v0::detail
