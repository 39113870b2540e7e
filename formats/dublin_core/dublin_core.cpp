#include <dublin_core/dublin_core.hpp>

#include <dragoman/treatment.hpp>

#include <iterator>

namespace dragoman::dublin_core {
namespace {

// The elements of one record.
class record {
public:
  explicit record(bool is_root) {
    out_ =
        "<oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";
    if (is_root)
      out_ +=
          " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
          " xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd\"";
    out_ += ">\n";
  }
  void add(std::string_view element, std::string_view value) {
    if (value.empty()) return;
    out_ += "  <dc:" + std::string(element) + ">";
    append_escaped(out_, value);
    out_ += "</dc:" + std::string(element) + ">\n";
  }
  std::string finish() { return std::move(out_) + "</oai_dc:dc>\n"; }

private:
  std::string out_;
};

// The words of the section that sums the document up, if it has one.
std::string summary(node body) {
  for (const node part : body)
    if (part.is_element("div") && part.attr("subtype") == "summary") {
      std::string words;
      flow(
          part, [](const std::vector<node>&) {},
          [&](node block, treatment as) {
            if (as == treatment::block) words += (words.empty() ? "" : " ") + collapsed_text(block);
          });
      return words;
    }
  return {};
}

std::string record_of(const document_view& document, std::string_view language, bool is_root) {
  const node meta = document.meta(), source = document.source();
  record out(is_root);
  out.add("identifier", document.id());
  out.add("title", collapsed_text(meta["subject"]));
  out.add("creator", meta["from"]["name"].text());
  out.add("contributor", meta["signature"].text());
  out.add("date", meta["date"].text());
  out.add("type", "Text");
  if (document.kind() == "cable") out.add("type", "telegram");
  out.add("format", source["media_type"].text());
  out.add("language", language);
  for (const node tag : meta["tags"]) out.add("subject", tag.text());
  out.add("coverage", meta["place"].text());
  out.add("description", summary(document.body()));
  out.add("rights", meta["classification"].text());
  for (const node caption : meta["captions"]) out.add("rights", caption.text());
  for (const node ref : meta["refs"]) out.add("relation", ref["id"].text().empty() ? ref["text"].text() : ref["id"].text());
  out.add("source", meta["source_note"].text());
  if (const auto digest = source["sha256"].text(); !digest.empty()) out.add("source", "urn:sha256:" + std::string(digest));
  return out.finish();
}

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace

void writer::write(const document_view& document) {
  if (count_ == 0) {
    host_.loss("dc.loss.text", "Dublin Core holds a description of each document, not its addressees and its text");
    first_ = record_of(document, host_.option("language"), true);
  } else {
    if (count_ == 1) {
      output_.write(declaration);
      output_.write("<records>\n");
      output_.write(first_);
    }
    output_.write(record_of(document, host_.option("language"), false));
  }
  ++count_;
}

void writer::finish() {
  if (count_ > 1) {
    output_.write("</records>\n");
    return;
  }
  output_.write(declaration);
  output_.write(count_ == 1 ? std::string_view(first_) : std::string_view("<records/>\n"));
}

namespace {

constexpr const char* suffixes[] = {"dc.xml", nullptr};
constexpr const char* media_types[] = {"application/xml", nullptr};
constexpr dgm_option options[] = {
    {"language", "Language of the documents, as a BCP 47 tag; empty: not said.", DGM_OPTION_TEXT, "en", nullptr, 0, 0},
};
constexpr dgm_code codes[] = {
    {"dc.loss.text", DGM_LOSS, "A record describes a document; addressees and text are not in it.",
     "Keep the documents in a lossless format, too."},
};

}  // namespace

constinit const dgm_format format{.size = sizeof(dgm_format),
                                  .flags = DGM_COLLECTION | DGM_VIEW,
                                  .id = "dc",
                                  .title = "Dublin Core, a record a document",
                                  .suffixes = suffixes,
                                  .media_types = media_types,
                                  .options = options,
                                  .option_count = std::size(options),
                                  .codes = codes,
                                  .code_count = std::size(codes),
                                  .writer = &writer_table<writer>::value};

}  // namespace dragoman::dublin_core
