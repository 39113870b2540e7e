//! The contract of dragoman/plugin.h for plugins in Rust, and a safe layer over it. One file, no crates: copy it into a project.
//!
//! A reader implements `Reader`, a writer `Writer`; `dragoman_plugin!` makes the tables. A panic inside is caught at the edge
//! and becomes a diagnostic. What is lent (octets, nodes) lives as long as the session or the call that lends it.
#![allow(dead_code)]
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::{ptr, slice, str};

/// The tables as C sees them. Sources of the rules: the comments of dragoman/plugin.h.
pub mod abi {
    use super::*;
    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Str { pub ptr: *const u8, pub len: usize }
    #[repr(C)]
    pub struct Diag { pub size: u32, pub severity: i32, pub code: Str, pub text: Str, pub offset: i64, pub length: i64, pub line: u32, pub column: u32 }
    #[repr(C)]
    pub struct Host {
        pub size: u32,
        pub ctx: *mut c_void,
        pub report: extern "C" fn(*mut c_void, *const Diag),
        pub option: extern "C" fn(*mut c_void, Str, *mut Str) -> i32,
        pub cancelled: extern "C" fn(*mut c_void) -> i32,
        pub extension: extern "C" fn(*mut c_void, Str) -> *const c_void,
    }
    #[repr(C)]
    pub struct Input {
        pub size: u32,
        pub ctx: *mut c_void,
        pub read: extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
        pub read_at: Option<extern "C" fn(*mut c_void, u64, *mut u8, usize) -> i64>,
        pub contents: Option<extern "C" fn(*mut c_void, *mut Str) -> i32>,
        pub length: i64,
        pub name: Str,
    }
    #[repr(C)]
    pub struct Output { pub size: u32, pub ctx: *mut c_void, pub write: extern "C" fn(*mut c_void, *const u8, usize) -> i32, pub name: Str }
    #[repr(C)]
    pub struct Sink {
        pub size: u32,
        pub ctx: *mut c_void,
        pub open: extern "C" fn(*mut c_void, i32, Str) -> i32,
        pub attr: extern "C" fn(*mut c_void, Str, Str) -> i32,
        pub text: extern "C" fn(*mut c_void, Str) -> i32,
        pub bytes: extern "C" fn(*mut c_void, *const u8, usize) -> i32,
        pub close: extern "C" fn(*mut c_void) -> i32,
        pub span: extern "C" fn(*mut c_void, u64, u64) -> i32,
    }
    #[repr(C)]
    pub struct View {
        pub size: u32,
        pub kind: extern "C" fn(*const c_void) -> i32,
        pub name: extern "C" fn(*const c_void) -> Str,
        pub text: extern "C" fn(*const c_void) -> Str,
        pub child: extern "C" fn(*const c_void) -> *const c_void,
        pub next: extern "C" fn(*const c_void) -> *const c_void,
        pub attrs: extern "C" fn(*const c_void) -> usize,
        pub attr_at: extern "C" fn(*const c_void, usize, *mut Str, *mut Str),
        pub span: extern "C" fn(*const c_void, *mut u64, *mut u64) -> i32,
    }
    /// The first members only; what follows is behind `size`.
    #[repr(C)]
    pub struct Document { pub size: u32, pub flags: u32, pub view: *const View, pub root: *const c_void }
    #[repr(C)]
    pub struct Magic { pub score: i32, pub offset: u32, pub length: u32, pub octets: *const u8 }
    #[repr(C)]
    pub struct OptionEntry { pub name: *const c_char, pub help: *const c_char, pub kind: i32, pub fallback: *const c_char, pub choices: *const *const c_char, pub minimum: i64, pub maximum: i64 }
    #[repr(C)]
    pub struct Code { pub code: *const c_char, pub severity: i32, pub meaning: *const c_char, pub advice: *const c_char }
    #[repr(C)]
    pub struct ReaderTable {
        pub size: u32,
        pub probe: Option<extern "C" fn(*const u8, usize, i32, *mut Str) -> i32>,
        pub open: extern "C" fn(*const Host, *const Input, *mut *mut c_void) -> i32,
        pub next: extern "C" fn(*mut c_void, *const Sink) -> i32,
        pub close: extern "C" fn(*mut c_void),
        pub split: Option<extern "C" fn(*const u8, usize, i32) -> i64>,
    }
    #[repr(C)]
    pub struct WriterTable {
        pub size: u32,
        pub open: extern "C" fn(*const Host, *const Output, *mut *mut c_void) -> i32,
        pub write: extern "C" fn(*mut c_void, *const Document) -> i32,
        pub finish: extern "C" fn(*mut c_void) -> i32,
        pub close: extern "C" fn(*mut c_void),
    }
    /// Up to `writer`: what was added later is absent, as `size` says.
    #[repr(C)]
    pub struct Format {
        pub size: u32,
        pub flags: u32,
        pub id: *const c_char,
        pub title: *const c_char,
        pub suffixes: *const *const c_char,
        pub media_types: *const *const c_char,
        pub magic: *const Magic,
        pub magic_count: usize,
        pub options: *const OptionEntry,
        pub option_count: usize,
        pub codes: *const Code,
        pub code_count: usize,
        pub reader: *const ReaderTable,
        pub writer: *const WriterTable,
    }
    #[repr(C)]
    pub struct Plugin {
        pub size: u32,
        pub abi: u32,
        pub id: *const c_char,
        pub version: *const c_char,
        pub license: *const c_char,
        pub model: *const c_char,
        pub formats: *const *const Format,
    }
    unsafe impl Sync for Plugin {}
    /// Constant tables with pointers to constant tables: nothing in them ever changes.
    pub struct Shared<T>(pub T);
    unsafe impl<T> Sync for Shared<T> {}

