/* dragoman/plugin.h - the whole contract between dragoman and a format plugin.
 *
 * A plugin is a shared module, NAME.dgm, that exports ONE symbol: the constant table dgm_plugin_v1.
 * Nothing registers and nothing runs when it is loaded; listing, help and option checking read the table only.
 *
 * Rules that hold everywhere below, unless a comment says otherwise:
 *   - Strings are UTF-8 spans (dgm_str), not NUL-terminated, lent for the call; copy to keep.
 *     The `const char *` members of the constant tables are NUL-terminated and live as long as the module.
 *   - Nobody frees memory that the other side allocated.
 *   - No exception, longjmp or panic may leave a function of this header. In C++ the function types are noexcept.
 *   - Tables only ever grow at the end; `size` is sizeof the table as its maker knew it. Before reading a member
 *     that was added after the first release, check that `size` covers it (DGM_HAS).
 *   - Structs that stand in arrays (dgm_option, dgm_code, dgm_magic) never grow; a successor gets a new name.
 *   - Offsets and lengths count octets.
 *
 * Threads, as roles:
 *   [any-thread]      may be called at any time from any thread, also at the same time.
 *   [session-thread]  one thread at a time a session. The host may move a session between calls; different
 *                     sessions of one plugin run in parallel, so a plugin keeps no mutable global state.
 *
 * Source of the rules: docs/design.md "The plugin contract".
 */
#ifndef DRAGOMAN_PLUGIN_H
#define DRAGOMAN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#  define DGM_EXPORT __declspec(dllexport)
#  define DGM_CALL __cdecl
#else
#  define DGM_EXPORT __attribute__((visibility("default")))
#  define DGM_CALL
#endif

