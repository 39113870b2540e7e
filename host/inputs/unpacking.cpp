#include "inputs/unpacking.hpp"

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
  const bool has_slot = folder_ != nullptr && DGM_HAS(table_, dgm_unpacker, record) && table_->records != nullptr && table_->record != nullptr;
  return has_slot && table_->records(session_, &count) == DGM_OK ? count : 0;
}

const dgm_record* unpacking::record(std::size_t index) {
  record_ = {};
  record_.size = sizeof record_;
  return table_->record(session_, index, &record_) == DGM_OK ? &record_ : nullptr;
}

}  // namespace dragoman::hosting
