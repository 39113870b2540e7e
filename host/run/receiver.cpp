#include "run/receiver.hpp"

namespace dragoman::hosting {

void recording::keep(item i, std::size_t weight) {
  kept_.push_back(std::move(i));
  weight_ += sizeof(item) + weight;
}

void recording::report(const origin& about, const finding& f) { keep(told{kept(about), f}, f.text.size() + sizeof(origin)); }

void recording::failed(failure f) {
  const auto weight = f.reason.text.size() + sizeof(origin);
  keep(std::move(f), weight);
}

void recording::document(document_reader::step s) {
  auto weight = s.found.size() + sizeof(origin);
  for (const auto& f : s.findings) weight += sizeof(finding) + f.text.size();
  keep(std::move(s), weight);
}

void recording::written(written_documents&& w) {
  const auto weight = w.octets.size();
  keep(std::move(w), weight);
}

void recording::file(finished_file f) {
  constexpr std::size_t of_sink = 1024;
  keep(std::move(f), of_sink);
}

std::vector<const document_reader::step*> recording::documents() const {
  std::vector<const document_reader::step*> out;
  for (const auto& i : kept_)
    if (const auto* s = std::get_if<document_reader::step>(&i)) out.push_back(s);
  return out;
}

void recording::replay(receiver& to) {
  if (held_ > 0) to.holds(std::exchange(held_, 0));
  for (auto& i : kept_) {
    if (auto* t = std::get_if<told>(&i)) to.report(*t->about, t->what);
    else if (auto* f = std::get_if<failure>(&i)) to.failed(std::move(*f));
    else if (auto* s = std::get_if<document_reader::step>(&i)) to.document(std::move(*s));
    else if (auto* w = std::get_if<written_documents>(&i)) to.written(std::move(*w));
    else to.file(std::move(std::get<finished_file>(i)));
  }
}

}  // namespace dragoman::hosting
