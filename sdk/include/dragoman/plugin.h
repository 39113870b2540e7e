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
 *   - Structs that stand in arrays (dgm_option, dgm_code, dgm_magic, dgm_term, dgm_schema, dgm_record_file) never grow; a successor gets a new name.
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
  DGM_FULL = 2,    /* of a writer in volumes (DGM_EXT_VOLUME): this was not taken; it belongs into the next volume */
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
  dgm_str history; /* of an entry of an archive, which sets it: what was recorded of the entry there, as a JSON list, the
                      oldest first (docs/formats/bundle.md); empty when nothing was. Since the first release */
} dgm_input;

/* -- Output, lent to a writer session from open to close ------------------------------------------------------- */
typedef struct dgm_output {
  uint32_t size;
  void *ctx;
  /* Appends octets; takes all of them or returns a negative status. [session-thread] */
  dgm_status(DGM_CALL *write)(void *ctx, const void *octets, size_t length) DGM_NOEXCEPT;
  dgm_str name; /* final name of what is written, without folders; empty for a stream. Where two outputs of a run ask for
                   one name, the later gets "~2" behind it, which is not known here yet. Since the first release */
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
  dgm_str history;        /* as dgm_input.history. Since the first release */
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
  /* What was reported while this document was read, notes too, in order. Offsets count in the origin's octets. */
  const dgm_diag *findings;
  size_t finding_count;
} dgm_document;

/* An input, or one document of it, that failed, or an input in which there is no document; for writers that account for
 * every input. */
typedef struct dgm_failure {
  uint32_t size;
  const dgm_origin *origin;
  dgm_str stage;   /* "identify", "read", or "write" */
  dgm_diag reason; /* the first error; where there is no document, the warning that says so */
} dgm_failure;

/* -- Self-description: plain constant data -------------------------------------------------------------------- */
enum {
  DGM_OPTION_TEXT = 1,
  DGM_OPTION_BOOL = 2,
  DGM_OPTION_INTEGER = 3,
  DGM_OPTION_CHOICE = 4,
  DGM_OPTION_FILE = 5 /* the user names a file; the value is its text, at most `maximum` octets. No default but "" */
};
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
   * May be NULL: then an input is read by one session. A large input is cut with it, and each part read by a session of
   * its own, to which offsets count from the part's begin and the input has no name; findings must name places by offset,
   * not by line. [any-thread] */
  int64_t(DGM_CALL *split)(const void *head, size_t length, int32_t at_end) DGM_NOEXCEPT;
  /* In how many parts of about equal work can the documents of this session be told? Asked at most once, before the first
   * `next`; input and options alone decide it. Below 2: by this session. May be NULL, as open_part may then: an input that
   * is no run of documents, such as an archive, is read by several threads with it. [session-thread] */
  uint64_t(DGM_CALL *parts)(void *session) DGM_NOEXCEPT;
  /* Starts a session for part `number`, from 0, of what `session` would have told: its documents in their order, with what
   * is reported of them. `session` is read no more, but stays open until its parts are closed; they use it and its input,
   * whose read_at and contents are then [any-thread], at the same time, and `host` for what they report. [any-thread] */
  dgm_status(DGM_CALL *open_part)(void *session, uint64_t number, const dgm_host *host, void **part) DGM_NOEXCEPT;
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
  /* An input or document of this run failed, or an input held none. May be NULL. [session-thread] */
  dgm_status(DGM_CALL *failed)(void *session, const dgm_failure *failure) DGM_NOEXCEPT;
  /* Copies a volume that an earlier session finished when the number of volumes was unknown, with the number that
   * DGM_EXT_VOLUME says now. `volume` can read_at. NULL: volumes need not be told. No session. [any-thread] */
  dgm_status(DGM_CALL *number)(const dgm_host *host, const dgm_input *volume, const dgm_output *output) DGM_NOEXCEPT;
} dgm_writer;

/* -- Folders: many files under one name, in both directions ------------------------------------------------------
 * The host lends a folder of the disk to a verifier; an archive lends its entries to the host. */
enum {
  DGM_ENTRY_FILE = 1,
  DGM_ENTRY_FOLDER = 2,
  DGM_ENTRY_OTHER = 3 /* a link, a device: never followed, never opened */
};
typedef struct dgm_entry {
  uint32_t size;
  int32_t type;
  dgm_str path;    /* below the folder, '/' between segments; octets; valid as long as the folder. Of an archive: checked,
                      it stays below whatever it is put into */
  uint64_t length; /* of a file */
} dgm_entry;
typedef struct dgm_folder {
  uint32_t size;
  void *ctx;
  size_t count; /* of entries, folders too */
  /* Fills `out`, whose size the caller has set, with entry `index` < count. [any-thread] */
  void(DGM_CALL *entry)(void *ctx, size_t index, dgm_entry *out) DGM_NOEXCEPT;
  /* Gives the octets of a file, piece by piece, to `take`, which ends it by a negative status; that is handed back.
   * DGM_IO: they cannot be read. DGM_SKIP: they are not what they should be, which was reported. [any-thread] */
  dgm_status(DGM_CALL *read)(void *ctx, size_t index, dgm_status(DGM_CALL *take)(void *taker, const void *octets, size_t length) DGM_NOEXCEPT,
                             void *taker) DGM_NOEXCEPT;
  int32_t parallel; /* 1: several threads may read at the same time; 0: one, best in order of index */
} dgm_folder;

