#include "kit/documents.hpp"

#include "strings.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/plugin.hpp>
#include <dragoman/vocabulary.hpp>

#include <functional>
#include <map>
#include <stdexcept>

namespace dragoman::hosting {
namespace {

using vocabulary::shape;

document build(const std::function<void(builder&)>& tell) {
  document_builder store(sha256);
  builder b(store.sink());
  try {
    tell(b);
  } catch (const stop&) {
    throw std::logic_error("the kit told a document wrongly: " + store.problem());
  }
  return store.finish();
}

// What a field may say, where not any words will do.
std::string example_of(std::string_view field) {
  static const std::map<std::string_view, std::string_view> examples{{"date", "2009-12-09T14:30:00Z"},
                                                                     {"date_text", "091430Z DEC 09"},
                                                                     {"precedence", "PRIORITY"},
                                                                     {"info_precedence", "ROUTINE"},
                                                                     {"classification", "CONFIDENTIAL"},
                                                                     {"captions", "SIPDIS"},
                                                                     {"tags", "PREL"},
                                                                     {"id", "09QUILMAR122"},
                                                                     {"label", "A"},
                                                                     {"order", "E.O. 12958"},
                                                                     {"route", "RUEHC"},
                                                                     {"number", "0092"},
                                                                     {"n", "1"}};
  const auto found = examples.find(field);
  return std::string(found != examples.end() ? found->second : "WORDS OF " + ascii_lower(field));
}

void tell_fields(builder& b, std::span<const vocabulary::field> fields, bool inside) {
  for (const auto& f : fields) {
    if (f.tei == "(computed)") continue;  // of documents that are no cables
    switch (f.form) {
      case shape::text: b.value(f.name, inside && f.name == "date" ? "2019-12-09" : example_of(f.name)); break;
      case shape::texts: b.list(f.name).value({}, example_of(f.name)).close(); break;
      case shape::record:
        b.map(f.name);
        tell_fields(b, f.members, true);
        b.close();
        break;
      case shape::records:
        b.list(f.name).map();
        tell_fields(b, f.members, true);
        b.close().close();
        break;
    }
  }
}

void head(builder& b, std::string_view id, std::string_view kind = "cable") {
  b.map("document").value("id", id).value("kind", kind);
}

void tell_rich_body(builder& b) {
  b.element("div").attr("type", "section").attr("subtype", "summary");
  b.element("head").attr("rend", "ruled").text("SUMMARY").close();
  b.element("p").attr("n", "1").element("label").text("1. ").close();
  b.element("seg").attr("type", "portion").attr("subtype", "C").text("(C) ").close();
  b.text("The tariff is to be cut, see ")
      .element("ref")
      .attr("target", "cable:09QUILMAR122")
      .text("reftel")
      .close()
      .text(".")
      .close();
  b.close();
  b.element("list").attr("rend", "bulleted");
  b.element("label").text("- ").close().element("item").text("dues on vessels").close().close();
  b.element("table").element("row").element("cell").text("berth").close().element("cell").text("1,204").close().close().close();
  b.element("ab").attr("type", "opaque").attr("xml:space", "preserve").text("A  LINE  AS  IT  STOOD").close();
  b.element("p").attr("n", "2").element("label").text("2. ").close().text("Words that were garbled: ");
  b.element("unclear").attr("reason", "garble").text("THSE").close().close();
  b.element("pb").attr("n", "2").close();
  b.element("trailer").text("DONNELL").close();
}

document rich() {
  return build([](builder& b) {
    head(b, "09QUILMAR123");
    b.map("meta");
    tell_fields(b, vocabulary::meta_fields, false);
    b.value("x_kit_note", "words that nobody else has").close();
    b.list("body");
    tell_rich_body(b);
    b.close().close();
  });
}

document awkward() {
  return build([](builder& b) {
    head(b, "09QUILMAR124");
    b.map("meta")
        .value("subject", "=1+1; <b>\"quoted\"</b> & 'single', \\ and | \xC3\xA9 e\xCC\x81 \xF0\x9F\x9A\xA2 \xD7\xA9")
        .close();
    b.list("body");
    b.element("p")
        .text("From here on:\nFrom the desk, *stars*, _lines_, `ticks`, # hash, -- rule\n.\n]]> --> <![CDATA[ %s {} \\n")
        .close();
    b.element("p").text(std::string(20000, 'x')).close();
    b.element("p").text("  blanks before, and behind  ").close();
    b.element("p").close();
    b.close().close();
  });
}

document empty_cable() {
  return build([](builder& b) {
    head(b, "09QUILMAR125");
    b.map("meta").close().list("body").close().close();
  });
}

document other() {
  return build([](builder& b) {
    head(b, "letter-1", "document");
    b.map("meta").close().list("body");
    b.element("div").element("head").text("A letter").close();
    b.element("p").text("Dear ").element("persName").text("M. Ostrander").close().text(", the harbour is open.").close().close();
    b.close().close();
  });
}

using place = std::function<void(builder&)>;
const place nothing = [](builder&) {};

document plain_with(const place& in_meta, const place& in_body, const place& at_end) {
  return build([&](builder& b) {
    head(b, "09QUILMAR126");
    b.map("meta").value("subject", "HARBOR DUES");
    in_meta(b);
    b.close().list("body");
    b.element("p").text("The tariff is to be cut.").close();
    in_body(b);
    b.close();
    at_end(b);
    b.close();
  });
}

bool holds(std::string_view text, const std::string& mark) { return ascii_lower(text).find(mark) != std::string::npos; }

}  // namespace

std::vector<named_document> kit_documents() {
  std::vector<named_document> out;
  out.push_back({"a cable with everything", rich()});
  out.push_back({"a cable with awkward texts", awkward()});
  out.push_back({"a cable with nothing", empty_cable()});
  out.push_back({"a document that is no cable", other()});
  return out;
}

document plain_document() { return plain_with(nothing, nothing, nothing); }

std::vector<marked_document> marked_documents() {
  std::vector<marked_document> out;
  const std::string mark = "qx7kit";
  const auto in_meta = [&](std::string what, const place& tell) {
    out.push_back({std::move(what), plain_with(tell, nothing, nothing), mark, false});
  };
  const auto in_body = [&](std::string what, const place& tell, bool lossless_only = false) {
    out.push_back({std::move(what), plain_with(nothing, tell, nothing), mark, lossless_only});
  };
  in_meta("the signature", [&](builder& b) { b.value("signature", mark); });
  in_meta("a passing instruction", [&](builder& b) { b.list("passing").value({}, mark).close(); });
  in_meta("an addressee", [&](builder& b) { b.list("to").map().value("name", mark).close().close(); });
  in_meta("a foreign text of the heading", [&](builder& b) { b.value("x_foreign", mark); });
  in_meta("a foreign map of the heading", [&](builder& b) { b.map("x_foreign").list("of").value({}, mark).close().close(); });
  in_body("a paragraph", [&](builder& b) { b.element("p").text(mark).close(); });
  in_body("a heading of a section",
          [&](builder& b) { b.element("div").attr("type", "section").element("head").text(mark).close().close(); });
  in_body("a cell of a table",
          [&](builder& b) { b.element("table").element("row").element("cell").text(mark).close().close().close(); });
  in_body("the text of an unknown element", [&](builder& b) { b.element("p").element("unheardof").text(mark).close().close(); });
  in_body("the name of an unknown element",
          [&](builder& b) { b.element("p").element("x-" + mark).text("words").close().close(); });
  in_body("an unknown attribute", [&](builder& b) { b.element("p").attr("unheardof", mark).text("words").close(); });
  in_body(
      "a comment", [&](builder& b) { b.leaf(node_type::comment, {}, mark); }, true);
  in_body(
      "a processing instruction", [&](builder& b) { b.leaf(node_type::pi, "kit", mark); }, true);
  out.push_back({"a foreign member of the document",
                 plain_with(nothing, nothing, [&](builder& b) { b.map("x_foreign").value("note", mark).close(); }), mark, false});
  return out;
}

document told_in_pieces(const document& d) {
  return build([&](builder& b) {
    const auto text_of = [&](std::string_view text) {
      for (std::size_t at = 0; at < text.size();) {
        std::size_t n = 1;
        while (at + n < text.size() && (static_cast<unsigned char>(text[at + n]) & 0xC0) == 0x80) ++n;
        b.text(std::string(text.substr(at, n)));  // a copy, so that no text is a slice
        at += n;
      }
    };
    const auto is_run = [](node n) { return n.is(node_type::text) && n.name().empty(); };
    std::vector<bool> in_list;  // whether the open nodes are lists of values, where each text is one value
    const auto enter = [&](node n) {
      if (is_run(n)) {
        if (!in_list.empty() && in_list.back()) b.text(n.text());
        else text_of(n.text());
        return;
      }
      b.open(n.type(), n.name());
      for (std::size_t i = 0; i < n.attribute_count(); ++i) b.attr(n.attribute_at(i).name, n.attribute_at(i).value);
      if (n.is(node_type::octets)) check(b.raw()->bytes(b.raw()->ctx, n.text().data(), n.text().size()));
      else if (!n.text().empty()) text_of(n.text());
      in_list.push_back(n.is(node_type::list) && n.name() != "body" && n.name() != "tree");
    };
    walk(d.root(), enter, [&](node n) {
      if (is_run(n)) return;
      b.close();
      in_list.pop_back();
    });
  });
}

bool has_mark(node root, const std::string& mark) {
  bool found = false;
  for (node member : root) {
    if (member.name() == "source") continue;
    walk(
        member,
        [&](node n) {
          found = found || holds(n.name(), mark) || holds(n.text(), mark);
          for (std::size_t i = 0; i < n.attribute_count(); ++i) found = found || holds(n.attribute_at(i).value, mark);
        },
        [](node) {});
  }
  return found;
}

}  // namespace dragoman::hosting
