// formats/page/page.hpp - documents as pages for people: Markdown, and self-contained HTML.
//
// Two writers over one view of a document: its heading as rows (heading.hpp), its body by the treatment of its elements
// (dragoman/treatment.hpp). Both are pages about a document and hold less than it; what they leave out is said
// (losses.hpp). Several documents in one output stand one below the other.
#pragma once
#include <dragoman/origin.hpp>
#include <dragoman/plugin.hpp>

#include <string>

namespace dragoman::page {

extern const dgm_format markdown_format;  // "markdown": CommonMark with the tables and footnotes of GitHub
extern const dgm_format html_format;      // "html": HTML 5, no script, nothing fetched

// [session-thread]
class markdown_writer {
public:
  markdown_writer(host services, output out) : host_(services), output_(out) {}
  void write(const document_view& document);
  void finish() {}

private:
  host host_;
  output output_;
  bool is_first_ = true;
};

// [session-thread]
class html_writer {
public:
  html_writer(host services, output out) : host_(services), output_(out) {}
  void write(const document_view& document);
  void finish();

private:
  host host_;
  output output_;
  places_in_input places_;
  std::size_t count_ = 0;  // of documents that were written
};

}  // namespace dragoman::page