/* -- Verifying: is an input valid as what it claims to be? For formats that can say more than "it was read" -------- */
enum { DGM_VERIFY_STRUCTURE = 1, DGM_VERIFY_COMPLETE = 2, DGM_VERIFY_FULL = 3 };
enum {
  DGM_VERIFY_LENIENT = 1, /* forgive what the format's page names */
  DGM_VERIFY_STRICT = 2   /* warnings are errors */
};
/* What was found, with the facts that a report has columns for; spans that do not apply are empty. */
typedef struct dgm_finding {
  uint32_t size;
  const dgm_diag *diag;
  dgm_str path;      /* of the file inside the input that is concerned */
  dgm_str algorithm; /* "sha256" */
  dgm_str expected, found;
} dgm_finding;
typedef struct dgm_verification {
  uint32_t size;
  int32_t level;   /* DGM_VERIFY_... */
  uint32_t flags;
  uint32_t threads; /* how many the verifier may use, the calling one among them; at least 1 */
  /* One of the two is there. */
  const dgm_input *input;
  const dgm_folder *folder;
  dgm_str name; /* of what is verified, without folders */
  void *ctx;
  void(DGM_CALL *report)(void *ctx, const dgm_finding *finding) DGM_NOEXCEPT; /* [any-thread] */
  /* A schema to judge by, or NULL when there is none. An empty `name`: the one that the user named. Else the file at that
   * relative path beside it, or beside the input when the user named none; never outside of that folder, never fetched.
   * Valid until verify returns; its `contents` are always there. Since the first release. [session-thread] */
  const dgm_input *(DGM_CALL *schema)(void *ctx, dgm_str name) DGM_NOEXCEPT;
} dgm_verification;
enum {
  DGM_VERIFIER_BESIDE = 1 /* it judges only what reading does not see: the host reads all of the input first, as one without
                             a verifier, and asks the verifier when a document could be read. Inputs only, no folders */
};
typedef struct dgm_verifier {
  uint32_t size;
  /* How sure is it, 0..100, that a folder of the disk is of this format? NULL: never. Looks at paths only. [any-thread] */
  int32_t(DGM_CALL *probe)(const dgm_folder *folder) DGM_NOEXCEPT;
  /* Reports every finding; DGM_OK when it came to the end. Valid is what has no error. [session-thread] */
  dgm_status(DGM_CALL *verify)(const dgm_host *host, const dgm_verification *what) DGM_NOEXCEPT;
  uint32_t flags; /* DGM_VERIFIER_...; since the first release */
} dgm_verifier;

/* -- Unpacking: an archive as a folder, and what it says of the things that it was made from ----------------------- */
typedef struct dgm_record_file {
  size_t entry;   /* in the folder */
  dgm_str format; /* id of the format that it is in; empty when unknown */
} dgm_record_file;
/* One document, or an input that gave none. */
typedef struct dgm_record {
  uint32_t size;
  int32_t has_original;
  dgm_str id;       /* of the document; empty when there is none */
  dgm_str name;     /* of the original, as received */
  dgm_str status;   /* a lower-case word: "ok", "warning", "failed" */
  dgm_str findings; /* why, a line for each, for people */
  uint64_t offset, length; /* of the document in its original; length 0: all of it */
  const dgm_record_file *files; /* the original first when there is one, then what was made of it */
  size_t file_count;
} dgm_record;
typedef struct dgm_unpacker {
  uint32_t size;
  /* Checks the archive and lends its entries until close. [session-thread] */
  dgm_status(DGM_CALL *open)(const dgm_host *host, const dgm_input *input, const dgm_folder **folder, void **session) DGM_NOEXCEPT;
  void(DGM_CALL *close)(void *session) DGM_NOEXCEPT;
  /* How many records the archive keeps; 0 for one that keeps none. May be NULL. [session-thread] */
  dgm_status(DGM_CALL *records)(void *session, size_t *count) DGM_NOEXCEPT;
  /* Fills `out`, whose size the caller has set, with record `index` < count; valid until the next call. DGM_SKIP: it
   * cannot be had. [session-thread] */
  dgm_status(DGM_CALL *record)(void *session, size_t index, dgm_record *out) DGM_NOEXCEPT;
} dgm_unpacker;

