#include "reader.hpp"

#include "listing.hpp"
#include "names.hpp"
#include "opened_archive.hpp"

#include <algorithm>

namespace dragoman::bundle {

// An entry in memory as the input of a nested reader session.
class reader::open_entry {
public:
  open_entry(const dgm_nested* nested, std::string octets, std::string name, std::string history)
      : nested_(nested), octets_(std::move(octets)), name_(std::move(name)), history_(std::move(history)) {
    table_.length = static_cast<std::int64_t>(octets_.size());
    table_.name = span(name_);
    table_.history = span(history_);
  }
  ~open_entry() {
    if (session_ != nullptr) nested_->close_reader(session_);
  }
  open_entry(const open_entry&) = delete;
  open_entry& operator=(const open_entry&) = delete;

  dgm_status open(std::string_view format_id) { return nested_->open_reader(nested_->ctx, &table_, span(format_id), &session_); }
  dgm_status next(const dgm_sink* sink) { return nested_->next(session_, sink); }

private:
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    auto& self = *static_cast<open_entry*>(ctx);
    const auto n = read_at(ctx, self.at_, buffer, capacity);
    self.at_ += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    const auto& octets = static_cast<open_entry*>(ctx)->octets_;
    if (offset >= octets.size()) return 0;
    return static_cast<std::int64_t>(octets.copy(static_cast<char*>(buffer), capacity, static_cast<std::size_t>(offset)));
  }
  static std::int32_t DGM_CALL contents(void* ctx, dgm_str* out) noexcept {
    *out = span(static_cast<open_entry*>(ctx)->octets_);
    return 1;
  }
  const dgm_nested* nested_;
  const std::string octets_, name_, history_;
  std::uint64_t at_ = 0;
  dgm_input table_{sizeof(dgm_input), this, read, read_at, contents, 0, {nullptr, 0}, {nullptr, 0}};
  void* session_ = nullptr;
};

// An archive that is being read.
struct reader::level {
  level(const host& services, container& archive, std::string_view name)
      : entries(&archive), list(std::make_shared<const listing>(services, archive, name)) {}
  // An archive that is an entry of another, whose octets these are.
  level(const host& services, std::string entry, const archive_rules& rules, const std::string& name)
      : octets(std::move(entry)),
        inner(open_checked(services, source, rules)),
        entries(inner.get()),
        list(std::make_shared<const listing>(services, *inner, name)),
        prefix(name + "/") {}
  // Some items of another, which stays.
  level(const level& whole, std::size_t first, std::size_t behind_last)
      : entries(whole.entries), list(whole.list), at(first), end(behind_last) {}
  level(const level&) = delete;
  level& operator=(const level&) = delete;

  const std::string octets;
  const memory_source source{octets};
  const std::unique_ptr<container> inner;
  container* const entries;
  const std::shared_ptr<const listing> list;
  const std::string prefix;  // of the names of its items
  std::size_t at = 0, end = list->count();
};

// What is between these is as much as outweighs the beginning of a session.
constexpr std::uint64_t octets_of_part = std::uint64_t{1} << 18;
constexpr std::size_t items_of_part = 64;

reader::reader(host services, input in) : host_(services), nested_(services.nested()) {
  if (nested_ == nullptr) throw unusable("bundle.no-nested", "this program cannot read what lies inside an archive");
  most_levels_ = 1 + static_cast<std::size_t>(host_.integer("recurse"));
  most_octets_ = static_cast<std::uint64_t>(host_.integer("max-entry"));
  opened_ = std::make_unique<opened_archive>(host_, in);
  entries_ = opened_->entries().count();
  levels_.push_back(std::make_unique<level>(host_, opened_->entries(), in.name()));
}

