//! Where everything stands in the text: a tree of spans, so that every problem can name its line, and so that a
//! value that cannot be read can be left out to look for problems behind it.
//!
//! The scan knows RON's brackets, strings and comments and nothing of what they mean; the RON reader stays the
//! judge of what is valid. It also refuses, before anything is built in memory, lists no site can have.

use super::mirror::Step;
use super::write::HEADER;

/// Most entries of one list.
pub const MOST_ITEMS: usize = 20_000;
/// Most values, and most lines, of a file.
const MOST_VALUES: usize = 1_000_000;
/// Deeper than any site file; the RON reader would stop a little further on.
const DEEPEST: usize = 40;

pub type NodeId = usize;

struct Node {
    parent: NodeId,
    /// Bytes of the field's name; empty for an entry of a list or a tuple.
    name: (usize, usize),
    /// Bytes of the value.
    span: (usize, usize),
    /// End of the value with the comma after it.
    end: usize,
    children: Vec<NodeId>,
    is_list: bool,
    /// Left out of the text by [`Places::leave_out`].
    gone: bool,
    /// None of the children is.
    whole: bool,
}

pub struct Places<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    nodes: Vec<Node>,
    /// The brackets match from the first to the last character.
    pub sound: bool,
    /// The byte up to which they do.
    pub sound_until: usize,
    /// Brackets are nested deeper than any site file nests them.
    pub too_deep: bool,
    /// There are comments besides the first line of a saved file.
    pub foreign_comments: bool,
    /// A list or a file beyond all measure, in words.
    pub oversize: Option<String>,
}

pub const ROOT: NodeId = 0;

impl<'t> Places<'t> {
    pub fn scan(text: &'t str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1));
        let mut places = Self {
            text,
            line_starts: line_starts.take(MOST_VALUES + 1).collect(),
            nodes: Vec::new(),
            sound: false,
            sound_until: 0,
            too_deep: false,
            foreign_comments: false,
            oversize: None,
        };
        if places.line_starts.len() > MOST_VALUES {
            places.oversize = Some("more than a million lines".to_owned());
            return places;
        }
        let mut scanner = Scanner { text, at: 0, places: &mut places };
        let complete = scanner.file();
        let at = scanner.at;
        places.sound = complete.is_some();
        places.sound_until = at.min(text.len());
        places
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn text_of(&self, node: NodeId) -> &'t str {
        let (start, end) = self.nodes[node].span;
        &self.text[start..end]
    }

