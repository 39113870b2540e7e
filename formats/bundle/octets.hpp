// formats/bundle/octets.hpp - octets that can be read at any place, wherever they lie.
#pragma once
#include <dragoman/plugin.hpp>

#include <cstdint>
#include <string_view>

namespace dragoman::bundle {

// Some octets of known length. One thread at a time.
class octet_source {
public:
  virtual ~octet_source() = default;
  virtual std::uint64_t size() const = 0;
  // Reads exactly `length` octets at `offset`; the caller keeps within size(). Throws stop{DGM_IO} when that fails.
  virtual void read(std::uint64_t offset, char* buffer, std::size_t length) const = 0;

protected:
  octet_source() = default;
  octet_source(const octet_source&) = default;
  octet_source& operator=(const octet_source&) = default;
};

// Octets in memory, which the caller keeps in place.
class memory_source final : public octet_source {
public:
  explicit memory_source(std::string_view octets) : octets_(octets) {}
  std::uint64_t size() const override { return octets_.size(); }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override {
    octets_.copy(buffer, length, static_cast<std::size_t>(offset));
  }

private:
  std::string_view octets_;
};

// A part of others, which must stay.
class part_source final : public octet_source {
public:
  part_source(const octet_source& whole, std::uint64_t offset, std::uint64_t size)
      : whole_(whole), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override {
    whole_.read(offset_ + offset, buffer, length);
  }

private:
  const octet_source& whole_;
  std::uint64_t offset_, size_;
};

// An input that can seek and knows its length.
class input_source final : public octet_source {
public:
  explicit input_source(const dgm_input* in) : input_(in), size_(static_cast<std::uint64_t>(in->length)) {}
  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, char* buffer, std::size_t length) const override {
    while (length > 0) {
      const std::size_t n = input_.read_at(offset, buffer, length);
      if (n == 0) throw unusable("bundle.input-changed", "the input became shorter while it was read");
      buffer += n;
      offset += n;
      length -= n;
    }
  }

private:
  input input_;
  std::uint64_t size_;
};

}  // namespace dragoman::bundle
