#include "isolation/isolation.hpp"

#include "inputs/identification.hpp"
#include "isolation/isolated_session.hpp"
#include "isolation/sandbox.hpp"
#include "plugins/loader.hpp"
#include "sessions/guarded.hpp"

#include <dragoman/digest.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace dragoman::hosting {
namespace {

// -- tables: a function of the contract knows its format by where it stands ---------------------------------------------

constexpr std::size_t most_formats = 64;
std::array<std::atomic<isolated_format*>, most_formats> formats_by_slot;

template <class Session, class Lent>
dgm_status open_as(isolated_format& format, const dgm_host* host, Lent* lent, void** out) noexcept {
  *out = nullptr;
  return guarded([&] {
    auto session = std::make_unique<Session>(format, host, lent);
    bool has_session = false;
    const auto status = session->open(has_session);
    if (status == DGM_OK && has_session) *out = session.release();
    return status;
  });
}
template <class Session>
void DGM_CALL close_as(void* session) noexcept {
  auto* s = static_cast<Session*>(session);
  s->close();
  delete s;
}
dgm_status DGM_CALL next(void* session, const dgm_sink* sink) noexcept {
  return guarded([&] { return static_cast<isolated_reader*>(session)->next(sink); });
}
dgm_status DGM_CALL write(void* session, const dgm_document* document) noexcept {
  return guarded([&] { return static_cast<isolated_writer*>(session)->write(document); });
}
dgm_status DGM_CALL failed(void* session, const dgm_failure* failure) noexcept {
  return guarded([&] { return static_cast<isolated_writer*>(session)->failed(failure); });
}
dgm_status DGM_CALL finish(void* session) noexcept {
  return guarded([&] { return static_cast<isolated_writer*>(session)->finish(); });
}

template <std::size_t N>
struct slot {
  static isolated_format& format() noexcept { return *formats_by_slot[N].load(std::memory_order_relaxed); }
  static dgm_status DGM_CALL open_reader(const dgm_host* host, const dgm_input* input, void** session) noexcept {
    return open_as<isolated_reader>(format(), host, input, session);
  }
  static dgm_status DGM_CALL open_writer(const dgm_host* host, const dgm_output* output, void** session) noexcept {
    return open_as<isolated_writer>(format(), host, output, session);
  }
  static dgm_status DGM_CALL number(const dgm_host* host, const dgm_input* volume, const dgm_output* output) noexcept {
    return guarded([&] { return isolated_writer(format(), host, output).number(volume); });
  }
  static std::int64_t DGM_CALL split(const void* head, std::size_t length, std::int32_t at_end) noexcept {
    try {
      return format().cut({static_cast<const char*>(head), length}, at_end != 0, 1);
    } catch (...) {
      return -1;
    }
  }
  static constexpr dgm_reader reader{sizeof(dgm_reader),        nullptr, open_reader, next,
                                     close_as<isolated_reader>, split,   nullptr,     nullptr};
  static constexpr dgm_writer writer{sizeof(dgm_writer), open_writer, write, finish, close_as<isolated_writer>, failed, number};
};
struct tables {
  dgm_reader reader;
  dgm_writer writer;
};
template <std::size_t... N>
constexpr std::array<tables, sizeof...(N)> all_slots(std::index_sequence<N...>) {
  return {tables{slot<N>::reader, slot<N>::writer}...};
}
constexpr auto slots = all_slots(std::make_index_sequence<most_formats>());

}  // namespace

// -- formats that are isolated -------------------------------------------------------------------------------------------

struct isolation::isolated_entry {
  isolated_entry(const format_entry& e, isolated_plugin& plugin, std::size_t number)
      : entry(e), original(e.table), format(plugin, *e.table), slot(number) {
    std::memcpy(&table, original, std::min<std::size_t>(original->size, sizeof table));
    if (original->reader != nullptr) {
      reader = slots[slot].reader;
      if (!DGM_HAS(original->reader, dgm_reader, split) || original->reader->split == nullptr) reader.split = nullptr;
      table.reader = &reader;
    }
    if (original->writer != nullptr) {
      writer = slots[slot].writer;
      if (!DGM_HAS(original->writer, dgm_writer, failed) || original->writer->failed == nullptr) writer.failed = nullptr;
      if (!DGM_HAS(original->writer, dgm_writer, number) || original->writer->number == nullptr) writer.number = nullptr;
      table.writer = &writer;
    }
    formats_by_slot[slot] = &format;
  }
  bool has_probe() const noexcept { return original->reader != nullptr && original->reader->probe != nullptr; }

