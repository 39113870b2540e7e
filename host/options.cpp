#include "options.hpp"

#include "strings.hpp"
#include "table_check.hpp"

#include <nlohmann/json.hpp>

namespace dragoman::hosting {
namespace {

std::vector<std::string_view> option_names(const format_entry& format) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < format.table->option_count; ++i) names.emplace_back(format.table->options[i].name);
  return names;
}

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

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
                      did_you_mean(name, option_names(*format)) + " ('dragoman formats " + std::string(id) +
                      "' lists them)");
  std::string normal;
  if (const auto wanted = check_option_value(*option, value, normal); !wanted.empty())
    throw usage_error("-O " + quoted(text) + ": " + std::string(id) + "." + option->name + " takes " + wanted);
  given_[std::string(id) + "." + option->name] = normal;
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

std::string option_set::as_json(const std::map<std::string, std::string>& further) const {
  nlohmann::json object = nlohmann::json::object();  // sorted by name
  for (const auto& [name, value] : given_) object[name] = value;
  for (const auto& [name, value] : further) object[name] = value;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace dragoman::hosting
