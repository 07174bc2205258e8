//! *Rebuild this bill*: the utility's bills beside what the tariff makes of them, and the page they are entered on.

use egui::{
    Align, Button, Id, Label, Layout, Rect, RichText, ScrollArea, Stroke, TextEdit, Ui, UiBuilder, pos2,
};

use super::pictures::Scene;
use super::plot::figure;
use crate::app::chart::{Words, card};
use crate::app::state::{Action, Overlay};
use crate::app::{App, Command, theme, widgets};
use crate::market::power::bill::{RebuiltBill, TOLERANCE};
use crate::quantity::{Date, Severity, Unit, date, format};
use crate::site::edit::Edit;
use crate::site::{BillMonth, GridFeed, Site};

/// Most bills that are read; a century of months.
const MOST: usize = 1200;

/// The page bills are typed or pasted on.
#[derive(Clone, Debug, PartialEq)]
pub struct BillsPage {
    /// Id of the grid feed.
    pub feed: String,
    pub text: String,
}

/// A line a month: `2025-01  54 000 000  75 200  2 910 000`, tab or semicolon between the figures, and the 4CP peak in kW
/// last where the bill says it.
pub fn as_text(bills: &[BillMonth]) -> String {
    let line = |bill: &BillMonth| {
        let month = format!("{}-{:02}", bill.month.year(), bill.month.month());
        let mut cells =
            vec![month, bill.kwh.to_string(), bill.billed_kw.to_string(), bill.total_usd.to_string()];
        cells.extend(bill.four_cp_kw.map(|kw| kw.to_string()));
        cells.join("\t")
    };
    bills.iter().map(|bill| line(bill) + "\n").collect()
}

/// Bills of a text, in order of time.
///
/// # Errors
/// A sentence for each line that is no bill, by its number.
pub fn read(text: &str) -> Result<Vec<BillMonth>, Vec<String>> {
    let mut bills: Vec<BillMonth> = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let is_heading = index == 0 && !line.chars().any(|letter| letter.is_ascii_digit());
        if line.trim().is_empty() || is_heading {
            continue;
        }
        if bills.len() >= MOST {
            problems.push(format!("Line {number}: more than {MOST} bills"));
            break;
        }
        match bill_of(line) {
            Ok(bill) if bills.iter().any(|known| date::months_between(known.month, bill.month) == 0) => {
                problems.push(format!("Line {number}: {} is there twice", date::month_label(bill.month)));
            }
            Ok(bill) => bills.push(bill),
            Err(why) => problems.push(format!("Line {number}: {why}")),
        }
    }
    bills.sort_by_key(|bill| bill.month);
    if problems.is_empty() { Ok(bills) } else { Err(problems) }
}

fn bill_of(line: &str) -> Result<BillMonth, String> {
    let separator = if line.contains('\t') { '\t' } else { ';' };
    let cells: Vec<&str> = if line.contains(separator) {
        line.split(separator).map(str::trim).collect()
    } else {
        line.split_whitespace().collect()
    };
    let [month, kwh, kw, total, rest @ ..] = cells.as_slice() else {
        return Err(
            "a bill is a month, kWh, billed kW and the total in dollars, with tabs or semicolons between"
                .into(),
        );
    };
    let figure = |name: &str, text: &str| -> Result<f64, String> {
        let value = Unit::None
            .parse(text.trim_start_matches('$'))
            .map_err(|_| format!("{name} `{text}` is not a number"))?;
        if value < 0.0 { Err(format!("{name} {text} is below zero")) } else { Ok(value) }
    };
    let four_cp_kw = match rest {
        [] | [""] => None,
        [kw] => Some(figure("the 4CP peak", kw)?),
        _ => return Err(format!("there are {} figures; a bill has at most five", cells.len())),
    };
    Ok(BillMonth {
        month: month_of(month)?,
        kwh: figure("kWh", kwh)?,
        billed_kw: figure("the billed kW", kw)?,
        total_usd: figure("the total", total)?,
        four_cp_kw,
    })
}

