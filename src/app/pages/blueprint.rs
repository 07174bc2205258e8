//! *Insert a blueprint…*: parts kept before, or that come with the program, scaled, joined at their ports and put in.
//! *Keep as blueprint…*: the selected parts, to be put in again here or in another site.

use std::sync::Arc;

use egui::{Button, ComboBox, Grid, RichText, ScrollArea, Ui, vec2};

use super::{added_list, close_or_stay, cost_and_months, field, foot, remarks};
use crate::app::drawing::on_show;
use crate::app::state::{Action, Overlay};
use crate::app::{App, canvas, theme, widgets};
use crate::draft::{Blueprint, Insertion, Port, Proposal};
use crate::file;
use crate::quantity::{Report, Severity, Unit, format};
use crate::site::drawing::Sketch;
use crate::site::{Object, Point, Site};

/// Most blueprints that are kept.
pub const MOST_KEPT: usize = 200;

/// What is chosen, and what would be put in.
#[derive(Clone, Debug, PartialEq)]
pub struct BlueprintPage {
    /// Index among those of the program, then those that were kept.
    chosen: usize,
    pub insertion: Insertion,
    mw: String,
    ports: Vec<Port>,
    proposal: Option<Arc<Proposal>>,
    report: Report,
    /// All that may be chosen, and the one that is, as they are while the page is open.
    all: Arc<Vec<Blueprint>>,
    drawn: Arc<Site>,
    /// The site as it is shown, and the revision of the document that it is of.
    site: Arc<Site>,
    revision: u64,
}

impl BlueprintPage {
    /// The blueprint at a place of the list; none where there is none.
    fn new(
        site: &Arc<Site>,
        all: &Arc<Vec<Blueprint>>,
        chosen: usize,
        at: Point,
        revision: u64,
    ) -> Option<Self> {
        let insertion = Insertion::of(all.get(chosen)?.clone(), at);
        let mut page = Self {
            chosen,
            mw: format::in_unit(insertion.mw, Unit::Mw),
            ports: Vec::new(),
            drawn: Arc::new(insertion.blueprint.site.clone()),
            insertion,
            proposal: None,
            report: Report::default(),
            all: Arc::clone(all),
            site: Arc::clone(site),
            revision,
        };
        page.work_out(site);
        Some(page)
    }

    /// True where both hold the same sites, and not copies.
    pub fn shares_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.all, &other.all)
            && Arc::ptr_eq(&self.drawn, &other.drawn)
            && Arc::ptr_eq(&self.site, &other.site)
    }

    fn work_out(&mut self, site: &Site) {
        self.ports = self.insertion.blueprint.ports(site, self.insertion.at);
        let (proposal, report) = match Unit::Mw.parse(&self.mw) {
            Ok(mw) => {
                self.insertion.mw = mw;
                self.insertion.propose(site)
            }
            Err(why) => {
                let mut report = Report::default();
                report.error("not-understood", SIZE, format!("{SIZE}: {why}"), "");
                (None, report)
            }
        };
        self.proposal = proposal.map(Arc::new);
        self.report = report;
    }
}

const SIZE: &str = "Size";

impl App {
    /// Blueprints of the program, then those that were kept.
    fn blueprints(&self) -> Vec<Blueprint> {
        let known = file::blueprints().iter().map(|known| known.site.clone());
        known
            .chain(self.view.blueprints.iter().cloned())
            .filter_map(|site| Blueprint::of(site).ok())
            .collect()
    }

    pub(in crate::app) fn open_blueprints(&mut self) {
        let (at, _) = self.here_for(&Sketch::default());
        let at = Point { x: f64::from(at.x), y: f64::from(at.y) };
        let Some(document) = &self.document else { return };
        let (site, all) = (Arc::new(on_show(document.site())), Arc::new(self.blueprints()));
        if let Some(page) = BlueprintPage::new(&site, &all, 0, at, document.revision()) {
            self.view.overlay = Some(Overlay::Blueprint(Box::new(page)));
        }
    }

