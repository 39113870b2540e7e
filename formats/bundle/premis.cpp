#include "premis.hpp"

#include "bounded_json.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/text.hpp>

namespace dragoman::bundle {
namespace {

// The name space of our identifiers; made once, never to change.
constexpr unsigned char name_space[16] = {0x6f, 0x1d, 0x0b, 0x52, 0x8a, 0x3e, 0x4c, 0x97,
                                          0xb1, 0x54, 0x2e, 0x7a, 0x90, 0xc3, 0x5d, 0x18};
constexpr std::string_view vocabulary = "http://id.loc.gov/vocabulary/preservation/";

// What stands for itself in XML, and needs no look.
bool is_plain(char c) { return c >= ' ' && c < 0x7F && c != '&' && c != '<' && c != '>'; }

// Text of an element; what XML 1.0 cannot hold becomes U+FFFD.
void add_escaped(std::string& to, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto plain = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    to += text.substr(plain, at - plain);
    if (at == text.size()) break;
    const auto c = decode_utf8(text.substr(at));
    if (c.length == 0 || !is_xml_character(c.code)) to += "\xEF\xBF\xBD";
    else if (c.code == '&') to += "&amp;";
    else if (c.code == '<') to += "&lt;";
    else if (c.code == '>') to += "&gt;";
    else if (c.code == '\r') to += "&#13;";
    else to += text.substr(at, c.length);
    at += c.length == 0 ? 1 : c.length;
  }
}

template <class... Pieces>
void add(std::string& to, const Pieces&... pieces) {
  (to.append(std::string_view(pieces)), ...);
}
void add_element(std::string& to, std::string_view name, std::string_view text) {
  add(to, "<premis:", name, ">");
  add_escaped(to, text);
  add(to, "</premis:", name, ">");
}
void add_coded_element(std::string& to, std::string_view name, std::string_view list, std::string_view code,
                       std::string_view text) {
  add(to, "<premis:", name, " valueURI=\"", vocabulary, list, "/", code, "\">");
  add_escaped(to, text);
  add(to, "</premis:", name, ">");
}
// <premis:xIdentifier> and the like, which hold a type, a value, and sometimes more before their end.
void open_identifier(std::string& to, std::string_view name, std::string_view type, std::string_view value) {
  add(to, "<premis:", name, "><premis:", name, "Type>");
  add_escaped(to, type);
  add(to, "</premis:", name, "Type><premis:", name, "Value>");
  add_escaped(to, value);
  add(to, "</premis:", name, "Value>");
}
void add_identifier(std::string& to, std::string_view name, std::string_view type, std::string_view value) {
  open_identifier(to, name, type, value);
  add(to, "</premis:", name, ">");
}

std::string object_id(std::string_view path, std::string_view sha256) {
  return stable_uuid("object\n" + std::string(path) + "\n" + std::string(sha256));
}
std::string event_name(std::string_view kind, const record& r, const premis_context& context) {
  return std::string(kind) + "\n" + r.original.value_or(r.source_path) + "\n" + r.sha256 + "\n" + r.id.value_or("") + "\n" +
         (r.offset ? std::to_string(*r.offset) : std::string()) + "\n" + r.reader + "\n" + context.options_sha256;
}
std::string agent_value(std::string_view agent) {
  std::string value(agent);
  if (const auto at = value.rfind('@'); at != std::string::npos) value[at] = '/';
  return value;
}

void add_characteristics(std::string& to, std::string_view sha256, std::uint64_t bytes, const pronom_format& format) {
  const bool is_known = !format.key.empty();
  add(to, "    <premis:objectCharacteristics>\n      <premis:fixity>");
  add_element(to, "messageDigestAlgorithm", "SHA-256");
  add_element(to, "messageDigest", sha256);
  add(to, "</premis:fixity>\n      ");
  add_element(to, "size", std::to_string(bytes));
  add(to, "\n      <premis:format><premis:formatDesignation>");
  add_element(to, "formatName", is_known ? format.name : "unknown");
  add(to, "</premis:formatDesignation>");
  if (is_known) {
    add(to, "<premis:formatRegistry>");
    add_element(to, "formatRegistryName", "PRONOM");
    add_element(to, "formatRegistryKey", format.key);
    add(to, "</premis:formatRegistry>");
  }
  add(to, "</premis:format>\n    </premis:objectCharacteristics>\n");
}

// A file, up to what is said of a derivative only.
void open_file(std::string& to, std::string_view id, std::string_view path, std::string_view sha256, std::uint64_t bytes,
               const pronom_format& format) {
  add(to, "  <premis:object xsi:type=\"premis:file\">\n    ");
  add_identifier(to, "objectIdentifier", "UUID", id);
  add(to, "\n");
  add_characteristics(to, sha256, bytes, format);
  add(to, "    ");
  add_element(to, "originalName", path);
  add(to, "\n");
}

std::string where(const record_problem& p) { return p.line == 0 ? p.code : p.code + " at line " + std::to_string(p.line); }

}  // namespace