fn month_of(text: &str) -> Result<Date, String> {
    let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
    let day: Date = whole.parse().map_err(|_| format!("`{text}` is not a month; write it as 2025-01"))?;
    Ok(Date::new(day.year(), day.month(), 1).unwrap_or(day))
}

/// The table of the picture.
pub fn table(ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let bills = &scene.outlook.bills;
    let palette = theme::of(ui);
    let words = Words {
        headline: headline(scene),
        axis: "The utility's bills against the tariff of this file".to_owned(),
        name: "Rebuild this bill",
    };
    let Some((_, plot)) = card(ui, palette, &words, &scene.footer) else { return };
    let rect = Rect::from_min_max(pos2(plot.left() - 38.0, plot.top() - 14.0), plot.max);
    figure(ui, rect, &words);
    let mut area = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("bills"));
    let enter = Button::new(Command::EnterBills.text());
    if bills.is_empty() {
        area.add(
            Label::new(
                RichText::new("No bill is entered yet: paste a year of them from a spreadsheet")
                    .color(palette.text_weak),
            )
            .wrap(),
        );
        if area.add(enter).on_hover_text(Command::EnterBills.tooltip()).clicked() {
            actions.push(Action::Do(Command::EnterBills));
        }
        return;
    }
    let weak = |text: &str| RichText::new(text).size(theme::SMALL).color(palette.text_weak);
    let width = ((rect.width() - 96.0) / 5.0).clamp(44.0, 100.0);
    let heads = ["MWh", "Billed MW", "Bill", "Tariff", "Difference"].map(weak);
    widgets::table_row(&mut area, weak("Month"), &heads, width);
    let bottom = area.available_height() - 32.0;
    ScrollArea::vertical().id_salt("bill rows").auto_shrink(false).max_height(bottom).show(&mut area, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let several = bills.iter().any(|bill| bill.feed != bills[0].feed);
        for bill in bills {
            row(ui, scene, bill, several, width);
        }
    });
    if area.add(enter.small()).on_hover_text(Command::EnterBills.tooltip()).clicked() {
        actions.push(Action::Do(Command::EnterBills));
    }
    ui.painter().hline(rect.x_range(), rect.top() + 22.0, Stroke::new(1.0, palette.border));
}

fn row(ui: &mut Ui, scene: &Scene<'_>, bill: &RebuiltBill, several: bool, width: f32) {
    let palette = theme::of(ui);
    let month = date::month_label(bill.month);
    let feed = scene.site.object_name(&crate::site::Object::Component(bill.feed.clone()));
    let name = if several { format!("{month}, {feed}") } else { month };
    let colour = if bill.is_within { palette.text } else { palette.error };
    // A sign as well as the colour says that the tariff misses the bill.
    let difference = match bill.difference_share {
        Some(share) if bill.is_within => format!("{} %", format::number(share * 100.0, 1)),
        Some(share) => format!("✖ {} %", format::number(share * 100.0, 1)),
        None => "–".to_owned(),
    };
    let numbers = [
        RichText::new(format::number(bill.kwh / 1000.0, 0)),
        RichText::new(format::number(bill.billed_kw / 1000.0, 1)),
        RichText::new(format::usd(bill.total_usd)),
        RichText::new(format::usd(bill.recomputed_usd)),
        RichText::new(difference).color(colour),
    ];
    let response = widgets::table_row(ui, RichText::new(name.clone()).color(colour), &numbers, width);
    response.on_hover_ui(|ui| {
        ui.set_max_width(300.0);
        ui.label(theme::strong(&name, theme::BODY));
        let parts = &bill.parts;
        for (name, usd) in [
            ("Energy", parts.energy),
            ("Adder", parts.adder),
            ("Fixed block", parts.block),
            ("Demand", parts.demand),
            ("Ratchet", parts.ratchet),
            ("4CP", parts.four_cp),
            ("Minimum take", parts.minimum_take),
            ("Fixed charge", parts.fixed),
        ] {
            if usd != 0.0 {
                widgets::fact(ui, name, format::usd(usd), String::new());
            }
        }
        widgets::fact(ui, "Tariff in all", format::usd(bill.recomputed_usd), String::new());
        ui.weak(format!("Energy price from {}", bill.basis));
        for assumed in &bill.assumed {
            ui.weak(assumed);
        }
    });
}

