// schema.hpp - is an XML file valid by a schema? RELAX NG (XML syntax) and XML Schema, by libxml2.
//
// Nothing is fetched and no path is opened: what a schema includes comes from the function that lends files.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::tei {

// What a schema says against a file.
struct complaint {
  std::string text;
  std::size_t element = 0;  // its number in the order of start tags, from 1; 0: of no element
};

// The octets of a file by its relative path; nothing when there is none. They must stay in place while a schema is made.
using file_lender = std::function<std::optional<std::string_view>(std::string_view name)>;

// Immutable once made. One thread at a time.
class schema {
public:
  // Throws unusable ("tei.schema-unreadable") with the reason. `name` is what messages call it, and where its own relative
  // paths begin.
  schema(std::string_view octets, const std::string& name, const file_lender& lender);
  ~schema();
  schema(const schema&) = delete;
  schema& operator=(const schema&) = delete;

  // `xml` is UTF-8, whatever its declaration says, and well-formed. At most `limit` complaints.
  std::vector<complaint> judge(std::string_view xml, std::size_t limit) const;
  // Made of more than the octets that it was given?
  bool has_parts() const noexcept { return has_parts_; }

private:
  struct compiled;
  std::unique_ptr<compiled> compiled_;
  bool has_parts_ = false;
};

}  // namespace dragoman::tei
