//! The energy price of a grid feed: index, flat or by time of use, and its fixed-price block. One piece, shown on the page
//! of the feed in the inspector and under Power in the assumptions.

pub mod change;
mod hours;
mod map;

use egui::{
    Align, Align2, Button, ComboBox, Id, Label, Layout, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder,
    pos2, vec2,
};

use super::pictures::{Scene, nothing};
use super::plot::figure;
use crate::app::chart::{Words, card};
use crate::app::inspector::day;
use crate::app::inspector::number::{Row, row_at};
use crate::app::state::{Action, View};
use crate::app::{App, Command, Document, theme, widgets};
use crate::market::decks;
use crate::market::power::{annual_mean, deck_of};
use crate::quantity::{Severity, date, format};
use crate::site::tariff::MOST_PERIODS;
use crate::site::{Address, Days, EnergyPrice, FixedBlock, Object, Site, Tariff, TimeOfUse, TimeOfUsePeriod};
use change::{EnergyKind, TariffChange, period_key};
use hours::{Owners, named_hours};
use map::{MONTH_NAMES, Map};

const DAYS: [(Days, &str); 3] =
    [(Days::All, "All days"), (Days::Weekdays, "Weekdays"), (Days::Weekend, "Weekend")];
/// Longest name of a period, letters.
const LONGEST_NAME: usize = 60;

/// True for the id of a grid feed.
pub fn is_feed(site: &Site, id: &str) -> bool {
    site.grid_feeds().any(|(component, _)| component.id == id)
}

/// True for the key of a number that the piece shows.
pub fn has_number(key: &str) -> bool {
    change::is_own(key)
}

/// What the piece is drawn from, and where changes go.
struct Page<'a> {
    document: &'a Document,
    view: &'a View,
    /// Id of the feed and what a user calls it.
    id: &'a str,
    name: String,
    tariff: &'a Tariff,
    changes: Vec<TariffChange>,
}

/// The piece for one feed, in the width there is.
pub fn show(ui: &mut Ui, document: &Document, view: &View, id: &str, actions: &mut Vec<Action>) {
    let site = document.shown();
    let Some((_, feed)) = site.grid_feeds().find(|(component, _)| component.id == id) else { return };
    let name = site.object_name(&Object::Component(id.to_owned()));
    let mut page = Page { document, view, id, name, tariff: &feed.tariff, changes: Vec::new() };
    ui.push_id(("tariff", id), |ui| page.show(ui, actions));
    // After all numbers of the frame: one that is taken as the focus leaves it goes to the list as it was.
    let feed = id.to_owned();
    actions.extend(page.changes.into_iter().map(|change| Action::Tariff { feed: feed.clone(), change }));
}

/// The tariffs of all feeds on a card.
pub fn picture(ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let feeds: Vec<(String, &Tariff)> =
        scene.site.grid_feeds().map(|(component, feed)| (component.id.clone(), &feed.tariff)).collect();
    let Some((_, first)) = feeds.first() else {
        return nothing(ui, "A tariff belongs to a grid feed, and the site has none");
    };
    let words = Words {
        headline: headline(scene, first),
        axis: "Energy and the fixed-price block; the other charges are in the table".to_owned(),
        name: "Tariff",
    };
    let Some((_, plot)) = card(ui, theme::of(ui), &words, &scene.footer) else { return };
    let rect = Rect::from_min_max(pos2(plot.left() - 38.0, plot.top() - 14.0), plot.max + vec2(0.0, 14.0));
    figure(ui, rect, &words);
    let mut area = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("tariffs"));
    ScrollArea::vertical().id_salt("tariffs").auto_shrink(false).show(&mut area, |ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        for (id, _) in &feeds {
            if feeds.len() > 1 {
                let name = scene.site.object_name(&Object::Component(id.clone()));
                ui.label(theme::strong(name, theme::BODY));
            }
            show(ui, scene.document, scene.view, id, actions);
        }
    });
}

