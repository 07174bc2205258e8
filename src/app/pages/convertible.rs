//! *Make convertible…*: the chain a hall needs for hosting, listed with ratings, cost and months before it is drawn.

use std::sync::Arc;

use egui::{ComboBox, Grid, RichText, ScrollArea, Ui, vec2};

use super::{added_list, close_or_stay, cost_and_months, field, foot, remarks, stock};
use crate::app::drawing::on_show;
use crate::app::state::{Action, Overlay};
use crate::app::{App, theme, widgets};
use crate::draft::{Chilling, Conversion, Cooled, Proposal, Resilience};
use crate::quantity::{Report, Severity, Unit, format};
use crate::site::{Component, Object, Site};

/// What is entered, and what would be added.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvertiblePage {
    pub conversion: Conversion,
    mw: String,
    density: String,
    proposal: Option<Arc<Proposal>>,
    report: Report,
    /// The site as it is shown, and the revision of the document that it is of.
    site: Arc<Site>,
    revision: u64,
}

impl ConvertiblePage {
    fn new(site: &Arc<Site>, hall: &str, revision: u64) -> Self {
        let conversion = Conversion::of(site, hall);
        let mut page = Self {
            mw: format::in_unit(conversion.mw, Unit::Mw),
            density: format::in_unit(conversion.kw_per_rack, Unit::KwPerRack),
            conversion,
            proposal: None,
            report: Report::default(),
            site: Arc::clone(site),
            revision,
        };
        page.work_out(site);
        page
    }

    fn work_out(&mut self, site: &Site) {
        let mut unread = Report::default();
        for (label, unit, text, slot) in [
            (HOSTING, Unit::Mw, &self.mw, &mut self.conversion.mw),
            (DENSITY, Unit::KwPerRack, &self.density, &mut self.conversion.kw_per_rack),
        ] {
            match unit.parse(text) {
                Ok(value) => *slot = value,
                Err(why) => unread.error("not-understood", label, format!("{label}: {why}"), ""),
            }
        }
        let (proposal, report) =
            if unread.has_errors() { (None, unread) } else { self.conversion.propose(site, stock()) };
        self.proposal = proposal.map(Arc::new);
        self.report = report;
    }
}

const HOSTING: &str = "Hosting";
const DENSITY: &str = "Densest rack";

impl App {
    /// The page for the selected hall, else for the first that cannot become hosting yet.
    pub(in crate::app) fn open_convertible(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let site = Arc::new(on_show(document.site()));
        let selected = match &self.view.selection {
            Some(Object::Component(id)) => site.component(id).filter(|part| part.hall().is_some()),
            _ => None,
        };
        let unconverted = || {
            site.halls()
                .find(|(_, hall)| hall.fit_out.is_none())
                .or_else(|| site.halls().next())
                .map(|(part, _)| part)
        };
        match selected.or_else(unconverted) {
            Some(hall) => {
                let page = ConvertiblePage::new(&site, &hall.id, document.revision());
                self.view.overlay = Some(Overlay::Convertible(Box::new(page)));
            }
            None => {
                self.toast(now, Severity::Error, "There is no hall to convert; draw one first".to_owned());
            }
        }
    }
}

