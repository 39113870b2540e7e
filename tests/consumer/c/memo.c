/* memo.c - the memo cards of docs/plugins/tutorial.md, by a plugin in C against dragoman/plugin.h alone. */
#include <dragoman/plugin.h>

#include <stdlib.h>
#include <string.h>

/* -- Text ------------------------------------------------------------------------------------------------------ */

static dgm_str str(const char *text) {
  dgm_str s = {text, strlen(text)};
  return s;
}
static int equal(dgm_str a, const char *b) { return a.len == strlen(b) && (a.len == 0 || memcmp(a.ptr, b, a.len) == 0); }
static int starts(dgm_str a, const char *b) { return a.len >= strlen(b) && memcmp(a.ptr, b, strlen(b)) == 0; }
static dgm_str from(dgm_str a, size_t begin) {
  dgm_str s = {a.ptr + begin, a.len - begin};
  return s;
}

/* Cuts the first line off `rest`. */
static dgm_str take_line(dgm_str *rest) {
  const char *end = memchr(rest->ptr, '\n', rest->len);
  dgm_str line = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
  *rest = from(*rest, end ? line.len + 1 : line.len);
  return line;
}

static void report(const dgm_host *host, int32_t severity, const char *code, dgm_str text, int64_t offset, int64_t length) {
  const dgm_diag diag = {sizeof diag, severity, str(code), text, offset, length, 0, 0};
  host->report(host->ctx, &diag);
}

/* A string that grows; once it could not, `failed` stays set. */
typedef struct buffer {
  char *text;
  size_t length, capacity;
  int failed;
} buffer;

static void append(buffer *b, dgm_str s) {
  if (b->failed || s.len == 0) return;
  if (s.len > b->capacity - b->length) {
    const size_t wanted = (b->length + s.len) * 2;
    char *larger = realloc(b->text, wanted);
    if (!larger) {
      b->failed = 1;
      return;
    }
    b->text = larger;
    b->capacity = wanted;
  }
  memcpy(b->text + b->length, s.ptr, s.len);
  b->length += s.len;
}

/* -- Reader ---------------------------------------------------------------------------------------------------- */

typedef struct reader {
  const dgm_host *host;
  const dgm_input *input;
  char *owned; /* the input, where the host has not got it in memory */
  dgm_str octets;
  int done;
} reader;

static int32_t DGM_CALL probe(const void *head, size_t length, int32_t at_end, dgm_str *reason) {
  const dgm_str start = {head, length};
  (void)at_end;
  *reason = str("the first line is MEMO");
  return starts(start, "MEMO\n") ? 90 : 0;
}

static dgm_status read_all(reader *r) {
  enum { limit = 1 << 24 };
  size_t length = 0, capacity = 0;
  if (r->input->contents && r->input->contents(r->input->ctx, &r->octets) == 1) return DGM_OK;
  for (;;) {
    int64_t n;
    if (length == capacity) {
      char *larger;
      if (capacity == limit) {
        report(r->host, DGM_ERROR, "input.too-large", str("the input is larger than 16 MiB"), -1, 0);
        return DGM_FATAL;
      }
      capacity = capacity ? capacity * 2 : 4096;
      larger = realloc(r->owned, capacity);
      if (!larger) return DGM_NOMEM;
      r->owned = larger;
    }
    n = r->input->read(r->input->ctx, r->owned + length, capacity - length);
    if (n < 0) return (dgm_status)n;
    if (n == 0) break;
    length += (size_t)n;
  }
  r->octets.ptr = r->owned;
  r->octets.len = length;
  return DGM_OK;
}

static void DGM_CALL close_reader(void *session) {
  reader *r = session;
  free(r->owned);
  free(r);
}

static dgm_status DGM_CALL open_reader(const dgm_host *host, const dgm_input *input, void **session) {
  dgm_status status;
  reader *r = calloc(1, sizeof *r);
  if (!r) return DGM_NOMEM;
  r->host = host;
  r->input = input;
  status = read_all(r);
  if (status < 0) close_reader(r);
  else *session = r;
  return status;
}

/* Every event may end the call: its status is handed back unchanged. */
#define TELL(call)                        \
  do {                                    \
    const dgm_status told = (call);       \
    if (told < 0) return told;            \
  } while (0)

static dgm_status value(const dgm_sink *sink, const char *name, dgm_str text) {
  TELL(sink->open(sink->ctx, DGM_TEXT, str(name)));
  TELL(sink->text(sink->ctx, text));
  return sink->close(sink->ctx);
}

