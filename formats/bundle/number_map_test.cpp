#include "number_map.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace dragoman::bundle {
namespace {

TEST(NumberMap, KeepsTheFirstNumberOfAKey) {
  number_map numbers;
  EXPECT_FALSE(numbers.contains(0));
  EXPECT_EQ(numbers.try_add(0, 7), std::pair(7u, true));
  EXPECT_EQ(numbers.try_add(0, 8), std::pair(7u, false));
  EXPECT_TRUE(numbers.contains(0));
  EXPECT_FALSE(numbers.contains(1));
}

TEST(NumberMap, FindsAllOfManyWhateverTheirBits) {
  for (const std::uint64_t step :
       {std::uint64_t{1}, std::uint64_t{1} << 32, std::uint64_t{1} << 48, ~std::uint64_t{0} / 50'000}) {
    number_map numbers;
    for (std::uint32_t i = 0; i < 50'000; ++i) ASSERT_TRUE(numbers.try_add(step * i, i).second) << step << " " << i;
    for (std::uint32_t i = 0; i < 50'000; ++i) ASSERT_EQ(numbers.try_add(step * i, 0), std::pair(i, false)) << step;
  }
}

TEST(NumberMap, RefusesNumbersThatItCannotKeep) {
  EXPECT_EQ(checked_number(4'294'967'294), 4'294'967'294u);
  EXPECT_THROW(checked_number(4'294'967'295), std::length_error);
  EXPECT_THROW(checked_number(std::numeric_limits<std::uint64_t>::max()), std::length_error);
}

}  // namespace
}  // namespace dragoman::bundle