fn headline(scene: &Scene<'_>, tariff: &Tariff) -> String {
    let mean = deck_of(scene.site, tariff).map(|deck| annual_mean(&deck));
    let mean = mean.map(|mean| format!(", {} $/MWh over the year", format::number(mean, 1)));
    let mean = mean.unwrap_or_default();
    match &tariff.energy {
        EnergyPrice::Index => match scene.site.price_deck(&tariff.price_deck) {
            Some(deck) => format!("Energy is bought at {}{mean}", deck.name),
            None => "Energy is bought at an index that is not named yet".to_owned(),
        },
        EnergyPrice::Flat(price) => {
            format!("Energy costs {} $/MWh at all hours", format::number(price.usd_per_mwh, 1))
        }
        EnergyPrice::TimeOfUse(prices) => {
            let owners = Owners::of(prices);
            let used = (0..prices.periods.len())
                .map(Some)
                .chain([None])
                .filter(|owner| owners.hours_a_year(*owner) > 0.0)
                .count();
            match used {
                1 => format!("Energy is bought by time of use, at one price so far{mean}"),
                count => format!("Energy is bought by time of use at {count} prices{mean}"),
            }
        }
    }
}

/// What all cards of the list are drawn from.
struct List<'a> {
    prices: &'a TimeOfUse,
    owners: &'a Owners,
    scale: map::Scale,
    width: f32,
}

impl List<'_> {
    /// Width inside a card.
    fn inner(&self) -> f32 {
        (self.width - 26.0).max(120.0)
    }
}

