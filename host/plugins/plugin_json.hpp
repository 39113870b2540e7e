// Everything that a plugin declares, as JSON, for `dragoman plugins ID --json`.
#pragma once
#include "plugins/registry.hpp"

#include <nlohmann/json.hpp>

namespace dragoman::hosting {

nlohmann::json plugin_as_json(const candidate& c);

}  // namespace dragoman::hosting