pub fn show(app: &mut App, ui: &mut Ui, mut page: Box<ConvertiblePage>) {
    let Some(document) = &app.document else {
        app.view.overlay = None;
        return;
    };
    let revision = document.revision();
    // A site is too large to be laid out in every frame.
    if page.revision != revision {
        page.site = Arc::new(on_show(document.site()));
    }
    let site = Arc::clone(&page.site);
    let colours = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let before = (page.conversion.clone(), page.mw.clone(), page.density.clone());
    let modal = widgets::modal(ui, "make convertible").show(ui.ctx(), |ui| {
        ui.set_width(860.0_f32.min(screen.width() - 40.0));
        let name = site.object_name(&Object::Component(page.conversion.hall.clone()));
        ui.label(theme::strong(format!("Make {name} convertible"), theme::FIGURE - 4.0));
        ui.label(
            RichText::new(
                "What hosting needs here, as parts that may be built: the plan decides whether and when",
            )
            .color(colours.text_weak),
        );
        ui.add_space(6.0);
        form(ui, &mut page, &site);
        ui.add_space(6.0);
        let height = (screen.height() - 420.0).max(80.0);
        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        area.auto_shrink([false, true]).show(ui, |ui| {
            remarks(ui, &page.report.problems);
            if let Some(proposal) = &page.proposal {
                added_list(ui, proposal);
            }
        });
        ui.add_space(8.0);
        let proposal = page.proposal.as_ref();
        let draw = || proposal.map(|proposal| Action::TakeDrawn(Box::new(proposal.edit.clone())));
        foot(ui, "Draw it", draw, proposal.is_some(), |ui| {
            let proposal = proposal?;
            let words = format!("{} parts, {}", proposal.added.len() - 1, cost_and_months(proposal));
            ui.label(theme::strong(words, theme::BODY));
            None
        })
    });
    if page.conversion.hall != before.0.hall {
        *page = ConvertiblePage::new(&site, &page.conversion.hall, revision);
    } else {
        if page.conversion.cooled != before.0.cooled {
            page.density = format::in_unit(page.conversion.cooled.usual_kw_per_rack(), Unit::KwPerRack);
        }
        let is_changed = before != (page.conversion.clone(), page.mw.clone(), page.density.clone());
        if is_changed || page.revision != revision {
            page.revision = revision;
            page.work_out(&site);
        }
    }
    close_or_stay(app, modal, Overlay::Convertible(page));
}

fn form(ui: &mut Ui, page: &mut ConvertiblePage, site: &Site) {
    let colours = theme::of(ui);
    let unit = |ui: &mut Ui, text: &str| ui.label(RichText::new(text).color(colours.text_weak));
    Grid::new("conversion").num_columns(2).spacing(vec2(14.0, 6.0)).show(ui, |ui| {
        ui.label("Hall");
        ui.horizontal(|ui| {
            let name = |part: &Component| site.object_name(&Object::Component(part.id.clone()));
            ui.name_inputs("Hall", |ui| {
                let now = site.component(&page.conversion.hall).map(name).unwrap_or_default();
                ComboBox::from_id_salt("hall")
                    .width(140.0)
                    .icon(widgets::chevron)
                    .selected_text(now)
                    .show_ui(ui, |ui| {
                        for (part, _) in site.halls() {
                            ui.selectable_value(&mut page.conversion.hall, part.id.clone(), name(part));
                        }
                    });
            });
            ui.add_space(12.0);
            ui.label(HOSTING);
            field(ui, HOSTING, &mut page.mw, 64.0);
            unit(ui, "MW of critical IT");
            ui.add_space(12.0);
            ui.label(DENSITY);
            field(ui, DENSITY, &mut page.density, 64.0);
            unit(ui, "kW");
        });
        ui.end_row();
        ui.label("Resilience");
        ui.horizontal(|ui| {
            let choices = Resilience::ALL.map(|choice| (choice, choice.label()));
            if let Some(choice) = widgets::segmented(ui, page.conversion.resilience, &choices) {
                page.conversion.resilience = choice;
            }
            ui.add_space(12.0);
            ui.checkbox(&mut page.conversion.has_ups, "UPS");
            ui.checkbox(&mut page.conversion.has_gensets, "Gensets");
        });
        ui.end_row();
        ui.label("Cooling");
        let choices = Cooled::ALL.map(|choice| (choice, choice.label()));
        if let Some(choice) = widgets::segmented(ui, page.conversion.cooled, &choices) {
            page.conversion.cooled = choice;
        }
        ui.end_row();
        if matches!(page.conversion.cooled, Cooled::Liquid | Cooled::Immersion) {
            ui.label("Heat leaves by");
            let choices = Chilling::ALL.map(|choice| (choice, choice.label()));
            if let Some(choice) = widgets::segmented(ui, page.conversion.chilling, &choices) {
                page.conversion.chilling = choice;
            }
            ui.end_row();
        }
    });
}