impl Page<'_> {
    fn show(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        widgets::section(ui, "Energy price", "Before the delivery adder");
        let kinds = EnergyKind::ALL.map(|kind| (kind, kind.text()));
        if let Some(kind) = widgets::segmented(ui, EnergyKind::of(&self.tariff.energy), &kinds) {
            self.changes.push(TariffChange::Kind(kind));
        }
        if self.document.scenario().is_some() {
            let words = "Kind, deck and periods are the same in every scenario; a price may differ";
            ui.label(RichText::new(words).size(theme::SMALL).color(theme::of(ui).text_weak));
        }
        ui.add_space(2.0);
        match &self.tariff.energy {
            EnergyPrice::Index => self.index(ui, actions),
            EnergyPrice::Flat(_) => {
                self.number(ui, "flat_usd_per_mwh", "Price at all hours", actions);
                self.number(ui, "flat_market_share", "Share that moves with the market", actions);
            }
            EnergyPrice::TimeOfUse(prices) => self.time_of_use(ui, prices, actions),
        }
        self.block(ui, actions);
    }

    fn number(&self, ui: &mut Ui, key: &str, name: &str, actions: &mut Vec<Action>) {
        self.spoken_number(ui, key, name, "", actions);
    }

    fn spoken_number(&self, ui: &mut Ui, key: &str, name: &str, spoken: &str, actions: &mut Vec<Action>) {
        let at = Address::new(Object::Component(self.id.to_owned()), key);
        let row = Row { at: &at, name, spoken, place: "tariff" };
        row_at(ui, self.document, self.view, &row, actions);
    }

    /// The deck of the index: of the site, or of those that come with the program.
    fn index(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let site = self.document.shown();
        let own = &site.assumptions.price_decks;
        let known = site.price_deck(&self.tariff.price_deck);
        let now = known.map_or("choose a price deck", |deck| deck.name.as_str());
        ui.name_inputs(format!("Price deck of {}", self.name), |ui| {
            ComboBox::from_id_salt("deck")
                .icon(widgets::chevron)
                .width(ui.available_width() - 8.0)
                .truncate()
                .selected_text(now)
                .show_ui(ui, |ui| {
                    for deck in own {
                        let chosen = deck.id == self.tariff.price_deck;
                        if ui.selectable_label(chosen, &deck.name).on_hover_text(&deck.source).clicked() {
                            self.changes.push(TariffChange::Deck(deck.id.clone()));
                        }
                    }
                    let mut shipped = decks::built_in();
                    shipped.retain(|deck| own.iter().all(|known| known.id != deck.id));
                    if !shipped.is_empty() {
                        ui.separator();
                        ui.weak("Of the program");
                    }
                    for deck in shipped {
                        if ui.selectable_label(false, &deck.name).on_hover_text(&deck.source).clicked() {
                            self.changes.push(TariffChange::Deck(deck.id.clone()));
                        }
                    }
                });
        });
        match known {
            Some(deck) => {
                let mean = format!("{} $/MWh", format::number(annual_mean(deck), 1));
                widgets::fact(ui, "Mean over the year", mean, deck.source.clone());
                let source = RichText::new(&deck.source).size(theme::SMALL);
                ui.add(Label::new(source.color(theme::of(ui).text_weak)).wrap());
            }
            None => {
                let words = match self.tariff.price_deck.as_str() {
                    "" => "The index has no price deck: choose one, or import hourly prices".to_owned(),
                    id => format!("This file has no price deck `{id}`: choose one, or import hourly prices"),
                };
                warning(ui, &words);
            }
        }
        let import = Command::ImportPrices;
        if ui.small_button(import.text()).on_hover_text(import.tooltip()).clicked() {
            actions.push(Action::Do(import));
        }
    }

    fn time_of_use(&mut self, ui: &mut Ui, prices: &TimeOfUse, actions: &mut Vec<Action>) {
        let owners = Owners::of(prices);
        let adder_usd_per_mwh = self.tariff.adder_usd_per_mwh;
        let scale = map::Scale::of(prices, &owners);
        // Cards keep the width there is now: the widest would widen those after it.
        let width = ui.available_width();
        if prices.periods.is_empty() {
            ui.label("All hours cost the same so far: add a period and say when it holds");
        } else {
            Map { prices, owners: &owners, scale, adder_usd_per_mwh, feed: &self.name }.show(ui);
            let words = "The first period of the list that has an hour sets its price";
            ui.label(RichText::new(words).size(theme::SMALL).color(theme::of(ui).text_weak));
        }
        for index in 0..prices.periods.len() {
            let list = List { prices, owners: &owners, scale, width };
            ui.push_id(index, |ui| self.period(ui, &list, index, actions));
        }
        self.other_hours(ui, &List { prices, owners: &owners, scale, width }, actions);
        self.number(ui, "time_of_use_market_share", "Share that moves with the market", actions);
        let room = prices.periods.len() < MOST_PERIODS;
        let add = ui.add_enabled(room, Button::new("Add period"));
        let hint = format!("A period of all hours at the end of the list; at most {MOST_PERIODS}");
        if add.on_hover_text(&hint).on_disabled_hover_text(&hint).clicked() {
            self.changes.push(TariffChange::AddPeriod);
        }
    }

    /// The hours that no period takes, and their price.
    fn other_hours(&self, ui: &mut Ui, list: &List<'_>, actions: &mut Vec<Action>) {
        let left = list.owners.hours_a_year(None);
        theme::card(theme::of(ui)).show(ui, |ui| {
            ui.set_width(list.inner());
            ui.spacing_mut().item_spacing.y = 3.0;
            ui.horizontal(|ui| {
                swatch(ui, "", list.scale, list.prices.otherwise_usd_per_mwh);
                ui.label(theme::strong("Other hours", theme::BODY));
            });
            let words = if left > 0.0 {
                format!("{} h a year that no period takes", format::number(left, 0))
            } else {
                "The periods take every hour: this price is not used".to_owned()
            };
            ui.label(RichText::new(words).size(theme::SMALL).color(theme::of(ui).text_weak));
            self.spoken_number(ui, "otherwise_usd_per_mwh", "Price", "Price of other hours", actions);
        });
    }

    fn period(&mut self, ui: &mut Ui, list: &List<'_>, index: usize, actions: &mut Vec<Action>) {
        let Some(period) = list.prices.periods.get(index) else { return };
        theme::card(theme::of(ui)).show(ui, |ui| {
            ui.set_width(list.inner());
            ui.spacing_mut().item_spacing.y = 3.0;
            self.period_head(ui, list, index, period);
            let mut next = period.clone();
            times(ui, &mut next);
            if next != *period {
                self.changes.push(TariffChange::Describe(index, Box::new(next)));
            }
            let spoken = format!("Price of {}", named(period, index));
            self.spoken_number(ui, &period_key(index), "Price", &spoken, actions);
            takes(ui, list.prices, list.owners, index, period);
        });
    }

    /// Number, name, and what is done to the period as a whole.
    fn period_head(&mut self, ui: &mut Ui, list: &List<'_>, index: usize, period: &TimeOfUsePeriod) {
        let name = named(period, index);
        let last = list.prices.periods.len().saturating_sub(1);
        ui.horizontal(|ui| {
            swatch(ui, &map::mark(index), list.scale, period.usd_per_mwh);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let remove =
                    widgets::icon_button(ui, &format!("Remove {name}"), true, |painter, rect, stroke| {
                        let cross = rect.shrink(2.0);
                        painter.line_segment([cross.left_top(), cross.right_bottom()], stroke);
                        painter.line_segment([cross.left_bottom(), cross.right_top()], stroke);
                    });
                if remove.on_hover_text("Takes the period away; undo brings it back").clicked() {
                    self.changes.push(TariffChange::RemovePeriod(index));
                }
                for (word, up, enabled) in [("down", 1.0, index < last), ("up", -1.0, index > 0)] {
                    let label = format!("Move {name} {word}");
                    let button = widgets::icon_button(ui, &label, enabled, |painter, rect, stroke| {
                        let centre = rect.center();
                        let points = [vec2(-4.5, -2.5 * up), vec2(0.0, 2.5 * up), vec2(4.5, -2.5 * up)]
                            .map(|at| centre + at);
                        painter.line(points.to_vec(), stroke);
                    });
                    if enabled && button.on_hover_text(label).clicked() {
                        let first = if up > 0.0 { index } else { index - 1 };
                        self.changes.push(TariffChange::SwapWithNext(first));
                    }
                }
                let id = Id::unique(("name of period", self.id, index, ui.scope_id()));
                let width = ui.available_width() - 8.0;
                let label = format!("Name of period {}", index + 1);
                if let Some(typed) = widgets::draft_field(ui, id, &label, &period.name, "name", width) {
                    let name: String = typed.trim().chars().take(LONGEST_NAME).collect();
                    let next = TimeOfUsePeriod { name, ..period.clone() };
                    self.changes.push(TariffChange::Describe(index, Box::new(next)));
                }
            });
        });
    }

    fn block(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let note = "Bought in every hour; what is not used is sold again at the energy price";
        widgets::section(ui, "Fixed-price block", note);
        let Some(FixedBlock { mw, until, .. }) = &self.tariff.block else {
            if ui.button("Add block").on_hover_text("Energy bought ahead at a fixed price").clicked() {
                self.changes.push(TariffChange::AddBlock);
            }
            return;
        };
        self.number(ui, "block_mw", "Power of the block", actions);
        self.number(ui, "block_usd_per_mwh", "Price of the block", actions);
        let plan = &self.document.shown().plan;
        let end = date::add_months(plan.start, plan.horizon_years as i32 * 12);
        if let Some(until) = day(ui, "until", "First day without it", ["Whole plan", "Always"], *until, end) {
            self.changes.push(TariffChange::BlockUntil(until));
        }
        if *mw <= 0.0 {
            warning(ui, "A block of no megawatts changes nothing: say how much is bought");
        }
        if ui.button("Remove block").clicked() {
            self.changes.push(TariffChange::RemoveBlock);
        }
    }
}