    pub fn span(s: &[u8]) -> Str { Str { ptr: s.as_ptr(), len: s.len() } }
    /// Octets that the host lends for longer than we look at them.
    pub unsafe fn octets<'a>(s: Str) -> &'a [u8] { if s.len == 0 { &[] } else { slice::from_raw_parts(s.ptr, s.len) } }
    /// The same where the contract promises UTF-8.
    pub unsafe fn text<'a>(s: Str) -> &'a str { str::from_utf8_unchecked(octets(s)) }
}
use abi::{octets, span, text};

pub const COLLECTION: u32 = 2; // DGM_COLLECTION: one file holds many documents
pub const PRISTINE: u32 = 1;
#[derive(Clone, Copy)]
pub enum Severity { Note = 1, Warning = 2, Loss = 3, Error = 4 }
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind { Map = 1, List = 2, Text = 3, Literal = 4, Octets = 5, Element = 6, Comment = 7, Pi = 8, Slot = 9 }

/// Why a call ends early: a status to hand back, or a document that cannot be used.
pub enum Stop {
    Status(i32),
    Unusable { code: &'static str, text: String, offset: i64, length: i64 },
}
pub type Result<T> = std::result::Result<T, Stop>;
fn check(status: i32) -> Result<()> { if status < 0 { Err(Stop::Status(status)) } else { Ok(()) } }

/// Host services, lent to a session.
#[derive(Clone, Copy)]
pub struct Host<'a>(&'a abi::Host);
impl<'a> Host<'a> {
    pub fn report(&self, severity: Severity, code: &str, text: &str, offset: i64, length: i64) {
        let d = abi::Diag { size: std::mem::size_of::<abi::Diag>() as u32, severity: severity as i32, code: span(code.as_bytes()), text: span(text.as_bytes()), offset, length, line: 0, column: 0 };
        (self.0.report)(self.0.ctx, &d)
    }
    pub fn loss(&self, code: &str, text: &str) { self.report(Severity::Loss, code, text, -1, 0) }
    /// Value of an option of this format; empty when it is not declared.
    pub fn option(&self, name: &str) -> &'a str {
        let mut out = abi::Str { ptr: ptr::null(), len: 0 };
        if (self.0.option)(self.0.ctx, span(name.as_bytes()), &mut out) == 1 { unsafe { text(out) } } else { "" }
    }
    /// Ask now and then; pass the error on.
    pub fn check_cancelled(&self) -> Result<()> { if (self.0.cancelled)(self.0.ctx) != 0 { Err(Stop::Status(-3)) } else { Ok(()) } }
    /// Reports as losses, once each, what a writer does not write. `written` names what it does: members of the document
    /// by their path ("id", "meta/subject"), elements of the body ("p") and attributes ("p@n").
    pub fn report_unwritten(&self, document: &Document, code: &str, written: &[&str]) {
        let mut lost = BTreeSet::new();
        for member in document.root().children() {
            match (member.name(), member.text()) {
                ("source", _) | ("carrier", _) | ("kind", "cable") => {}
                ("body", _) => unwritten_content(member, &mut lost),
                (name, _) => unwritten_values(member, name.to_string(), &mut lost),
            }
        }
        for path in lost.iter().filter(|p| !written.contains(&p.as_str())) { self.loss(code, &format!("there is no place for {}", path)) }
    }
}
fn unwritten_values(node: Node, path: String, lost: &mut BTreeSet<String>) {
    if node.kind() != Kind::Map && node.kind() != Kind::List { lost.insert(path); return }
    for member in node.children() {
        let below = if member.name().is_empty() { path.clone() } else { format!("{}/{}", path, member.name()) };
        unwritten_values(member, below, lost)
    }
}
fn unwritten_content(node: Node, lost: &mut BTreeSet<String>) {
    for part in node.children().filter(|n| n.kind() == Kind::Element) {
        lost.insert(part.name().to_string());
        for (name, _) in part.attributes() { lost.insert(format!("{}@{}", part.name(), name)); }
        unwritten_content(part, lost)
    }
}