    /// The text from a byte on.
    pub fn text_from(&self, byte: usize) -> &'t str {
        self.text.get(byte..).unwrap_or_default()
    }

    /// The field's own name, empty for an entry of a list.
    pub fn field_name(&self, node: NodeId) -> &'t str {
        let (start, end) = self.nodes[node].name;
        &self.text[start..end]
    }

    fn present(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.nodes[node].children.iter().copied().filter(|child| !self.nodes[*child].gone)
    }

    pub fn field(&self, node: NodeId, name: &str) -> Option<NodeId> {
        self.present(node).find(|child| self.field_name(*child) == name).or_else(|| {
            // A variant's or an option's brackets around a struct.
            self.wrapped(node).and_then(|inner| self.field(inner, name))
        })
    }

    /// The value inside a variant's or an option's brackets, the value itself where there are none.
    pub fn unwrapped(&self, mut node: NodeId) -> NodeId {
        while let Some(inner) = self.wrapped(node) {
            node = inner;
        }
        node
    }

    fn wrapped(&self, node: NodeId) -> Option<NodeId> {
        match self.nodes[node].children.as_slice() {
            [only] if !self.nodes[node].is_list && self.field_name(*only).is_empty() => Some(*only),
            _ => None,
        }
    }

    fn item(&self, node: NodeId, index: usize) -> Option<NodeId> {
        let Node { is_list, whole, children, .. } = &self.nodes[node];
        if *is_list && *whole {
            children.get(index).copied()
        } else if *is_list {
            self.present(node).nth(index)
        } else {
            self.wrapped(node).and_then(|inner| self.item(inner, index))
        }
    }

    /// The deepest value on the way that the text has, and how many steps led to it.
    pub fn nearest(&self, way: &[Step]) -> (NodeId, usize) {
        let mut node = ROOT;
        for (taken, step) in way.iter().enumerate() {
            let next = match step {
                Step::Field(name) => self.field(node, name),
                Step::Index(index) => self.item(node, *index),
            };
            match next {
                Some(next) => node = next,
                None => return (node, taken),
            }
        }
        (node, way.len())
    }

    /// The value inside `node` that an address' last part means: a field of that name, or of a name that the
    /// part ends with inside fields it begins with (`fit_out_usd_per_mw`).
    pub fn field_within(&self, node: NodeId, key: &str) -> Option<NodeId> {
        let mut level = vec![(node, key)];
        while !level.is_empty() {
            let mut below = Vec::new();
            for (parent, wanted) in level {
                for child in self.present(parent) {
                    let name = self.field_name(child);
                    if name == wanted {
                        return Some(child);
                    }
                    let rest = wanted.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
                    below.push((child, rest.filter(|_| !name.is_empty()).unwrap_or(wanted)));
                }
            }
            level = below;
        }
        None
    }

    /// The smallest value inside `node` that holds the byte.
    pub fn innermost(&self, mut node: NodeId, byte: usize) -> NodeId {
        loop {
            let inner = self.present(node).find(|child| {
                let Node { span, name, .. } = &self.nodes[*child];
                let start = if name.0 < name.1 { name.0 } else { span.0 };
                (start..=span.1).contains(&byte)
            });
            match inner {
                Some(inner) => node = inner,
                None => return node,
            }
        }
    }

    /// The entry of a list that `node` is or lies in, the outermost one.
    pub fn entry_of(&self, node: NodeId) -> Option<NodeId> {
        let mut found = None;
        let mut at = node;
        while at != ROOT {
            let parent = self.nodes[at].parent;
            if self.nodes[parent].is_list {
                found = Some(at);
            }
            at = parent;
        }
        found
    }

    pub fn is_field(&self, node: NodeId) -> bool {
        !self.field_name(node).is_empty()
    }

    pub fn parent(&self, node: NodeId) -> NodeId {
        self.nodes[node].parent
    }

    /// Blanks a value, with its name and comma, in a copy of the text; lines and columns stay as they are.
    pub fn leave_out(&mut self, node: NodeId, text: &mut String) {
        let Node { name, span, end, .. } = self.nodes[node];
        let start = if name.0 < name.1 { name.0 } else { span.0 };
        let blank: String =
            text[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        text.replace_range(start..end, &blank);
        self.nodes[node].gone = true;
        let parent = self.nodes[node].parent;
        self.nodes[parent].whole = false;
    }

    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = self.line_starts[line - 1];
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// First byte of the value.
    pub fn start(&self, node: NodeId) -> usize {
        self.nodes.get(node).map_or(0, |node| node.span.0)
    }

    pub fn byte_of(&self, line: usize, column: usize) -> usize {
        let Some(start) = line.checked_sub(1).and_then(|line| self.line_starts.get(line)) else {
            return self.text.len();
        };
        let skipped: usize =
            self.text[*start..].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        start + skipped
    }

    /// The user's words for a value: `offers/north.terms.escalator`, empty for the file itself.
    pub fn name(&self, node: NodeId) -> String {
        if node == ROOT {
            return String::new();
        }
        let parent = self.nodes[node].parent;
        let above = self.name(parent);
        if self.is_field(node) {
            let name = self.field_name(node);
            return if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        }
        if !self.nodes[parent].is_list {
            return above;
        }
        let id = ["id", "name", "at"]
            .iter()
            .filter(|_| self.nodes[parent].parent == ROOT)
            .find_map(|key| self.field(node, key))
            .map(|id| self.text_of(id).trim_matches('"'));
        match id {
            Some(id) if !id.is_empty() => format!("{above}/{id}"),
            _ => {
                let index = self.nodes[parent].children.iter().position(|child| *child == node);
                format!("{above}[{}]", index.unwrap_or_default())
            }
        }
    }

    /// Name, line and column of a value: `components/T1.units, line 14:33`.
    pub fn place(&self, node: NodeId) -> String {
        self.place_at(&self.name(node), self.start(node))
    }

    pub fn place_at(&self, name: &str, byte: usize) -> String {
        let (line, column) = self.line_and_column(byte);
        if name.is_empty() {
            format!("line {line}:{column}")
        } else {
            format!("{name}, line {line}:{column}")
        }
    }

    /// The place of the value at the end of a way, which may be left out of the text.
    pub fn place_of(&self, way: &[Step]) -> String {
        if self.is_empty() {
            return name_of_way(way);
        }
        let (node, taken) = self.nearest(way);
        let mut name = self.name(node);
        let rest = name_of_way(&way[taken..]);
        if !rest.is_empty() && !rest.starts_with('[') && !name.is_empty() {
            name.push('.');
        }
        name.push_str(&rest);
        self.place_at(&name, self.start(node))
    }
}

