#include <csv/csv.hpp>

#include <algorithm>

namespace dragoman::csv {

namespace {

constexpr std::string_view between = "\n\n";  // heading and text, as a blank line parts them in a telegram

}  // namespace

// A row, and the telegram in it as the input of a nested session. Its address is lent, so it stays where it is.
struct cablegate_reader::row {
  row(const dgm_nested* n, std::vector<std::string> f) : nested(n), fields(std::move(f)) {
    telegram.reserve(fields[heading].size() + between.size() + fields[text].size());
    telegram.append(fields[heading]).append(between).append(fields[text]);
    name = fields[id] + ".txt";
    input.name = span(name);
    input.length = static_cast<std::int64_t>(telegram.size());
  }
  ~row() {
    if (session != nullptr) nested->close_reader(session);
  }
  row(const row&) = delete;
  row& operator=(const row&) = delete;

  // Tells the telegram's next document to `out`, and, as its last member, what the other columns say.
  dgm_status tell(builder& out) {
    to = &out;
    depth = 0;
    found_id.clear();
    const dgm_sink through{sizeof(dgm_sink), this, on_open, on_attr, on_text, on_bytes, on_close, on_span};
    return nested->next(session, &through);
  }
  void tell_columns(builder& out) const {
    out.map("x_cablegate");
    out.optional("number", fields[number]).optional("date", fields[date]).optional("id", fields[id]);
    out.optional("origin", fields[origin]).optional("classification", fields[classification]);
    if (!fields[references].empty()) {
      out.list("references");
      for (std::string_view rest = fields[references]; !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        if (end > 0) out.leaf(node_type::text, "", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      out.close();
    }
    out.value("heading_octets", std::to_string(fields[heading].size())).close();
  }

  static row& of(void* ctx) noexcept { return *static_cast<row*>(ctx); }
  static dgm_status DGM_CALL on_open(void* ctx, std::int32_t type, dgm_str name) noexcept {
    row& r = of(ctx);
    ++r.depth;
    r.is_id = r.depth == 2 && view(name) == "id";
    return r.to->raw()->open(r.to->raw()->ctx, type, name);
  }
  static dgm_status DGM_CALL on_attr(void* ctx, dgm_str name, dgm_str value) noexcept {
    const dgm_sink* sink = of(ctx).to->raw();
    return sink->attr(sink->ctx, name, value);
  }
  static dgm_status DGM_CALL on_text(void* ctx, dgm_str utf8) noexcept {
    row& r = of(ctx);
    if (r.is_id) r.found_id = view(utf8);
    return r.to->raw()->text(r.to->raw()->ctx, utf8);
  }
  static dgm_status DGM_CALL on_bytes(void* ctx, const void* octets, std::size_t length) noexcept {
    const dgm_sink* sink = of(ctx).to->raw();
    return sink->bytes(sink->ctx, octets, length);
  }
  static dgm_status DGM_CALL on_close(void* ctx) noexcept {
    row& r = of(ctx);
    r.is_id = false;
    if (--r.depth == 0) {
      try {
        r.tell_columns(*r.to);
      } catch (const stop& s) {
        return s.status;
      } catch (const std::bad_alloc&) {
        return DGM_NOMEM;
      }
    }
    return r.to->raw()->close(r.to->raw()->ctx);
  }
  static dgm_status DGM_CALL on_span(void* ctx, std::uint64_t begin, std::uint64_t end) noexcept {
    const dgm_sink* sink = of(ctx).to->raw();
    return sink->span(sink->ctx, begin, end);
  }

  static std::int64_t DGM_CALL read_at(void* ctx, std::uint64_t offset, void* buffer, std::size_t capacity) noexcept {
    const auto& octets = of(ctx).telegram;
    if (offset >= octets.size()) return 0;
    return static_cast<std::int64_t>(octets.copy(static_cast<char*>(buffer), capacity, static_cast<std::size_t>(offset)));
  }
  static std::int64_t DGM_CALL read(void* ctx, void* buffer, std::size_t capacity) noexcept {
    const auto n = read_at(ctx, of(ctx).read_to, buffer, capacity);
    of(ctx).read_to += static_cast<std::uint64_t>(n);
    return n;
  }
  static std::int32_t DGM_CALL contents(void* ctx, dgm_str* octets) noexcept {
    *octets = span(of(ctx).telegram);
    return 1;
  }

  const dgm_nested* nested;
  std::vector<std::string> fields;
  std::string telegram, name;
  dgm_input input{sizeof(dgm_input), this, read, read_at, contents, 0, {nullptr, 0}};
  std::uint64_t read_to = 0;
  void* session = nullptr;

  builder* to = nullptr;
  std::size_t told = 0;   // documents
  std::size_t depth = 0;  // of open nodes
  bool is_id = false;
  std::string found_id;
};

cablegate_reader::cablegate_reader(host services, input in)
    : host_(services), rows_(in, static_cast<std::size_t>(services.integer("max-size"))) {}
cablegate_reader::~cablegate_reader() = default;
cablegate_reader::cablegate_reader(cablegate_reader&&) noexcept = default;

// Reads the next row and opens its telegram, if it is not a blank line; false at the end. Throws for a row that is none.
bool cablegate_reader::open_row() {
  const auto record = rows_.next(host_);
  const place where{static_cast<std::int64_t>(rows_.offset()), static_cast<std::int64_t>(record.size())};
  if (rows_.too_long() > 0)
    throw unusable("cablegate-csv.row-too-long", "a row of " + std::to_string(rows_.too_long()) + " octets", where);
  if (record.empty()) return false;
  if (is_blank(record)) return true;
  std::vector<std::string> fields;
  std::size_t problem = 0;
  if (!fields_of(record, fields, problem))
    throw unusable("cablegate-csv.quote", "a quoted column does not end as it should",
                   {where.offset + static_cast<std::int64_t>(problem), 1});
  if (fields.size() != column_count)
    throw unusable("cablegate-csv.columns", "a row of " + std::to_string(fields.size()) + " columns, not of 8", where);
  const auto* nested = host_.nested();
  if (nested == nullptr) throw unusable("cablegate-csv.host", "the host reads no telegram for others");
  auto opened = std::make_unique<row>(nested, std::move(fields));
  check(nested->open_reader(nested->ctx, &opened->input, span(std::string_view("telegram")), &opened->session));
  row_ = std::move(opened);
  return true;
}

bool cablegate_reader::next(builder& out) {
  while (true) {
    if (!row_ && !open_row()) return false;
    if (!row_) continue;
    const auto status = row_->tell(out);
    if (status == DGM_END) {
      const bool had_none = row_->told == 0;
      row_.reset();
      if (had_none)
        throw unusable("cablegate-csv.no-text", "the row holds no telegram", {static_cast<std::int64_t>(rows_.offset()), 0});
      continue;
    }
    if (status < 0) row_.reset();
    check(status);
    ++row_->told;
    if (row_->found_id != row_->fields[id])
      host_.warning("cablegate-csv.id", "the row is of " + row_->fields[id] + ", its telegram of " + row_->found_id,
                    {static_cast<std::int64_t>(rows_.offset()), 0});
    return true;
  }
}

int cablegate_reader::probe(std::string_view head, bool, std::string_view& reason) noexcept {
  if (!begins_row(head)) return 0;
  reason = "a row that begins with a number and a date as 12/28/1966 18:48";
  return 95;
}

std::int64_t cablegate_reader::split(std::string_view head, bool at_end) noexcept {
  scan state;
  return static_cast<std::int64_t>(row_length(head, at_end, state));
}

}  // namespace dragoman::csv
