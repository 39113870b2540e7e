// Where octets go: files that appear whole or not at all, streams, nowhere.
#pragma once
#include <dragoman/plugin.h>
#include <dragoman/digest.hpp>

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::hosting {

// Takes octets. After a failure it takes no more, and problem() says why; of a file then nothing is left.
class byte_sink {
public:
  virtual ~byte_sink() = default;
  virtual bool write(std::string_view octets) noexcept = 0;
  // The three steps to an output that is there: nothing more is written; it would survive a power cut; it has its name.
  virtual bool complete() noexcept { return true; }
  virtual bool sync() noexcept { return true; }
  virtual bool publish() noexcept { return true; }
  bool commit() noexcept { return complete() && sync() && publish(); }
  const std::string& problem() const noexcept { return problem_; }
  // It takes no more, for this reason. False.
  bool fail(std::string why) noexcept;

protected:
  std::string problem_;
};

// Folders that were made for outputs. Those in which nothing was published are taken away again. Any thread.
class made_folders {
public:
  // Makes the folder, and those around it, when they are missing; false with the reason.
  bool make(const std::filesystem::path& folder, std::string& problem);
  // An output is in `folder` to stay.
  void keep(std::filesystem::path folder);
  // An output that was to be in `folder` is not.
  void leave(std::filesystem::path folder);

private:
  std::mutex mutex_;
  std::set<std::filesystem::path> made_;  // nothing published in them yet
};

// A file that appears under its name only when published: until then it is .NAME.PID.NUMBER.part in the same folder.
class atomic_file final : public byte_sink {
public:
  // With `overwrite` false a file that has the name already is left alone and publish fails. `folders` makes the folders
  // that are missing and must outlive the file; without it, none is made.
  atomic_file(std::filesystem::path final_name, bool overwrite, made_folders* folders = nullptr);
  ~atomic_file() override;
  bool write(std::string_view octets) noexcept override;
  bool complete() noexcept override;
  bool sync() noexcept override;
  bool publish() noexcept override;

  // Another name in the same folder, before it is published.
  void rename(const std::filesystem::path& final_name) { name_ = final_name; }
  void rename(const std::filesystem::path& final_name, bool overwrite) {
    name_ = final_name;
    overwrite_ = overwrite;
  }
  // Digests the octets that are written from now on.
  void watch() { sha256_.emplace("SHA256"); }
  // Of a complete file. The digest is there when it was watched.
  std::uint64_t size() const noexcept { return size_; }
  const std::string& sha256() const noexcept { return sha256_hex_; }

  // Which disk a complete file is on, and the same as sync for all files of that disk at once.
  dev_t disk() const noexcept { return disk_; }
  bool sync_disk() noexcept;

private:
  bool flush() noexcept;
  bool put(std::string_view octets) noexcept;
  bool sync_by(int (*call)(int)) noexcept;
  bool fail_by_errno(const char* what) noexcept;
  void discard() noexcept;

  bool create() noexcept;

  std::filesystem::path name_, part_;
  bool overwrite_;
  made_folders* folders_;
  bool has_part_ = false;
  int fd_ = -1;
  dev_t disk_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t put_ = 0, begun_ = 0;  // octets that the system has, and those that it was told to write to the disk
  std::optional<digest> sha256_;
  std::string sha256_hex_;
  std::string buffer_;
};

// Standard output, or a device or named pipe: what went there cannot be taken back.
class stream_output final : public byte_sink {
public:
  // An empty path is standard output. Waits until somebody reads a named pipe.
  explicit stream_output(const std::string& path);
  stream_output(const stream_output&) = delete;
  stream_output& operator=(const stream_output&) = delete;
  ~stream_output() override;
  bool write(std::string_view octets) noexcept override;
  bool complete() noexcept override;
  // The other end was closed by who reads it, which is no news.
  bool reader_left() const noexcept { return reader_left_; }

private:
  bool flush() noexcept;
  int fd_;
  std::string buffer_;
  bool reader_left_ = false;
};

// For --dry-run.
class no_output final : public byte_sink {
public:
  bool write(std::string_view) noexcept override { return true; }
};

// Finished outputs that get their names together: one sync of the disk for many small files is several times faster
// than one for each, and no name appears before its octets are safe. A full batch is synced aside while the next one is
// filled. What is not committed is taken away.
class commit_batch {
public:
  using done = std::function<void(const byte_sink& sink, bool is_there)>;
  // Told which of them get their names now. False: none of them may, since that could not be noted.
  using announce = std::function<bool(const std::vector<std::string>& names)>;
  explicit commit_batch(std::size_t most = 256, announce before = nullptr) : most_(most), before_(std::move(before)) {}
  commit_batch(const commit_batch&) = delete;
  commit_batch& operator=(const commit_batch&) = delete;
  // `sink` is complete. `then` is told later, at the latest by commit, on this thread. True: some were told now.
  bool add(std::unique_ptr<byte_sink> sink, done then, std::string name = {});
  void commit();

private:
  struct entry {
    std::unique_ptr<byte_sink> sink;
    done then;
    std::string name;
  };
  using entries = std::vector<entry>;
  using synced_disks = std::map<dev_t, bool>;  // whether their files are safe now
  static synced_disks sync_disks(const entries& all);
  bool publish_synced();
  void publish(entries& all, const synced_disks& disks);

  std::size_t most_;
  announce before_;
  entries waiting_, syncing_;
  std::future<synced_disks> synced_;  // of syncing_; waits for its thread when it goes, before the files do
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

// Removes what atomic_files of these processes, which are gone, left in a folder, with `deep` in those below it too. Returns
// how many there were.
std::size_t remove_parts(const std::filesystem::path& folder, bool deep, const std::vector<long>& processes);

// What the next atomic_file of that name is called until it is whole.
std::filesystem::path part_name(const std::filesystem::path& final_name);

}  // namespace dragoman::hosting
