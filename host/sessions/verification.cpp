#include "sessions/verification.hpp"

#include "inputs/disk_folder.hpp"
#include "inputs/opening.hpp"
#include "plugins/schema_lender.hpp"
#include "sessions/document_reader.hpp"

#include <dragoman/node.hpp>

#include <filesystem>
#include <mutex>

namespace dragoman::hosting {
namespace {

const dgm_verifier* verifier_of(const format_entry& format) {
  return DGM_HAS(format.table, dgm_format, verifier) ? format.table->verifier : nullptr;
}

// Does it judge only what reading does not see?
bool is_beside(const dgm_verifier& v) { return DGM_HAS(&v, dgm_verifier, flags) && (v.flags & DGM_VERIFIER_BESIDE) != 0; }

// Counts what is told and hands it on, one line at a time.
class judge {
public:
  judge(const verification_rules& rules, const take_line& take) : rules_(rules), take_(take) {}

  void add(const origin& about, verdict_line line) {
    const std::lock_guard lock(mutex_);
    // A source that is not what its digest says is doubtful for who converts it, and wrong for who asks.
    const bool is_wrong = line.what.code == "source.damaged" || (rules_.strict && line.what.severity == level::warning);
    if (is_wrong) line.what.severity = level::error;
    result.errors += line.what.severity == level::error;
    result.warnings += line.what.severity == level::warning;
    locate(line.what, about);
    take_(about, line);
  }
  listener as_listener() {
    return [this](const origin& about, const finding& f) { add(about, {f, {}, {}, {}, {}}); };
  }
  verified finish() {
    result.state = result.errors == 0 ? verdict_state::valid : verdict_state::not_valid;
    return result;
  }
  verified unreadable(const origin& about, finding why) {
    add(about, {std::move(why), {}, {}, {}, {}});
    result.state = verdict_state::unreadable;
    return result;
  }

  verified result;

private:
  const verification_rules& rules_;
  const take_line& take_;
  std::mutex mutex_;
};

// A schema was named, and nobody would judge by it: what was asked for was not done.
void refuse_schema(const format_entry& format, const origin& where, judge& to) {
  to.add(where, {{level::error, "verify.schema-unused", "format " + std::string(format.id()) + " is not judged by a schema"},
                 {},
                 {},
                 {},
                 {}});
}

// `folder_path` is where the input lies; empty for standard input.
void run_verifier(environment& env, const format_entry& format, const std::shared_ptr<const origin>& where,
                  const dgm_folder* folder, const std::string& folder_path, const verification_rules& rules, judge& to) {
  struct context {
    judge& to;
    const origin& about;
    const format_entry& format;
    schema_lender schemas;
  } lent_context{to, *where, format, {rules.schema, rules.schema_content, folder_path}};
  session_host host(env, format, to.as_listener(), true, 0, nullptr);
  host.about(where);
  std::unique_ptr<input_table> input;
  if (folder == nullptr) input = std::make_unique<input_table>(*where->content, where->name);
  const dgm_verification what{
      sizeof(dgm_verification),
      rules.level,
      (rules.lenient ? std::uint32_t{DGM_VERIFY_LENIENT} : 0u) | (rules.strict ? std::uint32_t{DGM_VERIFY_STRICT} : 0u),
      rules.threads,
      input ? input->table() : nullptr,
      folder,
      span(where->name),
      &lent_context,
      [](void* ctx, const dgm_finding* f) noexcept {
        auto& self = *static_cast<context*>(ctx);
        try {
          if (f == nullptr || !DGM_HAS(f, dgm_finding, found) || f->diag == nullptr || !DGM_HAS(f->diag, dgm_diag, column))
            return self.to.add(self.about, {{level::error, "plugin.contract",
                                             "plugin " + self.format.plugin_name + " told something that is no finding"},
                                            {},
                                            {},
                                            {},
                                            {}});
          self.to.add(self.about, {kept(*f->diag), std::string(view(f->path)), std::string(view(f->algorithm)),
                                   std::string(view(f->expected)), std::string(view(f->found))});
        } catch (const std::exception&) {  // out of memory while saying so
        }
      },
      [](void* ctx, dgm_str name) noexcept { return static_cast<context*>(ctx)->schemas.lend(view(name)); }};
  const dgm_status status = verifier_of(format)->verify(host.table(), &what);
  if (status < 0 && status != DGM_CANCEL && to.result.errors == 0)
    host.error("plugin.unexplained", "plugin " + format.plugin_name + " could not verify it");
  if (status >= 0 && !rules.schema.empty() && !lent_context.schemas.gave_named()) refuse_schema(format, *where, to);
}

// True when at least one document could be read.
bool read_all(environment& env, const format_entry& format, std::shared_ptr<const origin> where, judge& to) {
  document_reader reader(env, format, std::move(where), to.as_listener());
  bool any = false;
  for (bool more = true; more && !env.stop;) {
    const auto step = reader.next();
    more = step.more;
    any |= bool(step.found);
  }
  return any;
}

}  // namespace

const char* name_of(verdict_state s) noexcept {
  switch (s) {
    case verdict_state::valid: return "valid";
    case verdict_state::not_valid: return "not valid";
    case verdict_state::unknown: return "unknown";
    default: return "unreadable";
  }
}

verified verify_input(environment& env, const found_input& found, bool is_named, const verification_rules& rules,
                      const take_line& take) {
  judge to(rules, take);
  const auto opened = open_input(env, found, origin_of(env, found), nullptr);
  if (opened.format == nullptr) {
    if (opened.why.stage != "identify") return to.unreadable(*opened.where, opened.why.reason);
    finding why = opened.why.reason;
    if (!is_named) why.severity = level::note;
    to.add(*opened.where, {why, {}, {}, {}, {}});
    to.finish();
    to.result.state = verdict_state::unknown;
    return to.result;
  }
  to.result.format = opened.format->id();
  const auto* verifier = verifier_of(*opened.format);
  const bool needs_reading = verifier == nullptr || is_beside(*verifier);
  const bool is_readable = !needs_reading || read_all(env, *opened.format, opened.where, to);
  if (verifier != nullptr && is_readable)
    run_verifier(env, *opened.format, opened.where, nullptr, folder_of(found.path), rules, to);
  else if (verifier == nullptr && !rules.schema.empty()) refuse_schema(*opened.format, *opened.where, to);
  return to.finish();
}

folder_answer identify_folder(const registry& formats, const dgm_folder& folder) {
  folder_answer best;
  for (const auto& format : formats.formats()) {
    const auto* verifier = verifier_of(format);
    if (verifier == nullptr || verifier->probe == nullptr) continue;
    const int score = verifier->probe(&folder);
    if (score > best.score) best = {&format, score};
  }
  return best;
}

verified verify_folder(environment& env, const std::string& path, const format_entry& format, const disk_folder& folder,
                       const verification_rules& rules, const take_line& take) {
  judge to(rules, take);
  auto where = std::make_shared<origin>();
  where->display = path;
  auto name = std::filesystem::path(path).lexically_normal();
  if (!name.has_filename()) name = name.parent_path();
  where->name = name.filename().string();
  where->serial = ++env.last_serial;
  where->format = to.result.format = format.id();
  where->reader = format.plugin_name;
  for (const auto& [inside, why] : folder.problems())
    to.add(*where, {{level::error, "input.unreadable", inside + " cannot be read: " + why}, inside, {}, {}, {}});
  run_verifier(env, format, where, folder.table(), path, rules, to);
  return to.finish();
}

}  // namespace dragoman::hosting
