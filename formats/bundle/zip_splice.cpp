#include "zip_splice.hpp"

#include "archive.hpp"
#include "zip_join.hpp"

#include <vector>

namespace dragoman::bundle {
namespace {

// Octets in memory as an output.
struct memory_output {
  std::string octets;
  dgm_output table{sizeof(dgm_output),
                   this,
                   [](void* self, const void* data, std::size_t length) noexcept -> dgm_status {
                     static_cast<memory_output*>(self)->octets.append(static_cast<const char*>(data), length);
                     return DGM_OK;
                   },
                   {nullptr, 0}};
};

}  // namespace

void replace_entries(const octet_source& zip, const changed_entries& changed, const output& out) {
  const made_zip old(zip);
  std::vector<changed_entries::const_iterator> found;  // in the order of the ZIP
  for (std::size_t i = 0; i < old.count(); ++i)
    if (const auto it = changed.find(old.path(i)); it != changed.end()) found.push_back(it);
  if (found.size() != changed.size()) throw unusable("bundle.volume", "the bundle has no entry of a name that is to be changed");
  memory_output memory;
  {
    const output to_memory(&memory.table);
    zip_writer packed(to_memory, true);
    for (const auto& it : found) packed.add(it->first, it->second);
    packed.finish();
  }
  const memory_source octets(memory.octets);
  const made_zip news(octets);
  std::vector<std::string> new_records;
  news.for_each([&](std::size_t, std::string record) { new_records.push_back(std::move(record)); });
  zip_joiner joined(out);
  std::size_t next = 0;
  old.for_each([&](std::size_t entry, std::string record) {
    const bool is_changed = next < news.count() && old.path(entry) == news.path(next);
    if (!is_changed) return joined.add(old, entry, std::move(record));
    joined.add(news, next, std::move(new_records[next]));
    ++next;
  });
  joined.finish();
}

}  // namespace dragoman::bundle
