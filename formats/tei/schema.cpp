#include "schema.hpp"

#include <dragoman/plugin.hpp>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace dragoman::tei {
namespace {

constexpr std::string_view relax_ng = "http://relaxng.org/ns/structure/1.0";
constexpr std::string_view xml_schema = "http://www.w3.org/2001/XMLSchema";
constexpr std::string_view base = "dragoman-schema:/";  // of the relative paths of a schema; no scheme that anybody opens

template <class T, void (*release)(T*)>
struct releaser {
  void operator()(T* p) const noexcept { release(p); }
};
template <class T, void (*release)(T*)>
using owned = std::unique_ptr<T, releaser<T, release>>;
using owned_document = owned<xmlDoc, xmlFreeDoc>;

// What libxml2 may open, in this thread: nothing but what is lent while a schema is made.
struct lending {
  const file_lender& lender;
  bool gave = false;
};
thread_local lending* lent = nullptr;

xmlParserInputPtr open_lent(const char* url, const char*, xmlParserCtxtPtr parser) {
  std::string_view name = url == nullptr ? "" : url;
  if (name.substr(0, base.size()) != base) return nullptr;
  try {
    name.remove_prefix(base.size());
    const auto octets = lent->lender(name);
    if (!octets || octets->size() > std::size_t{1} << 30) return nullptr;
    lent->gave = true;
    auto* buffer = xmlParserInputBufferCreateMem(octets->data(), static_cast<int>(octets->size()), XML_CHAR_ENCODING_NONE);
    if (buffer == nullptr) return nullptr;
    auto* input = xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE);
    if (input != nullptr) input->filename = reinterpret_cast<const char*>(xmlStrdup(reinterpret_cast<const xmlChar*>(url)));
    return input;
  } catch (const std::exception&) {  // out of memory: there is no such file
    return nullptr;
  }
}

xmlExternalEntityLoader loader_before = nullptr;

// The loader of libxml2 is one for the process. Ours asks nobody but a thread that lends; others are served as before.
xmlParserInputPtr load(const char* url, const char* id, xmlParserCtxtPtr parser) {
  return lent != nullptr ? open_lent(url, id, parser) : loader_before(url, id, parser);
}

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    xmlInitParser();
    loader_before = xmlGetExternalEntityLoader();
    xmlSetExternalEntityLoader(load);
  });
}

void say_nothing(void*, const char*, ...) {}

// While this lives, libxml2 opens in this thread what `lender` lends, and prints nothing.
class quiet_library {
public:
  explicit quiet_library(const file_lender& lender) : lending_{lender} {
    start_library();
    lent = &lending_;
    xmlSetGenericErrorFunc(nullptr, say_nothing);
    xmlSetStructuredErrorFunc(nullptr, nullptr);
  }
  quiet_library(const quiet_library&) = delete;
  quiet_library& operator=(const quiet_library&) = delete;
  ~quiet_library() {
    xmlSetGenericErrorFunc(nullptr, nullptr);
    lent = nullptr;
  }
  bool gave() const noexcept { return lending_.gave; }

private:
  lending lending_;
};

std::string text_of(const xmlError* e) {
  std::string text = e->message != nullptr ? e->message : "not valid";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (auto at = text.find(base); at != std::string::npos; at = text.find(base)) text.erase(at, base.size());
  return text;
}

// The first thing that libxml2 has against a schema.
struct refusal {
  std::string text;
  static void take(void* self, xmlErrorPtr e) {
    auto& to = static_cast<refusal*>(self)->text;
    if (!to.empty() || e->level == XML_ERR_WARNING) return;
    if (e->line > 0) to = "line " + std::to_string(e->line) + ": ";
    to += text_of(e);
  }
};

// The element that a node is or stands in.
const xmlNode* element_of(const xmlNode* n) {
  while (n != nullptr && n->type != XML_ELEMENT_NODE) n = n->parent;
  return n;
}

struct complaints {
  std::vector<complaint> list;
  std::vector<const xmlNode*> where;
  std::size_t limit;
  static void take(void* self, xmlErrorPtr e) {
    auto& to = *static_cast<complaints*>(self);
    if (to.list.size() == to.limit) return;
    complaint c{text_of(e)};
    const auto* node = element_of(static_cast<const xmlNode*>(e->node));
    const bool is_repeated = !to.list.empty() && to.list.back().text == c.text && to.where.back() == node;
    if (is_repeated) return;
    to.list.push_back(std::move(c));
    to.where.push_back(node);
  }
};

