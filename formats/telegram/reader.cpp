#include <algorithm>

#include "ascii.hpp"
#include "dialect.hpp"
#include "grammar.hpp"
#include "html.hpp"
#include "lines.hpp"
#include "telegram.hpp"
#include "tell.hpp"

namespace dragoman::telegram {
namespace {

constexpr std::size_t largest_document = std::size_t{1} << 30;
constexpr std::size_t first_piece = std::size_t{1} << 16;

bool has_nothing(std::string_view octets) noexcept {
  if (octets.substr(0, 3) == "\xEF\xBB\xBF") octets.remove_prefix(3);
  return std::all_of(octets.begin(), octets.end(), [](char c) { return is_space(c) || c == '\f' || c == '\v' || c == '\0'; });
}

}  // namespace

reader::reader(host services, input in) : services_(services), in_(in) { is_whole_ = in_.contents(whole_); }

// Reads more into the buffer; as much again as it holds, so that looking through it again stays linear.
bool reader::fill() {
  if (is_whole_ || at_end_) return false;
  if (at_ > 0) {
    buffer_.erase(0, at_);
    base_ += at_;
    at_ = 0;
  }
  const std::size_t have = buffer_.size();
  const std::size_t wanted = std::max(first_piece, have);
  buffer_.resize(have + wanted);
  std::size_t got = 0;
  while (got < wanted) {
    const std::size_t n = in_.read(buffer_.data() + have + got, wanted - got);
    if (n == 0) {
      at_end_ = true;
      break;
    }
    got += n;
  }
  buffer_.resize(have + got);
  return true;
}

bool reader::next(builder& out) {
  services_.check_cancelled();
  if (is_whole_) at_end_ = true;
  else if (rest().empty()) fill();
  const auto place = [&](std::size_t length) {
    return dragoman::place{static_cast<std::int64_t>(base_ + at_), static_cast<std::int64_t>(length), 0, 0};
  };
  if (is_first_) {
    is_first_ = false;
    if (const auto name = binary_name(rest()); !name.empty()) {
      at_ += rest().size();
      at_end_ = true;
      throw unusable(name_of(code::not_text), "this is " + std::string(name) + ", not text");
    }
    if (is_utf16(rest())) throw unusable(name_of(code::not_text), "this is in UTF-16; convert it to UTF-8 first, as iconv does");
    if (rest().empty()) throw unusable(name_of(code::empty), "the input is empty");
  }
  if (rest().empty()) return false;

  work_->cut.next();
  std::size_t length = 0;
  while ((length = work_->cut.cut(rest(), at_end_)) == 0) {
    if (rest().size() > largest_document) break;
    services_.check_cancelled();
    fill();
  }
  const auto octets = rest().substr(0, length);
  work_.note_document(octets.size());
  if (length == 0 || length > largest_document) {
    at_end_ = true;
    const auto where = place(rest().size());
    at_ += rest().size();
    throw unusable(name_of(code::too_large), "one document of more than " + std::to_string(largest_document) + " octets", where);
  }
  const auto where = place(length);
  reporter report(services_, base_ + at_);
  at_ += length;
  if (has_nothing(octets)) throw unusable(name_of(code::empty), "nothing but white space", where);
  if (work_->cut.scanner().has_controls() && control_percent(octets) > 10)
    throw unusable(name_of(code::not_text), "more than one octet in ten is a control character", where);

  const bool is_all = at_end_ && is_only_ && rest().empty();
  is_only_ = false;
  const telegram& t = work_->parse.parse(octets, work_->cut.sections(), work_->cut.scanner(), report,
                                         find_charset(services_.option("charset")),  // "auto" is none
                                         is_all ? in_.name() : std::string_view());
  out.map("document")
      .map("source")
      .octets("octets", octets)
      .value("media_type", "text/plain")
      .value("charset", work_->parse.charset())
      .close();
  tell_telegram(out, t);
  out.close();
  services_.fact(DGM_FACT_DIALECT, [&] { return dialect_of(work_->parse, t, octets); });
  report.finish();
  return true;
}

int reader::probe(std::string_view head, bool at_end, std::string_view& reason) noexcept {
  (void)at_end;
  const auto answer = [&](int score, std::string_view why) {
    reason = why;
    return score;
  };
  if (!binary_name(head).empty()) return answer(0, "a binary file");
  if (is_utf16(head)) return answer(1, "text in UTF-16; convert it to UTF-8 first, as iconv does");
  head = head.substr(0, 16 * 1024);
  if (head.substr(0, 3) == "\xEF\xBB\xBF") head.remove_prefix(3);
  if (control_percent(head) > 10) return answer(0, "not text");
  auto first = head.find_first_not_of(" \t\r\n\f");
  while (first != npos) {  // what is left of a published page
    const auto tag = match_tag(head.substr(first));
    if (tag.length == 0) break;
    first = head.find_first_not_of(" \t\r\n\f", first + tag.length);
  }
  if (first == npos) return answer(0, "nothing but white space");
  if (head[first] == '<' || head[first] == '{') return answer(0, "begins like XML or JSON");
  int score = 0;
  std::string_view why = "nothing of a telegram in the first lines";
  const auto raise = [&](int points, std::string_view what) {
    if (points > score) {
      score = points;
      why = what;
    }
  };
  int labels = 0, lines = 0;
  bool is_first_block = true;  // no blank line stands before: behind one it may be a telegram that something else quotes
  bool has_date = false, has_originator = false, has_class = false;
  constexpr int surest = 95, quoted = 88;
  // Most telegrams are sure by their first line: lines are found as they are asked for.
  for (std::size_t begin = 0, end = 0; begin < head.size() && lines < 120 && score < surest; begin = end + 1) {
    for (end = begin; end < head.size() && head[end] != '\n' && head[end] != '\r';) ++end;
    auto text = trim_right(head.substr(begin, std::min<std::size_t>(end - begin, 400)));
    if (!text.empty() && (text[0] == '<' || text.back() == '>')) text = without_outer_tags(text);
    if (trim(text).empty()) {
      is_first_block &= lines == 0;
      continue;
    }
    ++lines;
    date_time_group group;
    class_line classification;
    page_header page;
    if (is_transmission_id(text)) raise(is_first_block ? surest : quoted, "a transmission identifier (VZCZC)");
    else if (is_calling(text)) raise(is_first_block ? 90 : quoted, "a calling line (DE)");
    else if (is_partial_notice(text)) raise(is_first_block ? 90 : quoted, "the notice of a partial extract");
    else if (text == "Message Text" || text == "Message Attributes") raise(60, "headings of the archive's telegrams");
    else if (parse_page_header(text, page)) raise(page.is_archive ? 60 : 70, "a running header");
    else if (parse_date_time(text, group)) has_date = true;
    else if (starts_with_word(text, "FM") && is_all_upper(text)) has_originator = true;
    else if (parse_class_line(text, false, classification)) has_class |= !classification.number.empty();
    else if (match_label(text).what != label::none) ++labels;
  }
  if (has_date && has_originator) raise(85, "date-time line and originator");
  if (has_class) raise(75, "a classification line with a reference number");
  if (labels >= 2) raise(70, "labelled lines (E.O., TAGS, SUBJECT, REF)");
  if (has_date || labels == 1) raise(35, "one line of a telegram");
  if (score == 0) raise(2, "text");
  return answer(score, why);
}

std::int64_t reader::split(std::string_view head, bool at_end) noexcept {
  try {
    lent_workspace work;
    work.note_document(head.size());
    return static_cast<std::int64_t>(work->cut.cut(head, at_end));
  } catch (...) {
    return -1;
  }
}

}  // namespace dragoman::telegram