reader::reader(const reader& whole, std::uint64_t number, host services)
    : host_(services), nested_(services.nested()), most_octets_(whole.most_octets_) {
  const auto n = static_cast<std::size_t>(number);
  const level& all = *whole.levels_.front();
  levels_.push_back(
      std::make_unique<level>(all, whole.parts_.at(n), n + 1 < whole.parts_.size() ? whole.parts_[n + 1] : all.end));
}

// Archives in archives share their limits with those before them, so these are read one after the other.
std::uint64_t reader::parts() {
  const level& all = *levels_.front();
  const auto& items = all.list->entries();
  if (most_levels_ > 1 || !all.entries->is_any_order_right(items)) return 0;
  std::uint64_t octets = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (parts_.empty() || octets >= octets_of_part || i - parts_.back() == items_of_part) {
      parts_.push_back(i);
      octets = 0;
    }
    octets += all.entries->size(items[i]);
  }
  return parts_.size();
}

int reader::probe(std::string_view head, bool, std::string_view& reason) noexcept {
  const int score = probe_container(head, reason);
  if (score > 0 || !is_behind_a_prefix(head)) return score;
  reason = "a ZIP behind other octets";
  return 50;
}

reader::~reader() = default;

// Opens an archive inside the archive; what was counted so far is what its limits begin with.
void reader::begin_level(std::string octets, const std::string& name, place where) {
  if (levels_.size() == most_levels_)
    throw unusable("bundle.archive-in-archive", quoted(name) + " is an archive inside the archive and is not opened", where);
  archive_rules rules = rules_of(host_);
  rules.counts_around = levels_.back()->entries->counts();
  rules.limits.entries -= std::min(rules.limits.entries, entries_);
  try {
    levels_.push_back(std::make_unique<level>(host_, std::move(octets), rules, name));
  } catch (const unusable& e) {
    throw unusable(e.code, quoted(name) + ": " + e.what(), where);
  } catch (const stop& s) {
    throw stop{s.status == DGM_FATAL ? dgm_status{DGM_SKIP} : s.status};  // the archive around it goes on
  }
  entries_ += levels_.back()->entries->count();
}

// Opens the next entry that a reader takes. False at the end.
bool reader::open_next() {
  while (true) {
    while (levels_.size() > 1 && levels_.back()->at == levels_.back()->end) levels_.pop_back();
    level& from = *levels_.back();
    if (from.at == from.end) return false;
    const listing::item i = (*from.list)[from.at++];
    const std::string name = from.prefix + i.name;
    const place where = levels_.size() > 1 ? place{} : place{static_cast<std::int64_t>(from.entries->offset(i.entry)), 0, 0, 0};
    if (from.entries->size(i.entry) > most_octets_)
      throw unusable("bundle.limit-entry", quoted(name) + " unpacks to more than " + std::to_string(most_octets_) + " octets",
                     where);
    std::string octets;
    octets.reserve(static_cast<std::size_t>(from.entries->size(i.entry)));
    from.entries->unpack(i.entry, [&](std::string_view piece) { octets += piece; });
    std::string_view why;
    if (probe_container(octets, why) >= 40) {
      begin_level(std::move(octets), name, where);
      continue;
    }
    dgm_format_facts facts{};
    facts.size = sizeof facts;
    const bool known = !i.format.empty() && nested_->format(nested_->ctx, span(i.format), &facts) == 1;
    auto opened = std::make_unique<open_entry>(nested_, std::move(octets), name, i.history);
    check(opened->open(known ? std::string_view(i.format) : std::string_view()));
    open_ = std::move(opened);
    return true;
  }
}

bool reader::next(builder& to) {
  while (true) {
    host_.check_cancelled();
    if (!open_ && !open_next()) return false;
    const dgm_status status = open_->next(to.raw());
    if (status == DGM_OK) return true;
    if (status == DGM_SKIP) throw stop{status};
    open_.reset();
    if (status == DGM_FATAL) throw stop{DGM_SKIP};  // of that entry's reader; the next entry may be fine
    check(status);
  }
}

}  // namespace dragoman::bundle
