/* Writes record jars, one record a document. */
#include <dragoman/comfort.h>

typedef struct { const dgm_host *host; const dgm_output *out; dgm_status status; int last; } session;

/* Writes text, or nothing any more once the output failed; with `folded` runs of white space as one blank. */
static int put(session *s, dgm_str text, int folded) {
  int blank = 0, changed = 0;
  for (size_t i = 0, end; i < text.len && s->status >= 0; i = end) {
    for (end = i; end < text.len && !(folded && strchr(" \t\r\n", text.ptr[end])); ++end) {}
    if (end > i) s->status = s->out->write(s->out->ctx, text.ptr + i, end - i), blank = 0, s->last = text.ptr[end - 1];
    else changed |= blank || text.ptr[end] != ' ', s->status = blank++ ? s->status : s->out->write(s->out->ctx, " ", 1), ++end;
  }
  return changed;
}
static void loss(session *s, const char *what) { dgm_report(s->host, DGM_LOSS, "@NAME@.loss", dgm_text(what), -1, 0); }
static void field(session *s, const char *name, dgm_str value) {
  if (value.len == 0) return;
  put(s, dgm_text(name), 0);
  if (put(s, value, 1)) loss(s, "line breaks and repeated blanks of a field");
  put(s, dgm_text("\n"), 0);
}
static void words(session *s, const dgm_view *v, const dgm_node *n) {
  if (v->type(n) == DGM_TEXT) put(s, v->text(n), 1);
  for (n = v->child(n); n; n = v->next(n)) words(s, v, n);
}
static dgm_status DGM_CALL w_open(const dgm_host *host, const dgm_output *out, void **session_out) {
  session *s = *session_out = calloc(1, sizeof *s);
  if (s) s->host = host, s->out = out, s->last = '\n';
  return s ? DGM_OK : DGM_NOMEM;
}
static dgm_status DGM_CALL w_write(void *opaque, const dgm_document *d) {
  static const char *const written[] = {"id", "meta/subject", "meta/date_text", "meta/from/name", "meta/to/name", "meta/x_@NAME@", "p", NULL};
  session *s = opaque; const dgm_view *v = d->view;
  const dgm_node *source = dgm_member(v, d->root, "source"), *meta = dgm_member(v, d->root, "meta"), *n;
  if (s->last != '\n') put(s, dgm_text("\n"), 0);
  if ((d->flags & DGM_PRISTINE) && dgm_is(dgm_value(v, source, "media_type"), "text/x-@NAME@"))
    return put(s, dgm_value(v, source, "octets"), 0), s->status; /* unedited: the original, octet by octet */
  field(s, "%%\nid: ", dgm_value(v, d->root, "id")), field(s, "subject: ", dgm_value(v, meta, "subject"));
  field(s, "date: ", dgm_value(v, meta, "date_text")), field(s, "from: ", dgm_value(v, dgm_member(v, meta, "from"), "name"));
  for (n = (n = dgm_member(v, meta, "to")) ? v->child(n) : NULL; n; n = v->next(n)) field(s, "to: ", dgm_value(v, n, "name"));
  for (n = (n = dgm_member(v, meta, "x_@NAME@")) ? v->child(n) : NULL; n; n = v->next(n)) field(s, "", v->text(n));
  for (n = (n = dgm_member(v, d->root, "body")) ? v->child(n) : NULL; n; n = v->next(n)) {
    if (!v->child(n) || dgm_is(v->text(v->child(n)), "%%")) loss(s, "a paragraph that is empty or a mark");
    else put(s, dgm_text("\n"), 0), words(s, v, n), put(s, dgm_text("\n"), 0);
  }
  return dgm_report_unwritten(s->host, d, "@NAME@.loss", written), s->status;
}
static dgm_status DGM_CALL w_finish(void *s) { return ((session *)s)->status; }
const dgm_writer @IDENT@_writer = {sizeof(dgm_writer), w_open, w_write, w_finish, free, NULL};