/// The input of a reader session.
pub struct Input<'a>(&'a abi::Input);
impl<'a> Input<'a> {
    /// The whole input, or an error that was reported when it is larger than `limit`.
    pub fn all(&self, limit: usize) -> Result<Vec<u8>> {
        let (mut all, mut buffer) = (Vec::new(), vec![0u8; 1 << 16]);
        loop {
            let n = (self.0.read)(self.0.ctx, buffer.as_mut_ptr(), buffer.len());
            if n < 0 { return Err(Stop::Status(n as i32)) }
            if n == 0 { return Ok(all) }
            all.extend_from_slice(&buffer[..n as usize]);
            if all.len() > limit { return Err(Stop::Unusable { code: "input.too-large", text: format!("the input is larger than {} octets", limit), offset: -1, length: 0 }) }
        }
    }
}

/// The output of a writer session.
pub struct Output<'a>(&'a abi::Output);
impl<'a> Output<'a> {
    pub fn write(&self, octets: &[u8]) -> Result<()> { check((self.0.write)(self.0.ctx, octets.as_ptr(), octets.len())) }
}

/// Tells a document. Every call may fail because the host says so: pass that on with `?`.
pub struct Builder<'a>(&'a abi::Sink);
impl<'a> Builder<'a> {
    pub fn open(&self, kind: Kind, name: &str) -> Result<&Self> { check((self.0.open)(self.0.ctx, kind as i32, span(name.as_bytes())))?; Ok(self) }
    pub fn map(&self, name: &str) -> Result<&Self> { self.open(Kind::Map, name) }
    pub fn list(&self, name: &str) -> Result<&Self> { self.open(Kind::List, name) }
    pub fn element(&self, name: &str) -> Result<&Self> { self.open(Kind::Element, name) }
    pub fn attr(&self, name: &str, value: &str) -> Result<&Self> { check((self.0.attr)(self.0.ctx, span(name.as_bytes()), span(value.as_bytes())))?; Ok(self) }
    pub fn text(&self, text: &str) -> Result<&Self> { check((self.0.text)(self.0.ctx, span(text.as_bytes())))?; Ok(self) }
    pub fn close(&self) -> Result<&Self> { check((self.0.close)(self.0.ctx))?; Ok(self) }
    pub fn value(&self, name: &str, text: &str) -> Result<&Self> { self.open(Kind::Text, name)?.text(text)?.close() }
    /// The same when there is something to say: absent stays absent.
    pub fn optional(&self, name: &str, text: &str) -> Result<&Self> { if text.is_empty() { Ok(self) } else { self.value(name, text) } }
    /// Octets that stay in place until `next` returns. The source comes first: texts that lie in it are not copied.
    pub fn octets(&self, name: &str, raw: &[u8]) -> Result<&Self> {
        self.open(Kind::Octets, name)?;
        check((self.0.bytes)(self.0.ctx, raw.as_ptr(), raw.len()))?;
        self.close()
    }
}