enum {
  DGM_LOSSLESS = 1,   /* the writer can hold every document (what it cannot is a bug, not a loss) */
  DGM_COLLECTION = 2, /* one output naturally holds many documents (JSON Lines, a bundle): a folder is never made of it */
  DGM_FRAME = 4,      /* the writer keeps the frame of a collection, so a framed input stays one output. When such a format
                         has an option "split", a DGM_OPTION_BOOL that is true, each document gets an output of its own, and
                         before it the frame */
  DGM_ARCHIVE = 8,    /* one output is made of a whole run: all inputs go into it */
  DGM_VIEW = 16,      /* an output shows a part of each document by design (a table of headings): the writer names that as one
                         loss an output, not thing by thing */
  DGM_STANDALONE = 32 /* what is written of a document stands for itself (JSON Lines): all of it is out when `write` returns,
                         nothing of it depends on what the session wrote before, and `finish` adds nothing. So a host may let
                         several sessions write the documents of one output. The session that begins an output gets its first
                         document, and every frame. Not for archives, nor for writers that are told of failures */
};

/* A word of the format's trade that people look up: "PREL", "ZNY". One term may stand several times, of several kinds. */
typedef struct dgm_term {
  const char *term;    /* as it is usually written */
  const char *kind;    /* which vocabulary: "subject tag"; of few words, the same for all its terms */
  const char *meaning; /* for people, one line */
  const char *source;  /* where that is known from */
} dgm_term;

/* A schema of the format, for programs that write or check it without us. */
typedef struct dgm_schema {
  const char *name;       /* as a file: "cable.schema.json" */
  const char *title;      /* what it describes, one line */
  const char *media_type; /* "application/schema+json" */
  const char *text;       /* UTF-8, ends with a line end */
  size_t length;
} dgm_schema;

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
  const dgm_term *terms;           /* what `dragoman explain` knows by this format, in any order. Since the first release */
  size_t term_count;
  const dgm_verifier *verifier;    /* NULL: what can be read without error is valid */
  const dgm_unpacker *unpacker;    /* NULL: no archive */
  const dgm_schema *schemas;       /* the first is the one that describes what is written. Since the first release */
  size_t schema_count;
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
  dgm_str plugin_sha256; /* of the plugin's file, in hexadecimal; empty when that cannot be said. Since the first release */
} dgm_format_facts;

typedef struct dgm_nested {
  uint32_t size;
  void *ctx;
  /* Opens a reader on `input`, which must stay valid until close_reader and be able to `contents` or `read_at`. An input
   * without a name is no entry: it stands for what the asking session reads, in another form.
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

/* -- Extension: an output in volumes, for writers whose outputs should not grow beyond a size -----------------------
 * Lent to a writer session whose output may be followed by another. When the output is as large as it should be, `write`
 * or `failed` answers DGM_FULL and takes nothing; the host then calls `finish`, perhaps in another thread while the
 * next volume is filled, and gives the same document or failure to a new session. A session that holds nothing is never
 * full. The members change between calls of a session, never during one. [session-thread] */
#define DGM_EXT_VOLUME "dragoman.volume/1"

typedef struct dgm_volume {
  uint32_t size;
  uint32_t index; /* of this output among those of the run, from 1 */
  uint32_t count; /* how many there are; 0 while nobody knows */
  dgm_str series; /* what the output is called when it is the only one, without folders */
  dgm_str name;   /* what this one is called, without folders; to be relied on in `finish` and `number` */
} dgm_volume;

/* -- Extension: facts about how a document was read, which are no part of it: for people who look at a collection. Told
 * while `next` tells the document. The host lends the table only when somebody wants to know. [session-thread] ----- */
#define DGM_EXT_FACTS "dragoman.facts/1"
#define DGM_FACT_DIALECT "dialect" /* which form of the format it is in: one lower-case word, "acp127" */

typedef struct dgm_facts {
  uint32_t size;
  void *ctx;
  void(DGM_CALL *tell)(void *ctx, dgm_str name, dgm_str value) DGM_NOEXCEPT;
} dgm_facts;

/* -- Extension: pieces of work done side by side, for sessions that have much to compute in one call. How many at the
 * same time is the user's choice (-j); no output may depend on it. [session-thread] -------------------------------- */
#define DGM_EXT_WORK "dragoman.work/1"

typedef struct dgm_work {
  uint32_t size;
  void *ctx;
  /* Calls `piece` once for each number below `count` and returns when all calls have returned. They begin in order, in
   * several threads; piece 0 is called by the calling thread. Of the session's services a piece uses those of [any-thread]
   * only; piece 0 may use all, since no other call of the session is under way. */
  void(DGM_CALL *run)(void *ctx, uint64_t count, void(DGM_CALL *piece)(void *of, uint64_t number) DGM_NOEXCEPT, void *of) DGM_NOEXCEPT;
} dgm_work;

/* The only symbol that is looked up. Constant data: loading runs no plugin code. */
extern DGM_EXPORT const dgm_plugin dgm_plugin_v1;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* DRAGOMAN_PLUGIN_H */
