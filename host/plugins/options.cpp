#include "plugins/options.hpp"

#include "inputs/input.hpp"
#include "plugins/table_check.hpp"
#include "strings.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/text.hpp>

#include <nlohmann/json.hpp>

namespace dragoman::hosting {
namespace {

std::vector<std::string_view> option_names(const format_entry& format) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < format.table->option_count; ++i) names.emplace_back(format.table->options[i].name);
  return names;
}

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

// The text of the file that a user named.
std::string text_of_file(std::string_view path, const dgm_option& option, const std::string& what) {
  std::string problem;
  const auto most = static_cast<std::uint64_t>(option.maximum);
  const auto file = octets::of_file(std::string(path), problem);
  if (!file) throw usage_error(what + ": the file " + quoted(path) + " cannot be read: " + problem);
  if (file->length() > most)
    throw usage_error(what + ": the file " + quoted(path) + " has more than " + std::to_string(most) + " octets");
  std::string text = file->head(static_cast<std::size_t>(file->length()));
  if (find_bad_text(text) != std::string_view::npos)
    throw usage_error(what + ": the file " + quoted(path) + " is not text in UTF-8");
  return text;
}

}  // namespace

void option_set::set(const registry& formats, std::string_view text) {
  const auto equals = text.find('=');
  const auto dot = text.find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot > equals)
    throw usage_error("-O " + quoted(text) + ": write it as format.option=value, e.g. -O json.indent=2");
  const auto id = text.substr(0, dot);
  const auto name = text.substr(dot + 1, equals - dot - 1);
  const auto value = text.substr(equals + 1);
  const auto* format = formats.find(id);
  if (format == nullptr)
    throw usage_error("-O " + quoted(text) + ": no format " + quoted(id) + did_you_mean(id, formats.ids(true, true)) +
                      " ('dragoman formats' lists them)");
  const auto* option = format->option(name);
  if (option == nullptr)
    throw usage_error("-O " + quoted(text) + ": format " + std::string(id) + " has no option " + quoted(name) +
                      did_you_mean(name, option_names(*format)) + " ('dragoman formats " + std::string(id) + "' lists them)");
  std::string normal;
  if (const auto wanted = check_option_value(*option, value, normal); !wanted.empty())
    throw usage_error("-O " + quoted(text) + ": " + std::string(id) + "." + option->name + " takes " + wanted);
  std::string& given = given_[std::string(id) + "." + option->name] = normal;
  if (option->type == DGM_OPTION_FILE && !normal.empty()) {
    normal = text_of_file(normal, *option, "-O " + quoted(text));
    given = "sha256:" + sha256_hex(normal);  // what it says counts, not where it lies
  }
  values_[option] = std::move(normal);
}

void option_set::complete(const registry& formats) {
  for (const auto& format : formats.formats()) {
    for (std::size_t i = 0; i < format.table->option_count; ++i) {
      const auto& option = format.table->options[i];
      std::string normal;
      check_option_value(option, option.fallback, normal);
      values_.try_emplace(&option, std::move(normal));
    }
  }
}

const std::string* option_set::value(const format_entry& format, std::string_view name) const {
  const auto* option = format.option(name);
  const auto it = values_.find(option);
  return option == nullptr || it == values_.end() ? nullptr : &it->second;
}

bool option_set::splits(const format_entry& format) const {
  const auto* option = format.option("split");
  const auto* set =
      option != nullptr && option->type == DGM_OPTION_BOOL && format.has(DGM_FRAME) ? value(format, "split") : nullptr;
  return set != nullptr && *set == "true";
}

std::string option_set::as_json(const std::map<std::string, std::string>& further) const {
  nlohmann::json object = nlohmann::json::object();  // sorted by name
  for (const auto& [name, value] : given_) object[name] = value;
  for (const auto& [name, value] : further) object[name] = value;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace dragoman::hosting