fn headline(scene: &Scene<'_>) -> String {
    let sums = &scene.outlook.bill_sums;
    let (months, within) =
        sums.iter().fold((0, 0), |(months, within), sum| (months + sum.months, within + sum.within));
    if months == 0 {
        return "Is this the tariff the site pays? Its bills would tell".to_owned();
    }
    let tolerance = format::number(TOLERANCE * 100.0, 0);
    let adder = sums.iter().find_map(|sum| sum.implied_adder_usd_per_mwh);
    let hint = match adder.filter(|_| within < months) {
        Some(adder) => {
            format!("; with an adder of {} $/MWh it bills the same in all", format::number(adder, 1))
        }
        None => String::new(),
    };
    format!("The tariff meets {within} of {months} bills within {tolerance} %{hint}")
}

impl App {
    /// Opens the page with the bills of the first grid feed.
    pub(in crate::app) fn open_bills(&mut self, now: f64) {
        let first = self.document.as_ref().and_then(|document| page(document.site(), None));
        match first {
            Some(page) => self.view.overlay = Some(Overlay::Bills(page)),
            None => {
                let why = "Bills belong to a grid feed, and the site has none".to_owned();
                self.toast(now, Severity::Error, why);
            }
        }
    }

    /// Takes the bills of the page as one step of undo; text that is not understood leaves it open.
    pub(in crate::app) fn take_bills(&mut self, now: f64) {
        let Some(Overlay::Bills(page)) = &self.view.overlay else { return };
        if let Ok(bills) = read(&page.text) {
            let edit = Edit::SetBills { feed: page.feed.clone(), bills };
            self.view.overlay = None;
            self.edit(&edit, now);
        }
    }
}

/// The page of a feed: of one by its id, else of the first.
fn page(site: &Site, id: Option<&str>) -> Option<BillsPage> {
    let of = |(component, feed): (&crate::site::Component, &GridFeed)| BillsPage {
        feed: component.id.clone(),
        text: as_text(&feed.bills),
    };
    site.grid_feeds().find(|(component, _)| id.is_none_or(|id| component.id == id)).map(of)
}

