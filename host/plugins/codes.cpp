#include "plugins/codes.hpp"

namespace dragoman::hosting {
namespace {

constexpr dgm_code table[] = {
    {"command.failed", DGM_ERROR, "The program of a command plugin crashed, or ended with an exit code other than 0.",
     "try it by hand: its manifest, which 'dragoman plugins' names, says how it is called"},
    {"command.loss", DGM_LOSS, "A command plugin does not write something of the document, and declares no code for that.", nullptr},
    {"command.said", DGM_WARNING, "The program of a command plugin printed a line that is no diagnostic.", nullptr},
    {"command.timeout", DGM_ERROR, "The program of a command plugin gave no sign of life, or took longer than its manifest allows, and was ended.",
     "allow more time in the manifest, under limits, if the program needs it"},
    {"format.tie", DGM_ERROR, "Two readers are equally sure that the input is theirs, and the suffix decides for neither.",
     "say the format with -f FORMAT; 'dragoman identify --explain' shows every reader's reason"},
    {"format.unknown", DGM_ERROR, "No installed reader recognises the input.",
     "say the format with -f FORMAT if you know it; 'dragoman formats' lists what can be read"},
    {"format.weak", DGM_ERROR, "The best reader is too unsure to be trusted with the input.",
     "say the format with -f FORMAT if it is right; 'dragoman identify --explain' shows every reader's reason"},
    {"host.frame-dropped", DGM_LOSS,
     "The frame of a collection (its header, its order, what stands between its documents) has no place in the output. "
     "A note when the frame says nothing but its name.",
     "convert to one file of a format that keeps frames: tei, json, jsonl or bundle"},
    {"extract.entry", DGM_ERROR, "An entry of the archive was not written; the others were.", nullptr},
    {"extract.no-archive", DGM_ERROR, "What is to be unpacked is of a format that is no archive.", nullptr},
    {"input.empty", DGM_ERROR, "The input has no octets.", nullptr},
    {"input.empty-directory", DGM_ERROR, "A directory holds no files to read; hidden ones do not count.", nullptr},
    {"input.hidden", DGM_NOTE, "Files whose names begin with a dot are not read from a directory.",
     "name the file itself as INPUT to read it"},
    {"input.is-output", DGM_NOTE, "What this run writes lies inside an INPUT directory and is not read.", nullptr},
    {"input.loop", DGM_ERROR, "A symbolic link leads back to a directory that contains it.", nullptr},
    {"input.no-documents", DGM_WARNING, "The input is of a known format and holds no document.", nullptr},
    {"input.special", DGM_WARNING, "A socket, pipe or device lies in a directory and is not read.", nullptr},
    {"input.too-large", DGM_ERROR, "The input is larger than its reader takes.", nullptr},
    {"input.unreadable", DGM_ERROR, "The file or directory cannot be opened or read.",
     "look whether it still exists and may be read: ls -l"},
    {"nested.depth", DGM_ERROR, "Archives lie inside one another deeper than the host follows.",
     "unpack the outer archives first"},
    {"output.abandoned", DGM_ERROR,
     "The writer of an output could not go on, for the reason given before; nothing was left of the output.", nullptr},
    {"output.empty", DGM_ERROR, "A writer took documents and wrote no octets.",
     "report it to the author of the plugin, with the input; 'dragoman plugins' names it"},
    {"output.exists", DGM_ERROR, "The output file exists already and was left as it is.",
     "choose another OUT, or write over it with --force"},
    {"output.renamed", DGM_WARNING, "Two outputs of this run would have one name; the later one got a number.",
     "tell them apart with --name, e.g. --name '{path}-{n}'"},
    {"output.write", DGM_ERROR, "The output cannot be written; nothing was left of it.",
     "look at free space and permissions of the folder: df -h, ls -ld"},
    {"plugin.contract", DGM_ERROR, "A plugin did what the contract forbids; its document was given up.",
     "report it to the author of the plugin, with the input; 'dragoman plugins' names it"},
    {"plugin.exception", DGM_ERROR, "An exception inside a plugin ended the session.",
     "report it to the author of the plugin, with the input; 'dragoman plugins' names it"},
    {"plugin.memory", DGM_ERROR, "There was not enough memory for the document.", nullptr},
    {"plugin.stuck", DGM_ERROR, "A reader went on without getting anywhere and was stopped.",
     "report it to the author of the plugin, with the input; 'dragoman plugins' names it"},
    {"plugin.unexplained", DGM_ERROR, "A plugin gave up without saying why.",
     "report it to the author of the plugin, with the input; 'dragoman plugins' names it"},
    {"report.merge", DGM_ERROR, "Reports of shards are missing, contradict each other, or are none; no report was made of them.",
     "run the shards again that are named; with --resume what is done stays done"},
    {"run.gave-up", DGM_ERROR, "More failed than --max-failures or --fail-fast allow; the run ended there.",
     "mend what failed, or allow more; with --resume the run goes on"},
    {"run.leftovers", DGM_NOTE, "An earlier run was killed while it wrote; what it left half written is gone.", nullptr},
    {"source.damaged", DGM_WARNING,
     "The original octets carried in the file do not match their stated size or digest and were dropped; the document "
     "itself is whole.",
     "take the original from another copy if you need it byte for byte"},
    {"term.ill-formed", DGM_WARNING, "A plugin declares a term that is no text, or lacks its kind, meaning or source; it is left out.",
     "report it to the author of the plugin; 'dragoman plugins' names it"},
    {"term.unknown", DGM_ERROR, "No installed format knows this term.", "'dragoman explain --list' lists the vocabularies"},
    {"verify.no-folder", DGM_ERROR, "A directory was given, and no installed format judges directories.",
     "see 'dragoman plugins': is the bundle plugin there? With --recursive the files in it are verified"},
    {"verify.schema-unused", DGM_ERROR, "A schema was named, and the format of an input is not judged by one.",
     "leave --schema out, or verify the files of that format apart; 'dragoman formats ID --schema' prints a format's own"},
};

}  // namespace

std::span<const dgm_code> host_codes() noexcept { return table; }

}  // namespace dragoman::hosting
