//! The paths a source file names, such as `crate::plan::Plan` or `std::fs`, with groups of `use` written out.
//!
//! Comments and strings are left out, and `super` is resolved, so that a path into another room begins with `crate`
//! however it is written.

use std::iter::Peekable;
use std::str::Chars;

/// A path as it stands in the source.
#[derive(Debug)]
pub struct Path {
    pub segments: Vec<String>,
    pub line: usize,
    /// It stands in a `use`.
    pub in_use: bool,
    /// A `!` follows.
    pub is_macro: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// `::`
    PathSeparator,
    Mark(char),
}

/// Every path of a file; `place` is its place under `src/`.
pub fn paths_of(place: &str, text: &str) -> Vec<Path> {
    let mut walk =
        Walk { tokens: tokens_of(text), next: 0, modules: modules_of(place), depth: 0, inline: Vec::new() };
    let mut paths = Vec::new();
    while walk.next < walk.tokens.len() {
        walk.step(&mut paths);
    }
    paths
}

/// `plan/program/mod.rs` is the module `plan::program`.
fn modules_of(place: &str) -> Vec<String> {
    let mut parts: Vec<String> = place.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

struct Walk {
    tokens: Vec<(Token, usize)>,
    next: usize,
    /// Where we are, from the root of the crate.
    modules: Vec<String>,
    /// Open braces.
    depth: usize,
    /// Depths at which modules written in this file began.
    inline: Vec<usize>,
}

impl Walk {
    fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index).map(|(token, _)| token)
    }

    fn word(&self, index: usize) -> Option<&str> {
        match self.token(index) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Reads one token, or a whole path.
    fn step(&mut self, paths: &mut Vec<Path>) {
        match self.token(self.next) {
            Some(Token::Mark('{')) => self.depth += 1,
            Some(Token::Mark('}')) => {
                self.depth = self.depth.saturating_sub(1);
                if self.inline.last() == Some(&self.depth) {
                    self.inline.pop();
                    self.modules.pop();
                }
            }
            Some(Token::Word(word))
                if word == "mod" && self.token(self.next + 2) == Some(&Token::Mark('{')) =>
            {
                if let Some(name) = self.word(self.next + 1) {
                    self.modules.push(name.to_owned());
                    self.inline.push(self.depth);
                    self.next += 1;
                }
            }
            Some(Token::Word(word)) if word == "use" => {
                self.next += 1;
                self.path(Vec::new(), true, paths);
                return;
            }
            Some(Token::Word(_)) if !self.follows_a_dot() => {
                self.path(Vec::new(), false, paths);
                return;
            }
            _ => {}
        }
        self.next += 1;
    }

    /// After a dot stands a field or a method, no path.
    fn follows_a_dot(&self) -> bool {
        self.next > 0 && self.token(self.next - 1) == Some(&Token::Mark('.'))
    }

    /// Reads a path, and all paths of a group, from the next token on.
    fn path(&mut self, mut segments: Vec<String>, in_use: bool, paths: &mut Vec<Path>) {
        let line = self.tokens.get(self.next).map_or(0, |(_, line)| *line);
        loop {
            match self.token(self.next) {
                Some(Token::Word(word)) => segments.push(word.clone()),
                Some(Token::Mark('*')) if in_use => segments.push("*".to_owned()),
                Some(Token::Mark('{')) if in_use => {
                    self.group(&segments, paths);
                    return;
                }
                // A leading `::`.
                Some(Token::PathSeparator) if segments.is_empty() => {
                    self.next += 1;
                    continue;
                }
                _ => break,
            }
            self.next += 1;
            if self.token(self.next) != Some(&Token::PathSeparator) {
                break;
            }
            self.next += 1;
        }
        if segments.is_empty() {
            // Not a path after all; the token must not be read for ever.
            self.next += 1;
            return;
        }
        let is_macro = self.token(self.next) == Some(&Token::Mark('!'));
        paths.push(Path { segments: self.resolve(segments), line, in_use, is_macro });
    }

    /// Reads `{a, b::{c, d}}` after the segments before it.
    fn group(&mut self, before: &[String], paths: &mut Vec<Path>) {
        self.next += 1;
        while let Some(token) = self.token(self.next) {
            match token {
                Token::Mark('}') => {
                    self.next += 1;
                    return;
                }
                Token::Mark(',') => self.next += 1,
                Token::Word(word) if word == "as" => self.next += 2,
                _ => self.path(before.to_vec(), true, paths),
            }
        }
    }

    /// `super` and `self` written from the root of the crate; other paths as they are.
    fn resolve(&self, segments: Vec<String>) -> Vec<String> {
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let here = usize::from(segments.first().is_some_and(|first| first == "self") && segments.len() > 1);
        if ups + here == 0 {
            return segments;
        }
        let parents = &self.modules[..self.modules.len().saturating_sub(ups)];
        let root = std::iter::once("crate".to_owned());
        root.chain(parents.iter().cloned()).chain(segments.into_iter().skip(ups + here)).collect()
    }
}

fn tokens_of(text: &str) -> Vec<(Token, usize)> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = reader.token() {
        tokens.push(token);
    }
    tokens
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn bump(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.rest.peek() == Some(&wanted);
        if there {
            self.bump();
        }
        there
    }

    /// The next token that is neither comment nor string, with its line.
    fn token(&mut self) -> Option<(Token, usize)> {
        loop {
            let line = self.line;
            let next = self.bump()?;
            match next {
                '/' if self.take('/') => while self.bump().is_some_and(|next| next != '\n') {},
                '/' if self.take('*') => self.skip_comment(),
                '"' => self.skip_string(),
                '\'' => self.skip_quote(),
                ':' if self.take(':') => return Some((Token::PathSeparator, line)),
                first if first.is_alphanumeric() || first == '_' => {
                    let word = self.word(first);
                    if matches!(word.as_str(), "r" | "br" | "cr") && self.skip_raw_string() {
                        continue;
                    }
                    return Some((Token::Word(word), line));
                }
                space if space.is_whitespace() => {}
                mark => return Some((Token::Mark(mark), line)),
            }
        }
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(next) = self.rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
            word.push(next);
        }
        word
    }

    fn skip_comment(&mut self) {
        let mut open = 1;
        while open > 0 {
            match self.bump() {
                Some('/') if self.take('*') => open += 1,
                Some('*') if self.take('/') => open -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn skip_string(&mut self) {
        while let Some(next) = self.bump() {
            match next {
                '\\' => {
                    self.bump();
                }
                '"' => return,
                _ => {}
            }
        }
    }

    /// After `r`: the string with its hashes, or nothing when it is a raw name such as `r#type`.
    fn skip_raw_string(&mut self) -> bool {
        let mut ahead = self.rest.clone();
        let mut hashes = 0;
        while ahead.next_if_eq(&'#').is_some() {
            hashes += 1;
        }
        if ahead.next() != Some('"') {
            return false;
        }
        for _ in 0..=hashes {
            self.bump();
        }
        while let Some(next) = self.bump() {
            if next == '"' && (0..hashes).all(|_| self.take('#')) {
                break;
            }
        }
        true
    }

    /// After `'`: the rest of a character, or nothing when it begins a lifetime.
    fn skip_quote(&mut self) {
        let mut ahead = self.rest.clone();
        match (ahead.next(), ahead.next()) {
            (Some('\\'), _) => {
                self.bump();
                self.bump();
                while self.bump().is_some_and(|next| next != '\'') {}
            }
            (Some(_), Some('\'')) => {
                self.bump();
                self.bump();
            }
            _ => {}
        }
    }
}
