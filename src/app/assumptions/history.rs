//! A price history of bitcoin from a file: read beside the window, shown with what is to be drawn from it, and only then
//! taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use egui::containers::menu::MenuButton;
use egui::{Button, Context, Rect, RichText, Stroke, Ui, UiBuilder, vec2};

use super::plot::Plot;
use crate::app::chart::{Words, round_up};
use crate::app::dispatch::unanswered;
use crate::app::services::FileOutcome;
use crate::app::state::{Action, Overlay};
use crate::app::ui::found;
use crate::app::{App, Command, Document, theme, widgets};
use crate::file;
use crate::market::history;
use crate::quantity::{Date, Report, Severity, date, format};
use crate::site::edit::Edit;
use crate::site::{BootstrapDrift, HistoryMonth, Override, PriceHistory, PriceModel, Site};

const DAYS_PER_MONTH: f64 = 365.25 / 12.0;
const PICTURE: f32 = 190.0;

/// What a file holds, and what is to be made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryImport {
    pub file_name: String,
    /// None where the report has an error.
    pub found: Option<Arc<PriceHistory>>,
    pub report: Arc<Report>,
    pub model: PriceModel,
    pub drift: BootstrapDrift,
}

/// Reads a file from its place. The page begins with the model the base case has.
fn read_file(path: &Path, site: &Site) -> HistoryImport {
    let file_name = file::companion_name(path);
    let (found, report) = match file::read_companion(path) {
        Ok(text) => file::read_price_history(&file_name, &text),
        Err(report) => (None, report),
    };
    let given = &site.assumptions.bitcoin;
    HistoryImport {
        file_name,
        found: found.map(Arc::new),
        report: Arc::new(report),
        model: given.price_model,
        drift: given.bootstrap_drift,
    }
}

impl HistoryImport {
    /// The change the user may take, as one step of the base case.
    pub fn edit(&self) -> Option<Edit> {
        let history = self.found.as_deref()?.clone();
        let label = format!("Import the price history {}", history.name);
        let edits = vec![
            Edit::SetPriceHistory(Some(history)),
            Edit::Change(Override::PriceModel { model: self.model }),
            Edit::SetBootstrapDrift(self.drift),
        ];
        Some(Edit::Together { label, edits })
    }
}

impl App {
    pub(in crate::app) fn history_dialog(&mut self) {
        let Some(document) = &self.document else { return };
        let site = Arc::clone(document.site());
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let dialog = rfd::FileDialog::new()
                    .set_title("Import a price history")
                    .add_filter("Days or months (CSV, text)", &["csv", "CSV", "txt", "TXT", "tsv"]);
                let asked = Instant::now();
                dialog.pick_file().map_or_else(
                    || unanswered(asked),
                    |path| FileOutcome::History(Box::new(read_file(&path, &site))),
                )
            });
        }
    }

    /// Reads a file that was dropped: by the worker, or here where there is none.
    pub(in crate::app) fn read_history(&mut self, path: PathBuf, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        let Some(document) = &self.document else { return };
        let site = Arc::clone(document.site());
        match &mut self.workers {
            Some(workers) => {
                workers.files.submit(0, move |_| FileOutcome::History(Box::new(read_file(&path, &site))));
            }
            None => self.show_history(read_file(&path, &site), now),
        }
    }

    /// Shows what a file holds; a question that is open goes first.
    pub(in crate::app) fn show_history(&mut self, found: HistoryImport, now: f64) {
        if self.document.is_none() || matches!(self.view.overlay, Some(Overlay::Unsaved(_))) {
            let words = format!("{} was not taken: import it again", found.file_name);
            self.toast(now, Severity::Error, words);
            return;
        }
        self.view.overlay = Some(Overlay::History(found));
    }

    /// What is shown becomes the site's, as one step of undo.
    pub(in crate::app) fn take_history(&mut self, now: f64) {
        let Some(Overlay::History(found)) = self.view.overlay.take() else { return };
        if let Some(edit) = found.edit() {
            self.edit(&edit, now);
        }
    }
}

