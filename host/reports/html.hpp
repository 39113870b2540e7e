// What the pages of a run have in common.
#pragma once
#include <string>
#include <string_view>

namespace dragoman::hosting {

// Text as content or value of an attribute.
std::string html(std::string_view text);

// A page that needs nothing from elsewhere; `style` is put behind what all have. `body` is HTML.
std::string html_begin(std::string_view title, std::string_view style);
inline constexpr std::string_view html_end = "</main>\n</body>\n</html>\n";

}  // namespace dragoman::hosting
