/* broken.c - a small plugin, spoilt by one definition (see CMakeLists.txt). Without any it is a good one. */
#include <dragoman/plugin.h>


#ifndef SYMBOL
#define SYMBOL dgm_plugin_v1
#endif
#ifndef ABI
#define ABI DGM_ABI
#endif
#ifndef MODEL
#define MODEL DGM_MODEL
#endif
#ifndef ID
#define ID "org.dragoman.test.broken"
#endif
#ifndef SIZE
#define SIZE sizeof(dgm_plugin)
#endif
#ifndef FORMATS
#define FORMATS formats
#endif
#ifndef FORMAT_ID
#define FORMAT_ID "broken"
#endif
#ifndef FORMAT_SIZE
#define FORMAT_SIZE sizeof(dgm_format)
#endif
#ifndef OPTION_HELP
#define OPTION_HELP "A number"
#endif
#ifndef OPTION_TYPE
#define OPTION_TYPE DGM_OPTION_INTEGER
#endif
#ifndef OPTION_FALLBACK
#define OPTION_FALLBACK "1"
#endif

#ifdef MISSING_SYMBOL
extern void dragoman_test_nobody_has_this(void);
#endif
#ifdef EXTRA_SYMBOL
extern DGM_EXPORT const int one_symbol_too_many;
const int one_symbol_too_many = 1;
#endif
#ifdef CRASH
__attribute__((constructor)) static void crash(void) { __builtin_trap(); }
#endif

static dgm_status DGM_CALL open_reader(const dgm_host *host, const dgm_input *input, void **session) {
  (void)host;
  (void)input;
  *session = NULL;
#ifdef MISSING_SYMBOL
  dragoman_test_nobody_has_this();
#endif
  return DGM_OK;
}
static dgm_status DGM_CALL next(void *session, const dgm_sink *sink) {
  (void)session;
  (void)sink;
  return DGM_END;
}
static void DGM_CALL close_reader(void *session) { (void)session; }

static const dgm_reader reader = {sizeof reader, NULL, open_reader,
#ifdef NO_NEXT
                                  NULL,
#else
                                  next,
#endif
                                  close_reader, NULL};
static const char *const suffixes[] = {"broken", NULL};
static const char *const media_types[] = {"text/x-broken", NULL};
static const dgm_option options[] = {{"number", OPTION_HELP, OPTION_TYPE, OPTION_FALLBACK, NULL, 0, 9}};
#ifdef MAGIC
static const dgm_magic magic[] = {{90, 0, sizeof MAGIC - 1, MAGIC}};
#define MAGICS magic, 1
#else
#define MAGICS NULL, 0
#endif
static const dgm_format format = {FORMAT_SIZE, 0, FORMAT_ID, "A format of the tests", suffixes, media_types, MAGICS, options, 1, NULL, 0,
#ifdef NO_SESSIONS
                                  NULL,
#else
                                  &reader,
#endif
                                  NULL, NULL, 0};
static const dgm_format *const formats[] = {&format, NULL};

#ifdef GROWN
/* As a later release would have it: the known table, and more behind it. */
typedef struct grown_plugin {
  dgm_plugin known;
  const char *more[8];
} grown_plugin;
extern DGM_EXPORT const grown_plugin grown;
const grown_plugin grown __asm__("dgm_plugin_v1") = {
    {sizeof(grown_plugin), ABI, ID, "9.0.0", "MIT", MODEL, FORMATS}, {"new", "members", NULL, NULL, NULL, NULL, NULL, NULL}};
#else
extern DGM_EXPORT const dgm_plugin SYMBOL;
const dgm_plugin SYMBOL = {SIZE, ABI, ID, "1.0.0", "MIT", MODEL, FORMATS};
#endif