#ifdef __cplusplus
#  define DGM_NOEXCEPT noexcept /* part of the function type since C++17: a throwing callback does not compile */
extern "C" {
#else
#  define DGM_NOEXCEPT
#endif

#define DGM_ABI 1u         /* the number in the symbol dgm_plugin_v1 */
#define DGM_MODEL "cable/1" /* the document model, versioned apart from this contract (docs/model.md) */

/* True when the table at `pointer` is recent enough to have `member`. */
#define DGM_HAS(pointer, type, member) \
  ((pointer)->size >= offsetof(type, member) + sizeof(((const type *)0)->member))

/* A span of UTF-8 text, or of octets where said so. `ptr` may be NULL only when `len` is 0. */
typedef struct dgm_str {
  const char *ptr;
  size_t len;
} dgm_str;

/* -- Status: what the caller does next. Why is told by diagnostics. ------------------------------------------- */
typedef int32_t dgm_status;
enum {
  DGM_OK = 0,      /* done; go on */
  DGM_END = 1,     /* nothing more to read */
  DGM_SKIP = -1,   /* this document is unusable; the next one may be fine */
  DGM_FATAL = -2,  /* this session is over */
  DGM_CANCEL = -3, /* the host asked to stop; hand it back unchanged */
  DGM_IO = -4,     /* the host's input or output failed; hand it back unchanged */
  DGM_NOMEM = -5   /* out of memory; this session is over */
};

/* -- Diagnostics: what went wrong, was repaired, or was lost --------------------------------------------------- */
enum {
  DGM_NOTE = 1,    /* worth knowing; nothing is wrong */
  DGM_WARNING = 2, /* repaired or doubtful; the document is whole */
  DGM_LOSS = 3,    /* something that the output cannot hold was left out */
  DGM_ERROR = 4    /* the document (or the input) is unusable */
};
typedef struct dgm_diag {
  uint32_t size;
  int32_t severity;
  dgm_str code;    /* stable, dotted, lower case, under the part that found it: "telegram.ref.swapped" */
  dgm_str text;    /* one line for people; what was found, in their terms */
  int64_t offset;  /* first octet concerned, counted from the start of the session's input; -1 unknown */
  int64_t length;  /* octets concerned; 0 unknown */
  uint32_t line;   /* from 1; 0: the host works it out from `offset` where it can */
  uint32_t column; /* from 1, in characters; 0 likewise */
} dgm_diag;

/* -- Host services, lent to a session from open to close ------------------------------------------------------- */
typedef struct dgm_host {
  uint32_t size;
  void *ctx;
  /* Reports a diagnostic on the document being read or written. [any-thread] */
  void(DGM_CALL *report)(void *ctx, const dgm_diag *diag) DGM_NOEXCEPT;
  /* Value of an option that this format declares, checked and with its default filled in. Returns 1 and sets `out`
   * (valid until the session closes), or 0 for a name that was not declared. [session-thread] */
  int32_t(DGM_CALL *option)(void *ctx, dgm_str name, dgm_str *out) DGM_NOEXCEPT;
  /* 1 when the session should return DGM_CANCEL soon. Cheap; ask every few thousand steps. [any-thread] */
  int32_t(DGM_CALL *cancelled)(void *ctx) DGM_NOEXCEPT;
  /* A further service by its id, e.g. DGM_EXT_NESTED, or NULL when this host has none. Valid until the session
   * closes. [session-thread] */
  const void *(DGM_CALL *extension)(void *ctx, dgm_str id) DGM_NOEXCEPT;
} dgm_host;

/* -- Input, lent to a reader session from open to close -------------------------------------------------------- */
typedef struct dgm_input {
  uint32_t size;
  void *ctx;
  /* Reads up to `capacity` octets in order. Returns how many, 0 at the end, or a negative status. [session-thread] */
  int64_t(DGM_CALL *read)(void *ctx, void *buffer, size_t capacity) DGM_NOEXCEPT;
  /* The same at a position, which does not move `read`. NULL: this input cannot seek. [session-thread] */
  int64_t(DGM_CALL *read_at)(void *ctx, uint64_t offset, void *buffer, size_t capacity) DGM_NOEXCEPT;
  /* Returns 1 and the whole input as octets when the host has it in memory (valid until the session closes), else 0.
   * A reader that asks here first copies nothing. [session-thread] */
  int32_t(DGM_CALL *contents)(void *ctx, dgm_str *octets) DGM_NOEXCEPT;
  int64_t length; /* octets; -1 unknown */
  dgm_str name;   /* relative path as received; a hint for people, never opened */
} dgm_input;

/* -- Output, lent to a writer session from open to close ------------------------------------------------------- */
typedef struct dgm_output {
  uint32_t size;
  void *ctx;
  /* Appends octets; takes all of them or returns a negative status. [session-thread] */
  dgm_status(DGM_CALL *write)(void *ctx, const void *octets, size_t length) DGM_NOEXCEPT;
  dgm_str name; /* final name of what is written, without folders; empty for a stream. Since the first release */
} dgm_output;

/* -- The document (docs/model.md) ------------------------------------------------------------------------------
 * One tree of nodes, told as events by readers and seen through a view by writers. Values are JSON-shaped (map,
 * list, text, literal), the body is XML-shaped (element, text, comment, processing instruction):
 *
 *   map "document"
 *     text "id"   text "kind" ("cable" or "document")
 *     map  "meta"      the heading; field names and types in dragoman/vocabulary.hpp
 *     list "body"      elements with TEI names, and text
 *     map  "source"    media_type, charset, name, and octets "octets": the original, byte for byte
 *     map  "carrier"   by format: what only that format can say
 *     ...  "x_..."     anything foreign
 *
 *   map "collection"   the frame of a collection, told before its documents: id, kind, and list "tree" with a slot
 *                      where each document stands
 *
 * Every name and text is UTF-8 of XML 1.0 characters; octets are free.
 */
enum {
  DGM_MAP = 1,     /* named members, no two of one name */
  DGM_LIST = 2,    /* members in order; names of members are empty */
  DGM_TEXT = 3,    /* in a map: a string value with its name; elsewhere the name is empty */
  DGM_LITERAL = 4, /* a JSON number, true, false or null, as written; only under x_ and carrier */
  DGM_OCTETS = 5,  /* octets, in no character set */
  DGM_ELEMENT = 6, /* an XML element: name as written, attributes in order, content */
  DGM_COMMENT = 7, /* an XML comment; its text */
  DGM_PI = 8,      /* an XML processing instruction: name is the target, text the data */
  DGM_SLOT = 9     /* in a collection's tree: the place of the document whose id is the name */
};

/* -- Events, reader to host. Lent for one call of next or of nested reading. [session-thread] ------------------
 * A negative status from any of them ends the call: return it unchanged. */
typedef struct dgm_sink {
  uint32_t size;
  void *ctx;
  /* Opens a node inside the open one. `name` is empty for members of lists, text, and comments. */
  dgm_status(DGM_CALL *open)(void *ctx, int32_t type, dgm_str name) DGM_NOEXCEPT;
  /* An attribute of the open element, before its content. */
  dgm_status(DGM_CALL *attr)(void *ctx, dgm_str name, dgm_str value) DGM_NOEXCEPT;
  /* Text: appended to an open text, literal, comment or pi node; inside an element, body or tree a text node of its
   * own, merged with a text directly before it; inside another list one value. Text that lies inside the octets given
   * to `bytes` is not copied. */
  dgm_status(DGM_CALL *text)(void *ctx, dgm_str utf8) DGM_NOEXCEPT;
  /* Octets of the open octets node. They must stay in place until the call of `next` returns. A reader gives the
   * source first, so that later text can be slices of it. */
  dgm_status(DGM_CALL *bytes)(void *ctx, const void *octets, size_t length) DGM_NOEXCEPT;
  /* Closes the open node. */
  dgm_status(DGM_CALL *close)(void *ctx) DGM_NOEXCEPT;
  /* Says which octets of the document's source [begin, end) the node opened last, or the text told last, came from. */
  dgm_status(DGM_CALL *span)(void *ctx, uint64_t begin, uint64_t end) DGM_NOEXCEPT;
} dgm_sink;

/* -- The view, host to writer. Read-only; valid as long as the document it came with. [any-thread] ------------- */
typedef struct dgm_node dgm_node; /* opaque */
typedef struct dgm_view {
  uint32_t size;
  int32_t(DGM_CALL *type)(const dgm_node *node) DGM_NOEXCEPT;
  dgm_str(DGM_CALL *name)(const dgm_node *node) DGM_NOEXCEPT;
  dgm_str(DGM_CALL *text)(const dgm_node *node) DGM_NOEXCEPT; /* of text, literal, comment, pi, octets; else empty */
  const dgm_node *(DGM_CALL *child)(const dgm_node *node) DGM_NOEXCEPT; /* first, or NULL */
  const dgm_node *(DGM_CALL *next)(const dgm_node *node) DGM_NOEXCEPT;  /* sibling, or NULL */
  size_t(DGM_CALL *attrs)(const dgm_node *node) DGM_NOEXCEPT;           /* how many attributes */
  void(DGM_CALL *attr_at)(const dgm_node *node, size_t index, dgm_str *name, dgm_str *value) DGM_NOEXCEPT;
  /* Octets of the source that the node came from; returns 0 when unknown. */
  int32_t(DGM_CALL *span)(const dgm_node *node, uint64_t *begin, uint64_t *end) DGM_NOEXCEPT;
} dgm_view;

/* Where a document was read from. Lent with the document or the failure. */
typedef struct dgm_origin {
  uint32_t size;
  dgm_str name;           /* relative path as received, '/' between segments; octets, UTF-8 where the system has it so */
  dgm_str format;         /* id of the format that read it; empty when none was found */
  dgm_str reader;         /* plugin id "@" version; empty when none was found */
  dgm_str media_type;     /* of that format; empty when unknown */
  uint64_t serial;        /* numbers the origins of a run; equal for the documents of one input */
  const dgm_input *octets; /* the input again: read_at and length are always there. NULL when it could not be read */
} dgm_origin;

enum {
  DGM_PRISTINE = 1 /* the model is as it was when its source was read: a writer of the source's format gives back
                      the source's octets. Not set: no source, or someone edited the model (tei.md 0.2) */
};

/* One document, or the frame of a collection, lent to a writer for one call. */
typedef struct dgm_document {
  uint32_t size;
  uint32_t flags;
  const dgm_view *view;
  const dgm_node *root;     /* map "document" or "collection" */
  const dgm_origin *origin; /* NULL when unknown */
} dgm_document;

/* An input, or one document of it, that failed; for writers that account for every input. */
typedef struct dgm_failure {
  uint32_t size;
  const dgm_origin *origin;
  dgm_str stage;   /* "identify", "read", or "write" */
  dgm_diag reason; /* the first error */
} dgm_failure;

/* -- Self-description: plain constant data -------------------------------------------------------------------- */
enum { DGM_OPTION_TEXT = 1, DGM_OPTION_BOOL = 2, DGM_OPTION_INTEGER = 3, DGM_OPTION_CHOICE = 4 };
typedef struct dgm_option {
  const char *name;           /* without the format: "charset" is set with -O telegram.charset=... */
  const char *help;           /* one sentence; compulsory */
  int32_t type;
  const char *fallback;       /* default as text; must itself be valid. Booleans are "true" and "false" */
  const char *const *choices; /* NULL-terminated, for DGM_OPTION_CHOICE */
  int64_t minimum, maximum;   /* inclusive, for DGM_OPTION_INTEGER */
} dgm_option;

/* A diagnostic code that this format may report; listed in the documentation, `advice` shown after the message. */
typedef struct dgm_code {
  const char *code;
  int32_t severity;
  const char *meaning;
  const char *advice; /* what to do next; may be NULL */
} dgm_code;

/* Octets at a fixed place that prove a format as far as `score` (0..100) says. */
typedef struct dgm_magic {
  int32_t score;
  uint32_t offset;
  uint32_t length;
  const char *octets;
} dgm_magic;

typedef struct dgm_reader {
  uint32_t size;
  /* How sure is it, 0..100, that input which starts with these octets is of this format? Evidence only: 0 no, 1..39
   * possible, 40..79 likely, 80..100 sure. `at_end` is 1 when `head` is the whole input. `reason` may be set to a
   * constant sentence. Pure; no host. May be NULL: then magic decides. [any-thread] */
  int32_t(DGM_CALL *probe)(const void *head, size_t length, int32_t at_end, dgm_str *reason) DGM_NOEXCEPT;
  /* Starts a session; `*session` is the plugin's. On a negative status there is no session. [session-thread] */
  dgm_status(DGM_CALL *open)(const dgm_host *host, const dgm_input *input, void **session) DGM_NOEXCEPT;
  /* Tells one document (or frame) to the sink: DGM_OK; DGM_END when there is none left; DGM_SKIP when it is unusable
   * and reported. [session-thread] */
  dgm_status(DGM_CALL *next)(void *session, const dgm_sink *sink) DGM_NOEXCEPT;
  /* Ends the session in any state and frees it. [session-thread] */
  void(DGM_CALL *close)(void *session) DGM_NOEXCEPT;
  /* How many octets does the first document take? 0: give more (never when `at_end`); negative: cannot say. Pure.
   * May be NULL: then an input is read by one session. [any-thread] */
  int64_t(DGM_CALL *split)(const void *head, size_t length, int32_t at_end) DGM_NOEXCEPT;
} dgm_reader;

typedef struct dgm_writer {
  uint32_t size;
  dgm_status(DGM_CALL *open)(const dgm_host *host, const dgm_output *output, void **session) DGM_NOEXCEPT; /* [session-thread] */
  /* Writes one document or frame. What the format cannot hold is reported with DGM_LOSS. [session-thread] */
  dgm_status(DGM_CALL *write)(void *session, const dgm_document *document) DGM_NOEXCEPT;
  /* Completes the output; called once, after which only close follows. [session-thread] */
  dgm_status(DGM_CALL *finish)(void *session) DGM_NOEXCEPT;
  /* Ends the session in any state and frees it. [session-thread] */
  void(DGM_CALL *close)(void *session) DGM_NOEXCEPT;
  /* An input or document of this run failed. May be NULL. [session-thread] */
  dgm_status(DGM_CALL *failed)(void *session, const dgm_failure *failure) DGM_NOEXCEPT;
} dgm_writer;

enum {
  DGM_LOSSLESS = 1,   /* the writer can hold every document (what it cannot is a bug, not a loss) */
  DGM_COLLECTION = 2, /* one output naturally holds many documents (JSON Lines, a bundle): a folder is never made of it */
  DGM_FRAME = 4,      /* the writer keeps the frame of a collection, so a framed input stays one output */
  DGM_ARCHIVE = 8     /* one output is made of a whole run: all inputs go into it */
};

typedef struct dgm_format {
  uint32_t size;
  uint32_t flags;
  const char *id;                  /* "telegram"; lower-case letters, digits, '-' */
  const char *title;               /* "Raw telegram text" */
  const char *const *suffixes;     /* NULL-terminated, without dots; the first is the one that is written */
  const char *const *media_types;  /* NULL-terminated; the first is the one that is stated */
  const dgm_magic *magic;
  size_t magic_count;
  const dgm_option *options;
  size_t option_count;
  const dgm_code *codes;
  size_t code_count;
  const dgm_reader *reader;        /* NULL: cannot read */
  const dgm_writer *writer;        /* NULL: cannot write */
} dgm_format;

typedef struct dgm_plugin {
  uint32_t size;                    /* sizeof(dgm_plugin) */
  uint32_t abi;                     /* DGM_ABI */
  const char *id;                   /* "org.example.telegram" */
  const char *version;              /* of the plugin, "1.2.3" */
  const char *license;              /* SPDX id */
  const char *model;                /* DGM_MODEL that it was written for */
  const dgm_format *const *formats; /* NULL-terminated */
} dgm_plugin;

/* -- Extension: nested reading and writing ---------------------------------------------------------------------
 * An archive asks the host to recognise and read an entry, or to render a document in another format. Sessions are
 * the host's; they must be closed before the asking session closes. Diagnostics of the inner session are reported
 * by the host under the inner input's name. Depth is bounded by the host. [session-thread] */
#define DGM_EXT_NESTED "dragoman.nested/1"

typedef struct dgm_format_facts {
  uint32_t size;
  dgm_str id, suffix, media_type;
  dgm_str plugin; /* plugin id "@" version */
} dgm_format_facts;

typedef struct dgm_nested {
  uint32_t size;
  void *ctx;
  /* Opens a reader on `input`, which must stay valid until close_reader and be able to `contents` or `read_at`.
   * `format` empty: recognise by content. DGM_SKIP when no reader is sure of it (reported). */
  dgm_status(DGM_CALL *open_reader)(void *ctx, const dgm_input *input, dgm_str format, void **session) DGM_NOEXCEPT;
  dgm_status(DGM_CALL *next)(void *session, const dgm_sink *sink) DGM_NOEXCEPT; /* as dgm_reader.next */
  void(DGM_CALL *close_reader)(void *session) DGM_NOEXCEPT;
  dgm_status(DGM_CALL *open_writer)(void *ctx, const dgm_output *output, dgm_str format, void **session) DGM_NOEXCEPT;
  dgm_status(DGM_CALL *write)(void *session, const dgm_document *document) DGM_NOEXCEPT; /* as dgm_writer.write */
  dgm_status(DGM_CALL *finish)(void *session) DGM_NOEXCEPT;                              /* as dgm_writer.finish */
  void(DGM_CALL *close_writer)(void *session) DGM_NOEXCEPT;
  /* Facts about an installed format by id; returns 0 when there is none. Set facts->size first. */
  int32_t(DGM_CALL *format)(void *ctx, dgm_str id, dgm_format_facts *facts) DGM_NOEXCEPT;
} dgm_nested;

/* -- Extension: facts about the run, for writers that record provenance. Deterministic inputs only. [any-thread] -- */
#define DGM_EXT_RUN "dragoman.run/1"

typedef struct dgm_run {
  uint32_t size;
  dgm_str program;       /* "dragoman" */
  dgm_str version;       /* of the program */
  int64_t started;       /* the one clock reading of the run, seconds since 1970-01-01T00:00:00Z (SOURCE_DATE_EPOCH) */
  dgm_str options;       /* compact sorted JSON of every option that can change output octets */
  dgm_str writer_format; /* id of the format of the session that asks */
  dgm_str writer;        /* its plugin id "@" version */
} dgm_run;

/* The only symbol that is looked up. Constant data: loading runs no plugin code. */
extern DGM_EXPORT const dgm_plugin dgm_plugin_v1;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* DRAGOMAN_PLUGIN_H */
