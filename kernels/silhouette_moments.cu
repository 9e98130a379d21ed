// SPDX-License-Identifier: Apache-2.0
// Silhouettes by squared Euclidean and cosine distances, for <alx/metrics/detail/sums_on_gpu.hpp>.
#include "silhouette_moments.cuh"
#include "silhouette_rows.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

template <bool Directions>
class moments {
 public:
  explicit moments(int number) : bound(number) {}

  moments(moments const& other) : bound(other.bound), space_(other.space_) {
    table_ = other.table_.copy();
    sums_ = other.sums_.copy();
  }

  moments& operator=(moments const&) = delete;
  moments(moments&&) = delete;
  moments& operator=(moments&&) = delete;
  ~moments() = default;

  void forget() { table_ = {}; }

  /// Sums that follow what moved.
  double follow(gpu_buffer<int> after, index_t clusters, bool from_nothing, double* values) {
    auto counts = bound.count(nullptr, after.data(), clusters);
    bool const fresh = from_nothing || table_.size() == 0;
    if (table_.size() == 0) place();
    make_room(clusters, fresh);
    launch(summing_shape<word>(table_.size()),
           add_moments<int>,
           table(),
           fresh ? nullptr : bound.slots().data(),
           static_cast<int const*>(after.data()),
           sums_.size() / columns(),
           reinterpret_cast<word*>(sums_.data()));
    bound.take(std::move(after), std::move(counts));
    return bound.write_silhouettes(moments_there{space_, table(), sums_.data()}, values);
  }

  bound_rows bound;

 private:
  [[nodiscard]] index_t columns() const { return bound.features() + columns_after; }

  [[nodiscard]] matrix_view<std::int64_t const, device> table() const {
    return {table_.data(), bound.rows(), columns()};
  }

  void place() {
    space_ = detail::moment_space::of(Directions, bound.features(), bound.scale());
    table_ = gpu_buffer<std::int64_t>(bound.rows() * columns());
    launch(shape_for(bound.rows(), plain_threads),
           place_moments<double>,
           bound.table(),
           space_,
           bound.low(),
           bound.scale(),
           table_.data());
  }

  /// For clusters that are new, or for all of them.
  void make_room(index_t clusters, bool fresh) {
    if (!fresh && clusters * columns() <= sums_.size()) return;
    gpu_buffer<std::int64_t> more(clusters * columns());
    more.fill(0);
    if (!fresh) more.take(sums_.data(), sums_.size());
    sums_ = std::move(more);
  }

  detail::moment_space space_;
  gpu_buffer<std::int64_t> table_;
  gpu_buffer<std::int64_t> sums_;
};

detail::sums_object make_moments(bool directions, int number) {
  return directions ? make_sums<moments<true>>(number) : make_sums<moments<false>>(number);
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