static dgm_status element(const dgm_sink *sink, const char *name, int opaque, dgm_str text) {
  TELL(sink->open(sink->ctx, DGM_ELEMENT, str(name)));
  if (opaque) {
    TELL(sink->attr(sink->ctx, str("type"), str("opaque")));
    TELL(sink->attr(sink->ctx, str("xml:space"), str("preserve")));
  }
  TELL(sink->text(sink->ctx, text));
  return sink->close(sink->ctx);
}

/* Tells the lines between the mark and the rule: with `body` those that are no field, else the fields. */
static dgm_status fields(const reader *r, const dgm_sink *sink, dgm_str *rest, dgm_str *id, dgm_str *subject, int body) {
  while (rest->len) {
    const dgm_str line = take_line(rest);
    if (equal(line, "--")) break;
    if (starts(line, "id: ")) *id = from(line, 4);
    else if (starts(line, "subject: ")) *subject = from(line, 9);
    else if (body) TELL(element(sink, "ab", 1, line));
    else {
      buffer text = {0};
      append(&text, str("no field of a memo: "));
      append(&text, line);
      if (!text.failed) {
        const dgm_str all = {text.text, text.length};
        report(r->host, DGM_WARNING, "memo.unknown-field", all, line.ptr - r->octets.ptr, (int64_t)line.len);
      }
      free(text.text);
    }
  }
  return DGM_OK;
}

static dgm_status DGM_CALL next(void *session, const dgm_sink *sink) {
  reader *r = session;
  dgm_str rest = r->octets, again, id = str("memo"), subject = {0};
  if (r->done) return DGM_END;
  r->done = 1;
  if (!equal(take_line(&rest), "MEMO")) {
    report(r->host, DGM_ERROR, "memo.no-mark", str("the first line is not MEMO"), 0, 4);
    return DGM_SKIP;
  }
  TELL(sink->open(sink->ctx, DGM_MAP, str("document")));
  TELL(sink->open(sink->ctx, DGM_MAP, str("source")));
  TELL(sink->open(sink->ctx, DGM_OCTETS, str("octets")));
  TELL(sink->bytes(sink->ctx, r->octets.ptr, r->octets.len));
  TELL(sink->close(sink->ctx));
  TELL(value(sink, "media_type", str("text/x-memo")));
  TELL(value(sink, "charset", str("utf-8")));
  TELL(sink->close(sink->ctx));

  again = rest;
  TELL(fields(r, sink, &rest, &id, &subject, 0));
  TELL(value(sink, "id", id));
  TELL(value(sink, "kind", str("cable")));
  TELL(sink->open(sink->ctx, DGM_MAP, str("meta")));
  if (subject.len) TELL(value(sink, "subject", subject));
  TELL(sink->close(sink->ctx));
  TELL(sink->open(sink->ctx, DGM_LIST, str("body")));
  TELL(fields(r, sink, &again, &id, &subject, 1));
  while (rest.len) {
    const dgm_str line = take_line(&rest);
    if (line.len) TELL(element(sink, "p", 0, line));
  }
  TELL(sink->close(sink->ctx));
  return sink->close(sink->ctx);
}

static const dgm_reader memo_reader = {sizeof memo_reader, probe, open_reader, next, close_reader, NULL};

/* -- Writer ---------------------------------------------------------------------------------------------------- */

typedef struct writer {
  const dgm_host *host;
  const dgm_output *output;
} writer;

static dgm_status DGM_CALL open_writer(const dgm_host *host, const dgm_output *output, void **session) {
  writer *w = calloc(1, sizeof *w);
  if (!w) return DGM_NOMEM;
  w->host = host;
  w->output = output;
  *session = w;
  return DGM_OK;
}

static const dgm_node *member(const dgm_view *view, const dgm_node *node, const char *name) {
  const dgm_node *child = node ? view->child(node) : NULL;
  while (child && !equal(view->name(child), name)) child = view->next(child);
  return child;
}
static dgm_str text_of(const dgm_view *view, const dgm_node *node) {
  const dgm_str none = {0};
  return node ? view->text(node) : none;
}

/* Outside the flow of text: running headers, and notes that do not stand in the line. */
static int is_aside(const dgm_view *view, const dgm_node *node) {
  const dgm_str name = view->name(node);
  size_t i;
  if (equal(name, "fw") || equal(name, "figDesc")) return 1;
  if (!equal(name, "note")) return 0;
  for (i = 0; i < view->attrs(node); ++i) {
    dgm_str key, text;
    view->attr_at(node, i, &key, &text);
    if (equal(key, "rend")) return !equal(text, "inline");
  }
  return 1;
}