    pub(in crate::app) fn ask_to_keep(&mut self) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let name = match self.view.parts().into_iter().collect::<Vec<_>>().as_slice() {
            [id] => site.object_name(&Object::Component(id.clone())),
            _ => format!("Parts of {}", site.name),
        };
        self.view.overlay = Some(Overlay::KeepBlueprint(name));
    }

    pub(in crate::app) fn keep_blueprint(&mut self, name: &str, now: f64) {
        let Some(document) = &self.document else { return };
        let name = name.trim();
        match Blueprint::cut_out(&on_show(document.site()), &self.view.parts(), name) {
            _ if name.is_empty() => self.toast(now, Severity::Error, "A blueprint needs a name".to_owned()),
            _ if self.view.blueprints.len() >= MOST_KEPT => {
                self.toast(
                    now,
                    Severity::Error,
                    format!("{MOST_KEPT} blueprints are kept; forget one first"),
                );
            }
            Ok(blueprint) => {
                // The same name again takes the place of the one before.
                self.view.blueprints.retain(|known| known.name != name);
                self.view.blueprints.push(blueprint.site);
                self.toast(now, Severity::Info, format!("{name} is among the blueprints"));
            }
            Err(why) => self.toast(now, Severity::Error, why),
        }
    }
}

pub fn show(app: &mut App, ui: &mut Ui, mut page: Box<BlueprintPage>) {
    let Some(document) = &app.document else {
        app.view.overlay = None;
        return;
    };
    let (all, revision) = (Arc::clone(&page.all), document.revision());
    // A site is too large to be laid out in every frame.
    if page.revision != revision {
        page.site = Arc::new(on_show(document.site()));
    }
    let site = Arc::clone(&page.site);
    let colours = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let before = (page.chosen, page.mw.clone(), page.insertion.joins.clone());
    let is_kept = page.chosen >= file::blueprints().len();
    let modal = widgets::modal(ui, "blueprint").show(ui.ctx(), |ui| {
        let width = 1000.0_f32.min(screen.width() - 40.0);
        ui.set_width(width);
        ui.label(theme::strong("Insert a blueprint", theme::FIGURE - 4.0));
        ui.label(
            RichText::new("Parts that belong together, as large as you need them, joined to what stands")
                .color(colours.text_weak),
        );
        ui.add_space(6.0);
        let height = (screen.height() - 200.0).max(80.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(210.0_f32.min(width * 0.3));
                    choices(ui, &all, &mut page.chosen);
                });
                ui.add_space(6.0);
                ui.vertical(|ui| chosen(ui, &mut page, &site));
            });
        });
        ui.add_space(8.0);
        let proposal = page.proposal.as_ref();
        let draw = || proposal.map(|proposal| Action::InsertDrawn(Box::new(proposal.edit.clone())));
        foot(ui, "Put it in", draw, proposal.is_some(), |ui| {
            let forgotten = is_kept
                && ui.button("Forget it").on_hover_text("Takes it out of the blueprints you keep").clicked();
            if let Some(proposal) = proposal.filter(|proposal| proposal.capex_usd > 0.0) {
                ui.label(theme::strong(cost_and_months(proposal), theme::BODY));
            }
            forgotten.then(|| Action::ForgetBlueprint(page.chosen - file::blueprints().len()))
        })
    });
    if page.chosen != before.0 {
        if let Some(next) = BlueprintPage::new(&site, &all, page.chosen, page.insertion.at, revision) {
            *page = next;
        }
    } else if before != (page.chosen, page.mw.clone(), page.insertion.joins.clone())
        || page.revision != revision
    {
        page.revision = revision;
        page.work_out(&site);
    }
    close_or_stay(app, modal, Overlay::Blueprint(page));
}

