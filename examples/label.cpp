// SPDX-License-Identifier: Apache-2.0
/// @file
/// Label your own data: a person answers, one key a row, a model chooses which row is next, and
/// every answer is on disk before the next question is shown.

#include <alx/data/detail/utf8.hpp>
#include <alx/journal/journal.hpp>

#include "label/adjudicate.hpp"
#include "label/commands.hpp"
#include "label/desk.hpp"
#include "label/dialogue.hpp"
#include "label/exchange_files.hpp"
#include "label/results.hpp"
#include "label/script.hpp"
#include "label/source.hpp"
#include "support/program.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

struct options {
  label::source_options from;
  label::learning_options how;
  label::plan settled;
  std::vector<std::string> types;
  std::vector<std::string> classes;
  std::string out;
  std::string user;
  double target = 0.9;
  double balance = 1.0;
  bool no_colour = false;
  bool no_results = false;
  bool adjudicate = false;
  std::string export_to;
  std::string import_from;
  std::string format;
  std::string command;  ///< as it was typed
};

std::string user_name() {
  for (char const* const name : {"USER", "LOGNAME"}) {
    char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before threads
    if (value != nullptr && *value != '\0') return value;
  }
  return "me";
}

void describe_data(CLI::App& app, options& given) {
  app.add_option("--data",
                 given.from.data,
                 "what to label: a table (.csv), texts in a column of one, texts one a line (.txt),"
                 " or a folder of text files")
      ->type_name("FILE")
      ->required();
  app.add_option("--text-column", given.from.text_column, "the column of texts in a table")
      ->type_name("NAME");
  app.add_option("--classes", given.classes, "names of the classes: spam,ham")
      ->delimiter(',')
      ->type_name("NAMES");
  app.add_option("--type",
                 given.types,
                 "what a column is, where it is not what was found: NAME=number, category, text or"
                 " ignored; several may follow")
      ->type_name("NAME=TYPE");
  app.add_option(
         "--leave-out", given.from.leave_out, "columns that are neither shown nor learnt from")
      ->delimiter(',')
      ->type_name("NAMES");
  app.add_option("--separator",
                 given.from.separator,
                 "of columns; default: , ; tab or |, as the header has")
      ->type_name("CHAR");
  app.add_option("--encoding", given.from.encoding, "of the bytes")
      ->check(CLI::IsMember({"utf-8", "latin1"}))
      ->capture_default_str();
}

void describe_asking(CLI::App& app, options& given) {
  app.add_option("--strategy", given.how.strategy, "which rows are asked")
      ->check(CLI::IsMember(std::vector<std::string>(label::named_strategy::names.begin(),
                                                     label::named_strategy::names.end())))
      ->capture_default_str();
  app.add_option("--learner",
                 given.how.learner,
                 "gradient_boosting (tables); logistic or lsa (texts); default of texts: lsa, "
                 "where there are "
                 "not more than 20,000")
      ->check(CLI::IsMember({"gradient_boosting", "logistic", "lsa"}));
  app.add_option("--batch", given.settled.batch, "new labels between two models")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--target", given.target, "accuracy aimed at")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--holdout",
                 given.settled.holdout,
                 "rows drawn at random to estimate the accuracy on, one question in four until they"
                 " are answered; at most a fifth of all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--repeat",
                 given.settled.repeat,
                 "share of questions that were answered before, by others where there are any")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  program::add_choice<label::resolution>(
      app,
      "--labels",
      given.settled.how,
      {{"majority", label::resolution::majority}, {"weighted", label::resolution::weighted}},
      "where answers to a row differ: what most say, or people weighted by how reliable they are");
  app.add_option("--seed", given.settled.seed, "of all that is drawn")->capture_default_str();
  program::add_threads(app, given.how.threads);
}

