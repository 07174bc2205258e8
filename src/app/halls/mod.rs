//! Halls: the rows of a hall in a table that adds up to its megawatts, and from above, today and after the fit-out.

mod picture;
mod rows;

use egui::{Align, Button, ComboBox, Layout, RichText, ScrollArea, Ui, UiBuilder, vec2};

use super::inspector::in_all_scenarios;
use super::state::{Action, View};
use super::{Document, theme, widgets};
use crate::plan::{Plan, UseOf};
use crate::quantity::{date, format};
use crate::site::edit::Edit;
use crate::site::{Address, Component, Hall, Holder, Kind, Object, Override, RowGroup, Use};

/// What the view is drawn from.
pub struct Shown<'a> {
    pub document: &'a Document,
    pub view: &'a View,
    pub plan: Option<&'a Plan>,
    pub period: usize,
}

pub fn show(ui: &mut Ui, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, theme::of(ui).card);
    let mut child = ui.new_child(UiBuilder::new().max_rect(area.shrink2(vec2(12.0, 6.0))));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    let site = shown.document.shown();
    let halls: Vec<&Component> = site.components.iter().filter(|part| part.hall().is_some()).collect();
    let Some(part) = chosen(shown, &halls) else {
        child.add_space(40.0);
        child.vertical_centered(|ui| ui.weak("No hall is drawn: add one to lay out its rows"));
        return;
    };
    let Some(hall) = part.hall() else { return };
    choice(&mut child, shown, &halls, part, actions);
    ScrollArea::vertical().id_salt("hall").auto_shrink(false).show(&mut child, |ui| {
        ui.add(egui::Label::new(theme::strong(headline(shown, part, hall), theme::TITLE)).wrap());
        in_all_scenarios(ui, shown.document, "Rows are");
        ui.add_space(4.0);
        if hall.row_groups.is_empty() {
            empty(ui, shown, part, hall, actions);
            return;
        }
        rows::table(ui, shown, part, hall, actions);
        sums(ui, shown, part, hall, actions);
        ui.add_space(6.0);
        picture::show(ui, shown, part, hall);
        ui.add_space(10.0);
    });
}

/// The selected hall, else the first that lists its rows, else the first.
fn chosen<'a>(shown: &Shown<'_>, halls: &[&'a Component]) -> Option<&'a Component> {
    let selected = match &shown.view.selection {
        Some(Object::Component(id)) => halls.iter().find(|part| part.id == *id),
        _ => None,
    };
    let with_rows = || halls.iter().find(|part| part.hall().is_some_and(|hall| !hall.row_groups.is_empty()));
    selected.or_else(with_rows).or(halls.first()).copied()
}

/// Most halls that stand beside each other to be chosen from; more are a list that opens.
const MOST_BESIDE: usize = 12;

fn choice(ui: &mut Ui, shown: &Shown<'_>, halls: &[&Component], part: &Component, actions: &mut Vec<Action>) {
    if halls.len() > MOST_BESIDE {
        choice_of_many(ui, halls, part, actions);
        ui.add_space(2.0);
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for other in halls {
            let name = shown.document.shown().object_name(&Object::Component(other.id.clone()));
            let words = format!("{name} · {}", format::mw(other.rating_mw()));
            let button = ui.add(Button::selectable(other.id == part.id, words));
            if button.clicked() {
                actions.push(Action::Select(Some(Object::Component(other.id.clone()))));
            }
        }
    });
    ui.add_space(2.0);
}

fn choice_of_many(ui: &mut Ui, halls: &[&Component], part: &Component, actions: &mut Vec<Action>) {
    let words = |hall: &Component| {
        let name = if hall.tag.is_empty() { &hall.name } else { &hall.tag };
        format!("{name} · {}", format::mw(hall.rating_mw()))
    };
    ui.horizontal(|ui| {
        let row = ui.spacing().interact_size.y;
        ui.name_inputs("Hall", |ui| {
            let list = ComboBox::from_id_salt("hall of many").width(240.0).height(420.0);
            list.icon(widgets::chevron).selected_text(words(part)).show_ui(ui, |ui| {
                ScrollArea::vertical().show_rows(ui, row, halls.len(), |ui, rows| {
                    for hall in &halls[rows] {
                        if ui.selectable_label(hall.id == part.id, words(hall)).clicked() {
                            actions.push(Action::Select(Some(Object::Component(hall.id.clone()))));
                        }
                    }
                });
            });
        });
        let place = halls.iter().position(|hall| hall.id == part.id).unwrap_or(0);
        for (word, next) in [("Previous", place.checked_sub(1)), ("Next", Some(place + 1))] {
            let next = next.and_then(|next| halls.get(next));
            if ui.add_enabled(next.is_some(), Button::new(word)).clicked() {
                actions.extend(next.map(|hall| Action::Select(Some(Object::Component(hall.id.clone())))));
            }
        }
        let words = format!("{} of {} halls", place + 1, halls.len());
        ui.label(RichText::new(words).color(theme::of(ui).text_weak));
    });
}