/// A node of a document, or nothing: that answers every question with "empty".
#[derive(Clone, Copy)]
pub struct Node<'a> { view: &'a abi::View, node: *const c_void }
impl<'a> Node<'a> {
    pub fn kind(&self) -> Kind { if self.node.is_null() { Kind::Slot } else { unsafe { std::mem::transmute::<u8, Kind>((self.view.kind)(self.node) as u8) } } }
    pub fn name(&self) -> &'a str { if self.node.is_null() { "" } else { unsafe { text((self.view.name)(self.node)) } } }
    /// Of a text; empty for everything else, octets too (see `raw`).
    pub fn text(&self) -> &'a str { if self.node.is_null() || self.kind() == Kind::Octets { "" } else { unsafe { text((self.view.text)(self.node)) } } }
    pub fn raw(&self) -> &'a [u8] { if self.node.is_null() { &[] } else { unsafe { octets((self.view.text)(self.node)) } } }
    pub fn children(&self) -> Children<'a> {
        let first = if self.node.is_null() { ptr::null() } else { (self.view.child)(self.node) };
        Children(Node { view: self.view, node: first })
    }
    pub fn get(&self, name: &str) -> Node<'a> { self.children().find(|n| n.name() == name).unwrap_or(Node { view: self.view, node: ptr::null() }) }
    pub fn attributes(&self) -> Vec<(&'a str, &'a str)> {
        let count = if self.node.is_null() { 0 } else { (self.view.attrs)(self.node) };
        (0..count).map(|i| unsafe {
            let (mut name, mut value) = (span(b""), span(b""));
            (self.view.attr_at)(self.node, i, &mut name, &mut value);
            (text(name), text(value))
        }).collect()
    }
    /// The words of it and of everything in it.
    pub fn words(&self) -> String { self.children().fold(if self.kind() == Kind::Text { self.text().to_string() } else { String::new() }, |all, n| all + &n.words()) }
}
pub struct Children<'a>(Node<'a>);
impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;
    fn next(&mut self) -> Option<Node<'a>> {
        if self.0.node.is_null() { return None }
        let found = self.0;
        self.0.node = (self.0.view.next)(found.node);
        Some(found)
    }
}

/// A document as a writer gets it.
pub struct Document<'a>(&'a abi::Document);
impl<'a> Document<'a> {
    pub fn root(&self) -> Node<'a> { Node { view: unsafe { &*self.0.view }, node: self.0.root } }
    /// The model is as it was when its source was read.
    pub fn pristine(&self) -> bool { self.0.flags & PRISTINE != 0 }
}

pub trait Reader<'a>: Sized {
    fn open(host: Host<'a>, input: Input<'a>) -> Result<Self>;
    /// Tells one document; false when there is none left.
    fn next(&mut self, document: &Builder) -> Result<bool>;
}
pub trait Writer<'a>: Sized {
    fn open(host: Host<'a>, output: Output<'a>) -> Result<Self>;
    fn write(&mut self, document: &Document) -> Result<()>;
    fn finish(&mut self) -> Result<()>;
}

struct Session<'a, T> { host: Host<'a>, inner: T }

/// Runs f; what it fails with, or panics with, becomes a status and a diagnostic. The boundary is here and nowhere else.
fn guard<F: FnOnce() -> Result<i32>>(host: &Host, f: F) -> i32 {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(status)) | Ok(Err(Stop::Status(status))) => status,
        Ok(Err(Stop::Unusable { code, text, offset, length })) => { host.report(Severity::Error, code, &text, offset, length); -1 }
        Err(payload) => {
            let said = payload.downcast_ref::<&str>().map(|s| s.to_string()).or_else(|| payload.downcast_ref::<String>().cloned());
            host.report(Severity::Error, "plugin.exception", &format!("panic: {}", said.unwrap_or_default()), -1, 0);
            -2
        }
    }
}
/// The terminal is the host's: what a panic says goes into its diagnostic.
fn quiet_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

