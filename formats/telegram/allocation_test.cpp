// How often the memory manager is asked for one telegram: a number that does not grow with the telegram.
#include <cstdlib>
#include <new>
#include <telegram_generator.hpp>

#include "test_support.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DRAGOMAN_SANITIZED
#endif
#endif
#if !defined(DRAGOMAN_SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {
thread_local std::size_t allocations = 0;

void* allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* place = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment + (size == 0 ? alignment : 0));
  if (place == nullptr) throw std::bad_alloc();
  return place;
}
}  // namespace

void* operator new(std::size_t size) { return allocate(size, 16); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, std::max<std::size_t>(16, static_cast<std::size_t>(alignment)));
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }
void operator delete(void* place, std::align_val_t) noexcept { std::free(place); }
void operator delete(void* place, std::size_t, std::align_val_t) noexcept { std::free(place); }

namespace dragoman::telegram::test {
namespace {

using testing::telegram_form;

std::size_t most_allocations(document_builder& store, std::string_view octets, std::size_t warm) {
  testing::recording_host services(&format);
  testing::memory_input in(octets);
  void* session = nullptr;
  EXPECT_EQ(format.reader->open(services.table(), in.table(), &session), DGM_OK);
  std::size_t most = 0;
  for (std::size_t n = 0;; ++n) {
    const std::size_t before = allocations;
    if (format.reader->next(session, store.sink()) != DGM_OK) break;
    const document d = store.finish();
    if (n >= warm) most = std::max(most, allocations - before);
  }
  format.reader->close(session);
  return most;
}

class allocation : public ::testing::TestWithParam<telegram_form> {};

// A faultless telegram needs fewer than a hundred; each report of a fault some more, and of these only so many are made.
constexpr std::size_t most = 400;

TEST_P(allocation, of_a_telegram_is_bounded_whatever_its_length) {
  document_builder store(sha256);
  for (const std::size_t length : {2000, 30000, 300000}) {
    std::string octets;
    for (std::uint64_t seed = 0; seed < 24; ++seed)
      octets += testing::generate_telegram(seed, GetParam(), false, length).octets + "\n";
    most_allocations(store, octets, 0);
    EXPECT_LE(most_allocations(store, octets, 8), most) << "a telegram of " << length << " octets, the reader warm";
    std::size_t alone = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed)
      alone = std::max(alone, most_allocations(store, testing::generate_telegram(seed, GetParam(), false, length).octets, 0));
    EXPECT_LE(alone, most) << "a telegram of " << length << " octets, the first of its reader";
  }
}

INSTANTIATE_TEST_SUITE_P(forms, allocation,
                         ::testing::Values(telegram_form::cablegate, telegram_form::acp127, telegram_form::markdown,
                                           telegram_form::archive));

}  // namespace
}  // namespace dragoman::telegram::test
#endif