void describe_results(CLI::App& app, options& given) {
  app.add_option("--out", given.out, "folder for the journal and all results; default: NAME-labels")
      ->type_name("DIR");
  app.add_option("--user", given.user, "who answers; default: the name you are logged in with");
  app.add_option("--balance",
                 given.balance,
                 "of two classes: false alarms (of the second) that one miss is worth, for the"
                 " threshold")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--no-colour,--no-color", given.no_colour, "no colours; nothing depends on them");
  app.add_flag(
      "--no-results", given.no_results, "leave without writing model, predictions and report");
  auto* adjudicate =
      app.add_flag("--adjudicate", given.adjudicate, "decide rows on which answers differ");
  auto* out = app.add_option("--export", given.export_to, "write all answers to a file, and end")
                  ->type_name("FILE");
  auto* in = app.add_option("--import", given.import_from, "add the answers of a file, and end")
                 ->type_name("FILE");
  out->excludes(in)->excludes(adjudicate);
  in->excludes(adjudicate);
  app.add_option(
         "--format", given.format, "of that file; default: by its name (.csv) and what is in it")
      ->check(CLI::IsMember(
          std::vector<std::string>(label::format_words.begin(), label::format_words.end())));
}

/// The column types of `--type`.
std::map<std::string, alx::column_type> types_of(std::vector<std::string> const& settings) {
  std::map<std::string, alx::column_type> types;
  for (auto const& setting : settings) {
    auto const equals = setting.rfind('=');
    std::string const word = equals == std::string::npos ? "" : setting.substr(equals + 1);
    std::optional<alx::column_type> type;
    for (int t = 0; t < 4; ++t) {
      auto const one = static_cast<alx::column_type>(t);
      if (name_of(one) == word) type = one;
    }
    if (!type) {
      throw alx::option_error("--type: '" + setting +
                              "' is not NAME=number, category, text or ignored");
    }
    types[setting.substr(0, equals)] = *type;
  }
  return types;
}

/// One person at one journal.
class sitting {
 public:
  explicit sitting(options const& given) : given_(given), rows_(source_of(given)) {
    namespace fs = std::filesystem;
    if (given_.user.empty()) given_.user = user_name();
    fs::path data = fs::absolute(given_.from.data).lexically_normal();
    if (!data.has_filename()) data = data.parent_path();  // "mails/"
    title_ = data.filename().string();
    if (given_.out.empty()) given_.out = data.stem().string() + "-labels";
    auto const file = fs::path(given_.out) / "answers.journal";
    given_.settled.rows = rows_.rows();
    settle_classes(file);
    words_ = std::make_unique<label::vocabulary>(given_.settled.classes);
    reserved_ = label::estimation_rows(given_.settled);
    bool const learns = given_.export_to.empty() && given_.import_from.empty();
    if (!learns && rows_.is_text()) given_.how.learner = "logistic";  // the soonest ready
    team_ = std::make_unique<alx::thread_team>(given_.how.threads);
    what_ = rows_.prepare(given_.how, given_.settled, *team_);
    std::error_code failed;
    fs::create_directories(given_.out, failed);
    if (!fs::is_directory(given_.out)) {
      throw alx::data_error("--out " + given_.out + ": cannot be made: " + failed.message());
    }
    kept_ = std::make_unique<alx::journal>(file, heading());
  }

  void run() {
    if (!given_.export_to.empty()) return export_all();
    if (!given_.import_from.empty()) return import_all();
    std::cout << what_.summary << std::flush;
    if (given_.adjudicate) {
      label::terminal screen(STDIN_FILENO, STDOUT_FILENO, {.colour = !given_.no_colour});
      label::adjudication(what_, *kept_, given_.user, screen, *words_).run(known());
    } else {
      ask();
    }
    leave();
  }

 private:
  [[nodiscard]] label::book known() const { return {given_.settled, reserved_, kept_->entries()}; }

  static label::source_options source_of(options const& given) {
    auto from = given.from;
    from.types = types_of(given.types);
    return from;
  }

  /// Names stand in files and on lines.
  static void expect_plain(std::string const& option, std::string const& name) {
    bool const control = std::any_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (!control && alx::detail::is_utf8(name)) return;
    throw alx::option_error(option + ": '" + label::shown(name) + "' " +
                            (control ? "has a control character" : "is not UTF-8"));
  }