/// The C tables of a reader and a writer.
pub struct Tables<T>(std::marker::PhantomData<T>);
impl<T: Reader<'static> + 'static> Tables<T> {
    pub const READER: abi::ReaderTable = abi::ReaderTable {
        size: std::mem::size_of::<abi::ReaderTable>() as u32,
        probe: None,
        open: open_reader::<T>,
        next: next::<T>,
        close: close::<T>,
        split: None,
    };
}
impl<T: Writer<'static> + 'static> Tables<T> {
    pub const WRITER: abi::WriterTable = abi::WriterTable {
        size: std::mem::size_of::<abi::WriterTable>() as u32,
        open: open_writer::<T>,
        write: write::<T>,
        finish: finish::<T>,
        close: close::<T>,
    };
}
extern "C" fn open_reader<T: Reader<'static>>(host: *const abi::Host, input: *const abi::Input, out: *mut *mut c_void) -> i32 {
    quiet_panics();
    let (host, input) = unsafe { (Host(&*host), Input(&*input)) };
    guard(&host, || { let inner = T::open(host, input)?; unsafe { *out = Box::into_raw(Box::new(Session { host, inner })) as *mut c_void }; Ok(0) })
}
extern "C" fn next<T: Reader<'static>>(session: *mut c_void, sink: *const abi::Sink) -> i32 {
    let (session, sink) = unsafe { (&mut *(session as *mut Session<'static, T>), Builder(&*sink)) };
    guard(&session.host, || Ok(if session.inner.next(&sink)? { 0 } else { 1 }))
}
extern "C" fn open_writer<T: Writer<'static>>(host: *const abi::Host, output: *const abi::Output, out: *mut *mut c_void) -> i32 {
    quiet_panics();
    let (host, output) = unsafe { (Host(&*host), Output(&*output)) };
    guard(&host, || { let inner = T::open(host, output)?; unsafe { *out = Box::into_raw(Box::new(Session { host, inner })) as *mut c_void }; Ok(0) })
}
extern "C" fn write<T: Writer<'static>>(session: *mut c_void, document: *const abi::Document) -> i32 {
    let (session, document) = unsafe { (&mut *(session as *mut Session<'static, T>), Document(&*document)) };
    guard(&session.host, || { session.inner.write(&document)?; Ok(0) })
}
extern "C" fn finish<T: Writer<'static>>(session: *mut c_void) -> i32 {
    let session = unsafe { &mut *(session as *mut Session<'static, T>) };
    guard(&session.host, || { session.inner.finish()?; Ok(0) })
}
extern "C" fn close<T>(session: *mut c_void) {
    let session = unsafe { Box::from_raw(session as *mut Session<'static, T>) };
    let host = session.host;
    guard(&host, || { drop(session); Ok(0) });
}

/// Text is UTF-8 of characters that XML 1.0 allows.
pub fn as_text(octets: &[u8]) -> Option<&str> {
    let all = str::from_utf8(octets).ok()?;
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}');
    if all.chars().all(is_allowed) { Some(all) } else { None }
}
/// Each run of white space as one blank, at the ends too.
pub fn one_line(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let c = if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c };
        if c != ' ' || !out.ends_with(' ') { out.push(c) }
    }
    out
}

/// Makes the plugin's tables and the one symbol that it exports. `reader` and `writer` are types, or left out.
#[macro_export]
macro_rules! dragoman_plugin {
    (id: $id:literal, version: $version:literal, license: $license:literal, format: $format:literal, title: $title:literal,
     flags: $flags:expr, suffix: $suffix:literal, media_type: $media_type:literal, magic: $score:literal at $offset:literal $magic:literal,
     codes: [$(($code:literal, $severity:expr, $meaning:literal)),* $(,)?] $(, reader: $reader:ty)? $(, writer: $writer:ty)? $(,)?) => {
        mod tables {
            use super::*;
            use $crate::dragoman::{abi::*, Tables};
            use std::{mem::size_of, os::raw::c_char, ptr::null};
            const fn c(text: &'static str) -> *const c_char { text.as_ptr() as *const c_char }
            const SUFFIXES: &[*const c_char] = &[c(concat!($suffix, "\0")), null()];
            const TYPES: &[*const c_char] = &[c(concat!($media_type, "\0")), null()];
            const MAGIC: &[Magic] = &[Magic { score: $score, offset: $offset, length: $magic.len() as u32, octets: $magic.as_ptr() }];
            const CODES: &[Code] = &[$(Code { code: c(concat!($code, "\0")), severity: $severity as i32, meaning: c(concat!($meaning, "\0")), advice: null() }),*];
            const HAS: (*const ReaderTable, *const WriterTable) = {
                #[allow(unused_mut)]
                let mut both: (*const ReaderTable, *const WriterTable) = (null(), null());
                $(both.0 = &Tables::<$reader>::READER;)?
                $(both.1 = &Tables::<$writer>::WRITER;)?
                both
            };
            static FORMAT: Shared<Format> = Shared(Format {
                size: size_of::<Format>() as u32, flags: $flags, id: c(concat!($format, "\0")), title: c(concat!($title, "\0")),
                suffixes: SUFFIXES.as_ptr(), media_types: TYPES.as_ptr(), magic: MAGIC.as_ptr(), magic_count: 1, options: null(), option_count: 0,
                codes: CODES.as_ptr(), code_count: CODES.len(), reader: HAS.0, writer: HAS.1,
            });
            static FORMATS: Shared<[*const Format; 2]> = Shared([&FORMAT.0 as *const Format, null()]);
            #[no_mangle]
            #[allow(non_upper_case_globals)]
            pub static dgm_plugin_v1: Plugin = Plugin {
                size: size_of::<Plugin>() as u32, abi: 1, id: c(concat!($id, "\0")), version: c(concat!($version, "\0")),
                license: c(concat!($license, "\0")), model: c("cable/1\0"), formats: &FORMATS.0 as *const _ as *const *const Format,
            };
        }
    };
}
