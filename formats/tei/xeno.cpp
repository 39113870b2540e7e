#include "xeno.hpp"

#include "names.hpp"
#include "tree.hpp"

#include <dragoman/charset.hpp>
#include <dragoman/equality.hpp>
#include <nlohmann/json.hpp>

#include <vector>

namespace dragoman::tei {
namespace {

// Would a JSON reader give this literal back as it is written?
bool is_plain_literal(std::string_view s) noexcept {
  if (s == "true" || s == "false" || s == "null") return true;
  if (s == "-0") return false;
  return nlohmann::json::accept(s.begin(), s.end()) && (s.front() == '-' || (s.front() >= '0' && s.front() <= '9')) &&
         s.find_first_of(" \t\r\n") == npos;
}

void append_wrapped(std::string& out, std::string_view kind, std::string_view text) {
  out += "{\"";
  out += kind;
  out += "\":";
  detail::append_json_string(out, text);
  out += '}';
}

// Tells JSON as events to a builder. Wrong events (two members of one name, too deep) end with stop.
class json_events : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit json_events(builder& out) : out_(out) {}

  bool null() override { return literal("null"); }
  bool boolean(bool value) override { return literal(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return literal(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return literal(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return literal(text); }
  bool binary(binary_t&) override { return false; }
  bool string(string_t& value) override {
    if (special_.empty()) {
      out_.value(take_name(), value);
      return true;
    }
    if (special_ == "#literal") out_.leaf(node_type::literal, take_name(), value);
    else if (special_ == "#octets") return octets(value);
    else if (special_ == "#xml") xml(value);
    else return false;
    return true;
  }
  bool start_object(std::size_t) override {
    open_unseen();
    unseen_ = true;
    return special_.empty();
  }
  bool key(string_t& name) override {
    if (!special_.empty()) return false;
    const bool begins_with_mark = !name.empty() && name.front() == '#';
    const bool is_special = begins_with_mark && (name.size() < 2 || name[1] != '#');
    if (is_special) {
      if (!unseen_) return false;
      unseen_ = false;
      special_ = name;
      return true;
    }
    open_unseen();
    name_ = begins_with_mark ? name.substr(1) : name;
    return true;
  }
  bool end_object() override {
    if (!special_.empty()) {
      special_.clear();
      return true;
    }
    open_unseen();
    out_.close();
    return true;
  }
  bool start_array(std::size_t) override {
    open_unseen();
    if (!special_.empty()) return false;
    out_.list(take_name());
    return true;
  }
  bool end_array() override {
    out_.close();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

private:
  std::string take_name() { return std::exchange(name_, {}); }
  // The object that began is a map after all.
  void open_unseen() {
    if (!unseen_) return;
    unseen_ = false;
    out_.map(take_name());
  }
  bool literal(const std::string& text) {
    open_unseen();
    if (!special_.empty()) return false;
    out_.leaf(node_type::literal, take_name(), text);
    return true;
  }
  bool octets(std::string_view base64) {
    const auto raw = decode_base64(base64, true);
    if (raw) out_.octets(take_name(), *raw);
    return raw.has_value();
  }
  void xml(const std::string& text) {
    pugi::xml_document tree;
    tree.load_buffer(text.data(), text.size(), pugi::parse_full | pugi::parse_ws_pcdata | pugi::parse_fragment,
                     pugi::encoding_utf8);
    for (const auto n : tree.children()) tell(out_, n);
  }

  builder& out_;
  std::string name_ = "data";
  std::string special_;
  bool unseen_ = false;
};

void no_digest(std::string_view, char[64]) {}

}  // namespace

std::string& json_object::member(std::string_view name) {
  out_ += has_members_ ? ',' : '{';
  has_members_ = true;
  std::string escaped(name.substr(0, 1) == "#" ? "#" : "");
  escaped += name;
  detail::append_json_string(out_, escaped);
  out_ += ':';
  return out_;
}

void append_json(std::string& out, node value) {
  switch (value.type()) {
    case node_type::map: {
      json_object object(out);
      for (node m : value) append_json(object.member(m.name()), m);
      if (!object.has_members()) out += '{';
      out += '}';
      break;
    }
    case node_type::list: {
      out += '[';
      bool first = true;
      for (node m : value) {
        if (!first) out += ',';
        first = false;
        append_json(out, m);
      }
      out += ']';
      break;
    }
    case node_type::text: detail::append_json_string(out, value.text()); break;
    case node_type::literal:
      if (is_plain_literal(value.text())) out += value.text();
      else append_wrapped(out, "#literal", value.text());
      break;
    case node_type::octets: {
      std::string digits;
      append_base64(digits, value.text());
      append_wrapped(out, "#octets", digits);
      break;
    }
    default: append_wrapped(out, "#xml", xml_writer().copy(value).collected());
  }
}

document tell_scratch(const std::function<void(builder&)>& tell_members) {
  document_builder store(no_digest);
  builder out(store.sink());
  out.map("document");
  tell_members(out);
  out.close();
  return store.finish();
}

document read_json_object(std::string_view json) {
  try {
    const auto first = json.find_first_not_of(" \t\r\n");
    if (first == npos || json[first] != '{') return {};
    bool complete = false;
    document d = tell_scratch([&](builder& out) {
      json_events events(out);
      complete = nlohmann::json::sax_parse(json.begin(), json.end(), &events);
      if (!complete) throw stop{DGM_FATAL};
    });
    check_names(d.root());
    return d;
  } catch (const stop&) {
    return {};
  } catch (const unusable&) {
    return {};
  }
}

}  // namespace dragoman::tei
