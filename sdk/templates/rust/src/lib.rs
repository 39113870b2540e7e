//! The plugin's description of itself.
#[macro_use]
mod dragoman;
@reader@mod reader;
@writer@mod writer;
use dragoman::Severity;

dragoman_plugin! {
    id: "org.example.@NAME@", version: "0.1.0", license: "MIT", format: "@NAME@", title: "Record jars",
    flags: dragoman::COLLECTION, suffix: "@NAME@", media_type: "text/x-@NAME@", magic: 85 at 0 b"%%\nid: ",
    codes: [
@reader@        ("@NAME@.no-mark", Severity::Error, "A record does not begin with a line %%"),
@reader@        ("@NAME@.no-id", Severity::Error, "A record has no id"),
@reader@        ("@NAME@.not-text", Severity::Error, "A record is not UTF-8"),
        ("@NAME@.loss", Severity::Loss, "Something of the document has no place in a record"),
    ],
@reader@    reader: crate::reader::Jar,
@writer@    writer: crate::writer::Jar,
}
