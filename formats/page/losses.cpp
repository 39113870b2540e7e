#include <page/losses.hpp>

#include <dragoman/treatment.hpp>

#include <set>
#include <string>

namespace dragoman::page {

namespace {

void report_readings(const host& services, node choice) {
  for (const node reading : choice)
    if (reading.is(node_type::element) && reading != preferred_reading(choice))
      services.loss("page.loss.reading", "the reading \"" + collapsed_text(reading) + "\"");
}

}  // namespace

void report_losses(const host& services, const document_view& document, bool is_plain) {
  std::set<std::string_view> unknown;
  std::size_t remarks = 0, furniture = 0;
  for (const node top : document.body())
    walk(
        top,
        [&](node n) {
          remarks += n.is(node_type::comment) || n.is(node_type::pi);
          if (!n.is(node_type::element)) return;
          if (!has_treatment(n.name())) unknown.insert(n.name());
          furniture += treatment_of(n) == treatment::furniture && !n.is_element("gap");
          if (is_plain && local_name(n.name()) == "choice") report_readings(services, n);
        },
        [](node) {});
  const auto in_total = [](std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
  };
  for (const auto name : unknown) services.loss("page.loss.element", "element " + std::string(name) + ": its words are shown, it is not");
  if (remarks > 0)
    services.loss("page.loss.comment", in_total(remarks, "comment or processing instruction", "comments and processing instructions"));
  if (furniture > 0 && is_plain)
    services.loss("page.loss.furniture", in_total(furniture, "page break or running header", "page breaks and running headers"));
  for (const node only : document["carrier"]) services.loss("page.loss.carrier", "what only " + std::string(only.name()) + " can say");
  for (const node member : document.root())
    if (member.name().starts_with("x_")) services.loss("page.loss.member", std::string(member.name()));
}

}  // namespace dragoman::page
