//! Writes record jars, one record a document.
use crate::dragoman::*;

pub struct Jar<'a> { host: Host<'a>, output: Output<'a>, ends_line: bool }

const WRITTEN: &[&str] = &["id", "meta/subject", "meta/date_text", "meta/from/name", "meta/to/name", "meta/x_@NAME@", "p"];

impl<'a> Writer<'a> for Jar<'a> {
    fn open(host: Host<'a>, output: Output<'a>) -> Result<Self> { Ok(Jar { host, output, ends_line: true }) }

    fn write(&mut self, document: &Document) -> Result<()> {
        let (root, meta) = (document.root(), document.root().get("meta"));
        let source = root.get("source");
        if document.pristine() && source.get("media_type").text() == "text/x-@NAME@" { return self.put(source.get("octets").raw()) } // the original
        let mut record = String::from("%%\n");
        record += &self.field("id: ", root.get("id").text());
        record += &self.field("subject: ", meta.get("subject").text());
        record += &self.field("date: ", meta.get("date_text").text());
        record += &self.field("from: ", meta.get("from").get("name").text());
        for to in meta.get("to").children() { record += &self.field("to: ", to.get("name").text()) }
        for line in meta.get("x_@NAME@").children() { record += &self.field("", line.text()) }
        for part in root.get("body").children() {
            let text = one_line(&part.words());
            if text.is_empty() || text == "%%" { self.host.loss("@NAME@.loss", "a paragraph that is empty or a mark") }
            else { record += &format!("\n{}\n", text) }
        }
        self.host.report_unwritten(document, "@NAME@.loss", WRITTEN);
        self.put(record.as_bytes())
    }
    fn finish(&mut self) -> Result<()> { Ok(()) }
}

impl<'a> Jar<'a> {
    fn field(&self, name: &str, value: &str) -> String {
        let text = one_line(value);
        if text != value { self.host.loss("@NAME@.loss", "line breaks and repeated blanks of a field") }
        if text.is_empty() { text } else { format!("{}{}\n", name, text) }
    }
    fn put(&mut self, record: &[u8]) -> Result<()> {
        if !self.ends_line { self.output.write(b"\n")? }
        self.ends_line = record.ends_with(b"\n");
        self.output.write(record)
    }
}
