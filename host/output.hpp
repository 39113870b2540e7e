// Where octets go: files that appear whole or not at all, standard output, nowhere.
#pragma once
#include <dragoman/plugin.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace dragoman::hosting {

// Takes octets. After a failure it takes no more, and problem() says why.
class byte_sink {
public:
  virtual ~byte_sink() = default;
  virtual bool write(std::string_view octets) noexcept = 0;
  // Makes what was written final. False when it is not, and then nothing is left of it.
  virtual bool commit() noexcept = 0;
  const std::string& problem() const noexcept { return problem_; }

protected:
  bool fail(std::string why) noexcept;
  std::string problem_;
};

// A file that appears under its name only on commit: until then it is .NAME.PID.part in the same folder. Missing
// folders are made; those that stay empty are taken away again.
class atomic_file final : public byte_sink {
public:
  // With `overwrite` false a file that has the name already is left alone and commit fails.
  atomic_file(std::filesystem::path final_name, bool overwrite);
  ~atomic_file() override;
  bool write(std::string_view octets) noexcept override;
  bool commit() noexcept override;

private:
  bool flush() noexcept;
  bool fail_by_errno(const char* what) noexcept;
  void discard() noexcept;

  std::filesystem::path name_, part_, made_;
  bool overwrite_;
  int fd_ = -1;
  std::string buffer_;
};

class standard_output final : public byte_sink {
public:
  ~standard_output() override;
  bool write(std::string_view octets) noexcept override;
  bool commit() noexcept override;
  // The other end was closed by who reads it, which is no news.
  bool reader_left() const noexcept { return reader_left_; }

private:
  bool flush() noexcept;
  std::string buffer_;
  bool reader_left_ = false;
};

// For --dry-run.
class no_output final : public byte_sink {
public:
  bool write(std::string_view) noexcept override { return true; }
  bool commit() noexcept override { return true; }
};

// The table that lends a sink to a plugin. Sink and name must outlive it.
class output_table {
public:
  output_table(byte_sink& to, std::string_view name);
  output_table(const output_table&) = delete;
  output_table& operator=(const output_table&) = delete;
  const dgm_output* table() const noexcept { return &table_; }
  bool is_empty() const noexcept { return is_empty_; }  // nothing was written yet

private:
  byte_sink& to_;
  bool is_empty_ = true;
  dgm_output table_;
};

// What an atomic_file is called until it is whole.
std::filesystem::path part_name(const std::filesystem::path& final_name);

}  // namespace dragoman::hosting
