/* dragoman/comfort.h - small helpers over plugin.h for plugins in C: text, input, diagnostics, losses.
 *
 * C99 and C++, header-only: everything is static inline and nothing crosses the boundary. Functions that take a host,
 * sink or output may be called where those may be; the others anywhere. In C++ use dragoman/plugin.hpp, which has all of
 * this with types. Tutorial: docs/plugins/tutorial.md.
 */
#ifndef DRAGOMAN_COMFORT_H
#define DRAGOMAN_COMFORT_H

#include <dragoman/plugin.h>

#include <stdlib.h>
#include <string.h>

/* -- Text. Spans point into what they were cut from and live as long as that. ---------------------------------- */

static inline dgm_str dgm_text(const char *nul_terminated) {
  dgm_str s;
  s.ptr = nul_terminated;
  s.len = strlen(nul_terminated);
  return s;
}
static inline int dgm_is(dgm_str text, const char *word) {
  return text.len == strlen(word) && (text.len == 0 || memcmp(text.ptr, word, text.len) == 0);
}
/* The part of `text` from octet `begin` on, at most `length` octets. `begin` must not lie behind the end. */
static inline dgm_str dgm_part(dgm_str text, size_t begin, size_t length) {
  dgm_str s;
  s.ptr = text.ptr + begin;
  s.len = length < text.len - begin ? length : text.len - begin;
  return s;
}
/* Where `word` stands first in `text`; text.len when nowhere. Linear for short words. */
static inline size_t dgm_find(dgm_str text, const char *word) {
  const size_t n = strlen(word);
  size_t at;
  for (at = 0; at + n <= text.len; ++at)
    if (text.ptr[at] == word[0] && memcmp(text.ptr + at, word, n) == 0) return at;
  return text.len;
}
/* Cuts the first line off `rest`; the line end belongs to neither. */
static inline dgm_str dgm_take_line(dgm_str *rest) {
  const size_t end = dgm_find(*rest, "\n");
  const dgm_str line = dgm_part(*rest, 0, end);
  *rest = dgm_part(*rest, end < rest->len ? end + 1 : end, rest->len);
  return line;
}
/* 1 when all of it is UTF-8 of characters that XML 1.0 allows, which is all that a document may hold. */
static inline int dgm_is_text(dgm_str s) {
  size_t at = 0;
  while (at < s.len) {
    const unsigned char lead = (unsigned char)s.ptr[at];
    const size_t more = lead < 0x80 ? 0 : lead < 0xC2 ? 9 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 9;
    uint32_t code = more == 0 ? lead : more == 1 ? lead & 0x1Fu : more == 2 ? lead & 0x0Fu : lead & 0x07u;
    size_t i;
    if (more == 9 || more >= s.len - at) return 0;
    for (i = 1; i <= more; ++i) {
      const unsigned char next = (unsigned char)s.ptr[at + i];
      if ((next & 0xC0) != 0x80) return 0;
      code = code << 6 | (next & 0x3Fu);
    }
    if (more == 0 && code < 0x20 && code != '\t' && code != '\n' && code != '\r') return 0;
    if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) || code > 0x10FFFF) return 0;
    if ((code >= 0xD800 && code < 0xE000) || code == 0xFFFE || code == 0xFFFF) return 0;
    at += more + 1;
  }
  return 1;
}

/* -- Input ------------------------------------------------------------------------------------------------------ */

/* The whole input in `*octets`: lent by the host where it can, else read into memory that `*owned` points at and that the
 * caller frees with free() when the session closes. DGM_SKIP over `limit` octets, which the caller reports. */
static inline dgm_status dgm_read_all(const dgm_input *input, size_t limit, dgm_str *octets, char **owned) {
  size_t length = 0, capacity = 0;
  *owned = NULL;
  if (input->contents != NULL && input->contents(input->ctx, octets) == 1) return octets->len > limit ? DGM_SKIP : DGM_OK;
  for (;;) {
    int64_t n;
    if (length == capacity) {
      char *larger = (char *)realloc(*owned, capacity = capacity * 2 + 65536);
      if (larger == NULL) return DGM_NOMEM;
      *owned = larger;
    }
    n = input->read(input->ctx, *owned + length, capacity - length);
    if (n < 0) return (dgm_status)n;
    if (n == 0) break;
    length += (size_t)n;
    if (length > limit) return DGM_SKIP;
  }
  octets->ptr = *owned;
  octets->len = length;
  return DGM_OK;
}

/* -- Diagnostics ------------------------------------------------------------------------------------------------ */

/* Reports with a place: octet `offset` (-1 unknown) and `length` octets of the session's input. */
static inline void dgm_report(const dgm_host *host, int32_t severity, const char *code, dgm_str text, int64_t offset, int64_t length) {
  dgm_diag d;
  memset(&d, 0, sizeof d);
  d.size = sizeof d;
  d.severity = severity;
  d.code = dgm_text(code);
  d.text = text;
  d.offset = offset;
  d.length = length;
  host->report(host->ctx, &d);
}

/* -- Events ------------------------------------------------------------------------------------------------------ */

