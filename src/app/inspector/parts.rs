//! What is no number of a part: its words, whether it stands, on what terms it can be ordered, what it replaces. For one part
//! or for several at once.

use std::collections::BTreeSet;

use egui::{Align, ComboBox, Id, Layout, RichText, ScrollArea, Ui};

use super::day::day;
use super::everywhere;
use super::payments::Schedule;
use super::several::of_all;
use crate::app::state::Action;
use crate::app::{Document, theme, widgets};
use crate::file::catalogue::usual_terms;
use crate::site::edit::Edit;
use crate::site::{
    Component, ComponentId, Kind, Object, OptionSet, Override, Planned, Removal, Side, Site, State, Use,
};

const FIELD: f32 = 160.0;

/// Whether a part stands, without its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Existing,
    Removable,
    Planned,
}

fn stand(part: &Component) -> Stand {
    match &part.state {
        State::Existing(None) => Stand::Existing,
        State::Existing(Some(_)) => Stand::Removable,
        State::Planned(_) => Stand::Planned,
    }
}

/// What all parts have alike.
pub(super) fn same<T: PartialEq>(parts: &[&Component], of: impl Fn(&Component) -> T) -> Option<T> {
    let first = of(parts.first()?);
    parts.iter().all(|part| of(part) == first).then_some(first)
}

/// `T2`, or `5 parts`.
pub(super) fn called(document: &Document, parts: &[&Component]) -> String {
    match parts {
        [part] => document.shown().object_name(&Object::Component(part.id.clone())),
        parts => format!("{} parts", parts.len()),
    }
}

/// Changes parts of the base case.
pub(super) fn put(
    document: &Document,
    label: String,
    parts: &[&Component],
    change: impl Fn(&mut Component),
) -> Action {
    let base = document.site();
    let changed = parts.iter().filter_map(|part| base.component(&part.id)).map(|part| {
        let mut part = part.clone();
        change(&mut part);
        part
    });
    Action::Edit(Edit::PutParts { label, parts: changed.collect() })
}

/// Changes how parts stand: in the scenario that is shown, else in the base case, where sources of numbers that are gone
/// go as well.
fn put_states(
    document: &Document,
    label: String,
    parts: &[&Component],
    change: impl Fn(&Component) -> State,
) -> Edit {
    if document.scenario().is_some() {
        let states = parts
            .iter()
            .map(|part| Override::State { component: part.id.clone(), state: change(part) })
            .collect::<Vec<_>>();
        return of_all(document, label, &states);
    }
    let parts = parts.iter().map(|part| Component { state: change(part), ..(*part).clone() }).collect();
    Edit::PutParts { label, parts }
}

/// As [`put_states`], for what only a planned part has.
fn put_planned(
    document: &Document,
    label: String,
    parts: &[&Component],
    change: impl Fn(&mut Planned),
) -> Action {
    Action::Edit(put_states(document, label, parts, |part| {
        let mut state = part.state.clone();
        if let State::Planned(planned) = &mut state {
            change(planned);
        }
        state
    }))
}

fn set_stand(document: &Document, parts: &[&Component], to: Stand) -> Action {
    let word = match to {
        Stand::Existing => "existing",
        Stand::Removable => "removable",
        Stand::Planned => "planned",
    };
    let label = format!("Make {} {word}", called(document, parts));
    let changing: Vec<&Component> = parts.iter().copied().filter(|part| stand(part) != to).collect();
    let states = put_states(document, label.clone(), &changing, |part| match to {
        Stand::Existing => State::Existing(None),
        Stand::Removable => {
            let removal = Removal { cost_usd: 0.0, salvage_usd: 0.0, months: 0.0, earliest: None };
            State::Existing(Some(removal))
        }
        Stand::Planned => State::Planned(usual_terms(part).0),
    });
    if to != Stand::Planned || document.scenario().is_some() {
        return Action::Edit(states);
    }
    let origins = changing.iter().flat_map(|part| usual_terms(part).1);
    let sources = origins.map(|entry| Edit::SetProvenance { at: entry.at.clone(), entry: Some(entry) });
    Action::Edit(Edit::Together { label, edits: std::iter::once(states).chain(sources).collect() })
}

/// Words, state and terms of one part or several.
pub fn show(ui: &mut Ui, document: &Document, parts: &[&Component], actions: &mut Vec<Action>) {
    if parts.is_empty() {
        return;
    }
    let name = called(document, parts);
    if let [part] = parts {
        words(ui, document, part, &name, actions);
    }
    line(ui, "Side", |ui| {
        let choices = [(Some(Side::None), "None"), (Some(Side::A), "A"), (Some(Side::B), "B")];
        if let Some(Some(side)) = widgets::segmented(ui, same(parts, |part| part.side), &choices) {
            let label = format!("Change the side of {name}");
            actions.push(put(document, label, parts, |part| part.side = side));
        }
    });
    if parts.iter().all(|part| part.hall().is_some()) {
        present_use(ui, document, parts, &name, actions);
    }
    let what = match (parts, parts.iter().all(|part| part.hall().is_some())) {
        ([_], true) => "Tag, name, note, side and use today are",
        ([_], false) => "Tag, name, note and side are",
        (_, true) => "Side and use today are",
        (_, false) => "The side is",
    };
    everywhere::say(ui, document, what);
    line(ui, "State", |ui| {
        let choices = [
            (Some(Stand::Existing), "Existing"),
            (Some(Stand::Removable), "Removable"),
            (Some(Stand::Planned), "Planned"),
        ];
        if let Some(Some(to)) = widgets::segmented(ui, same(parts, stand), &choices) {
            actions.push(set_stand(document, parts, to));
        }
    });
    state_differs(ui, document, parts, actions);
    match same(parts, stand) {
        Some(Stand::Planned) => terms(ui, document, parts, &name, actions),
        Some(Stand::Removable) => removal(ui, document, parts, &name, actions),
        _ => {}
    }
}

