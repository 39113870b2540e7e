// One output of a run that is written into one place: the only one, or one of several volumes.
#pragma once
#include "outputs/destination.hpp"
#include "sessions/channel.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragoman::hosting {

// Filled, closed, and then settled. It may be closed in a thread of its own while the next one is filled; what is reported
// meanwhile is told when it settles, so that messages come in the order of volumes.
class volume {
public:
  // `series` is the path of the output when it is the only one.
  volume(const destination_needs& needs, std::string series, std::uint32_t index);
  volume(const volume&) = delete;
  volume& operator=(const volume&) = delete;

  // What is said while it is filled is told at once.
  channel& out() noexcept { return out_; }
  const std::string& path() const noexcept { return path_; }
  std::uint32_t index() const noexcept { return facts_.index; }

  // Gives it its name and number: `count` is the number of volumes, 0 while that is unknown. One volume keeps the name
  // of the series.
  void name(std::uint32_t count);
  // Completes it: in another thread, or when it settles.
  void close(std::launch when);
  // Waits until it is complete. False when it is not there, which was reported.
  bool settle();

  // All inputs up to there are in it and in the volumes before.
  void ends_at(ledger::position end) { end_ = std::move(end); }
  // It was closed when nobody knew how many there would be.
  bool is_one_of_several() const noexcept { return facts_.count == 0; }
  // Tells the account of the run that it is there.
  void account_for() const;

private:
  void tell(const origin& about, const finding& f);

  const destination_needs& needs_;
  const std::string series_;
  std::string path_, series_name_, name_;
  dgm_volume facts_;
  bool is_closing_ = false;
  std::optional<ledger::position> end_;
  std::vector<std::pair<origin, finding>> heard_;
  channel out_;
  std::future<bool> closed_;  // the last member: waits, if need be, before the others go
};

// "DIR/cables.bag.zip" as the second volume is "DIR/cables-0002.bag.zip".
std::string volume_path(const format_entry& format, const std::string& series, std::uint32_t index);

// A finished volume that is written anew with the number of volumes, where its format wants that: aside, from its begin on, and
// then it takes the place of what it was. Until then, and when it cannot be written, the volume is as it was. What is reported
// meanwhile is told when it settles.
class numbered_volume {
public:
  numbered_volume(const destination_needs& needs, const std::string& series, std::uint32_t index, std::uint32_t count,
                  std::launch when);
  numbered_volume(const numbered_volume&) = delete;
  numbered_volume& operator=(const numbered_volume&) = delete;

  // Waits until it is written, and puts it into place. False when it is not there, which was reported.
  bool settle();

private:
  bool write();

  const destination_needs& needs_;
  const std::string path_, series_name_, name_;
  const dgm_volume facts_;
  std::vector<std::pair<origin, finding>> heard_;
  channel out_;
  const bool is_wanted_;
  std::future<bool> written_;  // the last member: waits, if need be, before the others go
};

// Where octets go: a file, the run's stream for an empty path, or nowhere in a dry run.
std::unique_ptr<byte_sink> make_sink(const destination_needs& needs, const std::string& path, bool overwrite);

}  // namespace dragoman::hosting