/* Opens a node, tells its text and closes it. */
static inline dgm_status dgm_tell(const dgm_sink *sink, int32_t type, const char *name, dgm_str text) {
  dgm_status status = sink->open(sink->ctx, type, dgm_text(name));
  if (status >= 0) status = sink->text(sink->ctx, text);
  return status < 0 ? status : sink->close(sink->ctx);
}

/* -- The view ---------------------------------------------------------------------------------------------------- */

/* Member of a map, or first child of that name; NULL when there is none, or no parent. */
static inline const dgm_node *dgm_member(const dgm_view *view, const dgm_node *parent, const char *name) {
  const dgm_node *node = parent != NULL ? view->child(parent) : NULL;
  while (node != NULL && !dgm_is(view->name(node), name)) node = view->next(node);
  return node;
}
/* Its text; empty when it is not there. */
static inline dgm_str dgm_value(const dgm_view *view, const dgm_node *parent, const char *name) {
  const dgm_node *node = dgm_member(view, parent, name);
  dgm_str none = {NULL, 0};
  return node != NULL ? view->text(node) : none;
}

/* -- Losses ------------------------------------------------------------------------------------------------------ */

#define DGM_LOSS_PATH 256

typedef struct dgm_loss_search {
  const dgm_host *host;
  const dgm_view *view;
  const char *code;
  const char *const *written; /* NULL-terminated */
  uint32_t told[64];          /* hashes of what was reported */
  size_t count;
} dgm_loss_search;

static inline void dgm_check_written(dgm_loss_search *s, const char *path, size_t length) {
  char text[DGM_LOSS_PATH + 32];
  dgm_str message;
  uint32_t hash = 2166136261u;
  size_t i;
  for (i = 0; s->written[i] != NULL; ++i)
    if (strlen(s->written[i]) == length && memcmp(s->written[i], path, length) == 0) return;
  for (i = 0; i < length; ++i) hash = (hash ^ (unsigned char)path[i]) * 16777619u;
  for (i = 0; i < s->count; ++i)
    if (s->told[i] == hash) return;
  if (s->count < sizeof s->told / sizeof *s->told) s->told[s->count++] = hash;
  memcpy(text, "there is no place for ", 22);
  memcpy(text + 22, path, length);
  message.ptr = text;
  message.len = 22 + length;
  dgm_report(s->host, DGM_LOSS, s->code, message, -1, 0);
}

/* `path` has DGM_LOSS_PATH octets, `length` of them used; appends `mark` and `name`, cut where it is too long. */
static inline size_t dgm_append_path(char *path, size_t length, char mark, dgm_str name) {
  size_t n;
  if (mark != 0 && length + 1 < DGM_LOSS_PATH) path[length++] = mark;
  n = name.len < DGM_LOSS_PATH - length ? name.len : DGM_LOSS_PATH - length;
  if (n != 0) memcpy(path + length, name.ptr, n);
  return length + n;
}

static inline void dgm_check_content(dgm_loss_search *s, const dgm_node *node, char *path) {
  for (; node != NULL; node = s->view->next(node)) {
    size_t i, length;
    if (s->view->type(node) != DGM_ELEMENT) continue; /* text is written, comments say nothing */
    length = dgm_append_path(path, 0, 0, s->view->name(node));
    dgm_check_written(s, path, length);
    for (i = 0; i < s->view->attrs(node); ++i) {
      dgm_str name, value;
      s->view->attr_at(node, i, &name, &value);
      dgm_check_written(s, path, dgm_append_path(path, length, '@', name));
    }
    dgm_check_content(s, s->view->child(node), path);
  }
}

static inline void dgm_check_values(dgm_loss_search *s, const dgm_node *node, char *path, size_t length) {
  for (; node != NULL; node = s->view->next(node)) {
    const dgm_str name = s->view->name(node);
    const size_t here = name.len == 0 ? length : dgm_append_path(path, length, length != 0 ? '/' : 0, name);
    const int32_t type = s->view->type(node);
    if (length == 0 && (dgm_is(name, "source") || dgm_is(name, "carrier"))) continue; /* no part of what it means */
    if (length == 0 && dgm_is(name, "kind") && dgm_is(s->view->text(node), "cable")) continue;
    if (length == 0 && dgm_is(name, "body")) dgm_check_content(s, s->view->child(node), path);
    else if (type == DGM_MAP || type == DGM_LIST) dgm_check_values(s, s->view->child(node), path, here);
    else dgm_check_written(s, path, here);
  }
}

/* Reports as a loss with `code`, once each, what of the document a writer does not write. `written` names, ended by NULL,
 * what it does: members by their path ("id", "meta/subject", "meta/to/name"), elements of the body by their name ("p") and
 * attributes by both ("p@n"). Text of the body counts as written. A recursion as deep as the document, which the host
 * bounds. */
static inline void dgm_report_unwritten(const dgm_host *host, const dgm_document *document, const char *code, const char *const *written) {
  dgm_loss_search search;
  char path[DGM_LOSS_PATH];
  memset(&search, 0, sizeof search);
  search.host = host;
  search.view = document->view;
  search.code = code;
  search.written = written;
  dgm_check_values(&search, document->view->child(document->root), path, 0);
}

#endif /* DRAGOMAN_COMFORT_H */