/// What a user calls a period: its name, or its place in the list.
fn named(period: &TimeOfUsePeriod, index: usize) -> String {
    if period.name.trim().is_empty() { format!("period {}", index + 1) } else { period.name.clone() }
}

fn swatch(ui: &mut Ui, mark: &str, scale: map::Scale, usd_per_mwh: f64) {
    let palette = theme::of(ui);
    let colour = scale.ground(palette, usd_per_mwh);
    let (rect, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
    let border = egui::Stroke::new(1.0, palette.border_strong);
    ui.painter().rect(rect, 3.0, colour, border, egui::StrokeKind::Inside);
    let font = theme::bold(theme::SMALL);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, mark, font, theme::text_on(colour));
}

fn warning(ui: &mut Ui, words: &str) {
    ui.horizontal_top(|ui| {
        widgets::severity_mark(ui, Severity::Warning);
        ui.add(Label::new(RichText::new(words).size(theme::SMALL + 0.5)).wrap());
    });
}

/// Months, days and hours of a period, as lists.
fn times(ui: &mut Ui, period: &mut TimeOfUsePeriod) {
    ui.spacing_mut().item_spacing.x = 5.0;
    let word = |ui: &mut Ui, text: &str| ui.label(RichText::new(text).color(theme::of(ui).text_weak));
    let month = |month: &u32| {
        let index = usize::try_from(*month).unwrap_or(0).wrapping_sub(1);
        MONTH_NAMES.get(index).map_or_else(|| month.to_string(), |name| (*name).to_owned())
    };
    let hour = |hour: &u32| format!("{hour:02}:00");
    ui.horizontal(|ui| {
        list(ui, "First month", 48.0, &mut period.from_month, 1..=12, month);
        word(ui, "to");
        list(ui, "Last month", 48.0, &mut period.to_month, 1..=12, month);
        let now = DAYS.iter().find(|(days, _)| *days == period.days).map_or("", |(_, text)| *text);
        ui.name_inputs("Days", |ui| {
            ComboBox::from_id_salt("days").icon(widgets::chevron).width(88.0).selected_text(now).show_ui(
                ui,
                |ui| {
                    for (days, text) in DAYS {
                        ui.selectable_value(&mut period.days, days, text);
                    }
                },
            );
        });
    });
    ui.horizontal(|ui| {
        list(ui, "Begins at", 62.0, &mut period.from_hour, 0..=23, hour);
        word(ui, "to");
        list(ui, "Ends at", 62.0, &mut period.to_hour, 1..=24, hour);
        if period.to_hour <= period.from_hour {
            word(ui, "through midnight");
        }
    });
}