std::string stable_uuid(std::string_view name) {
  thread_local digest sha1("SHA1");
  sha1.update({reinterpret_cast<const char*>(name_space), sizeof name_space});
  sha1.update(name);
  std::string hex = sha1.finish().substr(0, 32);
  hex[12] = '5';
  const int variant = hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10;
  hex[16] = "89ab"[variant & 3];
  for (const std::size_t at : {20u, 16u, 12u, 8u}) hex.insert(at, 1, '-');
  return hex;
}

std::string derivation_event(const record& r, std::string_view path, std::string_view format, std::string_view writer,
                             const premis_context& context) {
  return stable_uuid(event_name("derivation", r, context) + "\n" + std::string(path) + "\n" + std::string(format) + "\n" +
                     std::string(writer));
}

void premis_writer::begin() {
  out_objects_(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<premis:premis xmlns:premis=\"http://www.loc.gov/premis/v3\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
      " version=\"3.0\">\n");
}

const std::string& premis_writer::original_id(const record& r) {
  if (id_.empty() || path_ != *r.original || sha256_ != r.sha256) id_ = object_id(path_ = *r.original, sha256_ = r.sha256);
  return id_;
}

void premis_writer::hand_over(const sink& to) {
  to(text_);
  text_.clear();
}

void premis_writer::objects(const record& r, bool with_original) {
  if (r.original && with_original) {
    open_file(text_, original_id(r), *r.original, r.sha256, r.bytes, r.id ? pronom_of(r.format) : pronom_format{});
    add(text_, "  </premis:object>\n");
  }
  for (const auto& d : r.derivatives) derivative_object(r, d);
  hand_over(out_objects_);
}

void premis_writer::derivative_object(const record& r, const derivative& d) {
  open_file(text_, object_id(d.path, d.sha256), d.path, d.sha256, d.bytes, pronom_of(d.format));
  if (r.original) {
    add(text_, "    <premis:relationship>\n      ");
    add_coded_element(text_, "relationshipType", "relationshipType", "der", "derivation");
    add(text_, "\n      ");
    add_coded_element(text_, "relationshipSubType", "relationshipSubType", "hss", "has source");
    add(text_, "\n      ");
    add_identifier(text_, "relatedObjectIdentifier", "UUID", original_id(r));
    add(text_, "\n      ");
    add_identifier(text_, "relatedEventIdentifier", "UUID", d.event);
    add(text_, "\n    </premis:relationship>\n");
  }
  add(text_, "  </premis:object>\n");
}

void premis_writer::events(const record& r, bool with_original) {
  if (with_original && !r.history.empty()) unpacking(r);
  for (const auto& d : r.derivatives) derivation(r, d);
  if (r.error) failure(r);
  else if (r.derivatives.empty() && r.original && !r.warnings.empty()) digest_event(r);
  else if (r.derivatives.empty() && with_original) kept_[r.reader].append(original_id(r));
  hand_over(out_);
}

