// SPDX-License-Identifier: Apache-2.0
/// @file
/// Reads a model from LightGBM's text, and says what is wrong with one that cannot be read.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/model_check.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0 {

namespace detail {

/// Words between single spaces; none in an empty text.
inline std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Lines `key=value` up to an empty line, and errors that name where they are.
class model_section {
 public:
  model_section(std::string where, std::string_view text) : where_(std::move(where)) {
    while (!text.empty()) {
      std::size_t const end = std::min(text.find('\n'), text.size());
      auto const whole = text.substr(0, end);
      std::size_t const equals = std::min(whole.find('='), whole.size());
      lines_.push_back({whole.substr(0, equals), whole.substr(std::min(equals + 1, whole.size()))});
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  [[noreturn]] void fail(std::string_view field, std::string const& what) const {
    throw data_error(where_ + ", " + std::string(field) + ": " + what);
  }

  [[noreturn]] void refuse(std::string_view field) const {
    fail(field, "is '" + std::string(text(field).substr(0, 80)) + "', which is not supported");
  }

  [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const {
    for (auto const& entry : lines_) {
      if (entry.key == key) return entry.value;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string_view text(std::string_view key) const {
    auto const value = find(key);
    if (!value) fail(key, "is missing");
    return *value;
  }

  template <class T>
  [[nodiscard]] T number(std::string_view key) const {
    return to_number<T>(key, text(key));
  }

  /// **Throws.** `data_error` where there are not `count` numbers.
  template <class T>
  [[nodiscard]] std::vector<T> numbers(std::string_view key, std::size_t count) const {
    auto const words = words_of(text(key));
    if (words.size() != count) {
      fail(key, std::to_string(words.size()) + " values instead of " + std::to_string(count));
    }
    std::vector<T> values;
    values.reserve(count);
    for (auto const word : words) values.push_back(to_number<T>(key, word));
    return values;
  }

  template <class T>
  [[nodiscard]] T to_number(std::string_view key, std::string_view word) const {
    T value{};
    auto const [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    bool const whole = failure == std::errc{} && end == word.data() + word.size();
    bool nan = false;
    if constexpr (std::is_floating_point_v<T>) nan = std::isnan(value);
    if (!whole || nan) {
      fail(key, "'" + std::string(word.substr(0, 40)) + "' is not a number it can have");
    }
    return value;
  }

 private:
  struct line {
    std::string_view key;
    std::string_view value;
  };

  std::string where_;
  std::vector<line> lines_;
};

/// The sets of categories of a tree, if it has any.
inline void parse_categories(model_section const& section, boosting_tree& tree) {
  std::string_view const given = section.find("num_cat").value_or("0");
  auto const sets = section.to_number<std::int32_t>("num_cat", given);
  if (sets == 0) return;
  if (sets < 0 || static_cast<index_t>(sets) > tree.nodes()) {
    section.fail("num_cat",
                 std::to_string(sets) + " is not in 0 ... " + std::to_string(tree.nodes()));
  }
  auto const bounds = static_cast<std::size_t>(sets) + 1;
  tree.cat_boundaries = section.numbers<std::int32_t>("cat_boundaries", bounds);
  std::size_t const words = words_of(section.text("cat_threshold")).size();
  tree.cat_threshold = section.numbers<std::uint32_t>("cat_threshold", words);
}

/// The fields of a tree, as many values in each as there should be.
inline boosting_tree parse_tree(model_section const& section) {
  auto const refuse = [&](std::string_view key) {
    if (section.find(key).value_or("0") != "0") section.refuse(key);
  };
  refuse("is_linear");
  auto const leaves = section.number<std::int32_t>("num_leaves");
  if (leaves < 1) section.fail("num_leaves", std::to_string(leaves) + " is less than 1");
  auto const n = static_cast<std::size_t>(leaves);
  boosting_tree tree;
  tree.leaf_value = section.numbers<double>("leaf_value", n);
  tree.shrinkage = section.number<double>("shrinkage");
  if (leaves == 1) {
    if (!section.find("leaf_count").value_or("").empty()) {
      tree.leaf_count = section.numbers<std::int64_t>("leaf_count", 1);
    }
  } else {
    tree.leaf_weight = section.numbers<double>("leaf_weight", n);
    tree.leaf_count = section.numbers<std::int64_t>("leaf_count", n);
    tree.split_feature = section.numbers<std::int32_t>("split_feature", n - 1);
    tree.split_gain = section.numbers<double>("split_gain", n - 1);
    tree.threshold = section.numbers<double>("threshold", n - 1);
    tree.decision_type = section.numbers<std::int32_t>("decision_type", n - 1);
    tree.left_child = section.numbers<std::int32_t>("left_child", n - 1);
    tree.right_child = section.numbers<std::int32_t>("right_child", n - 1);
    tree.internal_value = section.numbers<double>("internal_value", n - 1);
    tree.internal_weight = section.numbers<double>("internal_weight", n - 1);
    tree.internal_count = section.numbers<std::int64_t>("internal_count", n - 1);
  }
  parse_categories(section, tree);
  return tree;
}

inline std::vector<std::string> strings_of(std::string_view text) {
  auto const words = words_of(text);
  return {words.begin(), words.end()};
}

/// `binary sigmoid:<x>`, `multiclass num_class:<n>` or `regression`, and the number of classes.
inline void parse_objective(model_section const& header, boosting_model& model) {
  auto const words = words_of(header.text("objective"));
  model.num_class = header.number<std::int32_t>("num_class");
  bool known = false;
  for (auto const objective : {boosting_objective::binary,
                               boosting_objective::multiclass,
                               boosting_objective::regression}) {
    if (words.empty() || words[0] != name_of(objective)) continue;
    model.objective = objective;
    known = true;
  }
  if (!known) header.refuse("objective");
  bool const many = model.objective == boosting_objective::multiclass;
  std::string_view const key = many ? "num_class:" : "sigmoid:";
  for (std::size_t i = 1; i < words.size(); ++i) {
    bool const has_key = words[i].substr(0, key.size()) == key;
    if (!has_key || model.objective == boosting_objective::regression) header.refuse("objective");
    auto const value = header.to_number<double>("objective", words[i].substr(key.size()));
    if (!many) model.sigmoid = value;
    if (many && value != model.num_class) header.refuse("num_class");
  }
  if (many ? model.num_class < 2 : model.num_class != 1) header.refuse("num_class");
  if (header.number<std::int32_t>("num_tree_per_iteration") != model.num_class) {
    header.refuse("num_tree_per_iteration");
  }
}

inline boosting_model parse_header(model_section const& header) {
  boosting_model model;
  model.version = header.text("version");
  if (model.version != "v4" && model.version != "v3") {
    header.fail("version", "'" + model.version + "' is neither v3 nor v4");
  }
  if (header.find("average_output")) header.fail("average_output", "is not supported");
  model.label_index = header.text("label_index");
  parse_objective(header, model);
  model.monotone_constraints = header.find("monotone_constraints").value_or("");
  model.feature_names = strings_of(header.text("feature_names"));
  model.feature_infos = strings_of(header.text("feature_infos"));
  auto const greatest = header.number<std::int32_t>("max_feature_idx");
  for (auto const* columns : {&model.feature_names, &model.feature_infos}) {
    if (columns->empty() || static_cast<index_t>(columns->size()) - 1 != greatest) {
      header.fail(columns == &model.feature_names ? "feature_names" : "feature_infos",
                  std::to_string(columns->size()) + " columns, but max_feature_idx is " +
                      std::to_string(greatest));
    }
  }
  return model;
}

/// What stands between the lines `parameters:` and `end of parameters`, if both are there.
inline std::string parse_parameters(std::string_view text) {
  constexpr std::string_view begin = "\nparameters:\n";
  std::size_t const from = text.find(begin);
  if (from == std::string_view::npos) return {};
  text.remove_prefix(from + begin.size());
  std::size_t const to = text.find("\nend of parameters");
  return std::string(text.substr(0, to == std::string_view::npos ? 0 : to));
}

/// What the last line says of the categories of a table of pandas, if it says something.
inline std::string parse_pandas_categorical(std::string_view text) {
  constexpr std::string_view begin = "\npandas_categorical:";
  std::size_t const from = text.rfind(begin);
  if (from == std::string_view::npos) return {};
  text.remove_prefix(from + begin.size());
  text = text.substr(0, text.find_first_of("\r\n"));
  return text == "null" || text == "[]" ? std::string() : std::string(text);
}

}  // namespace detail

/// The model that `text` describes, as LightGBM 3 and 4 write them.
///
/// **Throws.** `data_error`, naming `name` (of the file), the tree and the field: the text is
/// damaged or holds what is not supported (linear trees, objectives other than
/// binary, multiclass and regression).
inline boosting_model parse_model(std::string_view text, std::string const& name) {
  constexpr std::string_view end_of_trees = "\nend of trees\n";
  constexpr std::string_view tree_begins = "\nTree=";
  if (text.substr(0, 5) != "tree\n") {
    throw data_error(name + ": not a model of LightGBM (its first line is not 'tree')");
  }
  std::size_t const end = text.find(end_of_trees);
  if (end == std::string_view::npos) {
    throw data_error(name + ": damaged: the line 'end of trees' is missing");
  }
  auto body = text.substr(0, end + 1);
  auto const take_section = [&body, tree_begins] {
    std::size_t const next = body.find(tree_begins);
    bool const last = next == std::string_view::npos;
    auto const section = last ? body : body.substr(0, next + 1);
    body.remove_prefix(last ? body.size() : next + 1);
    return section;
  };
  detail::model_section const header(name + ": header", take_section());
  auto model = detail::parse_header(header);
  auto const sizes = detail::words_of(header.text("tree_sizes"));
  while (!body.empty()) {
    std::string const number = std::to_string(model.trees.size());
    auto const section_text = take_section();
    std::string where = name + ": tree ";
    where += number;
    detail::model_section const section(std::move(where), section_text);
    if (section.text("Tree") != number) section.fail("Tree", "out of order");
    if (model.trees.size() < sizes.size() &&
        header.to_number<std::size_t>("tree_sizes", sizes[model.trees.size()]) !=
            section_text.size()) {
      section.fail("tree_sizes",
                   "is not the tree's " + std::to_string(section_text.size()) + " bytes");
    }
    model.trees.push_back(detail::parse_tree(section));
  }
  if (model.trees.size() != sizes.size()) {
    header.fail("tree_sizes",
                std::to_string(sizes.size()) + " sizes for " + std::to_string(model.trees.size()) +
                    " trees");
  }
  detail::check(model, name);
  model.parameters = detail::parse_parameters(text.substr(end));
  model.pandas_categorical = detail::parse_pandas_categorical(text.substr(end));
  return model;
}

}  // namespace alx::inline v0