/// A label and what is to its right.
pub(super) fn line(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.label(label);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.push_id(label, add);
        });
    });
}

fn words(ui: &mut Ui, document: &Document, part: &Component, name: &str, actions: &mut Vec<Action>) {
    let mut field = |ui: &mut Ui, label: &str, now: &str, set: fn(&mut Component, String)| {
        line(ui, label, |ui| {
            let id = Id::unique(("part", label, &part.id));
            let spoken = format!("{label} of the part");
            if let Some(text) = widgets::draft_field(ui, id, &spoken, now, "none", FIELD) {
                let text = text.trim().to_owned();
                let label = format!("Change {} of {name}", label.to_lowercase());
                actions.push(put(document, label, &[part], |part| set(part, text.clone())));
            }
        });
    };
    field(ui, "Tag", &part.tag, |part, text| part.tag = text);
    field(ui, "Name", &part.name, |part, text| part.name = text);
    field(ui, "Note", &part.note, |part, text| part.note = text);
}

/// Says that the scenario has a state of its own, and takes it back.
fn state_differs(ui: &mut Ui, document: &Document, parts: &[&Component], actions: &mut Vec<Action>) {
    let like = |part: &Component| Override::State { component: part.id.clone(), state: part.state.clone() };
    let own: Vec<&&Component> = parts.iter().filter(|part| document.differs(&like(part))).collect();
    let (Some(scenario), false) = (document.scenario(), own.is_empty()) else { return };
    ui.horizontal(|ui| {
        let text = RichText::new("State differs in this scenario").size(theme::SMALL);
        ui.label(text.color(theme::of(ui).accent));
        if ui.small_button("Reset").on_hover_text("Takes the state of the base case back").clicked() {
            let edits = own
                .iter()
                .map(|part| Edit::ClearOverride { scenario: scenario.to_owned(), like: like(part) });
            let label = format!("Take the state of {} back to base in {scenario}", called(document, parts));
            actions.push(Action::Edit(Edit::Together { label, edits: edits.collect() }));
        }
    });
}

fn present_use(
    ui: &mut Ui,
    document: &Document,
    parts: &[&Component],
    name: &str,
    actions: &mut Vec<Action>,
) {
    let now = same(parts, |part| part.hall().map(|hall| hall.present_use)).flatten();
    line(ui, "Used today for", |ui| {
        let choices =
            [(Some(Use::Mining), "Mining"), (Some(Use::Hosting), "Hosting"), (Some(Use::Empty), "Empty")];
        if let Some(Some(chosen)) = widgets::segmented(ui, now, &choices) {
            let label = format!("Change the use of {name} today");
            actions.push(put(document, label, parts, |part| {
                if let Kind::Hall(hall) = &mut part.kind {
                    hall.present_use = chosen;
                }
            }));
        }
    });
}

const OPEN: [&str; 2] = ["Any day", "Any"];

fn terms(ui: &mut Ui, document: &Document, parts: &[&Component], name: &str, actions: &mut Vec<Action>) {
    let start = document.shown().plan.start;
    let horizon = crate::quantity::date::add_months(start, document.shown().plan.horizon_years as i32 * 12);
    let dates = |part: &Component| part.planned().map(|planned| (planned.earliest, planned.latest));
    match same(parts, dates).flatten() {
        Some((earliest, latest)) => {
            let label = format!("Change the order dates of {name}");
            let salt = |end: &'static str| (end, parts[0].id.clone());
            if let Some(day) = day(ui, salt("order from"), "Order from", OPEN, earliest, start) {
                actions.push(put_planned(document, label.clone(), parts, |planned| planned.earliest = day));
            }
            if let Some(day) = day(ui, salt("order by"), "Order by", OPEN, latest, horizon) {
                actions.push(put_planned(document, label, parts, |planned| planned.latest = day));
            }
        }
        None => line(ui, "Order dates", |ui| {
            let label = format!("Open the order dates of {name}");
            if ui.button("Any day").on_hover_text("Several dates; leaves them open for all").clicked() {
                actions.push(put_planned(document, label, parts, |planned| {
                    (planned.earliest, planned.latest) = (None, None);
                }));
            }
            ui.weak("several dates");
        }),
    }
    if let [part] = parts
        && let Some(planned) = part.planned()
    {
        let schedule = Schedule {
            of: "payment",
            place: &part.id,
            payments: &planned.payments,
            lead_months: planned.lead_months,
        };
        if let Some(payments) = schedule.show(ui, actions) {
            let label = format!("Change the payments of {name}");
            actions
                .push(put_planned(document, label, parts, |planned| planned.payments.clone_from(&payments)));
        }
        let site = document.shown();
        let stands = |other: &Component| other.id != part.id && other.planned().is_none();
        if let Some(replaces) = list(ui, site, "Takes the place of", &planned.replaces, stands) {
            let label = format!("Change what {name} replaces");
            actions
                .push(put_planned(document, label, parts, |planned| planned.replaces.clone_from(&replaces)));
        }
        let any = |other: &Component| other.id != part.id;
        if let Some(down) = list(ui, site, "Down during works", &planned.works_outage, any) {
            let label = format!("Change what the works of {name} take down");
            actions
                .push(put_planned(document, label, parts, |planned| planned.works_outage.clone_from(&down)));
        }
        option_set(ui, document, part, planned, name, actions);
    }
}

