//! Hourly prices or a metered load from a file: asked for, read beside the window, shown, and only then taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use egui::{ComboBox, Context, Id, RichText, Ui, vec2};

use crate::app::dispatch::unanswered;
use crate::app::services::FileOutcome;
use crate::app::state::{Action, Overlay};
use crate::app::ui::found;
use crate::app::{App, theme, widgets};
use crate::file;
use crate::file::import::{self, DateOrder, Import, ImportOptions, Kind, Stamps, ValueUnit};
use crate::market::power::annual_mean;
use crate::market::power::hours::deck_of_hours;
use crate::quantity::written::Mark;
use crate::quantity::zone::Zone;
use crate::quantity::{Severity, Unit, format};
use crate::site::edit::Edit;
use crate::site::{Component, EnergyPrice, GridFeed, MeasuredLoad, Object, PriceDeck, Site};

/// Years that values without dates may be of.
const YEARS: std::ops::RangeInclusive<i16> = 2015..=2030;

/// Width of what is asked.
const FIELD: f32 = 190.0;

/// What is asked of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub kind: Kind,
    pub file_name: String,
    pub text: Arc<str>,
    pub options: ImportOptions,
    /// Grid feed whose price or load it is.
    pub feed: Option<String>,
    /// The feed buys at these prices from now on.
    pub buys: bool,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesImport {
    pub question: Question,
    pub import: Import,
    /// The deck that prices make; none for a load, and for prices that cannot be one.
    pub deck: Option<PriceDeck>,
}

impl Question {
    /// What is asked first: the zone of the site, the first grid feed.
    pub fn new(kind: Kind, file_name: String, text: Arc<str>, site: &Site) -> Self {
        let feed = site.grid_feeds().next();
        let options = ImportOptions {
            place: (site.latitude, site.longitude),
            connection_mw: feed.map(|(_, feed)| feed.interconnection_mw),
            ..ImportOptions::default()
        };
        let feed = feed.map(|(component, _)| component.id.clone());
        Self { kind, file_name, text, options, feed, buys: true }
    }
}

/// Reads a file as it is asked.
pub fn read(question: Question) -> SeriesImport {
    let name = &question.file_name;
    match question.kind {
        Kind::Load => {
            let import = import::load(name, &question.text, &question.options);
            SeriesImport { import, deck: None, question }
        }
        Kind::Prices => {
            let mut import = import::prices(name, &question.text, &question.options);
            let deck = import.series.clone().and_then(|series| {
                let made = deck_of_hours(&deck_id(name), &deck_name(name), name, series);
                made.map_err(|problem| import.report.add_once(problem)).ok()
            });
            SeriesImport { import, deck, question }
        }
    }
}

/// Reads a file from its place. Without a kind named, it is prices unless it reads as a load alone.
fn read_file(path: &Path, kind: Option<Kind>, site: &Site) -> SeriesImport {
    let name = file::companion_name(path);
    match file::read_companion(path) {
        Ok(text) => {
            let question = |kind| Question::new(kind, name.clone(), Arc::from(text.as_str()), site);
            let first = read(question(kind.unwrap_or(Kind::Prices)));
            if kind.is_some() || first.import.series.is_some() {
                return first;
            }
            let load = read(question(Kind::Load));
            if load.import.series.is_some() { load } else { first }
        }
        Err(report) => {
            let question = Question::new(kind.unwrap_or(Kind::Prices), name, Arc::from(""), site);
            let import = Import { series: None, preview: import::Preview::default(), report };
            SeriesImport { question, import, deck: None }
        }
    }
}

/// `hb-west-2025` of `HB_WEST 2025.csv`.
fn deck_id(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let words: Vec<String> = stem
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() { "imported".to_owned() } else { words.join("-") }
}

fn deck_name(file_name: &str) -> String {
    file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned()
}

impl SeriesImport {
    /// The change the user may take, as one step.
    pub fn edit(&self, site: &Site) -> Option<Edit> {
        let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
        let feed = self.question.feed.as_deref().and_then(|id| feed_of(site, id));
        match self.question.kind {
            Kind::Load => {
                let (component, _) = feed?;
                let load =
                    MeasuredLoad { source: self.question.file_name.clone(), kw: self.import.series.clone()? };
                Some(Edit::SetLoad { feed: component.id.clone(), load: Some(Box::new(load)) })
            }
            Kind::Prices => {
                let deck = self.deck.clone()?;
                let label = format!("Import the prices {}", deck.name);
                let id = deck.id.clone();
                let mut edits = vec![Edit::PutPriceDeck(Box::new(deck))];
                let mut words = label;
                if let Some((component, feed)) = feed.filter(|_| self.question.buys) {
                    let mut tariff = feed.tariff.clone();
                    tariff.price_deck = id;
                    tariff.energy = EnergyPrice::Index;
                    edits.push(Edit::SetTariff { feed: component.id.clone(), tariff: Box::new(tariff) });
                    words = format!("{words} for {}", name(&component.id));
                }
                Some(Edit::Together { label: words, edits })
            }
        }
    }
}

