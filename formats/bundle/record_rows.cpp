#include "record_rows.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

namespace dragoman::bundle {
namespace {

// A row is the members of a record one after the other: numbers as they lie in memory, texts and lists behind their length.
// `Row` is what takes or gives the octets, so that both directions name the members once; a member that is added to one of
// these is missed by the compiler here.
template <class Row, class Problem>
void each_member_of_problem(Row& row, Problem& p) {
  auto& [stage, code, message, line, offset] = p;
  row(stage), row(code), row(message), row(line), row(offset);
}
template <class Row, class Derivative>
void each_member_of_derivative(Row& row, Derivative& d) {
  auto& [path, format, writer, sha256, event, bytes] = d;
  row(path), row(format), row(writer), row(sha256), row(event), row(bytes);
}
template <class Row, class Record>
void each_member(Row& row, Record& r) {
  auto& [seq, id, original, sha256, bytes, offset, length, source_path, format, reader, warnings, error, is_skipped, derivatives,
         history] = r;
  row(seq), row(id), row(original), row(sha256), row(bytes), row(offset), row(length);
  row(source_path), row(format), row(reader), row(is_skipped), row(history);
  row.optional(error, [&](auto& p) { each_member_of_problem(row, p); });
  row.list(warnings, [&](auto& p) { each_member_of_problem(row, p); });
  row.list(derivatives, [&](auto& d) { each_member_of_derivative(row, d); });
}

template <class Row, class Files>
void each_member_of_files(Row& row, Files& f) {
  auto& [original, derivatives] = f;
  row(original);
  row.list(derivatives, [&](auto& number) { row(number); });
}

class row_writer {
public:
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void operator()(const Number& value) {
    std::array<char, sizeof value> octets;
    std::memcpy(octets.data(), &value, sizeof value);
    row_.append(octets.data(), octets.size());
  }
  void operator()(const std::string& text) {
    (*this)(text.size());
    row_ += text;
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    optional(value, [&](const T& v) { (*this)(v); });
  }
  template <class T, class F>
  void optional(const std::optional<T>& value, F&& member) {
    (*this)(value.has_value());
    if (value) member(*value);
  }
  template <class T, class F>
  void list(const std::vector<T>& values, F&& member) {
    (*this)(values.size());
    for (const T& v : values) member(v);
  }
  const std::string& row() const { return row_; }

private:
  std::string row_;
};

// Reads forward through the rows, some at a time.
class row_reader {
public:
  explicit row_reader(const spool& rows) : rows_(rows) {}
  bool at_end() const { return used_ == block_.size() && at_ == rows_.size(); }

  template <class Number>
  requires std::is_arithmetic_v<Number>
  void operator()(Number& value) {
    std::array<char, sizeof value> octets;
    copy(octets.data(), octets.size());
    std::memcpy(&value, octets.data(), sizeof value);
  }
  void operator()(std::string& text) {
    std::size_t length = 0;
    (*this)(length);
    text.resize(length);
    copy(text.data(), length);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    optional(value, [&](T& v) { (*this)(v); });
  }
  template <class T, class F>
  void optional(std::optional<T>& value, F&& member) {
    bool is_there = false;
    (*this)(is_there);
    value.reset();
    if (is_there) member(value.emplace());
  }
  template <class T, class F>
  void list(std::vector<T>& values, F&& member) {
    std::size_t count = 0;
    (*this)(count);
    values.assign(count, T());
    for (T& v : values) member(v);
  }

private:
  void copy(char* to, std::size_t length) {
    while (length > 0) {
      if (used_ == block_.size()) fill();
      const std::size_t n = std::min(length, block_.size() - used_);
      std::memcpy(to, block_.data() + used_, n);
      used_ += n, to += n, length -= n;
    }
  }
  void fill() {
    block_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(rows_.size() - at_, std::size_t{1} << 16)));
    rows_.read(at_, block_.data(), block_.size());
    at_ += block_.size();
    used_ = 0;
  }
  const spool& rows_;
  std::uint64_t at_ = 0;
  std::string block_;
  std::size_t used_ = 0;
};

}  // namespace

void record_rows::append(const record& r, const record_files& files) {
  row_writer row;
  each_member(row, r);
  each_member_of_files(row, files);
  rows_.append(row.row());
}

void record_rows::for_each(const std::function<void(record& r, const record_files& files)>& take) const {
  record r;
  record_files files;
  for (row_reader row(rows_); !row.at_end();) {
    each_member(row, r);
    each_member_of_files(row, files);
    take(r, files);
  }
}

}  // namespace dragoman::bundle
