/* Prints size and offsets of every struct of dragoman/plugin.h, one a line; compared with the committed layout.txt.
 * A line that changes breaks plugins that are out there; a table that grows adds lines at its end. */
#include <dragoman/plugin.h>

#include <stdio.h>

#define STRUCT(type) printf(#type " %zu\n", sizeof(type))
#define MEMBER(type, member) printf(#type "." #member " %zu %zu\n", offsetof(type, member), sizeof(((type *)0)->member))
#define CONSTANT(name) printf(#name " = %d\n", (int)(name))

int main(void) {
  STRUCT(dgm_str);
  MEMBER(dgm_str, ptr);
  MEMBER(dgm_str, len);

  STRUCT(dgm_diag);
  MEMBER(dgm_diag, size);
  MEMBER(dgm_diag, severity);
  MEMBER(dgm_diag, code);
  MEMBER(dgm_diag, text);
  MEMBER(dgm_diag, offset);
  MEMBER(dgm_diag, length);
  MEMBER(dgm_diag, line);
  MEMBER(dgm_diag, column);

  STRUCT(dgm_host);
  MEMBER(dgm_host, size);
  MEMBER(dgm_host, ctx);
  MEMBER(dgm_host, report);
  MEMBER(dgm_host, option);
  MEMBER(dgm_host, cancelled);
  MEMBER(dgm_host, extension);

  STRUCT(dgm_input);
  MEMBER(dgm_input, size);
  MEMBER(dgm_input, ctx);
  MEMBER(dgm_input, read);
  MEMBER(dgm_input, read_at);
  MEMBER(dgm_input, contents);
  MEMBER(dgm_input, length);
  MEMBER(dgm_input, name);
  MEMBER(dgm_input, history);

  STRUCT(dgm_output);
  MEMBER(dgm_output, size);
  MEMBER(dgm_output, ctx);
  MEMBER(dgm_output, write);
  MEMBER(dgm_output, name);

  STRUCT(dgm_sink);
  MEMBER(dgm_sink, size);
  MEMBER(dgm_sink, ctx);
  MEMBER(dgm_sink, open);
  MEMBER(dgm_sink, attr);
  MEMBER(dgm_sink, text);
  MEMBER(dgm_sink, bytes);
  MEMBER(dgm_sink, close);
  MEMBER(dgm_sink, span);

  STRUCT(dgm_view);
  MEMBER(dgm_view, size);
  MEMBER(dgm_view, type);
  MEMBER(dgm_view, name);
  MEMBER(dgm_view, text);
  MEMBER(dgm_view, child);
  MEMBER(dgm_view, next);
  MEMBER(dgm_view, attrs);
  MEMBER(dgm_view, attr_at);
  MEMBER(dgm_view, span);

  STRUCT(dgm_origin);
  MEMBER(dgm_origin, size);
  MEMBER(dgm_origin, name);
  MEMBER(dgm_origin, format);
  MEMBER(dgm_origin, reader);
  MEMBER(dgm_origin, media_type);
  MEMBER(dgm_origin, serial);
  MEMBER(dgm_origin, octets);
  MEMBER(dgm_origin, history);

  STRUCT(dgm_document);
  MEMBER(dgm_document, size);
  MEMBER(dgm_document, flags);
  MEMBER(dgm_document, view);
  MEMBER(dgm_document, root);
  MEMBER(dgm_document, origin);
  MEMBER(dgm_document, findings);
  MEMBER(dgm_document, finding_count);

  STRUCT(dgm_failure);
  MEMBER(dgm_failure, size);
  MEMBER(dgm_failure, origin);
  MEMBER(dgm_failure, stage);
  MEMBER(dgm_failure, reason);

  STRUCT(dgm_option);
  MEMBER(dgm_option, name);
  MEMBER(dgm_option, help);
  MEMBER(dgm_option, type);
  MEMBER(dgm_option, fallback);
  MEMBER(dgm_option, choices);
  MEMBER(dgm_option, minimum);
  MEMBER(dgm_option, maximum);

  STRUCT(dgm_code);
  MEMBER(dgm_code, code);
  MEMBER(dgm_code, severity);
  MEMBER(dgm_code, meaning);
  MEMBER(dgm_code, advice);

  STRUCT(dgm_magic);
  MEMBER(dgm_magic, score);
  MEMBER(dgm_magic, offset);
  MEMBER(dgm_magic, length);
  MEMBER(dgm_magic, octets);

  STRUCT(dgm_reader);
  MEMBER(dgm_reader, size);
  MEMBER(dgm_reader, probe);
  MEMBER(dgm_reader, open);
  MEMBER(dgm_reader, next);
  MEMBER(dgm_reader, close);
  MEMBER(dgm_reader, split);
  MEMBER(dgm_reader, parts);
  MEMBER(dgm_reader, open_part);

  STRUCT(dgm_writer);
  MEMBER(dgm_writer, size);
  MEMBER(dgm_writer, open);
  MEMBER(dgm_writer, write);
  MEMBER(dgm_writer, finish);
  MEMBER(dgm_writer, close);
  MEMBER(dgm_writer, failed);
  MEMBER(dgm_writer, number);

  STRUCT(dgm_entry);
  MEMBER(dgm_entry, size);
  MEMBER(dgm_entry, type);
  MEMBER(dgm_entry, path);
  MEMBER(dgm_entry, length);

  STRUCT(dgm_folder);
  MEMBER(dgm_folder, size);
  MEMBER(dgm_folder, ctx);
  MEMBER(dgm_folder, count);
  MEMBER(dgm_folder, entry);
  MEMBER(dgm_folder, read);
  MEMBER(dgm_folder, parallel);

  STRUCT(dgm_finding);
  MEMBER(dgm_finding, size);
  MEMBER(dgm_finding, diag);
  MEMBER(dgm_finding, path);
  MEMBER(dgm_finding, algorithm);
  MEMBER(dgm_finding, expected);
  MEMBER(dgm_finding, found);

  STRUCT(dgm_verification);
  MEMBER(dgm_verification, size);
  MEMBER(dgm_verification, level);
  MEMBER(dgm_verification, flags);
  MEMBER(dgm_verification, threads);
  MEMBER(dgm_verification, input);
  MEMBER(dgm_verification, folder);
  MEMBER(dgm_verification, name);
  MEMBER(dgm_verification, ctx);
  MEMBER(dgm_verification, report);
  MEMBER(dgm_verification, schema);

  STRUCT(dgm_verifier);
  MEMBER(dgm_verifier, size);
  MEMBER(dgm_verifier, probe);
  MEMBER(dgm_verifier, verify);
  MEMBER(dgm_verifier, flags);

  STRUCT(dgm_record_file);
  MEMBER(dgm_record_file, entry);
  MEMBER(dgm_record_file, format);

  STRUCT(dgm_record);
  MEMBER(dgm_record, size);
  MEMBER(dgm_record, has_original);
  MEMBER(dgm_record, id);
  MEMBER(dgm_record, name);
  MEMBER(dgm_record, status);
  MEMBER(dgm_record, findings);
  MEMBER(dgm_record, offset);
  MEMBER(dgm_record, length);
  MEMBER(dgm_record, files);
  MEMBER(dgm_record, file_count);

  STRUCT(dgm_unpacker);
  MEMBER(dgm_unpacker, size);
  MEMBER(dgm_unpacker, open);
  MEMBER(dgm_unpacker, close);
  MEMBER(dgm_unpacker, records);
  MEMBER(dgm_unpacker, record);

  STRUCT(dgm_term);
  MEMBER(dgm_term, term);
  MEMBER(dgm_term, kind);
  MEMBER(dgm_term, meaning);
  MEMBER(dgm_term, source);

  STRUCT(dgm_schema);
  MEMBER(dgm_schema, name);
  MEMBER(dgm_schema, title);
  MEMBER(dgm_schema, media_type);
  MEMBER(dgm_schema, text);
  MEMBER(dgm_schema, length);

  STRUCT(dgm_format);
  MEMBER(dgm_format, size);
  MEMBER(dgm_format, flags);
  MEMBER(dgm_format, id);
  MEMBER(dgm_format, title);
  MEMBER(dgm_format, suffixes);
  MEMBER(dgm_format, media_types);
  MEMBER(dgm_format, magic);
  MEMBER(dgm_format, magic_count);
  MEMBER(dgm_format, options);
  MEMBER(dgm_format, option_count);
  MEMBER(dgm_format, codes);
  MEMBER(dgm_format, code_count);
  MEMBER(dgm_format, reader);
  MEMBER(dgm_format, writer);
  MEMBER(dgm_format, terms);
  MEMBER(dgm_format, term_count);
  MEMBER(dgm_format, verifier);
  MEMBER(dgm_format, unpacker);
  MEMBER(dgm_format, schemas);
  MEMBER(dgm_format, schema_count);

  STRUCT(dgm_plugin);
  MEMBER(dgm_plugin, size);
  MEMBER(dgm_plugin, abi);
  MEMBER(dgm_plugin, id);
  MEMBER(dgm_plugin, version);
  MEMBER(dgm_plugin, license);
  MEMBER(dgm_plugin, model);
  MEMBER(dgm_plugin, formats);

  STRUCT(dgm_format_facts);
  MEMBER(dgm_format_facts, size);
  MEMBER(dgm_format_facts, id);
  MEMBER(dgm_format_facts, suffix);
  MEMBER(dgm_format_facts, media_type);
  MEMBER(dgm_format_facts, plugin);
  MEMBER(dgm_format_facts, plugin_sha256);

  STRUCT(dgm_nested);
  MEMBER(dgm_nested, size);
  MEMBER(dgm_nested, ctx);
  MEMBER(dgm_nested, open_reader);
  MEMBER(dgm_nested, next);
  MEMBER(dgm_nested, close_reader);
  MEMBER(dgm_nested, open_writer);
  MEMBER(dgm_nested, write);
  MEMBER(dgm_nested, finish);
  MEMBER(dgm_nested, close_writer);
  MEMBER(dgm_nested, format);

  STRUCT(dgm_run);
  MEMBER(dgm_run, size);
  MEMBER(dgm_run, program);
  MEMBER(dgm_run, version);
  MEMBER(dgm_run, started);
  MEMBER(dgm_run, options);
  MEMBER(dgm_run, writer_format);
  MEMBER(dgm_run, writer);

  STRUCT(dgm_volume);
  MEMBER(dgm_volume, size);
  MEMBER(dgm_volume, index);
  MEMBER(dgm_volume, count);
  MEMBER(dgm_volume, series);
  MEMBER(dgm_volume, name);

  STRUCT(dgm_facts);
  MEMBER(dgm_facts, size);
  MEMBER(dgm_facts, ctx);
  MEMBER(dgm_facts, tell);

  STRUCT(dgm_work);
  MEMBER(dgm_work, size);
  MEMBER(dgm_work, ctx);
  MEMBER(dgm_work, run);

  STRUCT(dgm_status);
  CONSTANT(DGM_OK);
  CONSTANT(DGM_END);
  CONSTANT(DGM_FULL);
  CONSTANT(DGM_SKIP);
  CONSTANT(DGM_FATAL);
  CONSTANT(DGM_CANCEL);
  CONSTANT(DGM_IO);
  CONSTANT(DGM_NOMEM);
  CONSTANT(DGM_NOTE);
  CONSTANT(DGM_WARNING);
  CONSTANT(DGM_LOSS);
  CONSTANT(DGM_ERROR);
  CONSTANT(DGM_MAP);
  CONSTANT(DGM_LIST);
  CONSTANT(DGM_TEXT);
  CONSTANT(DGM_LITERAL);
  CONSTANT(DGM_OCTETS);
  CONSTANT(DGM_ELEMENT);
  CONSTANT(DGM_COMMENT);
  CONSTANT(DGM_PI);
  CONSTANT(DGM_SLOT);
  CONSTANT(DGM_PRISTINE);
  CONSTANT(DGM_OPTION_TEXT);
  CONSTANT(DGM_OPTION_BOOL);
  CONSTANT(DGM_OPTION_INTEGER);
  CONSTANT(DGM_OPTION_CHOICE);
  CONSTANT(DGM_OPTION_FILE);
  CONSTANT(DGM_LOSSLESS);
  CONSTANT(DGM_COLLECTION);
  CONSTANT(DGM_FRAME);
  CONSTANT(DGM_ARCHIVE);
  CONSTANT(DGM_ENTRY_FILE);
  CONSTANT(DGM_ENTRY_FOLDER);
  CONSTANT(DGM_ENTRY_OTHER);
  CONSTANT(DGM_VERIFY_STRUCTURE);
  CONSTANT(DGM_VERIFY_COMPLETE);
  CONSTANT(DGM_VERIFY_FULL);
  CONSTANT(DGM_VERIFY_LENIENT);
  CONSTANT(DGM_VERIFY_STRICT);
  return 0;
}