fn feed_of<'a>(site: &'a Site, id: &str) -> Option<(&'a Component, &'a GridFeed)> {
    site.grid_feeds().find(|(component, _)| component.id == id)
}

impl App {
    pub(in crate::app) fn series_dialog(&mut self, kind: Kind) {
        let Some(document) = &self.document else { return };
        let site = Arc::clone(document.site());
        let title = match kind {
            Kind::Prices => "Import hourly prices",
            Kind::Load => "Import a metered load",
        };
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let dialog = rfd::FileDialog::new()
                    .set_title(title)
                    .add_filter("Hours or quarter-hours (CSV, text)", &["csv", "CSV", "txt", "TXT", "tsv"]);
                let asked = Instant::now();
                dialog.pick_file().map_or_else(
                    || unanswered(asked),
                    |path| FileOutcome::Series(Box::new(read_file(&path, Some(kind), &site))),
                )
            });
        }
    }

    /// Reads a file that was dropped: by the worker, or here where there is none.
    pub(in crate::app) fn read_series(&mut self, path: PathBuf, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        let Some(document) = &self.document else { return };
        let site = Arc::clone(document.site());
        match &mut self.workers {
            Some(workers) => {
                workers
                    .files
                    .submit(0, move |_| FileOutcome::Series(Box::new(read_file(&path, None, &site))));
            }
            None => self.show_series(read_file(&path, None, &site), now),
        }
    }

    /// Reads the file of the page anew, as the user now says it is to be read.
    pub(in crate::app) fn ask_series(&mut self, question: Question, now: f64) {
        match &mut self.workers {
            Some(workers) => {
                workers.files.submit(0, move |_| FileOutcome::Series(Box::new(read(question))));
            }
            None => self.show_series(read(question), now),
        }
    }

    /// Shows what a file holds; a question that is open goes first.
    pub(in crate::app) fn show_series(&mut self, found: SeriesImport, now: f64) {
        if self.document.is_none() || matches!(self.view.overlay, Some(Overlay::Unsaved(_))) {
            let words = format!("{} was not taken: import it again", found.question.file_name);
            self.toast(now, Severity::Error, words);
            return;
        }
        self.view.overlay = Some(Overlay::Series(Arc::new(found)));
    }

    /// What is shown becomes the site's, as one step of undo.
    pub(in crate::app) fn take_series(&mut self, now: f64) {
        let Some(Overlay::Series(found)) = self.view.overlay.take() else { return };
        let edit = self.document.as_ref().and_then(|document| found.edit(document.site()));
        if let Some(edit) = edit {
            self.edit(&edit, now);
        }
    }
}

/// The page over the window.
pub(in crate::app) fn show(app: &mut App, ui: &mut Ui, found: &SeriesImport) {
    let Some(document) = &app.document else { return };
    let site = document.site().clone();
    let screen = ui.ctx().content_rect();
    let takes = found.edit(&site).is_some();
    let modal = widgets::modal(ui, "series").show(ui.ctx(), |ui| {
        ui.set_width(600.0_f32.min(screen.width() - 40.0));
        let what = match found.question.kind {
            Kind::Prices => "Hourly prices",
            Kind::Load => "Metered load",
        };
        ui.label(theme::strong(format!("{what} of {}", found.question.file_name), theme::TITLE));
        let asked = questions(ui, found, &site);
        ui.add_space(4.0);
        if found.import.preview.rows_read > 0 {
            facts(ui, found);
        }
        let take = takes.then_some(Action::TakeSeries);
        let problems = &found.import.report.problems;
        let answer =
            found::and_choice(ui, problems, screen.height() - 620.0, take, "The site stays as it is");
        answer.or(asked)
    });
    let closed = modal.should_close().then_some(Action::CloseOverlay);
    app.actions.extend(modal.inner.or(closed));
}

