#include "inputs/unpacking.hpp"

#include <algorithm>

namespace dragoman::hosting {

bool unpacking::is_possible(const format_entry& format) noexcept {
  return DGM_HAS(format.table, dgm_format, unpacker) && format.table->unpacker != nullptr;
}

unpacking::unpacking(environment& env, const format_entry& format, const std::shared_ptr<const origin>& where, listener to)
    : host_(env, format, std::move(to), true, 0, nullptr), input_(*where->content, where->name), table_(format.table->unpacker) {
  host_.about(where);
  if (table_->open(host_.table(), input_.table(), &folder_, &session_) >= 0) return;
  folder_ = nullptr;
  if (!host_.first_error()) host_.error("plugin.unexplained", "plugin " + format.plugin_name + " could not open it");
}

unpacking::~unpacking() {
  if (folder_ != nullptr) table_->close(session_);
}

std::size_t unpacking::records() {
  std::size_t count = 0;
  const bool has_slot =
      folder_ != nullptr && DGM_HAS(table_, dgm_unpacker, record) && table_->records != nullptr && table_->record != nullptr;
  return has_slot && table_->records(session_, &count) == DGM_OK ? count : 0;
}

const dgm_record* unpacking::record(std::size_t index) {
  record_ = {};
  record_.size = sizeof record_;
  return table_->record(session_, index, &record_) == DGM_OK ? &record_ : nullptr;
}

bool unpacking::read(std::size_t entry, std::uint64_t offset, std::uint64_t most, std::string& to) const {
  struct taker {
    std::uint64_t skip, most;
    std::string& octets;
  } t{offset, most, to};
  return folder_->read(
             folder_->ctx, entry,
             [](void* self, const void* data, std::size_t size) noexcept -> dgm_status {
               auto& taking = *static_cast<taker*>(self);
               std::string_view octets(static_cast<const char*>(data), size);
               octets.remove_prefix(static_cast<std::size_t>(std::min<std::uint64_t>(taking.skip, size)));
               taking.skip -= std::min<std::uint64_t>(taking.skip, size);
               octets = octets.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(taking.most, octets.size())));
               taking.octets += octets;
               taking.most -= octets.size();
               return DGM_OK;
             },
             &t) == DGM_OK;
}

}  // namespace dragoman::hosting
