#include <csv/csv.hpp>

#include <array>
#include <charconv>
#include <exception>

namespace dragoman::csv {
namespace {

// "2007-10-17T14:35:00Z" as "10/17/2007 14:35".
std::string american(std::string_view iso) {
  if (iso.size() < 16) return std::string(iso);
  const auto plain = [&](std::size_t at) { return std::string(iso[at] == '0' ? iso.substr(at + 1, 1) : iso.substr(at, 2)); };
  return plain(5) + "/" + plain(8) + "/" + std::string(iso.substr(0, 4)) + " " + plain(11) + ":" + std::string(iso.substr(14, 2));
}

// "AMEMBASSY PORT ALTAIR" as "Embassy Port Altair".
std::string spoken_origin(std::string_view name) {
  struct spelling {
    std::string_view printed, spoken;
  };
  static constexpr std::array<spelling, 4> kinds{{{"AMEMBASSY ", "Embassy "},
                                                  {"AMCONSUL ", "Consulate "},
                                                  {"USMISSION ", "Mission "},
                                                  {"SECSTATE WASHDC", "Secretary of State"}}};
  std::string out;
  for (const auto& kind : kinds)
    if (name.starts_with(kind.printed)) {
      out = kind.spoken;
      name.remove_prefix(kind.printed.size());
      break;
    }
  bool inside = false;
  for (const char c : name) {
    const bool letter = c >= 'A' && c <= 'Z';
    out += letter && inside ? static_cast<char>(c - 'A' + 'a') : c;
    inside = letter;
  }
  return out;
}

std::string resolved_references(node refs) {
  std::string out;
  for (const node ref : refs)
    if (const auto id = ref["id"].text(); !id.empty()) out += (out.empty() ? "" : "|") + std::string(id);
  return out;
}

std::string joined(node list) {
  std::string out;
  for (const node item : list) out += (out.empty() ? "" : "|") + std::string(item.text());
  return out;
}

// Where the heading of a telegram ends and its text begins: around the first blank line.
std::pair<std::string_view, std::string_view> halves(std::string_view telegram, std::string_view heading_octets) {
  std::size_t known = 0;
  const auto parsed = std::from_chars(heading_octets.data(), heading_octets.data() + heading_octets.size(), known);
  if (!heading_octets.empty() && parsed.ec == std::errc() && telegram.size() >= 2 && known <= telegram.size() - 2 &&
      telegram.substr(known, 2) == "\n\n")
    return {telegram.substr(0, known), telegram.substr(known + 2)};
  for (std::size_t line = 0; line < telegram.size();) {
    const auto end = telegram.find('\n', line);
    if (end == npos) break;
    if (line > 0 && is_blank(telegram.substr(line, end - line)))
      return {trim(telegram.substr(0, line)), telegram.substr(end + 1)};
    line = end + 1;
  }
  return {{}, telegram};
}

}  // namespace

// The document as a telegram: its original, or rendered by the host's writer of telegrams.
std::string cablegate_writer::telegram(const document_view& document) const {
  struct collector {
    std::string octets;
    std::exception_ptr failure;
    dgm_output table{sizeof(dgm_output),
                     this,
                     [](void* ctx, const void* piece, std::size_t length) noexcept -> dgm_status {
                       auto& self = *static_cast<collector*>(ctx);
                       try {
                         self.octets.append(static_cast<const char*>(piece), length);
                         return DGM_OK;
                       } catch (...) {
                         self.failure = std::current_exception();
                         return DGM_NOMEM;
                       }
                     },
                     {nullptr, 0}};
  } collected;
  const auto* nested = host_.nested();
  if (nested == nullptr) throw unusable("cablegate-csv.host", "the host writes no telegram for others");
  void* session = nullptr;
  dgm_status status = nested->open_writer(nested->ctx, &collected.table, span(std::string_view("telegram")), &session);
  if (status >= 0) {
    status = nested->write(session, document.raw());
    if (status >= 0) status = nested->finish(session);
    nested->close_writer(session);
  }
  if (collected.failure) std::rethrow_exception(collected.failure);
  check(status);
  return std::move(collected.octets);
}

void cablegate_writer::write(const document_view& document) {
  const auto octets = telegram(document);
  if (is_blank(octets))
    throw unusable("cablegate-csv.no-text", std::string(document.id()) + " has neither heading nor text to put into a row");
  const node kept = document["x_cablegate"], meta = document.meta();
  const auto [heading, text] = halves(octets, kept["heading_octets"].text());
  const auto either = [](node value, auto&& other) { return value.text().empty() ? other() : std::string(value.text()); };

  std::string row;
  const auto column = [&](std::string_view value) {
    if (!row.empty()) row += ',';
    append_with_backslashes(row, value);
  };
  ++number_;
  if (const auto n = kept["number"].text(); !n.empty()) std::from_chars(n.data(), n.data() + n.size(), number_);
  column(std::to_string(number_));
  column(either(kept["date"], [&] { return american(meta["date"].text()); }));
  column(either(kept["id"], [&] { return std::string(document.id()); }));
  column(either(kept["origin"], [&] { return spoken_origin(meta["from"]["name"].text()); }));
  column(either(kept["classification"], [&] { return std::string(meta["classification"].text()); }));
  column(kept["references"] ? joined(kept["references"]) : resolved_references(meta["refs"]));
  column(heading);
  column(text);
  output_.write(row + "\n");
}

}  // namespace dragoman::csv