fn removal(ui: &mut Ui, document: &Document, parts: &[&Component], name: &str, actions: &mut Vec<Action>) {
    let of = |part: &Component| match &part.state {
        State::Existing(Some(removal)) => removal.earliest,
        _ => None,
    };
    let Some(now) = same(parts, of) else { return };
    let start = document.shown().plan.start;
    if let Some(day) = day(ui, ("removal", parts[0].id.clone()), "Remove from", OPEN, now, start) {
        let label = format!("Change the first day of removal of {name}");
        actions.push(Action::Edit(put_states(document, label, parts, |part| match &part.state {
            State::Existing(Some(removal)) => {
                State::Existing(Some(Removal { earliest: day, ..removal.clone() }))
            }
            state => state.clone(),
        })));
    }
}

/// Parts as words that can be taken out of a list, and the others that may be added, which are looked for only while
/// they are on show; the new list when it was changed.
fn list(
    ui: &mut Ui,
    site: &Site,
    label: &str,
    now: &[ComponentId],
    may_be_added: impl Fn(&Component) -> bool,
) -> Option<Vec<ComponentId>> {
    let name = |id: &ComponentId| site.object_name(&Object::Component(id.clone()));
    let mut next = None;
    line(ui, label, |ui| {
        ui.name_inputs(format!("{label}: add a part"), |ui| {
            ComboBox::from_id_salt(label)
                .width(84.0)
                .height(320.0)
                .icon(widgets::chevron)
                .selected_text(if now.is_empty() { "None" } else { "Add" })
                .show_ui(ui, |ui| {
                    let listed: BTreeSet<&ComponentId> = now.iter().collect();
                    let free = |other: &&Component| may_be_added(other) && !listed.contains(&other.id);
                    let others: Vec<&Component> = site.components.iter().filter(free).collect();
                    let row = ui.spacing().interact_size.y;
                    ScrollArea::vertical().show_rows(ui, row, others.len(), |ui, rows| {
                        for other in &others[rows] {
                            if ui.selectable_label(false, other.called()).clicked() {
                                next = Some(now.iter().cloned().chain([other.id.clone()]).collect());
                            }
                        }
                    });
                });
        });
    });
    if !now.is_empty() {
        ui.horizontal_wrapped(|ui| {
            for id in now {
                let button = ui.small_button(format!("{} ×", name(id)));
                if button.on_hover_text("Takes it out of the list").clicked() {
                    next = Some(now.iter().filter(|other| *other != id).cloned().collect());
                }
            }
        });
    }
    next
}

/// The set of options that exclude each other, and which of them the part belongs to.
fn option_set(
    ui: &mut Ui,
    document: &Document,
    part: &Component,
    planned: &Planned,
    name: &str,
    actions: &mut Vec<Action>,
) {
    let now = planned.option_set.clone();
    let (set, option) = now.clone().map_or_else(Default::default, |option| (option.set, option.option));
    let mut typed = None;
    line(ui, "Option", |ui| {
        let hint = "Parts of one set and different options exclude each other";
        let field = |ui: &mut Ui, what: &str, now: &str, hint: &str| {
            let id = Id::unique(("option", what, &part.id));
            widgets::draft_field(ui, id, what, now, hint, 76.0)
        };
        if let Some(option) = field(ui, "Option of the set", &option, "option") {
            typed = Some((set.clone(), option));
        }
        if let Some(set) = field(ui, "Set of options", &set, "set") {
            typed = Some((set, option.clone()));
        }
        ui.weak("of").on_hover_text(hint);
    });
    let Some((set, option)) = typed else { return };
    let (set, option) = (set.trim().to_owned(), option.trim().to_owned());
    let next = match (set.is_empty(), option.is_empty()) {
        (true, _) => None,
        // A set without the name of an option begins with one.
        (false, true) => Some(OptionSet { set, option: part.id.clone() }),
        (false, false) => Some(OptionSet { set, option }),
    };
    let label = format!("Change the option of {name}");
    actions.push(put_planned(document, label, &[part], |planned| planned.option_set.clone_from(&next)));
}
