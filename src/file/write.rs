//! The one text of a document: stable order, one object a line, left out what a reader takes for granted, so
//! that two saved files differ where their sites differ.

use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::Serialize;

use super::v1::backdrop::Image;
use super::{base64, v1};
use crate::site::Site;
use crate::site::backdrop::Picture;

/// First line of every saved file, without the slashes.
pub const HEADER: &str =
    "Wattshift site file. Comments are not kept when Wattshift saves; `note` fields are.";

const INDENT: &str = "    ";

/// The text of a document in the newest format.
pub fn write_text(site: &Site) -> String {
    text_of(&v1::Site::from_site(site, env!("CARGO_PKG_VERSION")))
}

pub(super) fn text_of(file: &v1::Site) -> String {
    let v1::Site {
        format,
        saved_by,
        name,
        note,
        revision,
        as_of,
        latitude,
        longitude,
        climate,
        plan,
        company,
        loans,
        instruments,
        limits,
        bitcoin,
        power,
        gpu_rental,
        delivery,
        correlation,
        components,
        links,
        fleets,
        gpu_systems,
        offers,
        scenarios,
        price_decks,
        price_history,
        provenance,
        catalogue,
        backdrop,
        one_line_backdrop,
        assessment,
    } = file;
    let mut out = Text(format!("// {HEADER}\n#![enable(implicit_some)]\nSite(\n"));
    out.value("format", format);
    out.value("saved_by", saved_by);
    out.value("name", name);
    out.words("note", note);
    out.value("revision", revision);
    out.value("as_of", as_of);
    out.value("latitude", latitude);
    out.value("longitude", longitude);
    if let Some(climate) = climate {
        out.value("climate", climate);
    }
    out.settings("plan", plan);
    out.settings("company", company);
    out.list("loans", loans);
    out.list("instruments", instruments);
    out.settings("limits", limits);
    out.settings("bitcoin", bitcoin);
    out.settings("power", power);
    out.settings("gpu_rental", gpu_rental);
    out.settings("delivery", delivery);
    out.settings("correlation", correlation);
    out.list("components", components);
    out.list("links", links);
    out.list("fleets", fleets);
    out.list("gpu_systems", gpu_systems);
    out.list("offers", offers);
    out.nested("scenarios", scenarios, "overrides", |scenario| {
        let head = v1::Scenario { overrides: Vec::new(), ..scenario.clone() };
        (inline(&head), scenario.overrides.iter().map(inline).collect())
    });
    out.nested("price_decks", price_decks, "months", |deck| {
        let head = v1::PriceDeck { months: Vec::new(), ..deck.clone() };
        (inline(&head), deck.months.iter().map(inline).collect())
    });
    if let Some(history) = price_history {
        out.history(history);
    }
    out.list("provenance", provenance);
    out.catalogue(catalogue);
    if let Some(backdrop) = backdrop {
        let head = v1::Backdrop { image_base64: Image(Picture::none()), ..backdrop.clone() };
        out.picture("backdrop", &inline(&head), &backdrop.image_base64);
    }
    if let Some(backdrop) = one_line_backdrop {
        let head = v1::OneLineBackdrop { image_base64: Image(Picture::none()), ..backdrop.clone() };
        out.picture("one_line_backdrop", &inline(&head), &backdrop.image_base64);
    }
    out.list("assessment", assessment);
    out.0.push_str(")\n");
    out.0
}

/// A value on one line.
fn inline<T: Serialize>(value: &T) -> String {
    pretty(value, PrettyConfig::new().depth_limit(0))
}

fn pretty<T: Serialize>(value: &T, config: PrettyConfig) -> String {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    // The only errors are a writer's, and a string takes everything; an empty value would not read back, which
    // saving checks before it touches a file.
    options.to_string_pretty(value, config.new_line("\n")).unwrap_or_default()
}

struct Text(String);