// The number of each element that a complaint is about.
void number(complaints& all, xmlDoc* document) {
  std::unordered_multimap<const xmlNode*, std::size_t> wanted;
  for (std::size_t i = 0; i < all.where.size(); ++i) wanted.emplace(all.where[i], i);
  std::size_t count = 0;
  for (const xmlNode* at = xmlDocGetRootElement(document); at != nullptr;) {
    if (at->type == XML_ELEMENT_NODE) {
      ++count;
      const auto [first, last] = wanted.equal_range(at);
      for (auto i = first; i != last; ++i) all.list[i->second].element = count;
      if (at->children != nullptr) {
        at = at->children;
        continue;
      }
    }
    while (at != nullptr && at->next == nullptr) at = at->parent;
    if (at != nullptr) at = at->next;
  }
}

int size_of(std::string_view octets) {
  if (octets.size() > std::size_t{1} << 30) throw unusable("tei.limit.input", "more than 1 GiB cannot be judged by a schema");
  return static_cast<int>(octets.size());
}

}  // namespace

struct schema::compiled {
  owned<xmlRelaxNG, xmlRelaxNGFree> relax_ng;
  owned<xmlSchema, xmlSchemaFree> xml_schema;
};

schema::schema(std::string_view octets, const std::string& name, const file_lender& lender)
    : compiled_(std::make_unique<compiled>()) {
  const quiet_library quiet(lender);
  const auto refuse = [&](const std::string& why) {
    throw unusable("tei.schema-unreadable", "the schema " + name + " cannot be used: " + why);
  };
  const std::string url = std::string(base) + name;
  owned<xmlParserCtxt, xmlFreeParserCtxt> parser(xmlNewParserCtxt());
  if (!parser) throw std::bad_alloc();
  owned_document document(xmlCtxtReadMemory(parser.get(), octets.data(), size_of(octets), url.c_str(), nullptr,
                                            XML_PARSE_NONET | XML_PARSE_BIG_LINES));
  const auto* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
  if (root == nullptr) {
    const auto* e = xmlCtxtGetLastError(parser.get());
    refuse("it is not XML" + (e != nullptr ? " (line " + std::to_string(e->line) + ": " + text_of(e) + ")" : std::string()));
  }
  const std::string_view kind =
      root->ns != nullptr && root->ns->href != nullptr ? reinterpret_cast<const char*>(root->ns->href) : "";
  refusal said;
  if (kind == relax_ng) {
    owned<xmlRelaxNGParserCtxt, xmlRelaxNGFreeParserCtxt> compiler(xmlRelaxNGNewDocParserCtxt(document.get()));
    if (!compiler) throw std::bad_alloc();
    xmlRelaxNGSetParserStructuredErrors(compiler.get(), refusal::take, &said);
    compiled_->relax_ng.reset(xmlRelaxNGParse(compiler.get()));
  } else if (kind == xml_schema) {
    owned<xmlSchemaParserCtxt, xmlSchemaFreeParserCtxt> compiler(xmlSchemaNewDocParserCtxt(document.get()));
    if (!compiler) throw std::bad_alloc();
    xmlSchemaSetParserStructuredErrors(compiler.get(), refusal::take, &said);
    compiled_->xml_schema.reset(xmlSchemaParse(compiler.get()));
  } else {
    refuse("it is neither RELAX NG in XML syntax nor XML Schema");
  }
  if (!compiled_->relax_ng && !compiled_->xml_schema) refuse(said.text.empty() ? "it is not correct" : said.text);
  has_parts_ = quiet.gave();
}

schema::~schema() = default;

std::vector<complaint> schema::judge(std::string_view xml, std::size_t limit) const {
  const file_lender nobody = [](std::string_view) { return std::nullopt; };
  const quiet_library quiet(nobody);
  owned_document document(
      xmlReadMemory(xml.data(), size_of(xml), nullptr, "UTF-8", XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_HUGE));
  if (!document) return {{"libxml2 cannot read the file", 0}};
  complaints found;
  found.limit = limit;
  int verdict = -1;
  if (compiled_->relax_ng) {
    owned<xmlRelaxNGValidCtxt, xmlRelaxNGFreeValidCtxt> validator(xmlRelaxNGNewValidCtxt(compiled_->relax_ng.get()));
    if (!validator) throw std::bad_alloc();
    xmlRelaxNGSetValidStructuredErrors(validator.get(), complaints::take, &found);
    verdict = xmlRelaxNGValidateDoc(validator.get(), document.get());
  } else {
    owned<xmlSchemaValidCtxt, xmlSchemaFreeValidCtxt> validator(xmlSchemaNewValidCtxt(compiled_->xml_schema.get()));
    if (!validator) throw std::bad_alloc();
    xmlSchemaSetValidStructuredErrors(validator.get(), complaints::take, &found);
    verdict = xmlSchemaValidateDoc(validator.get(), document.get());
  }
  if (verdict == 0) return {};
  number(found, document.get());
  if (found.list.empty()) found.list.push_back({"it is not valid", 0});
  return std::move(found.list);
}

}  // namespace dragoman::tei
