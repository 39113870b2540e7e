#include "inputs/opening.hpp"

namespace dragoman::hosting {

std::shared_ptr<origin> origin_of(environment& env, const found_input& found) {
  auto where = std::make_shared<origin>();
  where->name = found.name;
  where->display = found.path.empty() ? "stdin" : found.path;
  where->serial = ++env.last_serial;
  return where;
}

bool can_be_cut(const format_entry& format) {
  const auto* reader = format.table->reader;
  return reader != nullptr && DGM_HAS(reader, dgm_reader, split) && reader->split != nullptr;
}

opened_input open_input(environment& env, const found_input& found, std::shared_ptr<origin> where, const format_entry* as,
                        bool in_parts) {
  opened_input out;
  out.where = where;
  std::string problem;
  const auto unreadable = [&] {
    out.format = nullptr;
    out.why = {where, "read", {level::error, "input.unreadable", "cannot be read: " + problem}};
    return out;
  };
  if (!where->content)
    where->content = found.path.empty() ? octets::of_stdin(problem) : octets::of_file(found.path, problem, small_input);
  if (!where->content) return unreadable();
  if (as == nullptr) {
    std::string read;
    std::string_view head;
    if (!where->content->contents(head)) head = read = where->content->head(head_size);
    head = head.substr(0, head_size);
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
  const auto& content = *where->content;
  // An archive is read in place: it is large, and each entry is needed once.
  const bool stays = as->has(DGM_ARCHIVE) || (in_parts && can_be_cut(*as));
  if (!stays && !content.is_in_memory() && content.length() <= octets::memory_bound) {
    where->content = content.loaded(problem);
    if (!where->content) return unreadable();
  }
  return out;
}

}  // namespace dragoman::hosting