impl Text {
    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.0.push_str(INDENT);
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn value<T: Serialize>(&mut self, name: &str, value: &T) {
        self.line(1, &format!("{name}: {},", inline(value)));
    }

    fn words(&mut self, name: &str, text: &String) {
        if !text.is_empty() {
            self.value(name, text);
        }
    }

    /// One setting a line; nothing when all are at the values a reader takes for granted.
    fn settings<T: Serialize + Default + PartialEq>(&mut self, name: &str, value: &T) {
        if *value != T::default() {
            let text = pretty(value, PrettyConfig::new().depth_limit(1).indentor(INDENT));
            let text = text.replace('\n', &format!("\n{INDENT}"));
            self.line(1, &format!("{name}: {text},"));
        }
    }

    fn list<T: Serialize>(&mut self, name: &str, items: &[T]) {
        self.lines(1, name, items.iter().map(inline));
    }

    fn lines(&mut self, depth: usize, name: &str, items: impl ExactSizeIterator<Item = String>) {
        if items.len() > 0 {
            self.line(depth, &format!("{name}: ["));
            for item in items {
                self.line(depth + 1, &format!("{item},"));
            }
            self.line(depth, "],");
        }
    }

    /// A list whose entries hold a list that is worth lines of its own.
    fn nested<T>(
        &mut self,
        name: &str,
        items: &[T],
        inner: &str,
        split: impl Fn(&T) -> (String, Vec<String>),
    ) {
        if items.is_empty() {
            return;
        }
        self.line(1, &format!("{name}: ["));
        for item in items {
            let (head, lines) = split(item);
            match head.strip_suffix(')') {
                Some(open) if !lines.is_empty() => {
                    self.line(2, &format!("{open}, {inner}: ["));
                    for line in lines {
                        self.line(3, &format!("{line},"));
                    }
                    self.line(2, "]),");
                }
                _ => self.line(2, &format!("{head},")),
            }
        }
        self.line(1, "],");
    }

    fn history(&mut self, history: &v1::PriceHistory) {
        let v1::PriceHistory { name, source, months } = history;
        self.line(1, "price_history: (");
        for (key, text) in [("name", name), ("source", source)] {
            if !text.is_empty() {
                self.line(2, &format!("{key}: {},", inline(text)));
            }
        }
        self.lines(2, "months", months.iter().map(inline));
        self.line(1, "),");
    }

    /// A picture in lines of its own, so that tools of text (an editor, a comparison, a mail) can take the file: one line
    /// of five million letters they cannot. Text that is no picture stays as it was read.
    fn picture(&mut self, name: &str, head: &str, image: &Image) {
        let open = head.strip_suffix(')').unwrap_or(head);
        let comma = if open.ends_with('(') { "" } else { ", " };
        match &image.0 {
            Picture::Encoded(bytes) if bytes.is_empty() => self.line(1, &format!("{name}: {head},")),
            Picture::Unreadable(text) => {
                let text = inline(&text.as_ref());
                self.line(1, &format!("{name}: {open}{comma}image_base64: {text}),"));
            }
            Picture::Encoded(bytes) => {
                self.line(1, &format!("{name}: {open}{comma}image_base64: \""));
                let letters = base64::encode(bytes);
                let mut rest = letters.as_str();
                while !rest.is_empty() {
                    let (line, after) = rest.split_at(rest.len().min(base64::LINE));
                    self.line(0, line);
                    rest = after;
                }
                self.line(1, "\"),");
            }
        }
    }

    fn catalogue(&mut self, catalogue: &v1::Catalogue) {
        let v1::Catalogue { asics, gpus, reliability, availability } = catalogue;
        if *catalogue == v1::Catalogue::default() {
            return;
        }
        self.line(1, "catalogue: (");
        self.lines(2, "asics", asics.iter().map(inline));
        self.lines(2, "gpus", gpus.iter().map(inline));
        self.lines(2, "reliability", reliability.iter().map(inline));
        self.lines(2, "availability", availability.iter().map(inline));
        self.line(1, "),");
    }
}
