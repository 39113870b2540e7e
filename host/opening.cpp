#include "opening.hpp"

namespace dragoman::hosting {

std::shared_ptr<origin> origin_of(environment& env, const found_input& found) {
  auto where = std::make_shared<origin>();
  where->name = found.name;
  where->display = found.path.empty() ? "stdin" : found.path;
  where->serial = ++env.last_serial;
  return where;
}

opened_input open_input(environment& env, const found_input& found, std::shared_ptr<origin> where, const format_entry* as) {
  opened_input out;
  out.where = where;
  std::string problem;
  where->content = found.path.empty() ? octets::of_stdin(problem) : octets::of_file(found.path, problem);
  if (!where->content) {
    out.why = {where, "read", {level::error, "input.unreadable", "cannot be read: " + problem}};
    return out;
  }
  if (as == nullptr) {
    const auto head = where->content->head(head_size);
    out.how = identify(env.formats, head, head.size() == where->content->length(), where->name);
    as = out.how.format;
  }
  if (as == nullptr) {
    out.why = {where, "identify", out.how.problem};
    return out;
  }
  where->format = as->id();
  where->reader = as->plugin_name;
  where->media_type = as->media_type();
  out.format = as;
  return out;
}

}  // namespace dragoman::hosting