fn list(
    ui: &mut Ui,
    name: &str,
    width: f32,
    now: &mut u32,
    choices: std::ops::RangeInclusive<u32>,
    text: impl Fn(&u32) -> String,
) {
    ui.name_inputs(name, |ui| {
        ComboBox::from_id_salt(name).icon(widgets::chevron).width(width).selected_text(text(now)).show_ui(
            ui,
            |ui| {
                for choice in choices {
                    ui.selectable_value(now, choice, text(&choice));
                }
            },
        );
    });
}

/// The hours a period takes of those it names.
fn takes(ui: &mut Ui, prices: &TimeOfUse, owners: &Owners, index: usize, period: &TimeOfUsePeriod) {
    let (own, all) = (owners.hours_a_year(Some(index)), named_hours(period));
    let hours = |value: f64| format!("{} h", format::number(value, 0));
    let others = || {
        let before = owners.before(period, index);
        let name = |other: &usize| prices.periods.get(*other).map(|period| named(period, *other));
        before.iter().filter_map(name).collect::<Vec<_>>().join(", ")
    };
    if own <= 0.0 {
        warning(
            ui,
            &format!("Takes no hour: {} above has them all. Move it up, or change its times", others()),
        );
        return;
    }
    let words = if own < all - 0.5 {
        format!("{} a year; {} more are taken by {} above", hours(own), hours(all - own), others())
    } else {
        format!("{} a year", hours(own))
    };
    ui.add(Label::new(RichText::new(words).size(theme::SMALL).color(theme::of(ui).text_weak)).wrap());
}

impl App {
    /// Carries out a change of a tariff on the document as it is now. A price that is being typed is taken first; one that
    /// cannot be is said and left, since its place in the list may be another's afterwards.
    pub(in crate::app) fn change_tariff(&mut self, feed: &str, change: &TariffChange, now: f64) {
        if let Some(open) = self.view.field.take() {
            match open.error {
                Some(error) => self.toast(now, Severity::Error, error),
                None => self.commit_field(open.at, open.slot, open.text, now),
            }
        }
        let Some(document) = &self.document else { return };
        match change::edit(document.site(), feed, change) {
            Ok(found) => {
                self.edit(&found.edit, now);
                if found.lost > 0 {
                    let what = if found.lost == 1 { "value of a scenario" } else { "values of scenarios" };
                    let words = format!(
                        "{} {what} went with the prices they were of; undo brings them back",
                        found.lost
                    );
                    self.toast(now, Severity::Warning, words);
                }
            }
            Err(why) => self.toast(now, Severity::Error, why),
        }
    }
}
