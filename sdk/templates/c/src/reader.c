/* Reads record jars: each record is a line "%%", lines "name: value", and paragraphs behind a blank line. */
#include <dragoman/comfort.h>

typedef struct { const dgm_host *host; dgm_str all; size_t at; char *owned; } session;

static dgm_status DGM_CALL open_reader(const dgm_host *host, const dgm_input *input, void **out) {
  session *s = calloc(1, sizeof *s);
  dgm_status status = s ? dgm_read_all(input, (size_t)1 << 28, &s->all, &s->owned) : DGM_NOMEM;
  if (status == DGM_SKIP) dgm_report(host, DGM_ERROR, "@NAME@.too-large", dgm_text("the file is larger than 256 MiB"), -1, 0);
  if (status < 0) { if (s) free(s->owned); free(s); return status; }
  s->host = host;
  *out = s;
  return DGM_OK;
}

static dgm_status refuse(session *s, const char *code, const char *why, dgm_str record) {
  dgm_report(s->host, DGM_ERROR, code, dgm_text(why), record.ptr - s->all.ptr, (int64_t)record.len);
  return DGM_SKIP; /* the next record may be fine */
}

/* Events one after the other; the first that fails ends it. */
#define TRY(event) do { dgm_status status_ = (event); if (status_ < 0) return status_; } while (0)
#define OPEN(type, name) TRY(k->open(k->ctx, type, dgm_text(name)))
#define CLOSE() TRY(k->close(k->ctx))
#define TEXT(name, value) TRY(dgm_tell(k, DGM_TEXT, name, value))

static dgm_status tell_named(const dgm_sink *k, const char *field, dgm_str name) {
  OPEN(DGM_MAP, field); TEXT("name", name); CLOSE();
  return DGM_OK;
}

enum { ID, SUBJECT, DATE, FROM, SINGLE, TO, OTHER };
static const char *const names[] = {"id", "subject", "date", "from"};

/* What a line of the heading is. Of a field that may stand once, the first that says something counts. */
static int kind_of(dgm_str line, const dgm_str *found, dgm_str *value) {
  const size_t colon = dgm_find(line, ": ");
  const dgm_str name = dgm_part(line, 0, colon);
  int i;
  if (colon + 2 >= line.len) return OTHER;
  *value = dgm_part(line, colon + 2, line.len);
  for (i = 0; i < SINGLE; ++i)
    if (dgm_is(name, names[i])) return found[i].len == 0 || found[i].ptr == value->ptr ? i : OTHER;
  return dgm_is(name, "to") ? TO : OTHER;
}

/* The lines of the heading that are of this kind, as members of a list. */
static dgm_status tell_lines(const dgm_sink *k, dgm_str heading, const dgm_str *found, int kind, const char *list) {
  int is_open = 0;
  while (heading.len != 0) {
    dgm_str line = dgm_take_line(&heading), value = line;
    if (kind_of(line, found, &value) != kind) continue;
    if (!is_open) OPEN(DGM_LIST, list);
    is_open = 1;
    if (kind == TO) TRY(tell_named(k, "", value));
    else TEXT("", line);
  }
  if (is_open) CLOSE();
  return DGM_OK;
}

static dgm_status DGM_CALL next(void *opaque, const dgm_sink *k) {
  session *s = opaque;
  dgm_str record = dgm_part(s->all, s->at, s->all.len), found[SINGLE] = {{NULL, 0}}, heading, rest;
  const size_t end = dgm_find(record, "\n%%\n");
  if (s->host->cancelled(s->host->ctx)) return DGM_CANCEL;
  if (record.len == 0) return DGM_END;
  record = dgm_part(record, 0, end + 1);
  s->at += record.len;
  if (dgm_find(record, "%%\n") != 0 || record.len < 3) return refuse(s, "@NAME@.no-mark", "a record begins with a line %%", record);
  if (!dgm_is_text(record)) return refuse(s, "@NAME@.not-text", "it is not UTF-8", record);
  rest = heading = dgm_part(record, 3, record.len);
  for (;;) {
    dgm_str line = dgm_take_line(&rest), value = line;
    const int kind = kind_of(line, found, &value);
    if (line.len == 0) break;
    if (kind < SINGLE) found[kind] = value;
  }
  heading.len = (size_t)(rest.ptr - heading.ptr);
  if (found[ID].len == 0) return refuse(s, "@NAME@.no-id", "the record has no id", record);
  OPEN(DGM_MAP, "document"); OPEN(DGM_MAP, "source"); OPEN(DGM_OCTETS, "octets");
  TRY(k->bytes(k->ctx, record.ptr, record.len)); /* first, so that texts are slices of it */
  CLOSE(); TEXT("media_type", dgm_text("text/x-@NAME@")); TEXT("charset", dgm_text("utf-8")); CLOSE();
  TEXT("id", found[ID]); TEXT("kind", dgm_text("cable"));
  OPEN(DGM_MAP, "meta");
  if (found[SUBJECT].len) TEXT("subject", found[SUBJECT]);
  if (found[DATE].len) TEXT("date_text", found[DATE]);
  if (found[FROM].len) TRY(tell_named(k, "from", found[FROM]));
  while (heading.len != 0 && heading.ptr[heading.len - 1] == '\n') --heading.len;
  TRY(tell_lines(k, heading, found, TO, "to"));
  TRY(tell_lines(k, heading, found, OTHER, "x_@NAME@")); /* not understood: kept as it stands */
  CLOSE(); OPEN(DGM_LIST, "body");
  while (rest.len != 0) {
    const size_t length = dgm_find(rest, "\n\n");
    dgm_str text = dgm_part(rest, 0, length);
    rest = dgm_part(rest, length, rest.len);
    while (rest.len != 0 && rest.ptr[0] == '\n') rest = dgm_part(rest, 1, rest.len);
    while (text.len != 0 && text.ptr[text.len - 1] == '\n') --text.len;
    if (text.len != 0) TRY(dgm_tell(k, DGM_ELEMENT, "p", text));
  }
  CLOSE(); CLOSE();
  return DGM_OK;
}

static void DGM_CALL close_reader(void *opaque) {
  session *s = opaque;
  free(s->owned);
  free(s);
}

const dgm_reader @IDENT@_reader = {sizeof(dgm_reader), NULL, open_reader, next, close_reader, NULL, NULL, NULL};