/// What the price of bitcoin is drawn from, as a menu: the model, how a bootstrap grows, the months it is made of.
pub fn menu(ui: &mut Ui, document: &Document, actions: &mut Vec<Action>) {
    let given = document.shown();
    let bitcoin = &given.assumptions.bitcoin;
    let like = Override::PriceModel { model: bitcoin.price_model };
    let differs = document.differs(&like);
    let word = match bitcoin.price_model {
        PriceModel::JumpDiffusion => "jump diffusion",
        PriceModel::Bootstrap => "bootstrap",
    };
    let colour = if differs { theme::of(ui).accent } else { theme::of(ui).text };
    let small = RichText::new(format!("Price: {word}…")).size(theme::SMALL + 0.5).color(colour);
    let (response, _) = MenuButton::from_button(Button::new(small).small()).ui(ui, |ui| {
        ui.set_min_width(280.0);
        ui.weak("Paths of the price are drawn from a");
        for model in PriceModel::ALL {
            if ui.selectable_label(bitcoin.price_model == model, model.label()).clicked() {
                actions.push(Action::Change(Override::PriceModel { model }));
                ui.close();
            }
        }
        if differs && ui.button("Take the model of the base case back").clicked() {
            actions.push(Action::Reset(like));
            ui.close();
        }
        ui.separator();
        ui.weak("The bootstrap grows, in every scenario");
        for drift in BootstrapDrift::ALL {
            let choice = ui.selectable_label(bitcoin.bootstrap_drift == drift, drift.label());
            if choice.on_hover_text(drift.meaning()).clicked() {
                actions.push(Action::Edit(Edit::SetBootstrapDrift(drift)));
                ui.close();
            }
        }
        ui.separator();
        ui.weak(format!("History: {}", history::of(given).name));
        let own = given.assumptions.price_history.as_ref();
        for command in [Command::ImportHistory].into_iter().chain(own.map(|_| Command::OwnHistory)) {
            let button = Button::new(command.text()).frame_when_inactive(false);
            if ui.add(button).on_hover_text(command.tooltip()).clicked() {
                actions.push(Action::Do(command));
                ui.close();
            }
        }
    });
    response.on_hover_text("What the price of bitcoin is drawn from, and the months of its history");
}

/// The page over the window.
pub(in crate::app) fn show(app: &mut App, ui: &mut Ui, mut page: HistoryImport) {
    let screen = ui.ctx().content_rect();
    let modal = widgets::modal(ui, "history").show(ui.ctx(), |ui| {
        ui.set_width(600.0_f32.min(screen.width() - 40.0));
        ui.label(theme::strong(format!("Price history of {}", page.file_name), theme::TITLE));
        let mut room = screen.height() - 260.0;
        if let Some(found) = page.found.clone() {
            facts(ui, &found);
            // The picture gives way first where the window is low.
            if screen.height() > 560.0 {
                room -= PICTURE;
                let (rect, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), PICTURE), egui::Sense::hover());
                picture(ui, rect, &found);
            }
            choices(ui, &mut page);
            room -= 190.0;
        }
        let take = page.found.is_some().then_some(Action::TakeHistory);
        let problems = &page.report.problems;
        found::and_choice(ui, problems, room, take, "The site keeps its price history")
    });
    let closed = modal.should_close().then_some(Action::CloseOverlay);
    app.actions.extend(modal.inner.or(closed));
    app.view.overlay = Some(Overlay::History(page));
}

fn facts(ui: &mut Ui, found: &PriceHistory) {
    let months = &found.months;
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return };
    let fact = |ui: &mut Ui, name: &str, figure: String| widgets::fact(ui, name, figure, String::new());
    let label = date::month_label;
    let missing =
        usize::try_from(date::months_between(first.month, last.month)).unwrap_or(0) + 1 - months.len();
    let gaps = if missing == 0 { "none missing".to_owned() } else { format!("{missing} missing") };
    let span = format!("{} months, {} to {}, {gaps}", months.len(), label(first.month), label(last.month));
    fact(ui, "Months", span);
    let price = |month: &HistoryMonth| format!("${}", format::number(month.price_usd_per_btc, 0));
    fact(ui, "First and last price", format!("{} and {}", price(first), price(last)));
    let by_price = |a: &&HistoryMonth, b: &&HistoryMonth| a.price_usd_per_btc.total_cmp(&b.price_usd_per_btc);
    if let (Some(low), Some(high)) = (months.iter().min_by(by_price), months.iter().max_by(by_price)) {
        let of = |month: &HistoryMonth| format!("{} in {}", price(month), label(month.month));
        fact(ui, "Lowest and highest", format!("{}, {}", of(low), of(high)));
    }
    let count = |has: fn(&HistoryMonth) -> bool| match months.iter().filter(|month| has(month)).count() {
        0 => "in no month".to_owned(),
        all if all == months.len() => "in every month".to_owned(),
        some => format!("in {some} months"),
    };
    let words = format!(
        "network {}, fees {}",
        count(|month| month.network_eh.is_some()),
        count(|month| month.fee_share_of_subsidy.is_some())
    );
    fact(ui, "Beside the price", words);
}