void premis_writer::event_head(std::string_view id, std::string_view code, std::string_view type, const record& r,
                               std::string_view writer) {
  std::string detail = "program=\"" + context_.program + "\"; version=\"" + context_.version + "\"";
  if (!r.reader.empty()) detail += "; reader=\"" + r.reader + "\"";
  detail += "; options-sha256=\"" + context_.options_sha256 + "\"";
  if (!writer.empty()) detail += "; writer=\"" + std::string(writer) + "\"";
  add(text_, "  <premis:event>\n    ");
  add_identifier(text_, "eventIdentifier", "UUID", id);
  add(text_, "\n    ");
  add_coded_element(text_, "eventType", "eventType", code, type);
  add(text_, "\n    ");
  add_element(text_, "eventDateTime", context_.time);
  add(text_, "\n    <premis:eventDetailInformation>");
  add_element(text_, "eventDetail", detail);
  add(text_, "</premis:eventDetailInformation>\n");
}

void premis_writer::event_outcome(std::string_view code, std::string_view outcome, std::string_view note) {
  add(text_, "    <premis:eventOutcomeInformation>\n      ");
  add_coded_element(text_, "eventOutcome", "eventOutcome", code, outcome);
  add(text_, "\n      <premis:eventOutcomeDetail>");
  add_element(text_, "eventOutcomeDetailNote", note);
  add(text_, "</premis:eventOutcomeDetail>\n    </premis:eventOutcomeInformation>\n");
}

void premis_writer::event_agents(const record& r, std::string_view writer) {
  const std::string program = context_.program + "@" + context_.version;
  for (const std::string_view agent : {std::string_view(program), std::string_view(r.reader), writer})
    if (!agent.empty()) event_agent(agent);
}

void premis_writer::event_agent(std::string_view agent) {
  agents_.emplace(agent);
  add(text_, "    ");
  open_identifier(text_, "linkingAgentIdentifier", "dragoman", agent_value(agent));
  add_coded_element(text_, "linkingAgentRole", "eventRelatedAgentRole", "exe", "executing program");
  add(text_, "</premis:linkingAgentIdentifier>\n");
}

void premis_writer::derivation(const record& r, const derivative& d) {
  if (context_.normalization) event_head(d.event, "nor", "normalization", r, d.writer);
  else event_head(d.event, "mig", "migration", r, d.writer);
  std::string note = r.sha256.empty() ? std::string() : "source sha256=" + r.sha256 + "; ";
  note += "outcome sha256=" + d.sha256;
  for (const auto& w : r.warnings) note += "; " + where(w);
  const bool warned = !r.warnings.empty();
  event_outcome(warned ? "war" : "suc", warned ? "warning" : "success", note);
  event_agents(r, d.writer);
  if (r.original) link_object(original_id(r), "sou", "source");
  link_object(object_id(d.path, d.sha256), "out", "outcome");
  add(text_, "  </premis:event>\n");
}

void premis_writer::failure(const record& r) {
  const std::string id =
      stable_uuid(event_name("failure", r, context_) + "\n" + r.error->code + "\n" + std::to_string(r.error->offset));
  event_head(id, "mig", "migration", r, {});
  event_outcome("fai", "fail", where(*r.error) + ": " + r.error->message);
  event_agents(r, {});
  if (r.original) link_object(original_id(r), "sou", "source");
  add(text_, "  </premis:event>\n");
}

// What was done to an original that was kept and not converted: it was read, and its digest taken. Here there were warnings.
void premis_writer::digest_event(const record& r) {
  event_head(stable_uuid(event_name("digest", r, context_)), "mes", "message digest calculation", r, {});
  std::string note = "sha256=" + r.sha256;
  for (const auto& w : r.warnings) note += "; " + where(w);
  event_outcome("war", "warning", note);
  event_agents(r, {});
  link_object(original_id(r), "sou", "source");
  add(text_, "  </premis:event>\n");
}

