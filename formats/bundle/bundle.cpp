#include "bundle.hpp"

#include "reader.hpp"
#include "unpacker.hpp"
#include "verifier.hpp"
#include "writer.hpp"

#include <limits>

namespace dragoman::bundle {
namespace {

constexpr const char* suffixes[] = {"bag.zip", "zip", nullptr};
constexpr const char* media_types[] = {"application/zip", nullptr};

constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();
constexpr dgm_option text_option(const char* name, const char* help, const char* fallback = "") {
  return {name, help, DGM_OPTION_TEXT, fallback, nullptr, 0, 0};
}
constexpr dgm_option flag_option(const char* name, const char* help) {
  return {name, help, DGM_OPTION_BOOL, "false", nullptr, 0, 0};
}
constexpr dgm_option choice_option(const char* name, const char* help, const char* const* choices) {
  return {name, help, DGM_OPTION_CHOICE, choices[0], choices, 0, 0};
}
constexpr dgm_option limit_option(const char* name, const char* help, const char* fallback) {
  return {name, help, DGM_OPTION_INTEGER, fallback, nullptr, 1, unbounded};
}

constexpr const char* premis_choices[] = {"record", "bundle", "none", nullptr};
constexpr const char* event_choices[] = {"migration", "normalization", nullptr};
constexpr const char* verify_choices[] = {"full", "complete", "none", nullptr};
constexpr const char* charset_choices[] = {"auto", "utf-8", "cp437", "iso-8859-1", nullptr};
constexpr const char* backslash_choices[] = {"refuse", "separator", nullptr};
constexpr const char* method_choices[] = {"standard", "all", nullptr};

constexpr dgm_option options[] = {
    // writing
    text_option("derivatives", "Formats that each document is also written in, separated by commas; empty for none.", "tei,json"),
    limit_option("records", "A bundle closes at this many records, and another one begins.", "5000"),
    limit_option("bytes", "A bundle closes at this many octets of payload, and another one begins.", "536870912"),
    flag_option("store", "Store entries without compression, which gives the same octets with every zlib."),
    choice_option("premis",
                  "Write metadata/premis.xml with an object for each file and an event for each derivative, with one of each for "
                  "the bundle, or not.",
                  premis_choices),
    choice_option("premis-event", "What PREMIS calls the making of a derivative.", event_choices),
    text_option("source-organization", "Source-Organization in bag-info.txt: who hands the bag over."),
    text_option("organization-address", "Organization-Address in bag-info.txt."),
    text_option("contact-name", "Contact-Name in bag-info.txt."),
    text_option("contact-phone", "Contact-Phone in bag-info.txt."),
    text_option("contact-email", "Contact-Email in bag-info.txt."),
    text_option("external-description", "External-Description in bag-info.txt: what the bag holds, in a sentence."),
    text_option("external-identifier", "External-Identifier in bag-info.txt: the sender's identifier of the bag."),
    text_option("bag-group-identifier", "Bag-Group-Identifier in bag-info.txt: shared by bags that belong together."),
    text_option("bag-count", "Bag-Count in bag-info.txt: \"2 of 7\". The bundles of one run are counted in any case."),
    text_option("internal-sender-identifier", "Internal-Sender-Identifier in bag-info.txt."),
    text_option("internal-sender-description", "Internal-Sender-Description in bag-info.txt."),
    {"profile", "A file with lines \"Label: value\" for bag-info.txt; the options above win over it.", DGM_OPTION_FILE, "",
     nullptr, 0, 1 << 20},
    text_option("info", "Further labels of bag-info.txt: \"Label=value; Label=value\"."),
    // reading
    choice_option("verify", "How much of a bag is verified before it is read: every digest, presence and sizes only, or nothing.",
                  verify_choices),
    flag_option("accept-invalid", "Read a bag although it is not valid; its errors become warnings."),
    flag_option("lenient",
                "Take as a warning: a listed file found under another case, an absent system file, a bag without top folder."),
    flag_option("strict", "Take every warning on a bag as an error."),
    {"recurse", "How deep archives inside an archive are opened, which shares its limits with them; 0: they are refused.",
     DGM_OPTION_INTEGER, "0", nullptr, 0, 3},
    choice_option("name-charset", "Character set of names in a ZIP that does not state it.", charset_choices),
    choice_option(
        "backslash",
        "What a backslash in the name of an entry is: a reason to refuse the archive, or a separator (old Windows tools).",
        backslash_choices),
    choice_option("methods", "Packing methods of ZIP that are read: stored and deflated, or all that are known.", method_choices),
    limit_option("max-entries", "Most entries in one archive.", "1000000"),
    limit_option("max-directory", "Most octets of the directory of a ZIP.", "536870912"),
    limit_option("max-entry", "Most octets of one entry that is read as documents, unpacked.", "268435456"),
    limit_option("max-payload", "Most octets of one entry that is only verified or extracted.", "17179869184"),
    limit_option("max-total", "Most octets of all entries, unpacked.", "68719476736"),
    limit_option("max-ratio", "Most octets that one octet of an entry may unpack to, looked at after the first MiB.", "200"),
    limit_option("max-total-ratio", "The same for the whole archive, looked at after the first 64 MiB.", "100"),
    limit_option("max-spool", "Most octets of an archive from a pipe.", "68719476736"),
};

constexpr const char* damaged_advice = "get the archive again, or repair it with a tool of your choice and compare its digests";
constexpr const char* hostile_advice = "do not unpack it with other tools; ask the sender for a clean archive";
constexpr const char* sender_advice =
    "ask the sender for a valid bag, or read it all the same with -O bundle.accept-invalid=true";

constexpr dgm_code codes[] = {
    // writing
    {"bundle.derivative-unknown", DGM_ERROR, "No installed format has the id given in bundle.derivatives.",
     "`dragoman formats` lists the ids"},
    {"bundle.derivative-failed", DGM_ERROR,
     "A document could not be written in one of the formats of bundle.derivatives; its original is in the bundle.",
     "see the messages of that format before it"},
    {"bundle.empty-output", DGM_ERROR, "A format wrote nothing for a document, so there is no derivative.",
     "report this to the author of that plugin"},
    {"bundle.id-repeated", DGM_WARNING, "Two documents of a bundle have the same id; both are kept, the names tell them apart.",
     "check whether one is a copy"},
    {"bundle.no-content", DGM_ERROR, "A document has neither original octets nor a derivative that could be kept.",
     "set bundle.derivatives=json"},
    {"bundle.frame-dropped", DGM_LOSS,
     "The order and headings of a collection are kept with its original only, which is out of reach.",
     "convert from the original file"},
    {"bundle.large", DGM_NOTE,
     "The bundle is larger than bundle.records and bundle.bytes say: one input is never cut, nor is standard output.",
     "split the input if the archive prefers smaller bundles"},
    {"bundle.profile", DGM_ERROR,
     "The file given as bundle.profile does not hold lines \"Label: value\", or labels that are worked out.", "correct the file"},
    {"bundle.volume", DGM_ERROR, "The number of bundles could not be entered in one of them, which is valid all the same.",
     "correct Bag-Count in its bag-info.txt"},
    {"bundle.spool", DGM_ERROR, "A temporary file that holds the bundle until it is complete could not be made, written or read.",
     "set TMPDIR to a folder with enough room"},
    // reading archives
    {"bundle.no-bag", DGM_NOTE, "The archive holds no bag; only the archive itself was verified.", nullptr},
    {"bundle.file-unreadable", DGM_ERROR, "A file of the bag cannot be read.", "check the permissions, and the disk"},
    {"bundle.no-nested", DGM_ERROR, "The host program gives plugins no nested reading, so entries cannot be read.",
     "use a newer host program"},
    {"bundle.input-changed", DGM_ERROR, "The input became shorter while it was read.", "convert it when nobody writes to it"},
    {"bundle.zip-truncated", DGM_ERROR, "The ZIP is cut, or no ZIP.", damaged_advice},
    {"bundle.zip-inconsistent", DGM_ERROR,
     "The parts of the ZIP contradict each other, so that readers would differ in what it holds.", damaged_advice},
    {"bundle.zip-overlap", DGM_ERROR, "Entries of the ZIP share octets, as in archives that are made to burst their reader.",
     hostile_advice},
    {"bundle.zip-encrypted", DGM_ERROR, "An entry is encrypted.", "decrypt the archive first"},
    {"bundle.zip-method", DGM_ERROR, "An entry is packed by a method other than stored or deflated.",
     "try -O bundle.methods=all"},
    {"bundle.tar-truncated", DGM_ERROR, "The tar is cut: its end marker, or an entry, or the compressed stream is not whole.",
     damaged_advice},
    {"bundle.tar-damaged", DGM_ERROR, "The tar cannot be read.", damaged_advice},
    {"bundle.trailing", DGM_WARNING, "Octets follow the end of the archive.", nullptr},
    {"bundle.prefix", DGM_WARNING, "Octets stand before the beginning of the ZIP.", nullptr},
    {"bundle.entry-type", DGM_ERROR, "The archive holds a link or device.", hostile_advice},
    {"bundle.entry-name", DGM_ERROR,
     "The name of an entry could lead out of the target folder, or means different things to different readers.", hostile_advice},
    {"bundle.entry-duplicate", DGM_ERROR, "Two entries have one name.", hostile_advice},
    {"bundle.name-clash", DGM_WARNING, "Two names differ in case only; on some systems one would replace the other.", nullptr},
    {"bundle.name-cleaned", DGM_WARNING, "A name held \"./\" or \"//\", which was left out.", nullptr},
    {"bundle.name-guessed", DGM_WARNING, "The archive does not say in which character set a name is written.",
     "set bundle.name-charset when the guess is wrong"},
    {"bundle.limit-entries", DGM_ERROR, "The archive has more entries than allowed.", "raise bundle.max-entries if you trust it"},
    {"bundle.limit-directory", DGM_ERROR, "The directory of the ZIP is larger than allowed.",
     "raise bundle.max-directory if you trust it"},
    {"bundle.limit-entry", DGM_ERROR, "An entry is larger than allowed.",
     "raise bundle.max-entry or bundle.max-payload if you trust it"},
    {"bundle.limit-total", DGM_ERROR, "The archive unpacks to more than allowed.", "raise bundle.max-total if you trust it"},
    {"bundle.limit-ratio", DGM_ERROR, "The archive unpacks to suspiciously many times its size.",
     "raise bundle.max-ratio or bundle.max-total-ratio if you trust it"},
    {"bundle.limit-path", DGM_ERROR, "The path of an entry is too long or too deep.",
     "ask the sender for an archive with shorter paths"},
    {"bundle.limit-spool", DGM_ERROR, "The archive from a pipe is larger than allowed.",
     "raise bundle.max-spool, or give a file"},
    {"bundle.archive-in-archive", DGM_ERROR, "An archive inside the archive is not opened.",
     "open it, too, with -O bundle.recurse=1, or unpack it and convert it by itself"},
    {"bundle.skipped", DGM_NOTE, "A file that an operating system left behind was passed over.", nullptr},
    {"bundle.empty", DGM_WARNING, "An empty file was passed over.", nullptr},
    {"bundle.more-findings", DGM_NOTE, "More findings of one code were counted than are told.", nullptr},
    // reading bags
    {"bundle.bag-serial", DGM_ERROR, "The archive is no legal serialization of a bag: one top folder, and in it bagit.txt.",
     "set bundle.lenient=true for a bag without top folder"},
    {"bundle.base-name", DGM_WARNING, "The top folder of the bag has another name than the archive.", nullptr},
    {"bundle.version", DGM_ERROR, "The bundle has a layout that this program does not know.", "use a newer version of dragoman"},
    {"bundle.record-syntax", DGM_WARNING, "A line of records.jsonl is no record; the file that it meant is read by its path.",
     nullptr},
    {"bundle.not-valid", DGM_ERROR, "The bag is not valid; the messages before say why.", sender_advice},
    {"bundle.accepted-invalid", DGM_WARNING, "The bag is not valid and was read on request.", nullptr},
    {"bundle.bagit-missing", DGM_ERROR, "There is no bagit.txt.", sender_advice},
    {"bundle.bagit-syntax", DGM_ERROR, "bagit.txt does not have its two lines in order.", sender_advice},
    {"bundle.bagit-bom", DGM_ERROR, "bagit.txt begins with a byte order mark.", sender_advice},
    {"bundle.bagit-version", DGM_ERROR, "The BagIt version is none of 0.93 to 0.97 and 1.0.", sender_advice},
    {"bundle.bagit-encoding", DGM_ERROR, "The encoding of tag files is none of UTF-8, UTF-16, ISO-8859-1, US-ASCII.",
     sender_advice},
    {"bundle.no-data", DGM_ERROR, "The bag has no data folder.", sender_advice},
    {"bundle.no-manifest", DGM_ERROR, "The bag has no manifest of a known algorithm.", sender_advice},
    {"bundle.manifest-syntax", DGM_ERROR, "A line of a manifest is not digest, blanks, path.", sender_advice},
    {"bundle.manifest-encoding", DGM_ERROR, "A manifest is not in the encoding that bagit.txt states.", sender_advice},
    {"bundle.manifest-duplicate", DGM_ERROR, "A manifest lists a path twice.", sender_advice},
    {"bundle.manifest-scope", DGM_ERROR,
     "A manifest lists a file of the other kind: a payload manifest a tag file, or a tag manifest a payload file.",
     sender_advice},
    {"bundle.manifests-differ", DGM_ERROR, "The payload manifests do not list the same files.", sender_advice},
    {"bundle.tagman-incomplete", DGM_ERROR, "A tag manifest leaves out a payload manifest.", sender_advice},
    {"bundle.path-unsafe", DGM_ERROR, "A path in a manifest or fetch.txt leads out of the bag.", hostile_advice},
    {"bundle.file-missing", DGM_ERROR, "A listed file is not there.", sender_advice},
    {"bundle.file-unlisted", DGM_ERROR, "A payload file is in no manifest.", sender_advice},
    {"bundle.digest", DGM_ERROR, "A file was changed: its digest is not the listed one.", sender_advice},
    {"bundle.oxum", DGM_ERROR, "Size or number of the payload files is not what Payload-Oxum says.", sender_advice},
    {"bundle.oxum-syntax", DGM_ERROR, "Payload-Oxum is not octets.files.", sender_advice},
    {"bundle.oxum-repeated", DGM_ERROR, "Payload-Oxum is given more than once.", sender_advice},
    {"bundle.info-syntax", DGM_ERROR, "A line of bag-info.txt is not \"Label: value\".", sender_advice},
    {"bundle.info-encoding", DGM_ERROR, "bag-info.txt is not in the encoding that bagit.txt states.", sender_advice},
    {"bundle.fetch-syntax", DGM_ERROR, "A line of fetch.txt is not URL, length, path.", sender_advice},
    {"bundle.fetch-scope", DGM_ERROR, "fetch.txt names a file that is not in every payload manifest.", sender_advice},
    {"bundle.fetch-pending", DGM_ERROR, "A file of fetch.txt was not fetched; dragoman never fetches.",
     "complete the bag with the tool that made it"},
    {"bundle.link", DGM_ERROR, "The bag holds a link or device.", hostile_advice},
    {"bundle.limit-tag-file", DGM_ERROR, "A tag file is larger than any honest one.", hostile_advice},
    {"bundle.limit-line", DGM_ERROR, "A line is longer than any honest one.", hostile_advice},
    {"bundle.limit-manifests", DGM_ERROR, "The bag has more manifests than there are algorithms.", hostile_advice},
    {"bundle.weak-alg", DGM_WARNING, "The payload is covered by md5 or sha1 only, which do not withstand forgery.", nullptr},
    {"bundle.alg-unknown", DGM_WARNING, "A manifest has an algorithm that is not known here; it was not checked.", nullptr},
    {"bundle.star", DGM_WARNING, "A manifest marks paths with an asterisk, as md5sum does.", nullptr},
    {"bundle.dot-slash", DGM_WARNING, "A manifest begins paths with \"./\".", nullptr},
    {"bundle.dup-same", DGM_WARNING, "A manifest lists a path twice with the same digest.", nullptr},
    {"bundle.bom", DGM_WARNING, "A tag file begins with a byte order mark.", nullptr},
    {"bundle.percent-raw", DGM_WARNING, "A path is listed without the percent-encoding that BagIt 1.0 asks for.", nullptr},
    {"bundle.name-norm", DGM_WARNING, "A name is listed in one Unicode normalization form and stored in another.", nullptr},
    {"bundle.name-reserved", DGM_WARNING, "Windows cannot hold a name.", nullptr},
    {"bundle.os-file", DGM_WARNING, "The payload holds a file that an operating system left behind.", nullptr},
    {"bundle.tag-unlisted", DGM_WARNING, "A tag file is in no tag manifest.", nullptr},
    {"bundle.tag-digest", DGM_WARNING, "A tag file was changed; before BagIt 0.97 that is no error.", nullptr},
};

}  // namespace

const dgm_format format = {
    sizeof(dgm_format),
    DGM_ARCHIVE | DGM_COLLECTION | DGM_FRAME,
    "bundle",
    "Archive bundle: a BagIt bag of originals and derivatives in a ZIP; also reads other bags and archives",
    suffixes,
    media_types,
    nullptr,
    0,
    options,
    std::size(options),
    codes,
    std::size(codes),
    &reader_table<reader>::value,
    &writer_table<writer>::value,
    nullptr,
    0,
    &verifier_table<verifier>::value,
    &unpacker_table<unpacker>::value};

}  // namespace dragoman::bundle