  const format_entry& entry;
  const dgm_format* const original;
  isolated_format format;
  const std::size_t slot;
  dgm_format table{};
  dgm_reader reader{};
  dgm_writer writer{};
};

// Formats whose probes are asked at one time, in a worker that has all of their plugins: those of the program's own plugins
// together, those of any other plugin by themselves.
struct isolation::asked_group {
  struct member {
    std::uint64_t number;  // among the formats of the worker, from 1
    isolated_entry* entry;
  };
  std::vector<member> members;
  std::unique_ptr<worker_pool> own_pool;  // of workers that have several plugins
  worker_pool* pool = nullptr;

  std::vector<member> asked() const {
    auto out = members;
    std::erase_if(out, [](const auto& m) { return m.entry->format.owner.is_disabled(); });
    return out;
  }
  std::string question(bool at_end) const { return question(asked(), at_end); }
  static std::string question(const std::vector<member>& asked, bool at_end) {
    std::string out;
    packer p(out);
    p.begin(op::probe).number(at_end);
    for (const auto& m : asked) p.number(m.number);
    p.number(0).end();
    return out;
  }
};

isolation::isolation(registry& formats, isolate which, worker_setting setting) : formats_(formats), setting_(std::move(setting)) {
  if (which == isolate::none) return;
  asked_group together;
  std::vector<std::string> own_files;
  std::uint64_t own_formats = 0;
  for (const auto& c : formats.candidates()) {
    if (c.state != outcome::loaded || c.path.ends_with(manifest_suffix)) continue;
    const bool is_own = is_own_plugin(c.path);
    if (is_own && which != isolate::all) continue;
    isolated_plugin* owner = nullptr;
    asked_group alone;
    std::uint64_t number = 0;
    for (const auto& entry : formats.formats()) {
      if (entry.plugin != c.plugin) continue;
      if (owner == nullptr) owner = &plugins_.emplace_back(setting_, entry, c.path, formats.plugin_sha256(entry));
      if (entries_.size() == most_formats)
        throw std::runtime_error("more than " + std::to_string(most_formats) + " formats cannot be isolated");
      auto& e = entries_.emplace_back(entry, *owner, entries_.size());
      ++number;
      if (e.has_probe()) (is_own ? together : alone).members.push_back({is_own ? own_formats + number : number, &e});
    }
    if (owner == nullptr) continue;
    if (is_own) {
      own_files.push_back(c.path);
      own_formats += number;
    } else if (!alone.members.empty()) {
      alone.pool = &owner->pool;
      groups_.push_back(std::move(alone));
    }
  }
  if (!together.members.empty()) {
    together.own_pool = std::make_unique<worker_pool>(setting_, std::move(own_files));
    together.pool = together.own_pool.get();
    groups_.push_back(std::move(together));
  }
  for (auto& e : entries_) formats_.replace_table(e.entry, &e.table);
  formats_.set_service(this);
  if (const auto means = means_of_this_kernel();
      !entries_.empty() && setting_.tell && !(means.refuses_paths() && means.refuses_network()))
    setting_.tell({level::warning, "isolation.weak",
                   "this system has " + means.text() +
                       " to confine plugins with: they run in processes of their own, but could "
                       "open files or connections"});
}

isolation::~isolation() {
  for (auto& e : entries_) {
    formats_.replace_table(e.entry, e.original);
    formats_by_slot[e.slot] = nullptr;
  }
  formats_.set_service(nullptr);
}

bool isolation::answers_for(const format_entry& format) const noexcept {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& e) { return &e.entry == &format; });
}

// -- pure functions ------------------------------------------------------------------------------------------------------

std::unique_ptr<reader_service::expectation> isolation::expect(const std::vector<coming>& next) {
  auto out = std::make_unique<asked_ahead>();
  expect_probes(*out, next);
  expect_reading(*out, next);
  return out;
}

void isolation::expect_writing(const format_entry& format, void* session, const std::vector<const dgm_document*>& next) {
  if (answers_for(format)) static_cast<isolated_writer*>(session)->expect(next);
}

void isolation::expect_probes(asked_ahead& to, const std::vector<coming>& next) {
  for (const auto& group : groups_) {
    const auto words = group.question(true);
    std::vector<asked_ahead::question> questions;
    for (const auto& c : next)
      if (c.format == nullptr && c.content->length() <= head_size) questions.push_back({c.content, {}, words});
    to.ask(*group.pool, asked_ahead::kind::probe, std::move(questions));
  }
}