// The same of all those that there is nothing else to say of, in one event for each reader: their digests are in their objects.
void premis_writer::kept_originals() {
  constexpr std::size_t id_length = 36;
  for (const auto& [reader, ids] : kept_) {
    digest all("SHA256");
    for_each_block(ids, [&](std::string_view octets) { all.update(octets); });
    record read;
    read.reader = reader;
    event_head(stable_uuid("digests\n" + reader + "\n" + context_.options_sha256 + "\n" + all.finish()), "mes",
               "message digest calculation", read, {});
    event_outcome("suc", "success", "files=" + std::to_string(ids.size() / id_length));
    event_agents(read, {});
    std::string id(id_length, '\0');
    for (std::uint64_t at = 0; at < ids.size(); at += id_length) {
      ids.read(at, id.data(), id_length);
      link_object(id, "sou", "source");
      hand_over(out_);
    }
    add(text_, "  </premis:event>\n");
  }
}

void premis_writer::link_object(std::string_view id, std::string_view code, std::string_view role) {
  add(text_, "    ");
  open_identifier(text_, "linkingObjectIdentifier", "UUID", id);
  add_coded_element(text_, "linkingObjectRole", "eventRelatedObjectRole", code, role);
  add(text_, "</premis:linkingObjectIdentifier>\n");
}

// How an original came here: out of an earlier bundle, whose record of it is in records.jsonl.
void premis_writer::unpacking(const record& r) {
  const auto history = bounded_json(r.history);
  if (!history.is_array() || history.empty() || !history.back().is_object()) return;
  const auto text_at = [](const nlohmann::json& object, const char* name) {
    const auto it = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const auto& last = history.back();
  const auto bundle = last.value("bundle", nlohmann::json()), before = last.value("record", nlohmann::json());
  const std::string recorded = text_at(before, "sha256");
  const bool is_same = recorded == r.sha256;
  event_head(stable_uuid(event_name("unpacking", r, context_)), "unp", "unpacking", r, {});
  event_outcome(is_same ? "suc" : "war", is_same ? "success" : "warning",
                "from bundle " + text_at(bundle, "base") + " of " + text_at(bundle, "created") + ", where it was " +
                    text_at(before, "original") + " with sha256=" + recorded);
  event_agents(r, {});
  link_object(original_id(r), "out", "outcome");
  add(text_, "  </premis:event>\n");
}

void premis_writer::bundle(const std::string& name, std::string_view id, const std::vector<std::string>& plugins,
                           const std::string& note, bool some_failed) {
  const std::string object = stable_uuid("bundle\n" + name + "\n" + std::string(id));
  add(text_, "  <premis:object xsi:type=\"premis:representation\">\n    ");
  add_identifier(text_, "objectIdentifier", "UUID", object);
  add(text_, "\n    ");
  add_element(text_, "originalName", name);
  add(text_, "\n  </premis:object>\n");
  hand_over(out_objects_);
  record made;
  event_head(stable_uuid("creation\n" + name + "\n" + std::string(id) + "\n" + context_.options_sha256), "ipc",
             "information package creation", made, {});
  event_outcome(some_failed ? "war" : "suc", some_failed ? "warning" : "success", note + "; manifest sha256=" + std::string(id));
  event_agents(made, {});
  for (const auto& plugin : plugins) event_agent(plugin);
  link_object(object, "out", "outcome");
  add(text_, "  </premis:event>\n");
  hand_over(out_);
}

void premis_writer::end() {
  kept_originals();
  for (const std::string& agent : agents_) {
    const auto at = agent.rfind('@');
    add(text_, "  <premis:agent>");
    add_identifier(text_, "agentIdentifier", "dragoman", agent_value(agent));
    add_element(text_, "agentName", std::string_view(agent).substr(0, at));
    add_coded_element(text_, "agentType", "agentType", "sof", "software");
    if (at != std::string::npos) add_element(text_, "agentVersion", std::string_view(agent).substr(at + 1));
    add(text_, "</premis:agent>\n");
  }
  add(text_, "</premis:premis>\n");
  hand_over(out_);
}

}  // namespace dragoman::bundle
