#include <mail/mail.hpp>
#include <mail/mime.hpp>

#include <algorithm>
#include <array>

namespace dragoman::mail {
namespace {

// What becomes of a header field.
enum class role {
  subject,
  date,
  from,
  to,
  info,
  exempt,
  precedence,
  info_precedence,
  date_text,
  plad,
  tags,
  captions,
  passing,
  label,
  references,
  acp127,
  id,
  transport,
  other
};

struct known_field {
  std::string_view name;
  role is;
};
constexpr std::array<known_field, 22> known_fields{{
    {"Subject", role::subject},
    {"Date", role::date},
    {"From", role::from},
    {"To", role::to},
    {"Cc", role::info},
    {"Message-ID", role::id},
    {"References", role::references},
    {"In-Reply-To", role::references},
    {"MMHS-Exempted-Address", role::exempt},
    {"MMHS-Primary-Precedence", role::precedence},
    {"MMHS-Copy-Precedence", role::info_precedence},
    {"MMHS-Extended-Authorisation-Info", role::date_text},
    {"MMHS-Originator-PLAD", role::plad},
    {"MMHS-Subject-Indicator-Codes", role::tags},
    {"MMHS-Handling-Instructions", role::captions},
    {"MMHS-Message-Instructions", role::passing},
    {"MMHS-Acp127-Message-Identifier", role::acp127},
    {"SIO-Label", role::label},
    // What a message is packed in; the writer packs anew.
    {"MIME-Version", role::transport},
    {"Content-Type", role::transport},
    {"Content-Transfer-Encoding", role::transport},
    {"Content-Disposition", role::transport},
}};

role role_of(std::string_view name) {
  for (const auto& k : known_fields)
    if (is_field(name, k.name)) return k.is;
  return role::other;
}

std::vector<std::string> items(std::string_view value, char separator) {
  std::vector<std::string> out;
  while (!value.empty()) {
    const auto end = std::min(value.find(separator), value.size());
    if (const auto item = trim(value.substr(0, end)); !item.empty()) out.push_back(decode_words(item));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return out;
}

// "3 (immediate)" or "immediate" as IMMEDIATE.
std::string precedence_of(std::string_view value) {
  const auto word = trim(value.substr(0, value.find('(')));
  if (word.size() == 1 && word.front() >= '0' && word.front() <= '5')
    return std::string(precedences[static_cast<std::size_t>(word.front() - '0')]);
  std::string out(word);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// "<a@b> <c@d>"; the domain that the writer gives to ids without one is taken off.
std::vector<std::string> message_ids(std::string_view value, std::string_view made_domain) {
  std::vector<std::string> out;
  while (true) {
    const auto begin = value.find('<'), end = begin == npos ? npos : value.find('>', begin);
    if (end == npos) return out;
    auto id = trim(value.substr(begin + 1, end - begin - 1));
    if (const auto at = id.rfind('@'); at != npos && id.substr(at + 1) == made_domain) id = id.substr(0, at);
    out.emplace_back(id);
    value.remove_prefix(end + 1);
  }
}

// The heading, gathered from all fields before it is told: the model wants each field once.
struct heading {
  struct text {
    std::string value;
    const field* from = nullptr;
  };
  text subject, date, date_text, precedence, info_precedence, classification, acp127, plad;
  std::vector<mailbox> from, to, info, exempt;
  std::vector<std::string> tags, captions, passing, references;
  std::string id, label;
  std::vector<const field*> others, strange;
};

class gatherer {
public:
  explicit gatherer(const host& services) : host_(services) {}

  heading gather(const message& m) {
    for (const auto& f : m.fields) {
      if (f.name.empty()) {
        host_.warning("eml.line", "\"" + f.value.substr(0, 60) + "\" is no field",
                      {static_cast<std::int64_t>(f.begin), static_cast<std::int64_t>(f.end - f.begin)});
        out_.strange.push_back(&f);
      } else {
        take(f);
      }
    }
    return std::move(out_);
  }

private:
  // A field that may stand once: what it says again is kept with the others.
  void once(heading::text& to, std::string value, const field& f) {
    if (to.from != nullptr) {
      host_.warning("eml.repeated", std::string(f.name) + " stands again",
                    {static_cast<std::int64_t>(f.begin), static_cast<std::int64_t>(f.end - f.begin)});
      out_.others.push_back(&f);
      return;
    }
    to = {std::move(value), &f};
  }
  template <class T>
  static void append(std::vector<T>& to, std::vector<T> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
  }
  void take(const field& f) {
    switch (role_of(f.name)) {
      case role::subject: once(out_.subject, decode_words(f.value), f); break;
      case role::date: once(out_.date, f.value, f); break;
      case role::date_text: once(out_.date_text, decode_words(f.value), f); break;
      case role::precedence: once(out_.precedence, precedence_of(f.value), f); break;
      case role::info_precedence: once(out_.info_precedence, precedence_of(f.value), f); break;
      case role::plad: once(out_.plad, decode_words(f.value), f); break;
      case role::acp127: once(out_.acp127, f.value, f); break;
      case role::label: {
        const auto label = parse_parameters(f.value);
        once(out_.classification, decode_words(label["marking"]), f);
        if (label.all.size() > 1 || label["marking"].empty()) out_.label = f.value;  // colours, digests
        break;
      }
      case role::from: append(out_.from, parse_mailboxes(f.value)); break;
      case role::to: append(out_.to, parse_mailboxes(f.value)); break;
      case role::info: append(out_.info, parse_mailboxes(f.value)); break;
      case role::exempt: append(out_.exempt, parse_mailboxes(f.value)); break;
      case role::tags: append(out_.tags, items(f.value, ';')); break;
      case role::captions: append(out_.captions, items(f.value, ';')); break;
      case role::passing: append(out_.passing, items(f.value, ';')); break;
      case role::references:
        for (auto& id : message_ids(f.value, host_.option("domain")))
          if (std::find(out_.references.begin(), out_.references.end(), id) == out_.references.end())
            out_.references.push_back(std::move(id));
        break;
      case role::id:
        if (const auto ids = message_ids(f.value, host_.option("domain")); !ids.empty() && out_.id.empty()) out_.id = ids.front();
        else out_.others.push_back(&f);
        break;
      case role::transport: break;
      case role::other: out_.others.push_back(&f);
    }
  }
  const host& host_;
  heading out_;
};

void tell(builder& out, std::string_view name, const heading::text& t) {
  if (t.value.empty()) return;
  out.value(name, t.value);
  if (t.from != nullptr) out.span(t.from->begin, t.from->end);
}

void tell_party(builder& out, const mailbox& m, std::string_view plad = {}) {
  out.value("name", !plad.empty() ? plad : m.name.empty() ? std::string_view(m.address) : std::string_view(m.name));
  out.optional("x_address", m.address);
}

void tell_parties(builder& out, std::string_view name, const std::vector<mailbox>& all) {
  if (all.empty()) return;
  out.list(name);
  for (const auto& m : all) {
    out.map();
    tell_party(out, m);
    out.close();
  }
  out.close();
}

void tell_texts(builder& out, std::string_view name, const std::vector<std::string>& all) {
  if (all.empty()) return;
  out.list(name);
  for (const auto& text : all) out.leaf(node_type::text, "", text);
  out.close();
}

void tell_meta(builder& out, const host& services, const message& m, const heading& h) {
  out.map("meta");
  tell(out, "subject", h.subject);
  const auto iso = h.date.from ? iso_date(h.date.value) : std::nullopt;
  if (iso) out.value("date", *iso).span(h.date.from->begin, h.date.from->end);
  else if (h.date.from)
    services.warning(
        "eml.date", "\"" + h.date.value + "\" is no date of mail",
        {static_cast<std::int64_t>(h.date.from->begin), static_cast<std::int64_t>(h.date.from->end - h.date.from->begin)});
  tell(out, "date_text", h.date_text.from ? h.date_text : h.date);
  tell(out, "precedence", h.precedence);
  tell(out, "info_precedence", h.info_precedence);
  if (!h.from.empty() || h.plad.from) {
    out.map("from");
    tell_party(out, h.from.empty() ? mailbox{} : h.from.front(), h.plad.value);
    out.close();
  }
  if (h.from.size() > 1) tell_parties(out, "x_from", {h.from.begin() + 1, h.from.end()});
  tell_parties(out, "to", h.to);
  tell_parties(out, "info", h.info);
  tell_parties(out, "exempt", h.exempt);
  tell(out, "classification", h.classification);
  out.optional("x_label", h.label);
  tell_texts(out, "captions", h.captions);
  tell_texts(out, "passing", h.passing);
  tell_texts(out, "tags", h.tags);
  if (!h.references.empty()) {
    out.list("refs");
    for (const auto& id : h.references) out.map().value("text", id).value("id", id).close();
    out.close();
  }
  if (h.acp127.from) {
    out.map("transmission");
    tell(out, "id", h.acp127);
    out.close();
  }
  if (!h.strange.empty()) {
    out.list("lines");
    for (const field* f : h.strange)
      out.map().value("n", std::to_string(f - m.fields.data() + 1)).value("text", f->value).close();
    out.close();
  }
  out.close();
}

// Paragraphs are parted by blank lines.
void tell_paragraphs(builder& out, std::string_view text) {
  std::string paragraph;
  const auto flush = [&] {
    if (!paragraph.empty()) out.element("p").text(paragraph).close();
    paragraph.clear();
  };
  while (!text.empty()) {
    const auto newline = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, newline);
    text.remove_prefix(std::min(newline + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_blank(line)) {
      flush();
      continue;
    }
    if (!paragraph.empty()) paragraph += '\n';
    paragraph += line;
  }
  flush();
}

void tell_body(builder& out, const host& services, const message& m) {
  out.list("body");
  bool has_text = false;
  std::size_t number = 0;
  for (const auto& p : parts_of(m)) {
    ++number;
    const auto octets = decoded(p);
    const bool is_text = p.media_type == "text/plain" && !has_text && p.file_name.empty();
    if (!is_text || !octets) {
      services.warning(octets ? "eml.part" : "eml.encoding", "part " + std::to_string(number) + ", " + p.media_type +
                                                                 (p.file_name.empty() ? "" : " \"" + p.file_name + "\"") + ", " +
                                                                 std::to_string(octets ? octets->size() : p.octets.size()) +
                                                                 " octets");
      continue;
    }
    has_text = true;
    bool whole = true;
    tell_paragraphs(out, to_text(*octets, p.charset, whole));
    if (!whole)
      services.warning("eml.character", "part " + std::to_string(number) + " has octets that are no characters of its charset");
  }
  out.close();
}

}  // namespace

bool reader::next(builder& out) {
  if (done_) return false;
  done_ = true;
  const auto octets = input_.all(storage_, static_cast<std::size_t>(host_.integer("max-size")));
  const auto m = parse_message(octets);
  if (std::none_of(m.fields.begin(), m.fields.end(), [](const field& f) { return !f.name.empty(); }))
    throw unusable("eml.no-fields", "there is no header field", {0, 0});

  if (!m.is_whole) host_.warning("eml.character", "header fields have octets that are no characters");

  out.map("document");
  const auto name = find_bad_text(input_.name()) == npos ? input_.name() : std::string_view();
  const bool is_text = find_bad_text(octets) == npos;
  out.map("source")
      .octets("octets", octets)
      .value("media_type", "message/rfc822")
      .value("charset", is_text ? "utf-8" : "iso-8859-1")
      .optional("name", name)
      .close();
  const auto h = gatherer(host_).gather(m);
  const auto stem = name.substr(name.rfind('/') == npos ? 0 : name.rfind('/') + 1);
  out.value("id", !h.id.empty()   ? std::string_view(h.id)
                  : !stem.empty() ? stem.substr(0, stem.rfind('.'))
                                  : std::string_view("message"));
  out.value("kind", "cable");
  tell_meta(out, host_, m, h);
  tell_body(out, host_, m);
  if (!h.others.empty()) {
    out.list("x_fields");
    for (const field* f : h.others) out.map().value("name", f->name).value("value", f->value).close();
    out.close();
  }
  out.close();
  return true;
}

int reader::probe(std::string_view head, bool, std::string_view& reason) noexcept {
  // Looked at without copies: lines up to the blank one that begin with a field that a message must or mostly does have.
  std::size_t proofs = 0, fields = 0, others = 0;
  bool has_origin = false;
  for (std::size_t line = 0; line < head.size();) {
    const auto newline = std::min(head.find('\n', line), head.size());
    const auto text = head.substr(line, newline - line);
    if (is_blank(text)) break;
    if (text.front() != ' ' && text.front() != '\t') {
      const auto name = text.substr(0, std::min(text.find(':'), text.size()));
      if (name.size() == text.size() || name.find(' ') != npos) ++others;
      else ++fields;
      has_origin |= is_field(name, "From") || is_field(name, "Date");
      proofs += is_field(name, "Message-ID") || is_field(name, "MIME-Version") || is_field(name, "Received") ||
                is_field(name, "Return-Path") || name.starts_with("MMHS-");
    }
    line = newline + 1;
  }
  if (fields < 2 || others * 4 > fields || (!has_origin && proofs < 2)) return 0;
  reason = proofs > 0 ? "header fields of a message of mail" : "header fields as of a message of mail";
  return proofs > 0 ? 92 : 30;
}

}  // namespace dragoman::mail