// As the last session of each format was lent things; of the first one nothing is known yet.
void isolation::expect_reading(asked_ahead& to, const std::vector<coming>& next) {
  for (auto& e : entries_) {
    const auto services = e.format.last_services();
    if (services.empty() || e.format.owner.is_disabled() || e.format.asks_nested.load(std::memory_order_relaxed)) continue;
    std::vector<asked_ahead::question> questions;
    for (const auto& c : next)
      if (c.format == &e.entry)
        questions.push_back({c.content, c.name, isolated_reader::question_ahead(e.format, services, c.content->length())});
    to.ask(e.format.owner.pool, asked_ahead::kind::read, std::move(questions));
  }
}

reader_service::answers isolation::probe(std::string_view head, bool at_end) {
  answers out;
  for (auto& group : groups_) probe(group, head, at_end, out);
  return out;
}

void isolation::probe(const asked_group& group, std::string_view head, bool at_end, answers& out) {
  auto asked = group.asked();
  for (const auto& m : group.members)
    if (const auto& owner = m.entry->format.owner; owner.is_disabled())
      out.not_asked.push_back({owner.why_disabled().code, owner.why_disabled().text});
  auto* expected = asked_ahead::of_this_thread();
  for (std::optional<worker_lost> doubt; !asked.empty();) {
    std::unique_ptr<worker_process> worker;
    const auto blamed = [&]() -> const asked_group::member* {
      const auto number = worker ? worker->page().probing.load() : 0;
      const auto found = std::find_if(asked.begin(), asked.end(), [&](const auto& m) { return m.number == number; });
      return found == asked.end() ? nullptr : &*found;
    };
    const auto where = [&] { return accident{"probing", at_end ? sha256_hex(head) : std::string(), 0}; };
    auto* const ahead = std::exchange(expected, nullptr);
    bool is_ahead = false;
    try {
      if (ahead != nullptr) worker = ahead->worker_for(*group.pool, head, {}, group.question(at_end));
      is_ahead = worker != nullptr;
      if (!is_ahead) {
        worker = group.pool->take(doubt.has_value());
        pack_input(worker->say(), head, {}, {});
        worker->say().raw(asked_group::question(asked, at_end));
        worker->send();
      }
      try {
        std::size_t count = 0;
        for (auto m = worker->receive(); m.what != op::done; m = worker->receive()) {
          if (m.what != op::scored || count == asked.size()) throw nonsense("it says something else than how sure it is");
          unpacker in(m.payload);
          if (in.number() != asked[count].number) throw nonsense("it answers what it was not asked");
          const auto value = in.status();
          out.scores[&asked[count++].entry->entry] = {value, std::string(in.rest())};
        }
        if (count != asked.size()) throw nonsense("it does not say how sure it is");
      } catch (const nonsense& e) {
        worker->blame(worker_lost::cause::nonsense, e.what());
      }
      ++worker->documents;
      if (is_ahead) ahead->give_back(std::move(worker));
      else group.pool->give_back(std::move(worker));
      if (doubt) {
        const auto f = asked.front().entry->format.owner.pardon(*doubt, where());
        out.troubles.push_back({f.code, f.text});
        asked_ahead::was_told(*group.pool, *doubt);
      }
      return;
    } catch (const worker_lost& how) {
      if (is_ahead && worker->is_elsewhere()) {
        ahead->lose(std::move(worker), how);
        continue;
      }
      if (!doubt && how.why != worker_lost::cause::not_started) {
        doubt = how;
        continue;
      }
      const auto* whose = blamed();
      const auto f = (whose != nullptr ? whose : &asked.front())->entry->format.owner.accuse(how, where());
      out.troubles.push_back({f.code, f.text});
      asked_ahead::was_told(*group.pool, how);
      if (whose == nullptr) return;
      const auto number = whose->number;
      std::erase_if(asked, [&](const auto& m) { return m.number == number; });
      doubt.reset();
    } catch (const worker_cancelled&) {
      return;
    }
  }
}

std::int64_t isolation::cut(const format_entry& format, std::string_view text, bool at_end, std::size_t enough) {
  for (auto& e : entries_)
    if (&e.entry == &format) return e.format.cut(text, at_end, enough);
  return -1;
}

}  // namespace dragoman::hosting
