//! Puts parts and links on the paper: typical parts with ratings of their own, each with where its values come from.

use super::Stock;
use super::equipment::{Units, estimate, value};
use crate::quantity::{Date, format};
use crate::site::drawing::Sketch;
use crate::site::{
    Address, Component, Evidence, Kind, Link, Medium, Object, Payment, Planned, Point, Provenance, Serves,
    Side, State,
};

/// The day the figures of this room's tables are of.
pub(super) const AS_OF: Date = Date::constant(2025, 12, 31);

pub(super) struct Pen<'a> {
    stock: Stock<'a>,
    pub sketch: Sketch,
}

/// Where a part goes, and what it is called there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub id: String,
    pub tag: String,
    pub name: String,
    pub at: Point,
    pub side: Side,
}

impl Label {
    pub fn new(id: String, tag: String, name: String, at: (f64, f64)) -> Self {
        Self { id, tag, name, at: Point { x: at.0, y: at.1 }, side: Side::None }
    }

    pub fn on(self, side: Side) -> Self {
        Self { side, ..self }
    }
}

/// Power for a use, through a closed link.
pub(super) fn power(serves: Serves) -> Medium {
    Medium::Power { serves, normally_open: false }
}

impl<'a> Pen<'a> {
    pub fn new(stock: Stock<'a>) -> Self {
        Self { stock, sketch: Sketch::default() }
    }

    /// The typical part of an id, or a carrier where the program has none such, which a test excludes.
    pub fn typical(&self, part: &str) -> Component {
        self.stock.parts.component(part).cloned().unwrap_or_else(|| blank(part))
    }

    /// Draws units of a typical part; gives its id.
    pub fn part(&mut self, part: &str, label: Label, units: Units) -> String {
        let mut drawn = self.typical(part);
        set_rating(&mut drawn.kind, units.rating);
        (drawn.units, drawn.spare_units) = (units.units, units.spare);
        self.place(drawn, label)
    }

    /// Draws a part as it is; gives its id. Where it is copied from a typical part its source comes with it.
    pub fn place(&mut self, mut part: Component, label: Label) -> String {
        let typical = Address::whole(Object::Component(part.id.clone()));
        let Label { id, tag, name, at, side } = label;
        if let Some(known) = self.stock.parts.provenance.iter().find(|known| known.at == typical) {
            let at = Address::whole(Object::Component(id.clone()));
            self.sketch.provenance.push(Provenance { at, as_of: Some(AS_OF), ..known.clone() });
        }
        (part.id, part.tag, part.name, part.at_schematic, part.side) = (id.clone(), tag, name, at, side);
        (part.at_plan, part.at_map) = (None, None);
        self.sketch.parts.push(part);
        id
    }

    pub fn last(&mut self) -> Option<&mut Component> {
        self.sketch.parts.last_mut()
    }

    /// The last part may be built: what it costs and how long it takes, with sources. A spare unit adds no capacity,
    /// so the price of a usable MW is that of a MW times the units over those that carry load.
    pub fn may_be_built(&mut self, part: &str) {
        let Some(drawn) = self.sketch.parts.last_mut() else { return };
        let spared = f64::from(drawn.units) / f64::from(drawn.working_units());
        let lead_months = value(part, "lead_months");
        drawn.state = State::Planned(Planned {
            usd_per_mw: value(part, "usd_per_mw") * spared,
            lead_months,
            payments: payments(lead_months),
            ..Planned::default()
        });
        let object = Object::Component(drawn.id.clone());
        for (quantity, factor) in [("usd_per_mw", spared), ("lead_months", 1.0)] {
            let words = if factor > 1.0 {
                let (units, working) = (drawn.units, drawn.working_units());
                format!(
                    "; times {units}/{working}, as {} stands by",
                    format::number(f64::from(units - working), 0)
                )
            } else {
                String::new()
            };
            self.sketch.provenance.extend(origin(
                Address::new(object.clone(), quantity),
                part,
                quantity,
                factor,
                &words,
            ));
        }
    }

    pub fn join(&mut self, from: &str, to: &str, medium: Medium) {
        let same = self.sketch.links.iter().filter(|link| link.from == from && link.to == to).count();
        let id = if same == 0 { format!("{from}_{to}") } else { format!("{from}_{to}-{}", same + 1) };
        self.sketch.links.push(Link {
            id,
            from: from.to_owned(),
            to: to.to_owned(),
            medium,
            rating_mw: None,
            note: String::new(),
        });
    }
}

/// Where a value of the table comes from, as the document keeps it; none where the table has no such value.
pub(super) fn origin(
    at: Address,
    part: &str,
    quantity: &str,
    factor: f64,
    words: &str,
) -> Option<Provenance> {
    estimate(part, quantity).map(|known| Provenance {
        at,
        source: format!("{}{words}", known.source),
        as_of: Some(AS_OF),
        evidence: Evidence::Assumed,
        private: false,
        low: Some(known.low * factor),
        high: Some(known.high * factor),
    })
}

/// Shares of a price: at the order, at two thirds of the lead and at its end.
pub(super) fn payments(lead_months: f64) -> Vec<Payment> {
    let (order, delivery) = (value("terms", "order_share"), value("terms", "delivery_share"));
    vec![
        Payment { share: order, months_after_order: 0.0 },
        // Shares are printed as they are kept; ten digits are enough for them to add up.
        Payment {
            share: ((1.0 - order - delivery) * 1e10).round() / 1e10,
            months_after_order: (lead_months * 2.0 / 3.0).round(),
        },
        Payment { share: delivery, months_after_order: lead_months },
    ]
}

/// Sets what one unit carries, in the unit of the kind's ladder: MVA, MW or MW of heat.
pub(super) fn set_rating(kind: &mut Kind, rating: f64) {
    match kind {
        Kind::Genset(genset) => genset.rating_mw = rating,
        Kind::Ups(ups) => ups.rating_mw = rating,
        Kind::Battery(battery) => battery.rating_mw = rating,
        Kind::Generation(generation) => generation.rating_mw = rating,
        _ => {
            if let Some(electrical) = kind.electrical_mut() {
                electrical.rating_mva = rating;
            } else if let Some(cooling) = kind.cooling_mut() {
                cooling.heat_mw = rating;
            }
        }
    }
}

fn blank(id: &str) -> Component {
    Component::standing(id, Kind::Carrier)
}
