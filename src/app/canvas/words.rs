//! What is said of parts: beside them, when the pointer rests on them, to screen readers.

use egui::Ui;

use super::moment::{PartMoment, Space};
use super::paint::Drawing;
use crate::app::theme;
use crate::quantity::{Unit, format};
use crate::site::{Component, Kind, Layer};

impl Drawing<'_> {
    /// "Transformer T1, 40 MVA, planned"
    pub(super) fn words(&self, index: usize) -> String {
        let component = &self.site.components[index];
        let mut words = format!("{} {}", component.kind.label(), component.tag);
        let rating = rating_text(component);
        if !rating.is_empty() {
            words = format!("{words}, {rating}");
        }
        let part = self.part(index);
        words = format!("{words}, {}", part.condition.word());
        if part.is_overloaded() {
            words.push_str(", over its rating");
        }
        if component.drawn.locked {
            words.push_str(", locked");
        }
        words
    }

    pub(super) fn tooltip(&self, ui: &mut Ui, index: usize) {
        let component = &self.site.components[index];
        ui.set_max_width(280.0);
        let title = if component.name.is_empty() { component.kind.label() } else { &component.name };
        ui.label(theme::strong(format!("{} · {title}", component.tag), theme::BODY));
        ui.label(definition(&component.kind));
        let part = self.part(index);
        let mut facts = vec![rating_text(component), part.condition.word().to_owned()];
        if let (Some(load), Some(share)) = (part.load_mw, part.load_share()) {
            facts.push(format!("carries {} ({})", format::mw(load), format::percent(share)));
        }
        if component.drawn.locked {
            facts.push("locked".to_owned());
        }
        facts.retain(|fact| !fact.is_empty());
        ui.weak(facts.join(", "));
        if component.hall().is_some() {
            ui.weak(space_texts(part).first().cloned().unwrap_or_default());
        }
        if let (Some(study), Some(mark)) = (self.study, self.marks.get(&index)) {
            ui.separator();
            ui.label(theme::strong(format!("{}: {}", study.text(), mark.words), theme::BODY));
            ui.label(&mark.because);
        }
    }
}

/// `2 × 40 MVA`, `120 MW`; empty for fibre.
pub fn rating_text(component: &Component) -> String {
    let (value, unit) = match (&component.kind, component.kind.electrical()) {
        (_, Some(electrical)) => (electrical.rating_mva, Unit::Mva),
        (kind, None) if kind.layer() == Layer::Fibre => return String::new(),
        _ => (component.unit_rating_mw(), Unit::Mw),
    };
    let one = format::with_unit(value, unit);
    if component.units > 1 { format!("{} × {one}", component.units) } else { one }
}

/// What fills a hall, the longest text first.
pub(super) fn space_texts(part: &PartMoment) -> Vec<String> {
    let sum = |wanted: fn(&Space) -> bool| -> f64 {
        part.space.iter().filter(|(space, _)| wanted(space)).map(|(_, mw)| mw).sum()
    };
    let mut long = Vec::new();
    let mut short = Vec::new();
    for (mw, word, letter) in [
        (sum(|space| matches!(space, Space::Hosting(_))), "hosting", "H"),
        (sum(|space| matches!(space, Space::Works)), "works", "W"),
        (sum(|space| matches!(space, Space::Fitted)), "vacant", "V"),
        (sum(|space| matches!(space, Space::Mining)), "mining", "M"),
    ] {
        if mw > 0.05 {
            let number = format::number(mw, if mw >= 9.95 { 0 } else { 1 });
            long.push(format!("{number} {word}"));
            short.push(format!("{number} {letter}"));
        }
    }
    if long.is_empty() {
        return vec!["empty".to_owned()];
    }
    vec![long.join(" · "), short.join(" · ")]
}

/// Voltages of its ports: `138 / 34.5 kV`; empty where there are none.
pub(super) fn voltage_text(component: &Component) -> String {
    let kv = |kv: f64| format::with_unit(kv, Unit::Kv);
    match (component.kv_in, component.kv_out) {
        (Some(into), Some(out)) if into != out => {
            format!("{} / {}", kv(into).trim_end_matches(Unit::Kv.symbol()).trim_end(), kv(out))
        }
        (Some(one), _) | (None, Some(one)) => kv(one),
        (None, None) => String::new(),
    }
}

fn definition(kind: &Kind) -> &'static str {
    match kind {
        Kind::GridFeed(_) => "The connection to the utility: interconnection, contract and firm megawatts",
        Kind::Generation(_) => "Power made on the site all year",
        Kind::Transformer(_) => "Changes voltage; rated in MVA, megawatts follow with the power factor",
        Kind::Switchgear(_) => "A bus with its breakers, from which circuits branch",
        Kind::Genset(_) => "Stand-by engines that carry hosting while the grid is away",
        Kind::Ups(_) => "Uninterruptible supply: batteries carry the load until gensets run",
        Kind::Battery(_) => "Stores energy",
        Kind::AutomaticTransferSwitch(_) => "Changes between two sources within seconds",
        Kind::StaticTransferSwitch(_) => "Changes between two sources within milliseconds",
        Kind::Distribution(_) => "Brings power to the racks",
        Kind::FanWall(_) => "Moves a hall's air through coils or to the outside",
        Kind::Crah(_) => "Cools a hall's air with water",
        Kind::RearDoor(_) => "Takes heat at the back of each rack",
        Kind::Cdu(_) => "Coolant distribution unit: separates the racks' liquid loop from the plant's",
        Kind::Immersion(_) => "Machines stand in a dielectric liquid",
        Kind::Chiller(_) => "Makes cold water with a compressor",
        Kind::DryCooler(_) => "Gives heat to the outside air with fans and no water",
        Kind::AdiabaticCooler(_) => "A dry cooler that sprays water in hot hours",
        Kind::CoolingTower(_) => "Gives heat to the air by evaporating water",
        Kind::Hall(_) => "A building or yard of machines; its racks show what the megawatts are used for",
        Kind::MeetMeRoom => "Where carriers' fibre meets the site's",
        Kind::Carrier => "A network that reaches the site",
        Kind::Metro(_) => "The city a tenant's latency is measured to",
    }
}