/// Racks after the fit-out are of the cooling that carries most of the heat.
pub(super) fn is_liquid(hall: &Hall) -> bool {
    let sums = hall.row_sums();
    match &hall.fit_out {
        Some(fit_out) if sums.air_mw > 0.0 && sums.liquid_mw > 0.0 => fit_out.liquid_share > 0.0,
        _ => sums.liquid_mw >= sums.air_mw,
    }
}

/// IT power with a hosting rack in every position, MW.
pub(super) fn racks_mw(hall: &Hall) -> f64 {
    let sums = hall.row_sums();
    if is_liquid(hall) { sums.liquid_mw } else { sums.air_mw }
}

/// What the plan hosts and mines in a hall in a period, MW; `None` where no plan says.
pub(super) fn planned_mw(shown: &Shown<'_>, part: &Component) -> Option<(f64, f64)> {
    let hall = shown.plan?.halls.iter().find(|hall| hall.id == part.id)?;
    let sum = |is_hosting: bool| -> f64 {
        let uses = hall.uses.iter().filter(|used| matches!(used.of, UseOf::Hosting { .. }) == is_hosting);
        uses.filter_map(|used| used.mw.get(shown.period)).sum()
    };
    Some((sum(true), sum(false)))
}

fn headline(shown: &Shown<'_>, part: &Component, hall: &Hall) -> String {
    let name = shown.document.shown().object_name(&Object::Component(part.id.clone()));
    let sums = hall.row_sums();
    if hall.row_groups.is_empty() {
        return format!("{name} is drawn with {} and lists no rows", format::mw(hall.critical_mw));
    }
    let count = format::number(sums.positions as f64, 0);
    let today = match sums.mining_mw {
        mw if mw > 0.0 => format!("hold {} of miners", format::mw(mw)),
        _ => "hold no miners".to_owned(),
    };
    let racks = racks_mw(hall);
    let after = match racks {
        mw if mw > 0.0 => {
            let cooling = if is_liquid(hall) { "liquid" } else { "air" };
            format!("{} as {cooling}-cooled racks", format::mw(mw))
        }
        _ => "no rack of a tenant".to_owned(),
    };
    format!("The {count} positions of {name} {today}, or {after}")
}