/// How the file is to be read. A change has it read anew.
fn questions(ui: &mut Ui, found: &SeriesImport, site: &Site) -> Option<Action> {
    let mut question = found.question.clone();
    let preview = &found.import.preview;
    if let Some(kind) =
        widgets::segmented(ui, question.kind, &[(Kind::Prices, "Prices"), (Kind::Load, "Load")])
    {
        question.kind = kind;
        question.options.unit = None;
    }
    egui::Grid::new("how to read").num_columns(4).spacing(vec2(8.0, 4.0)).show(ui, |ui| {
        let is_price = |unit: ValueUnit| unit.symbol().contains('/');
        let units =
            ValueUnit::ALL.into_iter().filter(|unit| is_price(*unit) == (question.kind == Kind::Prices));
        let units = units.map(|unit| (Some(unit), unit.symbol().to_owned())).collect();
        choice(ui, "Unit", &mut question.options.unit, &preview.unit, units);
        let zones = Zone::names().map(|name| (Zone::named(name), name.to_owned())).collect();
        choice(ui, "Time zone", &mut question.options.zone, &preview.zone, zones);
        ui.end_row();
        let stamps = vec![
            (Some(Stamps::Beginning), "begin of the hour".to_owned()),
            (Some(Stamps::Ending), "end of the hour".to_owned()),
        ];
        choice(ui, "A time is the", &mut question.options.stamps, &preview.stamps, stamps);
        let found = preview.first.map_or_else(String::new, |first| first.year().to_string());
        let years = YEARS.map(|year| (Some(year), year.to_string())).collect();
        choice(ui, "Year without dates", &mut question.options.year, &found, years);
        ui.end_row();
        let orders = vec![
            (Some(DateOrder::MonthFirst), "month first".to_owned()),
            (Some(DateOrder::DayFirst), "day first".to_owned()),
        ];
        choice(ui, "Dates with slashes", &mut question.options.date_order, "", orders);
        line(ui, "Column of values", &mut question.options.column, &preview.column);
        ui.end_row();
        line(ui, "Only rows with", &mut question.options.only, "all rows");
        let marks = [Mark::Point, Mark::Comma].map(|mark| (Some(mark), mark.word().to_owned())).to_vec();
        choice(ui, "Decimal mark", &mut question.options.decimal_mark, "", marks);
        ui.end_row();
        if question.kind == Kind::Prices {
            dollars(ui, &mut question.options.usd_per_unit);
            ui.end_row();
        }
    });
    ui.checkbox(&mut question.options.standard_time, "The clock keeps standard time all year");
    let feeds: Vec<(Option<String>, String)> = site
        .grid_feeds()
        .map(|(component, _)| {
            (Some(component.id.clone()), site.object_name(&Object::Component(component.id.clone())))
        })
        .collect();
    ui.horizontal_wrapped(|ui| {
        let now =
            question.feed.clone().map(|id| site.object_name(&Object::Component(id))).unwrap_or_default();
        if feeds.len() > 1 {
            choice(ui, "Grid feed", &mut question.feed, &now, feeds);
        }
        if question.kind == Kind::Prices && !now.is_empty() {
            ui.checkbox(&mut question.buys, format!("{now} buys at these prices from now on"));
        }
    });
    (question != found.question).then(|| Action::AskSeries(Box::new(question)))
}

/// A list of which the first entry leaves it to the program, with what it took.
fn choice<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: &mut Option<T>,
    found: &str,
    choices: Vec<(Option<T>, String)>,
) {
    let chosen =
        choices.iter().find(|(value, _)| value == now && now.is_some()).map(|(_, text)| text.clone());
    let by_itself = if found.is_empty() { "as found".to_owned() } else { format!("{found} (as found)") };
    ui.label(RichText::new(name).size(theme::SMALL).color(theme::of(ui).text_weak));
    ui.name_inputs(name, |ui| {
        ComboBox::from_id_salt(name)
            .icon(widgets::chevron)
            .width(FIELD)
            .truncate()
            .selected_text(chosen.unwrap_or_else(|| by_itself.clone()))
            .show_ui(ui, |ui| {
                ui.selectable_value(now, None, by_itself);
                for (value, text) in choices {
                    ui.selectable_value(now, value, text);
                }
            });
    });
}

/// A word that the user may say; empty leaves it to the program, which took `found`.
fn line(ui: &mut Ui, name: &str, now: &mut Option<String>, found: &str) {
    let hint = if found.is_empty() { "as found" } else { found };
    if let Some(typed) = typed(ui, name, now.as_deref().unwrap_or_default(), hint) {
        *now = Some(typed.trim().to_owned()).filter(|text| !text.is_empty());
    }
}