fn choices(ui: &mut Ui, all: &[Blueprint], chosen: &mut usize) {
    let own = file::blueprints().len();
    ui.spacing_mut().item_spacing.y = 2.0;
    for (index, blueprint) in all.iter().enumerate() {
        if index == own {
            widgets::section(ui, "Kept by you", "");
        }
        let size = if blueprint.mw() > 0.0 { format::mw(blueprint.mw()) } else { String::new() };
        let button = Button::selectable(index == *chosen, &blueprint.site.name)
            .right_text(RichText::new(size).color(theme::of(ui).text_weak))
            .min_size(vec2(ui.available_width(), 26.0));
        if ui.add(button).on_hover_text(&blueprint.site.note).clicked() {
            *chosen = index;
        }
    }
}

fn chosen(ui: &mut Ui, page: &mut BlueprintPage, site: &Site) {
    let colours = theme::of(ui);
    let width = ui.available_width().max(120.0);
    let (rect, _) = ui.allocate_exact_size(vec2(width, (width * 0.36).min(260.0)), egui::Sense::hover());
    canvas::thumbnail(ui.painter(), rect, &page.drawn, colours);
    if !page.insertion.blueprint.site.note.is_empty() {
        ui.label(RichText::new(&page.insertion.blueprint.site.note).color(colours.text_weak));
    }
    ui.add_space(4.0);
    Grid::new("insertion").num_columns(2).spacing(vec2(14.0, 6.0)).show(ui, |ui| {
        if page.insertion.blueprint.mw() > 0.0 {
            ui.label(SIZE);
            ui.horizontal(|ui| {
                field(ui, SIZE, &mut page.mw, 72.0);
                ui.label(RichText::new("MW").color(colours.text_weak));
            });
            ui.end_row();
        }
        for port in &page.ports {
            ui.label(&port.name);
            join(ui, port, &mut page.insertion, site);
            ui.end_row();
        }
    });
    ui.add_space(4.0);
    remarks(ui, &page.report.problems);
    if let Some(proposal) = &page.proposal {
        added_list(ui, proposal);
    }
}

/// What a port is joined to.
fn join(ui: &mut Ui, port: &Port, insertion: &mut Insertion, site: &Site) {
    const OPEN: &str = "Nothing";
    let name = |id: &String| site.object_name(&Object::Component(id.clone()));
    let now = insertion.joins.get(&port.id).cloned().unwrap_or_else(|| port.choices.first().cloned());
    let mut next = now.clone();
    ui.name_inputs(format!("Port {}", port.name), |ui| {
        ComboBox::from_id_salt(("port", &port.id))
            .width(190.0)
            .icon(widgets::chevron)
            .selected_text(now.as_ref().map_or_else(|| OPEN.to_owned(), name))
            .show_ui(ui, |ui| {
                for id in &port.choices {
                    ui.selectable_value(&mut next, Some(id.clone()), name(id));
                }
                ui.selectable_value(&mut next, None, OPEN);
            });
    });
    if next != now {
        insertion.joins.insert(port.id.clone(), next);
    }
}

/// The question for a name.
pub fn keep(app: &mut App, ui: &mut Ui, mut name: String) {
    let colours = theme::of(ui);
    let count = app.view.parts().len();
    let modal = widgets::modal(ui, "keep blueprint").show(ui.ctx(), |ui| {
        ui.set_width(420.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        ui.label(theme::strong("Keep as blueprint", theme::TITLE));
        let words =
            if count == 1 { "The selected part".to_owned() } else { format!("The {count} selected parts") };
        ui.label(
            RichText::new(format!("{words}, on this computer; what they are joined to become its ports"))
                .color(colours.text_weak),
        );
        ui.add_space(6.0);
        let entered = {
            let response = field(ui, "Name of the blueprint", &mut name, f32::INFINITY);
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
        };
        ui.add_space(10.0);
        let is_named = !name.trim().is_empty();
        let keep = || Some(Action::KeepBlueprint(name.clone()));
        foot(ui, "Keep", keep, is_named, |_| if entered && is_named { keep() } else { None })
    });
    close_or_stay(app, modal, Overlay::KeepBlueprint(name));
}