  /// The names from the command line, or those that the journal was begun with.
  void settle_classes(std::filesystem::path const& file) {
    given_.settled.classes = given_.classes;
    if (given_.classes.empty() && std::filesystem::exists(file)) {
      alx::journal const there(file);
      given_.settled.classes = there.heading().classes;
    }
    auto sorted = given_.settled.classes;
    std::sort(sorted.begin(), sorted.end());
    auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
      throw alx::option_error("--classes: '" + *twice + "' is there twice");
    }
    if (sorted.size() < 2 || sorted.front().empty()) {
      throw alx::option_error("--classes: two names or more are wanted, such as spam,ham");
    }
    for (auto const& name : sorted) expect_plain("--classes", name);
    expect_plain("--user", given_.user);
  }

  [[nodiscard]] alx::journal_heading heading() const {
    auto const& plan = given_.settled;
    return {.rows = plan.rows,
            .classes = plan.classes,
            .seed = plan.seed,
            .data = rows_.fingerprint(),
            .settings = "holdout " + std::to_string(plan.holdout)};
  }

  void ask() {
    label::wake learnt;
    std::optional<label::terminal> screen;
    screen.emplace(STDIN_FILENO, STDOUT_FILENO, label::terminal_options{!given_.no_colour});
    bool const person = screen->interactive();
    label::desk desk(what_,
                     given_.settled,
                     *kept_,
                     given_.user,
                     person ? label::patience::a_while : label::patience::always,
                     [&] { learnt.ring(); });
    if (person) {
      label::dialogue(desk, *screen, *words_, {title_, given_.target}, learnt).run();
    } else {
      label::script(desk, *screen, *words_, given_.target).run();
    }
    screen.reset();  // Ctrl-C ends what follows
    if (given_.no_results) return;
    if (person) std::cout << "learning the last model and writing the results ..." << std::endl;
    last_ = desk.finish();
  }

  /// Says what is where and how to go on.
  void leave() {
    auto const now = known();
    auto const& live = now.live();
    auto const answers = std::count_if(
        live.begin(), live.end(), [](auto const& one) { return one.what == alx::deed::answer; });
    std::cout << program::count(answers, "answer") << " kept in "
              << (std::filesystem::path(given_.out) / "answers.journal").string() << std::endl;
    if (!last_ && !given_.no_results && !given_.adjudicate) {
      std::cout << "no model yet: it takes answers of two classes to learn from\n";
    }
    if (last_) {
      auto const written = label::write_results({&what_,
                                                 &now,
                                                 kept_->entries(),
                                                 last_.get(),
                                                 given_.target,
                                                 given_.balance,
                                                 title_,
                                                 given_.command},
                                                given_.out);
      for (auto const& file : written) std::cout << "wrote " << file << '\n';
    }
    std::cout << "to go on: " << given_.command << '\n';
  }

  void export_all() {
    auto const count = label::export_answers(what_, known(), given_.export_to, given_.format);
    std::cout << "wrote " << given_.export_to << ": "
              << program::count(static_cast<std::ptrdiff_t>(count), "answer") << '\n';
  }

  void import_all() {
    auto const count =
        label::import_answers(what_, known(), *kept_, given_.import_from, given_.format);
    std::cout << given_.import_from << ": " << count.added << " added, " << count.there_already
              << " there already";
    if (count.said_again > 0) {
      std::cout << ", " << count.said_again << " left out for a later one of the same person";
    }
    std::cout << '\n';
  }

  options given_;
  label::source rows_;
  std::string title_;
  std::unique_ptr<label::vocabulary> words_;
  std::vector<alx::index_t> reserved_;
  std::unique_ptr<alx::journal> kept_;
  std::unique_ptr<alx::thread_team> team_;
  label::subject what_;
  std::shared_ptr<label::lesson const> last_;
};

class label_program {
 public:
  static constexpr char const* name = "label";
  static constexpr char const* purpose =
      "Label your own data: one key a row. A model learns while you answer, asks the rows that\n"
      "teach it most, and says how good it probably is and when to stop. Every answer is on disk\n"
      "before the next row is shown; the same command goes on where you left.";

  void describe(CLI::App& app) {
    app.footer(
        "Without a terminal, answers are lines of the standard input: a class, skip, undo, quit "
        "...\n"
        "Exit status: 0 done, 1 bad input, 2 wrong usage.");
    describe_data(app, given_);
    describe_asking(app, given_);
    describe_results(app, given_);
  }

  void called_as(std::string command) { given_.command = std::move(command); }

  void work() const { sitting(given_).run(); }

 private:
  options given_;
};

}  // namespace

int main(int argc, char** argv) {
  return program::run<label_program>(argc, argv);
}