/// Dollars for one unit of a foreign currency; what is no rate above zero is dropped.
fn dollars(ui: &mut Ui, now: &mut Option<f64>) {
    let shown = now.map(|rate| rate.to_string()).unwrap_or_default();
    if let Some(typed) = typed(ui, "Dollars for one", &shown, "unit of the currency") {
        *now = Unit::None.parse(&typed).ok().filter(|rate| *rate > 0.0);
    }
}

fn typed(ui: &mut Ui, name: &str, now: &str, hint: &str) -> Option<String> {
    ui.label(RichText::new(name).size(theme::SMALL).color(theme::of(ui).text_weak));
    widgets::draft_field(ui, Id::unique(("series", name)), name, now, hint, FIELD)
}

fn facts(ui: &mut Ui, found: &SeriesImport) {
    let preview = &found.import.preview;
    let count = |value: usize| format::number(value as f64, 0);
    let (unit, decimals) = match found.question.kind {
        Kind::Prices => ("$/MWh", 2),
        Kind::Load => ("kW", 0),
    };
    let value = |value: f64| format!("{} {unit}", format::number(value, decimals));
    let clock = |clock: Option<jiff::civil::DateTime>| {
        clock.map_or_else(|| "–".to_owned(), |clock| clock.strftime("%Y-%m-%d %H:%M").to_string())
    };
    let fact = |ui: &mut Ui, name: &str, figure: String| widgets::fact(ui, name, figure, String::new());
    fact(ui, "Layout", format!("{}, a value every {} minutes", preview.layout, preview.step_minutes));
    fact(ui, "Clock", preview.clock.clone());
    fact(ui, "From and to, standard time", format!("{} to {}", clock(preview.first), clock(preview.last)));
    fact(
        ui,
        "Readings",
        format!(
            "{} read, {} refused, {} missing, {} twice",
            count(preview.rows_read),
            count(preview.rows_refused),
            count(preview.missing),
            count(preview.doubled)
        ),
    );
    fact(
        ui,
        "Lowest, mean, highest",
        format!("{} · {} · {}", value(preview.least), value(preview.mean), value(preview.most)),
    );
    if found.question.kind == Kind::Prices {
        fact(ui, "Hours below zero", count(preview.negative));
    }
    if let Some(deck) = &found.deck {
        fact(ui, "Price deck", format!("{}, mean {}", deck.id, value(annual_mean(deck))));
    }
    for (line, at, read) in preview.sample.iter().take(3) {
        fact(ui, &format!("Line {line}"), format!("{}  {}", clock(Some(*at)), value(*read)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{read_text, templates};
    use crate::site::edit::apply;
    use std::fmt::Write as _;

    fn year() -> String {
        let mut text = String::from("time,price $/MWh\n");
        let mut day = crate::quantity::Date::constant(2025, 1, 1);
        while day.year() == 2025 {
            for hour in 0..24 {
                writeln!(text, "{day} {hour:02}:00,{}", 20 + hour).unwrap();
            }
            day = day.tomorrow().unwrap();
        }
        text
    }

    #[test]
    fn prices_become_a_deck_that_the_feed_buys_at_in_one_step() {
        let site = read_text(templates()[0].text).0.unwrap();
        let mut question = Question::new(Kind::Prices, "HB_WEST 2025.csv".into(), year().into(), &site);
        question.options.standard_time = true;
        let found = read(question);
        assert!(found.deck.is_some(), "{:?}", found.import.report.problems);
        let (next, label) = apply(&site, &found.edit(&site).unwrap()).unwrap();
        assert!(label.starts_with("Import the prices HB_WEST 2025 for "), "{label}");
        let (_, feed) = next.grid_feeds().next().unwrap();
        assert_eq!(feed.tariff.price_deck, "hb-west-2025");
        let mean = annual_mean(next.price_deck("hb-west-2025").unwrap());
        assert!((mean - 31.5).abs() < 0.02, "{mean}");
    }

    #[test]
    fn a_file_that_cannot_be_read_changes_nothing() {
        let site = read_text(templates()[0].text).0.unwrap();
        for text in ["", "nothing here", "\u{0}\u{1}", &"x".repeat(100_000)] {
            let found = read(Question::new(Kind::Prices, "a.csv".into(), Arc::from(text), &site));
            assert!(found.edit(&site).is_none() && !found.import.report.problems.is_empty());
        }
        assert_eq!(deck_id("….csv"), "imported");
    }
}
