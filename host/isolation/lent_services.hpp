// What a session in a worker is lent: services, origins and findings.
#pragma once
#include "isolation/host_line.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

class lent_services;

// A writer session of the host's that a plugin asked for, and where its octets go.
struct nested_output {
  lent_services* owner;
  std::uint64_t number;
  const dgm_output* out;
};
struct nested_input {
  lent_services* owner;
  std::uint64_t number;
};

// The dgm_host of the sessions in a worker: it knows the options, and asks the host for everything else.
class lent_services {
public:
  explicit lent_services(host_line& to) : to_(to) {}
  lent_services(const lent_services&) = delete;
  lent_services& operator=(const lent_services&) = delete;

  // From the message that opens a session.
  void take(unpacker& in);
  // Facts about the volume, which may have changed since the last call.
  void take_volume(unpacker& in);
  void lend(const dgm_document* document) noexcept { lent_ = document; }
  const dgm_host* table() const noexcept { return &table_; }
  bool uses_nested() const noexcept { return uses_nested_; }
  // The session is being closed: the host, which will hear of it, ends what is open inside it.
  void end() noexcept { is_ending_ = true; }

private:
  static lent_services& of(void* ctx) noexcept { return *static_cast<lent_services*>(ctx); }
  static void DGM_CALL on_report(void* ctx, const dgm_diag* d) noexcept;
  static std::int32_t DGM_CALL on_option(void* ctx, dgm_str name, dgm_str* out) noexcept;
  static std::int32_t DGM_CALL on_cancelled(void* ctx) noexcept;
  static const void* DGM_CALL on_extension(void* ctx, dgm_str id) noexcept;
  static void DGM_CALL on_fact(void* ctx, dgm_str name, dgm_str value) noexcept;

  // -- nested reading and writing: the host does it
  static std::int32_t DGM_CALL facts_of(void* ctx, dgm_str id, dgm_format_facts* out) noexcept;
  static std::string octets_of(const dgm_input& in);
  static dgm_status DGM_CALL open_reader(void* ctx, const dgm_input* in, dgm_str format, void** session) noexcept;
  // To the sink of the document that is being read it is told by the host itself; to any other, through here.
  static dgm_status DGM_CALL next(void* session, const dgm_sink* sink) noexcept;
  static void DGM_CALL close_reader(void* session) noexcept;
  static dgm_status DGM_CALL open_writer(void* ctx, const dgm_output* out, dgm_str format, void** session) noexcept;
  void end_session(op closing, std::uint64_t number) noexcept;
  static dgm_status take_octets(const nested_output& to, unpacker& answer, dgm_status status);
  static dgm_status DGM_CALL write(void* session, const dgm_document* document) noexcept;
  static dgm_status DGM_CALL finish(void* session) noexcept;
  static void DGM_CALL close_writer(void* session) noexcept;

  host_line& to_;
  std::map<std::string, std::string, std::less<>> options_;
  bool wants_facts_ = false, has_run_ = false, has_volume_ = false, uses_nested_ = false, is_ending_ = false;
  std::string program_, version_, run_options_, writer_format_, writer_, series_, volume_name_;
  dgm_run run_{};
  dgm_volume volume_{sizeof(dgm_volume), 0, 0, {}, {}};
  std::deque<std::string> facts_;
  std::vector<std::unique_ptr<nested_input>> readers_;
  std::vector<std::unique_ptr<nested_output>> writers_;
  const dgm_document* lent_ = nullptr;
  const dgm_facts fact_table_{sizeof(dgm_facts), this, on_fact};
  const dgm_nested nested_{sizeof(dgm_nested), this,  open_reader, next,         close_reader,
                           open_writer,        write, finish,      close_writer, facts_of};
  const dgm_host table_{sizeof(dgm_host), this, on_report, on_option, on_cancelled, on_extension};
};

// An origin, and the findings beside it, as the host packs them.
class sent_origin {
public:
  sent_origin(host_line& to, unpacker& in);
  sent_origin(const sent_origin&) = delete;
  sent_origin& operator=(const sent_origin&) = delete;
  const dgm_origin* table() const noexcept { return is_there_ ? &table_ : nullptr; }

private:
  std::string name_, format_, reader_, media_type_, history_;
  std::unique_ptr<remote_input> octets_;
  dgm_origin table_{};
  bool is_there_ = false;
};

// A finding as the host packs it; `texts` keeps what it points to.
dgm_diag diagnostic(unpacker& in, std::deque<std::string>& texts);

}  // namespace dragoman::hosting
