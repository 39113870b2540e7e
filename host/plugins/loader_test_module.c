/* The smallest plugin, for loader_test.cpp: a writer that writes nothing. */
#include <dragoman/plugin.h>

static dgm_status DGM_CALL open_session(const dgm_host *host, const dgm_output *output, void **session) {
  (void)host;
  *session = (void *)(uintptr_t)output;
  return DGM_OK;
}
static dgm_status DGM_CALL write_nothing(void *session, const dgm_document *document) {
  (void)session;
  (void)document;
  return DGM_OK;
}
static dgm_status DGM_CALL finish(void *session) {
  (void)session;
  return DGM_OK;
}
static void DGM_CALL close_session(void *session) { (void)session; }

static const char *const suffixes[] = {"none", NULL};
static const char *const media_types[] = {"text/x-none", NULL};
static const dgm_writer writer = {sizeof(dgm_writer), open_session, write_nothing, finish, close_session, NULL};
static const dgm_format format = {sizeof(dgm_format), 0, "none", "Nothing", suffixes, media_types, NULL, 0, NULL, 0, NULL, 0, NULL, &writer, NULL, 0};
static const dgm_format *const formats[] = {&format, NULL};
DGM_EXPORT const dgm_plugin dgm_plugin_v1 = {sizeof(dgm_plugin), DGM_ABI, "org.example.none", "1.0", "MIT", DGM_MODEL, formats};