/* Appends what a reader sees of `node`. As deep as the document is, which the host bounds. */
static void append_text(const dgm_view *view, const dgm_node *node, buffer *out) {
  const dgm_node *child;
  if (view->type(node) == DGM_TEXT) append(out, view->text(node));
  if (view->type(node) != DGM_ELEMENT) return;
  if (equal(view->name(node), "lb")) append(out, str("\n"));
  for (child = view->child(node); child; child = view->next(child))
    if (view->type(child) != DGM_ELEMENT || !is_aside(view, child)) append_text(view, child, out);
}

/* Runs of white space from `begin` on become one blank, and none at the ends. */
static void collapse(buffer *b, size_t begin) {
  size_t in, out = begin;
  int blank = 0;
  for (in = begin; in < b->length; ++in) {
    const char c = b->text[in];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      blank = out > begin;
    } else {
      if (blank) b->text[out++] = ' ';
      blank = 0;
      b->text[out++] = c;
    }
  }
  b->length = out;
}

static dgm_status DGM_CALL write_document(void *session, const dgm_document *document) {
  const writer *w = session;
  const dgm_view *view = document->view;
  const dgm_node *source = member(view, document->root, "source"), *field, *part;
  buffer out = {0};
  dgm_str rule;
  dgm_status status;
  if ((document->flags & DGM_PRISTINE) && equal(text_of(view, member(view, source, "media_type")), "text/x-memo")) {
    const dgm_str octets = text_of(view, member(view, source, "octets"));
    return w->output->write(w->output->ctx, octets.ptr, octets.len);
  }
  append(&out, str("MEMO\nid: "));
  append(&out, text_of(view, member(view, document->root, "id")));
  append(&out, str("\n"));
  field = member(view, document->root, "meta");
  for (field = field ? view->child(field) : NULL; field; field = view->next(field)) {
    if (equal(view->name(field), "subject")) {
      append(&out, str("subject: "));
      append(&out, view->text(field));
      append(&out, str("\n"));
    } else {
      buffer text = {0};
      append(&text, str("a memo has no place for "));
      append(&text, view->name(field));
      if (!text.failed) {
        const dgm_str all = {text.text, text.length};
        report(w->host, DGM_LOSS, "memo.loss.meta", all, -1, 0);
      }
      free(text.text);
    }
  }
  append(&out, w->host->option(w->host->ctx, str("rule"), &rule) == 1 && equal(rule, "true") ? str("--\n\n") : str("--\n"));
  part = member(view, document->root, "body");
  for (part = part ? view->child(part) : NULL; part; part = view->next(part)) {
    const size_t begin = out.length;
    if (view->type(part) == DGM_COMMENT) continue;
    append_text(view, part, &out);
    collapse(&out, begin);
    append(&out, str("\n"));
  }
  status = out.failed ? DGM_NOMEM : w->output->write(w->output->ctx, out.text, out.length);
  free(out.text);
  return status;
}

static dgm_status DGM_CALL finish(void *session) {
  (void)session;
  return DGM_OK;
}
static void DGM_CALL close_writer(void *session) { free(session); }

static const dgm_writer memo_writer = {sizeof memo_writer, open_writer, write_document, finish, close_writer, NULL};

/* -- What the host reads without running anything --------------------------------------------------------------- */

static const char *const suffixes[] = {"memo", NULL};
static const char *const media_types[] = {"text/x-memo", NULL};
static const dgm_option options[] = {{"rule", "Put a blank line below the fields", DGM_OPTION_BOOL, "false", NULL, 0, 0}};
static const dgm_code codes[] = {
    {"memo.no-mark", DGM_ERROR, "The file does not begin with the line MEMO", "Name the right format with -f."},
    {"memo.unknown-field", DGM_WARNING, "A line above the rule is no field of a memo", NULL},
    {"memo.loss.meta", DGM_LOSS, "The heading holds a field that a memo has no place for", NULL}};

/* Members by name: the table grows at its end, and what is not said is null. */
static const dgm_format memo = {.size = sizeof memo,
                                .id = "memo",
                                .title = "Memo cards",
                                .suffixes = suffixes,
                                .media_types = media_types,
                                .options = options,
                                .option_count = 1,
                                .codes = codes,
                                .code_count = 3,
                                .reader = &memo_reader,
                                .writer = &memo_writer};
static const dgm_format *const formats[] = {&memo, NULL};

const dgm_plugin dgm_plugin_v1 = {sizeof(dgm_plugin), DGM_ABI, "org.example.memo-c", "1.0.0", "MIT", DGM_MODEL, formats};
