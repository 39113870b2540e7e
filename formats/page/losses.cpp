#include <page/losses.hpp>

#include <dragoman/treatment.hpp>
#include <dragoman/vocabulary.hpp>

#include <set>
#include <string>

namespace dragoman::page {

namespace {

void report_readings(const host& services, node choice) {
  for (const node reading : choice)
    if (reading.is(node_type::element) && reading != preferred_reading(choice))
      services.loss("page.loss.reading", "the reading \"" + collapsed_text(reading) + "\"");
}

// Attributes that are no part of dragoman's own vocabulary: none of them is shown.
void note_attributes(node e, std::set<std::string_view>& into) {
  const auto* known = vocabulary::find_element(e.name());
  for (std::size_t i = 0; i < e.attribute_count(); ++i)
    if (const auto name = e.attribute_at(i).name; known == nullptr || !vocabulary::has_word(known->attributes, name))
      into.insert(name);
}

}  // namespace

void report_losses(const host& services, const document_view& document, bool is_plain) {
  std::set<std::string_view> unknown, attributes;
  std::size_t remarks = 0, furniture = 0;
  for (const node top : document.body())
    walk(
        top,
        [&](node n) {
          remarks += n.is(node_type::comment) || n.is(node_type::pi);
          if (!n.is(node_type::element)) return;
          if (!has_treatment(n.name())) unknown.insert(n.name());
          note_attributes(n, attributes);
          furniture += treatment_of(n) == treatment::furniture && !n.is_element("gap");
          if (is_plain && local_name(n.name()) == "choice") report_readings(services, n);
        },
        [](node) {});
  const auto in_total = [](std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
  };
  for (const auto name : unknown)
    services.loss("page.loss.element", "element " + std::string(name) + ": its words are shown, it is not");
  if (!attributes.empty()) {
    std::string names;
    for (const auto name : attributes) names += (names.empty() ? "" : ", ") + std::string(name);
    services.loss("page.loss.attribute", (attributes.size() == 1 ? "attribute " : "attributes ") + names);
  }
  if (remarks > 0)
    services.loss("page.loss.comment",
                  in_total(remarks, "comment or processing instruction", "comments and processing instructions"));
  if (furniture > 0 && is_plain)
    services.loss("page.loss.furniture", in_total(furniture, "page break or running header", "page breaks and running headers"));
  for (const node only : document["carrier"])
    services.loss("page.loss.carrier", "what only " + std::string(only.name()) + " can say");
  for (const node member : document.root())
    if (member.name().starts_with("x_")) services.loss("page.loss.member", std::string(member.name()));
}

}  // namespace dragoman::page
