#include <mail/mail.hpp>
#include <mail/mime.hpp>

#include <dragoman/charset.hpp>
#include <dragoman/document.hpp>
#include <dragoman/treatment.hpp>

#include <algorithm>

namespace dragoman::mail {
namespace {

bool is_ascii(std::string_view text) { return find_non_ascii(text) == npos; }

// No value may end its field: line ends become blanks.
std::string one_line(std::string_view value) {
  std::string out;
  bool blank = true;
  append_collapsed(out, value, blank);
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Encoded words of at most 75 characters (RFC 2047 2), cut between characters.
std::string encoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t take = 0;
    while (take < text.size()) {
      const auto c = decode_utf8(text.substr(take, 4));
      if (take + std::max<std::size_t>(c.length, 1) > 45) break;
      take += std::max<std::size_t>(c.length, 1);
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?";
    append_base64(out, text.substr(0, take));
    out += "?=";
    text.remove_prefix(take);
  }
  return out;
}

// A field, folded at blanks where it is longer than 78 characters.
void add(std::string& out, std::string_view name, std::string_view value) {
  const auto line = one_line(value);
  if (line.empty()) return;
  out += std::string(name) + ":";
  if (!is_ascii(line)) {
    out += " " + encoded(line) + "\r\n";
    return;
  }
  std::size_t column = name.size() + 1;
  for (std::string_view rest = line; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (column > name.size() + 1 && column + 1 + end > 78) {
      out += "\r\n";
      column = 0;
    }
    out += ' ';
    out += rest.substr(0, end);
    column += end + 1;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out += "\r\n";
}

// What may stand in an address without quotes; the rest becomes a dot.
std::string local_part(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (plain) out += c;
    else if (!out.empty() && out.back() != '.') out += '.';
  }
  while (!out.empty() && out.back() == '.') out.pop_back();
  return out.empty() ? "nobody" : out;
}

std::string mailbox_of(node party, std::string_view domain) {
  const auto name = one_line(party["name"].text());
  auto address = one_line(party["x_address"].text());
  if (address.find('@') == npos || address.find_first_of(" <>,;") != npos) address = local_part(name) + "@" + std::string(domain);
  if (name.empty() || name == address) return "<" + address + ">";
  if (!is_ascii(name)) return encoded(name) + " <" + address + ">";
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "\"" + quoted + "\" <" + address + ">";
}

void add_mailboxes(std::string& out, std::string_view name, node parties, std::string_view domain) {
  std::string all;
  for (const node p : parties) all += (all.empty() ? "" : ",\r\n ") + mailbox_of(p, domain);
  if (!all.empty()) out += std::string(name) + ": " + all + "\r\n";
}

std::string joined(node list) {
  std::string out;
  for (const node item : list) out += (out.empty() ? "" : "; ") + one_line(item.text());
  return out;
}

void add_precedence(std::string& out, std::string_view name, std::string_view value) {
  const auto* at = std::find(std::begin(precedences), std::end(precedences), value);
  if (at == std::end(precedences)) {
    add(out, name, value);
    return;
  }
  std::string word(value);
  for (char& c : word) c = static_cast<char>(c - 'A' + 'a');
  add(out, name, std::to_string(at - std::begin(precedences)) + " (" + word + ")");
}

std::string message_id(std::string_view id, std::string_view domain) {
  auto plain = one_line(id);
  std::replace_if(
      plain.begin(), plain.end(),
      [](char c) { return c <= ' ' || c == '<' || c == '>' || static_cast<unsigned char>(c) >= 0x7F; }, '-');
  return "<" + plain + (plain.find('@') == npos ? "@" + std::string(domain) : "") + ">";
}

void append_list(std::string& out, node list);

// Blocks with a blank line between; text that is wrapped in the model stays so.
void append_body(std::string& out, node parent) {
  const auto block = [&](std::string text) {
    if (trim(text).empty()) return;
    if (!out.empty()) out += '\n';
    out += text;
    if (out.back() != '\n') out += '\n';
  };
  flow(
      parent,
      [&](const std::vector<node>& run) {
        std::string text;
        for (const node n : run)
          text += n.is_element("lb") ? "\n" : n.is(node_type::text) ? std::string(n.text()) : plain_text(n);
        block(std::move(text));
      },
      [&](node e, treatment as) {
        switch (as) {
          case treatment::preformatted: block(plain_text(e)); break;
          case treatment::furniture: break;
          case treatment::heading: block(collapsed_text(e)); break;
          case treatment::row: {
            std::string line;
            for (const node cell : e)
              if (cell.is(node_type::element)) line += (line.empty() ? "" : " | ") + collapsed_text(cell);
            block(line);
            break;
          }
          case treatment::list: append_list(out, e); break;
          default: append_body(out, e);
        }
      });
}

// Each item behind its label.
void append_list(std::string& out, node list) {
  std::string label;
  for (const node child : list) {
    if (!child.is(node_type::element)) continue;
    if (treatment_of(child) == treatment::label) {
      label = collapsed_text(child);
      continue;
    }
    std::string item;
    append_body(item, child);
    if (!out.empty()) out += '\n';
    out += (label.empty() ? "" : label + " ") + (item.empty() ? "\n" : item);
    label.clear();
  }
}

// What of a document a message has a place for.
constexpr const char* written[] = {"id",
                                   "kind",
                                   "meta/subject",
                                   "meta/date",
                                   "meta/date_text",
                                   "meta/precedence",
                                   "meta/info_precedence",
                                   "meta/from/name",
                                   "meta/from/x_address",
                                   "meta/to/name",
                                   "meta/to/x_address",
                                   "meta/info/name",
                                   "meta/info/x_address",
                                   "meta/exempt/name",
                                   "meta/exempt/x_address",
                                   "meta/classification",
                                   "meta/captions",
                                   "meta/passing",
                                   "meta/tags",
                                   "meta/refs/text",
                                   "meta/refs/id",
                                   "meta/transmission/id",
                                   "x_fields",
                                   "x_fields/name",
                                   "x_fields/value",
                                   "p",
                                   nullptr};

// Reads what was written as a reader of the message would, who asks for options and has nothing to say.
document read_again(const host& services, std::string_view octets) {
  struct message_input {
    std::string_view octets;
    static std::int32_t DGM_CALL contents(void* ctx, dgm_str* out) noexcept {
      *out = span(static_cast<const message_input*>(ctx)->octets);
      return 1;
    }
  } of{octets};
  const dgm_input input_table{
      sizeof(dgm_input), &of, nullptr, nullptr, message_input::contents, static_cast<std::int64_t>(octets.size()), {}, {}};
  const dgm_host quiet{sizeof(dgm_host),       services.raw()->ctx,       [](void*, const dgm_diag*) noexcept {},
                       services.raw()->option, services.raw()->cancelled, services.raw()->extension};
  document_builder store([](std::string_view, char*) noexcept {});  // nobody asks for digests
  store.drop_source(true);
  builder out(store.sink());
  reader(host(&quiet), input(&input_table)).next(out);
  return store.finish();
}

bool is_written(std::string_view path) {
  return std::any_of(std::begin(written), std::end(written) - 1, [&](std::string_view w) {
    return w.starts_with(path) && (w.size() == path.size() || w[path.size()] == '/');
  });
}

// Does `b` say all of `a` that a message has a place for? It may say more: an address that was made for a name. `path` is that
// of `a`, and afterwards that of the first value that differs.
bool says_all(node b, node a, std::string& path) {
  if (!b || a.type() != b.type()) return false;
  if (!a.is(node_type::map) && !a.is(node_type::list)) return a.text() == b.text();
  const auto length = path.size();
  node item = b.first_child();
  for (const node member : a) {
    if (a.is(node_type::map)) path += (path.empty() ? "" : "/") + std::string(member.name());
    const bool matters = is_written(path);
    if (matters && !says_all(a.is(node_type::map) ? b[member.name()] : item, member, path)) return false;
    path.resize(length);
    if (a.is(node_type::list)) item = item.next();
  }
  return a.is(node_type::map) || !item;
}

// Whatever a message has a place for is read from it again; a value that does not come back as it was is a loss, whatever the
// reason: a tag with a semicolon in it, a paragraph with a blank line, an id with a blank.
void report_changed(const host& services, node document, node back) {
  const auto compare = [&](node a, node b, std::string path) {
    if (!is_written(path) || says_all(b, a, path)) return;
    services.loss("eml.loss", path + " would not be read from the message as it is");
  };
  for (const node member : document)
    if (member.name() != "meta") compare(member, back[member.name()], std::string(member.name()));
  for (const node member : document["meta"]) compare(member, back["meta"][member.name()], "meta/" + std::string(member.name()));

  node b = back["body"].first_child();
  for (const node a : document["body"]) {
    if (!a.is_element("p") || a.first_child().next() || a.first_child().is(node_type::element))
      return;  // elements were named as losses
    if (!b || plain_text(a) != plain_text(b)) {
      services.loss("eml.loss", "the paragraphs would not be read from the message as they are");
      return;
    }
    b = b.next();
  }
}

void report_losses(const host& services, const document_view& document, std::string_view message) {
  report_unwritten(services, document, "eml.loss", written);
  const auto again = read_again(services, message);
  report_changed(services, document.root(), again.root());
  if (document.source()["media_type"].text() == "message/rfc822")
    if (const auto parts = parts_of(parse_message(document.source()["octets"].text())).size(); parts > 1)
      services.loss("eml.loss.part", "the original had " + std::to_string(parts) + " parts; its text alone is written");
}

}  // namespace

void writer::write(const document_view& document) {
  if (document.pristine() && document.source()["media_type"].text() == "message/rfc822") {
    output_.write(document.source()["octets"].text());
    return;
  }
  const node meta = document.meta();
  const auto domain = host_.option("domain");
  std::string out;
  if (meta["from"]) out += "From: " + mailbox_of(meta["from"], domain) + "\r\n";
  add_mailboxes(out, "To", meta["to"], domain);
  add_mailboxes(out, "Cc", meta["info"], domain);
  add(out, "Subject", meta["subject"].text());
  add(out, "Date", mail_date(meta["date"].text()));
  add(out, "Message-ID", message_id(document.id(), domain));
  std::string references;
  for (const node ref : meta["refs"])
    references +=
        (references.empty() ? "" : " ") + message_id(ref["id"].text().empty() ? ref["text"].text() : ref["id"].text(), domain);
  add(out, "References", references);
  add_precedence(out, "MMHS-Primary-Precedence", meta["precedence"].text());
  add_precedence(out, "MMHS-Copy-Precedence", meta["info_precedence"].text());
  if (meta["date_text"].text() != mail_date(meta["date"].text()))
    add(out, "MMHS-Extended-Authorisation-Info", meta["date_text"].text());
  add(out, "MMHS-Subject-Indicator-Codes", joined(meta["tags"]));
  add(out, "MMHS-Handling-Instructions", joined(meta["captions"]));
  add(out, "MMHS-Message-Instructions", joined(meta["passing"]));
  add_mailboxes(out, "MMHS-Exempted-Address", meta["exempt"], domain);
  add(out, "MMHS-Acp127-Message-Identifier", meta["transmission"]["id"].text());
  if (const auto level = one_line(meta["classification"].text()); !level.empty())
    add(out, "SIO-Label", "marking=\"" + level + "\"");
  for (const node f : document["x_fields"]) add(out, one_line(f["name"].text()), f["value"].text());

  std::string body;
  append_body(body, document.body());
  std::size_t longest = 0, column = 0;
  for (const char c : body) longest = std::max(longest, column = c == '\n' ? 0 : column + 1);
  const bool is_plain = is_ascii(body) && longest <= 998;  // RFC 5322 2.1.1
  out += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ";
  out += is_plain ? "7bit\r\n\r\n" : "quoted-printable\r\n\r\n";
  if (is_plain) {
    for (const char c : body) {
      if (c == '\n') out += '\r';
      out += c;
    }
  } else {
    append_quoted(out, body);
  }
  report_losses(host_, document, out);
  output_.write(out);
}

}  // namespace dragoman::mail