/// The page over the window.
pub(in crate::app) fn show(app: &mut App, ui: &mut Ui, mut page: BillsPage) {
    let palette = theme::of(ui);
    let Some(document) = &app.document else { return };
    let site = document.site().clone();
    let found = read(&page.text);
    let screen = ui.ctx().content_rect();
    let modal = widgets::modal(ui, "bills").show(ui.ctx(), |ui| {
        ui.set_width(600.0_f32.min(screen.width() - 40.0));
        let name = |id: &str| site.object_name(&crate::site::Object::Component(id.to_owned()));
        ui.label(theme::strong(format!("Bills of {}", name(&page.feed)), theme::TITLE));
        ui.label(
            RichText::new("A line a month: 2025-01, kWh, billed kW, total in dollars; the 4CP peak in kW may follow. Paste it from a spreadsheet")
                .size(theme::SMALL)
                .color(palette.text_weak),
        );
        let feeds: Vec<String> = site.grid_feeds().map(|(component, _)| component.id.clone()).collect();
        if feeds.len() > 1 {
            ui.horizontal_wrapped(|ui| {
                for id in &feeds {
                    if ui.selectable_label(page.feed == *id, name(id)).clicked()
                        && let Some(other) = self::page(&site, Some(id))
                    {
                        page = other;
                    }
                }
            });
        }
        ui.add_space(4.0);
        ScrollArea::vertical().max_height((screen.height() - 320.0).clamp(80.0, 300.0)).show(ui, |ui| {
            let field = TextEdit::multiline(&mut page.text)
                .id(Id::unique("bill lines"))
                .desired_rows(13)
                .desired_width(f32::INFINITY)
                .code_editor()
                .lock_focus(false)
                .hint_text("2025-01\t54 000 000\t75 200\t2 910 000");
            ui.add(field).accessible_name("Bills, a line a month");
        });
        let mut answer = None;
        match &found {
            Ok(bills) => {
                let kwh: f64 = bills.iter().map(|bill| bill.kwh).sum();
                let usd: f64 = bills.iter().map(|bill| bill.total_usd).sum();
                let words = format!(
                    "{} bills, {} MWh, {}",
                    bills.len(),
                    format::number(kwh / 1000.0, 0),
                    format::usd(usd)
                );
                ui.label(words);
            }
            Err(problems) => {
                for why in problems.iter().take(4) {
                    ui.add(Label::new(RichText::new(why).color(palette.error)).wrap());
                }
                if problems.len() > 4 {
                    ui.label(format!("and {} more lines", problems.len() - 4));
                }
            }
        }
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = RichText::new("Use").color(palette.on_accent).font(theme::bold(theme::BODY));
            if ui.add_enabled(found.is_ok(), Button::new(words).fill(palette.accent)).clicked() {
                answer = Some(Action::TakeBills);
            }
            if ui.button("Cancel").clicked() {
                answer = Some(Action::CloseOverlay);
            }
        });
        answer
    });
    let closed = modal.should_close().then_some(Action::CloseOverlay);
    let answer = modal.inner.or(closed);
    if app.view.overlay.is_some() {
        app.view.overlay = Some(Overlay::Bills(page));
    }
    app.actions.extend(answer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bills_are_read_from_a_spreadsheet_and_written_back() {
        let text = "Month\tkWh\tkW\tUSD\n2025-02\t48,000,000\t74 900\t$2,601,000.50\n2025-01\t54000000\t75200\t2910000\t70100\n\n";
        let bills = read(text).unwrap();
        assert_eq!(bills.len(), 2);
        assert_eq!((bills[0].month, bills[0].four_cp_kw), (Date::constant(2025, 1, 1), Some(70_100.0)));
        assert_eq!((bills[1].kwh, bills[1].billed_kw, bills[1].total_usd), (48e6, 74_900.0, 2_601_000.5));
        assert_eq!(read(&as_text(&bills)).unwrap(), bills);
        assert_eq!(read("2025-03; 5 000; 12; 900").unwrap()[0].kwh, 5_000.0);
        assert_eq!(read("2025-03-31 5000 12 900").unwrap()[0].month, Date::constant(2025, 3, 1));
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn lines_that_are_no_bills_are_named() {
        let wrong = read(
            "2025-01\t1\t2\t3\n2025-01\t4\t5\t6\nsoon\t1\t2\t3\n2025-02\tmuch\t2\t3\n2025-03\t-1\t2\t3\n2025-04\t1\t2\n2025-05\t1\t2\tNaN\n2025-06\t1\t2\t3\t4\t5",
        )
        .unwrap_err();
        for (found, expected) in wrong.iter().zip([
            "Line 2: Jan 2025 is there twice",
            "Line 3: `soon` is not a month; write it as 2025-01",
            "Line 4: kWh `much` is not a number",
            "Line 5: kWh -1 is below zero",
            "Line 6: a bill is a month",
            "Line 7: the total `NaN` is not a number",
            "Line 8: there are 6 figures; a bill has at most five",
        ]) {
            assert!(found.starts_with(expected), "{found}");
        }
        assert_eq!(wrong.len(), 7);
        let many = "2025-01\t1\t2\t3\n".repeat(5000);
        assert!(read(&many).unwrap_err().len() < 5001);
    }
}
