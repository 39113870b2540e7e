// dragoman/origin.hpp - where documents stand in the input that they were read from, for writers that show or record it.
//
// Source of the rule: docs/model.md "source": the source octets of the documents of a file follow each other in it. A
// document that travels in a file of another format (JSON, TEI) has a source, too, which does not stand in that file.
#pragma once
#include <dragoman/plugin.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace dragoman {

// Do these octets stand at `offset` of the input? Reads as many of them; throws stop when it cannot.
inline bool stands_at(const dgm_input& in, std::uint64_t offset, std::string_view expected) {
  std::array<char, 1 << 14> buffer;
  while (!expected.empty()) {
    const auto got = in.read_at(in.ctx, offset, buffer.data(), std::min(buffer.size(), expected.size()));
    if (got < 0) throw stop{static_cast<dgm_status>(got)};
    const auto n = static_cast<std::size_t>(got);
    if (n == 0 || std::string_view(buffer.data(), n) != expected.substr(0, n)) return false;
    expected.remove_prefix(n);
    offset += n;
  }
  return true;
}

// Follows the documents of a run and tells where each stands in its input. [session-thread]
class places_in_input {
public:
  // Offset of the document's source octets in the octets of its origin; nothing when it has no source, when its input
  // cannot be read again, or when the source does not stand behind that of the document before. Ask for each document,
  // in order.
  std::optional<std::uint64_t> find(const document_view& document) {
    const dgm_origin* origin = document.origin();
    const auto source = document.source()["octets"].text();
    if (origin == nullptr || origin->octets == nullptr || source.empty()) return std::nullopt;
    if (origin->serial != serial_) {
      serial_ = origin->serial;
      next_ = 0;
    }
    if (!stands_at(*origin->octets, next_, source)) return std::nullopt;
    const auto found = next_;
    next_ += source.size();
    return found;
  }

private:
  std::uint64_t serial_ = 0;  // of the input that the last document was from
  std::uint64_t next_ = 0;    // behind it
};

}  // namespace dragoman