/// The first rows of a hall, from what is known of it, so that they add up at once.
fn first_rows(hall: &Hall) -> RowGroup {
    let kw = hall.critical_mw * 1000.0;
    // By the density of the fit-out; without one containers of about a megawatt.
    let (holder, count) = match &hall.fit_out {
        Some(fit_out) if fit_out.kw_per_rack > 0.0 => {
            (Holder::Racks, (hall.hosting_max_mw() * 1000.0 / fit_out.kw_per_rack).ceil())
        }
        _ => (Holder::Containers, hall.critical_mw.round()),
    };
    let count = count.clamp(1.0, 1e5);
    let density = hall.fit_out.as_ref().map_or(0.0, |fit_out| fit_out.kw_per_rack);
    let liquid = hall.fit_out.as_ref().is_some_and(|fit_out| fit_out.liquid_share > 0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 100,000")]
    let positions = count as u32;
    RowGroup {
        name: "Rows".to_owned(),
        holder,
        positions,
        mining_kw_per_position: if hall.present_use == Use::Mining { kw / count } else { 0.0 },
        air_kw_per_rack: if liquid { 0.0 } else { density },
        liquid_kw_per_rack: if liquid { density } else { 0.0 },
        // As where a file leaves them out.
        rack_tonnes: 1.36,
        m2_per_rack: 3.0,
    }
}

fn empty(ui: &mut Ui, shown: &Shown<'_>, part: &Component, hall: &Hall, actions: &mut Vec<Action>) {
    ui.label(
        "Rows say how many racks, containers or tanks stand here, what each takes, and what the floor bears",
    );
    ui.add_space(6.0);
    let button = ui.button("Lay out rows");
    if button
        .on_hover_text("Begins with rows that add up to the hall's MW, by the density of its fit-out")
        .clicked()
    {
        actions.push(put_rows(shown, part, "Lay out rows of", vec![first_rows(hall)]));
    }
}

/// Other rows for a hall, as a step with a name.
fn put_rows(shown: &Shown<'_>, part: &Component, doing: &str, rows: Vec<RowGroup>) -> Action {
    let site = shown.document.site();
    let name = shown.document.shown().object_name(&Object::Component(part.id.clone()));
    let mut base = site.component(&part.id).unwrap_or(part).clone();
    if let Kind::Hall(hall) = &mut base.kind {
        hall.row_groups = rows;
    }
    Action::Edit(Edit::PutParts { label: format!("{doing} {name}"), parts: vec![base] })
}

/// How the sums stand to the hall, each with what makes them meet.
fn sums(ui: &mut Ui, shown: &Shown<'_>, part: &Component, hall: &Hall, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let sums = hall.row_sums();
    let set = |key: &str, value: f64| {
        let at = Address::new(Object::Component(part.id.clone()), key);
        Action::Change(Override::Value { at, value: Some(value) })
    };
    let mut line = |ui: &mut Ui, is_met: bool, words: String, take: Option<(String, Action)>| {
        ui.horizontal(|ui| {
            let (mark, colour) = if is_met { ("✔", palette.good) } else { ("▲", palette.warning) };
            ui.label(RichText::new(mark).color(colour));
            ui.label(words);
            if let Some((button, action)) = take.filter(|_| !is_met)
                && ui.small_button(button).clicked()
            {
                actions.push(action);
            }
        });
    };
    let near = |a: f64, b: f64| (a - b).abs() <= 0.01 * a.abs().max(b.abs());
    if sums.mining_mw > 0.0 {
        let words = format!(
            "Mining: {} by the rows, {} drawn",
            format::mw(sums.mining_mw),
            format::mw(hall.critical_mw)
        );
        let take = ("Take the sum".to_owned(), set("critical_mw", sums.mining_mw));
        line(ui, near(sums.mining_mw, hall.critical_mw), words, Some(take));
    }
    let (racks, hosting) = (racks_mw(hall), hall.hosting_max_mw());
    if racks > 0.0 || hosting > 0.0 {
        let words = format!(
            "Hosting: room for {} of racks, {} may become hosting",
            format::mw(racks),
            format::mw(hosting)
        );
        let share = if hall.critical_mw > 0.0 { (racks / hall.critical_mw).min(1.0) } else { 0.0 };
        let take = (format!("Make {} convertible", format::percent(share)), set("convertible_share", share));
        line(ui, racks >= 0.99 * hosting, words, Some(take));
    }
    let words = format!(
        "Floor: {} m² by the rows with their aisles, {} m² in the hall",
        format::number(sums.floor_m2, 0),
        format::number(hall.area_m2, 0)
    );
    line(ui, sums.floor_m2 <= 1.01 * hall.area_m2, words, None);
    for group in &hall.row_groups {
        let Some(load) = group.load_t_per_m2().filter(|load| *load > hall.floor_load_t_per_m2) else {
            continue;
        };
        let words = format!(
            "Floor load: {} t/m² under {}, the floor bears {} t/m²: these rows count for no hosting",
            format::number(load, 2),
            if group.name.is_empty() { "unnamed rows" } else { &group.name },
            format::number(hall.floor_load_t_per_m2, 2)
        );
        let least = group.rack_tonnes / hall.floor_load_t_per_m2.max(f64::MIN_POSITIVE);
        let spread = (least.is_finite() && least <= 1e4).then(|| {
            let mut rows = hall.row_groups.clone();
            // Rounded up, so that the floor bears them.
            let metres = (least * 100.0).ceil() / 100.0;
            rows.iter_mut().filter(|other| *other == group).for_each(|other| other.m2_per_rack = metres);
            let button = format!("Spread to {} m² each", format::number(metres, 2));
            (button, put_rows(shown, part, "Spread the rows of", rows))
        });
        line(ui, false, words, spread);
    }
}

/// `Q3 2028` of the period that is looked at.
pub(super) fn when(shown: &Shown<'_>) -> Option<String> {
    shown.plan?.periods.get(shown.period).map(|period| date::month_label(period.start))
}

/// A weak note under a picture.
pub(super) fn note(ui: &mut Ui, text: &str) {
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new(text).size(theme::SMALL).color(theme::of(ui).text_weak));
    });
}