fn name_of_way(way: &[Step]) -> String {
    let mut name = String::new();
    for step in way {
        match step {
            Step::Field(field) => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(field);
            }
            Step::Index(index) => name.push_str(&format!("[{index}]")),
        }
    }
    name
}

/// Reads brackets, strings and comments. Every method gives `None` where the text is not sound or too large.
struct Scanner<'p, 't> {
    text: &'t str,
    at: usize,
    places: &'p mut Places<'t>,
}

impl Scanner<'_, '_> {
    fn file(&mut self) -> Option<()> {
        self.blank()?;
        while self.rest().starts_with('#') {
            self.at += self.rest().find(']')? + 1;
            self.blank()?;
        }
        if self.rest().is_empty() {
            return None;
        }
        self.value(ROOT, (0, 0), 0)?;
        self.blank()?;
        self.rest().is_empty().then_some(())
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips white space and comments.
    fn blank(&mut self) -> Option<()> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if let Some(comment) = trimmed.strip_prefix("//") {
                let length = comment.find('\n').unwrap_or(comment.len());
                self.places.foreign_comments |= comment[..length].trim() != HEADER;
                self.at += 2 + length;
            } else if trimmed.starts_with("/*") {
                self.places.foreign_comments = true;
                self.block_comment()?;
            } else {
                return Some(());
            }
        }
    }

    fn block_comment(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while self.at + 1 < bytes.len() {
            match &bytes[self.at..self.at + 2] {
                b"/*" => {
                    depth += 1;
                    self.at += 2;
                }
                b"*/" => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Some(());
                    }
                }
                _ => self.at += 1,
            }
        }
        None
    }

    fn value(&mut self, parent: NodeId, name: (usize, usize), depth: usize) -> Option<NodeId> {
        if depth > DEEPEST {
            self.places.too_deep = true;
            return None;
        }
        let node = self.places.nodes.len();
        if node >= MOST_VALUES {
            self.places.oversize = Some("more than a million values".to_owned());
            return None;
        }
        self.places.nodes.push(Node {
            parent,
            name,
            span: (self.at, self.at),
            end: self.at,
            children: Vec::new(),
            is_list: false,
            gone: false,
            whole: true,
        });
        if node != ROOT {
            self.places.nodes[parent].children.push(node);
        }
        match self.peek()? {
            b'[' => {
                self.places.nodes[node].is_list = true;
                self.entries(node, b']', depth)?;
            }
            b'{' => self.entries(node, b'}', depth)?,
            b'(' => self.entries(node, b')', depth)?,
            b'"' => self.string()?,
            b'\'' => self.character()?,
            b'r' if self.rest().starts_with("r\"")
                || self.rest().starts_with("r#\"")
                || self.rest().starts_with("r##") =>
            {
                self.raw_string()?;
            }
            _ => {
                self.word()?;
                let end = self.at;
                self.blank()?;
                // `Variant(…)` and `Name(…)`
                if self.peek() == Some(b'(') { self.entries(node, b')', depth)? } else { self.at = end }
            }
        }
        self.places.nodes[node].span.1 = self.at;
        self.places.nodes[node].end = self.at;
        Some(node)
    }

    fn entries(&mut self, node: NodeId, close: u8, depth: usize) -> Option<()> {
        self.at += 1;
        loop {
            self.blank()?;
            if self.peek()? == close {
                self.at += 1;
                return Some(());
            }
            let child = self.entry(node, depth)?;
            self.blank()?;
            match self.peek()? {
                b',' => {
                    self.at += 1;
                    self.places.nodes[child].end = self.at;
                }
                other if other == close => {}
                _ => return None,
            }
            if close == b']' && self.places.nodes[node].children.len() > MOST_ITEMS {
                self.places.oversize = Some(format!(
                    "more than {MOST_ITEMS} {}",
                    match self.places.field_name(node) {
                        "" => "entries in one list",
                        name => name,
                    }
                ));
                return None;
            }
        }
    }

    /// `name: value`, `key: value` of a map, or a value alone.
    fn entry(&mut self, node: NodeId, depth: usize) -> Option<NodeId> {
        let start = self.at;
        if self.peek().is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic()) {
            self.word()?;
            let end = self.at;
            self.blank()?;
            if self.peek() == Some(b':') {
                self.at += 1;
                self.blank()?;
                return self.value(node, (start, end), depth + 1);
            }
            self.at = start;
        }
        let child = self.value(node, (0, 0), depth + 1)?;
        let end = self.at;
        self.blank()?;
        if self.peek() == Some(b':') {
            self.at += 1;
            self.blank()?;
            self.value(node, (0, 0), depth + 1)
        } else {
            self.at = end;
            Some(child)
        }
    }

    fn word(&mut self) -> Option<()> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| {
                c.is_whitespace() || matches!(c, ',' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | '/')
            })
            .unwrap_or(rest.len());
        self.at += length;
        (length > 0).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match bytes.get(self.at)? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    // An escape may have jumped into a longer character only in a text that is not sound.
                    return self.text.is_char_boundary(self.at).then_some(());
                }
                _ => self.at += 1,
            }
        }
    }

    fn character(&mut self) -> Option<()> {
        let length = self.rest().get(1..)?.find('\'')?;
        self.at += length + 2;
        if self.rest().starts_with('\'') {
            self.at += 1;
        }
        Some(())
    }

    fn raw_string(&mut self) -> Option<()> {
        let hashes = self.rest()[1..].bytes().take_while(|byte| *byte == b'#').count();
        let close = format!("\"{}", "#".repeat(hashes));
        let inner = self.rest().get(2 + hashes..)?;
        let length = inner.find(&close)?;
        self.at += 2 + hashes + length + close.len();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// head\n#![enable(implicit_some)]\nSite(\n  a: 1, // one\n  list: [\n    (id: \"T1\", kind: K((x: \"(\", y: [1, 2]))),\n    (id: \"é\", kind: K(())),\n  ],\n)\n";

    #[test]
    fn every_value_has_a_name_and_a_line() {
        let places = Places::scan(TEXT);
        assert!(places.sound);
        assert!(places.foreign_comments);
        let way =
            [Step::Field("list"), Step::Index(0), Step::Field("kind"), Step::Field("y"), Step::Index(1)];
        assert_eq!(places.place_of(&way), "list/T1.kind.y[1], line 6:40");
        let missing = [Step::Field("list"), Step::Index(1), Step::Field("kind"), Step::Field("z")];
        assert_eq!(places.place_of(&missing), "list/é.kind.z, line 7:21");
    }

    #[test]
    fn a_value_left_out_moves_no_other() {
        let mut places = Places::scan(TEXT);
        let mut text = TEXT.to_owned();
        let (first, _) = places.nearest(&[Step::Field("list"), Step::Index(0)]);
        places.leave_out(first, &mut text);
        assert_eq!(text.len(), TEXT.len());
        assert!(!text.contains("T1") && text.contains('é'));
        assert_eq!(places.place_of(&[Step::Field("list"), Step::Index(0)]), "list/é, line 7:5");
    }

    #[test]
    fn hostile_text_is_scanned_without_harm() {
        for text in
            ["", "(", "\"\\", "'", "r#\"", "/*", "((((", "é", "(a:", "[,]", "{1:2}", "#", "#![", "\"\\é"]
        {
            let _ = Places::scan(text);
        }
        assert!(!Places::scan(&"(".repeat(100_000)).sound);
        let many = format!("(components: [{}])", "(),".repeat(MOST_ITEMS + 1));
        assert_eq!(Places::scan(&many).oversize.unwrap(), "more than 20000 components");
        assert_eq!(Places::scan(&"\n".repeat(MOST_VALUES)).oversize.unwrap(), "more than a million lines");
        let wide = format!("({})", "x:1,".repeat(MOST_VALUES));
        assert_eq!(Places::scan(&wide).oversize.unwrap(), "more than a million values");
    }
}