/// The prices of the file over those that come with the program.
fn picture(ui: &mut Ui, rect: Rect, found: &PriceHistory) {
    let own = &found.months;
    let known = &history::built_in().months;
    let (Some(first), Some(last)) = (own.first(), own.last()) else { return };
    let start = first.month;
    let months = |day: Date| date::days_between(start, day) / DAYS_PER_MONTH;
    let end = months(last.month).max(1.0);
    let points = |of: &[HistoryMonth]| -> Vec<(f64, f64)> {
        of.iter().map(|month| (months(month.month), month.price_usd_per_btc / 1000.0)).collect()
    };
    let (own, mut known) = (points(own), points(known));
    known.retain(|(month, _)| (0.0..=end).contains(month));
    let high = own.iter().chain(&known).map(|(_, price)| *price).fold(0.0, f64::max);
    let words = Words {
        headline: "Price at the end of each month, the file against the months that come with the program"
            .to_owned(),
        axis: "Thousand $ a bitcoin; dashed: of the program".to_owned(),
        name: "Imported price history",
    };
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("picture"));
    let Some((plot, _)) = Plot::new(&mut child, &words, "", (0.0, end), (0.0, round_up(high * 1.05))) else {
        return;
    };
    plot.year_axis(start);
    plot.line(known, Stroke::new(1.4, plot.palette.text_weak), Some(3.0));
    for run in own.chunk_by(|a, b| b.0 - a.0 < 1.5) {
        plot.line(run.iter().copied(), Stroke::new(2.0, plot.palette.mining), None);
    }
}

/// What paths of the price are drawn from.
fn choices(ui: &mut Ui, page: &mut HistoryImport) {
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.label("Paths of the price are drawn from a");
        let models = PriceModel::ALL.map(|model| (model, model.label()));
        if let Some(model) = widgets::segmented(ui, page.model, &models) {
            page.model = model;
        }
    });
    if page.model == PriceModel::Bootstrap {
        ui.horizontal_wrapped(|ui| {
            ui.label("which grows in the mean");
            let drifts = BootstrapDrift::ALL.map(|drift| (drift, drift.label()));
            if let Some(drift) = widgets::segmented(ui, page.drift, &drifts) {
                page.drift = drift;
            }
        });
    } else {
        let words = "The months are for calibration then: its figures can be applied under Calibration";
        ui.label(RichText::new(words).size(theme::SMALL).color(theme::of(ui).text_weak));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::apply;

    fn import(text: &str) -> HistoryImport {
        let (found, report) = file::read_price_history("mine.csv", text);
        HistoryImport {
            file_name: "mine.csv".into(),
            found: found.map(Arc::new),
            report: Arc::new(report),
            model: PriceModel::Bootstrap,
            drift: BootstrapDrift::History,
        }
    }

    #[test]
    fn a_history_is_taken_with_its_model_in_one_step() {
        let site = Site::empty("test");
        let found = import("date,price\n2024-01,42000\n2024-02,61000\n2024-03,71000\n");
        let (next, label) = apply(&site, &found.edit().unwrap()).unwrap();
        assert_eq!(label, "Import the price history mine.csv");
        let bitcoin = &next.assumptions.bitcoin;
        assert_eq!(
            (bitcoin.price_model, bitcoin.bootstrap_drift),
            (PriceModel::Bootstrap, BootstrapDrift::History)
        );
        assert_eq!(next.assumptions.price_history.unwrap().months.len(), 3);
    }

    #[test]
    fn a_file_with_an_error_is_not_taken_and_says_where() {
        let found = import("date,price\n2024-01,42000\n2024-02,plenty\n");
        assert!(found.edit().is_none());
        assert!(found.report.problems.iter().any(|problem| problem.place == "mine.csv, line 3"));
    }
}
