//! Reads record jars: each record is a line "%%", lines "name: value", and paragraphs behind a blank line.
use crate::dragoman::*;

pub struct Jar<'a> { host: Host<'a>, all: Vec<u8>, at: usize }

impl<'a> Reader<'a> for Jar<'a> {
    fn open(host: Host<'a>, input: Input<'a>) -> Result<Self> { Ok(Jar { host, all: input.all(1 << 28)?, at: 0 }) }

    /// Tells the next record; false when there is none left.
    fn next(&mut self, document: &Builder) -> Result<bool> {
        self.host.check_cancelled()?;
        let rest = &self.all[self.at..];
        if rest.is_empty() { return Ok(false) }
        let end = rest.windows(4).position(|w| w == b"\n%%\n").map_or(rest.len(), |n| n + 1);
        let (record, offset) = (&rest[..end], self.at as i64);
        self.at += end; // whatever is wrong with it, the next one may be fine
        let refuse = |code, why: &str| Stop::Unusable { code, text: why.to_string(), offset, length: end as i64 };
        let text = as_text(record).ok_or_else(|| refuse("@NAME@.not-text", "it is not UTF-8"))?;
        let text = text.strip_prefix("%%\n").ok_or_else(|| refuse("@NAME@.no-mark", "a record begins with a line %%"))?;
        let (heading, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let heading = Heading::of(heading);
        if heading.id.is_empty() { return Err(refuse("@NAME@.no-id", "the record has no id")) }
        document.map("document")?.map("source")?.octets("octets", record)?; // first, so that texts are slices of it
        document.value("media_type", "text/x-@NAME@")?.value("charset", "utf-8")?.close()?;
        document.value("id", heading.id)?.value("kind", "cable")?;
        heading.tell(document)?;
        document.list("body")?;
        for paragraph in body.split("\n\n").map(|p| p.trim_matches('\n')).filter(|p| !p.is_empty()) {
            document.element("p")?.text(paragraph)?.close()?;
        }
        document.close()?.close()?;
        Ok(true)
    }
}

#[derive(Default)]
struct Heading<'t> { id: &'t str, subject: &'t str, date: &'t str, from: &'t str, to: Vec<&'t str>, others: Vec<&'t str> }
impl<'t> Heading<'t> {
    fn of(text: &'t str) -> Self {
        let mut h = Heading::default();
        for line in text.lines() {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            let mut none = "-";
            let field = match name { "id" => &mut h.id, "subject" => &mut h.subject, "date" => &mut h.date, "from" => &mut h.from, _ => &mut none };
            if name == "to" && !value.is_empty() { h.to.push(value) }
            else if field.is_empty() && !value.is_empty() { *field = value }
            else { h.others.push(line) } // not understood, or once too often: kept as it stands
        }
        h
    }
    fn tell(&self, document: &Builder) -> Result<()> {
        document.map("meta")?.optional("subject", self.subject)?.optional("date_text", self.date)?;
        if !self.from.is_empty() { document.map("from")?.value("name", self.from)?.close()?; }
        if !self.to.is_empty() { document.list("to")?; for to in &self.to { document.map("")?.value("name", to)?.close()?; } document.close()?; }
        if !self.others.is_empty() { document.list("x_@NAME@")?; for line in &self.others { document.value("", line)?; } document.close()?; }
        document.close().map(|_| ())
    }
}
