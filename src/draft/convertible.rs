//! Makes a hall convertible: the chain it needs for hosting, planned, priced and wired, with the fit-out of the hall, as
//! one edit, and what that would carry.

use std::collections::BTreeSet;

use super::Stock;
use super::added::{Added, added, renamed};
use super::chain::{Chilling, Cooled, Resilience, Wanted, draw};
use super::equipment::{estimate, value};
use super::pen::{Pen, origin, payments};
use super::place::put_clear;
use super::yard::put_on_the_plan;
use crate::engineering::capacity;
use crate::quantity::{Report, Unit, format};
use crate::site::drawing::{Sketch, Stroke};
use crate::site::edit::{Edit, apply};
use crate::site::{
    Address, Component, ComponentId, Evidence, FitOut, Hall, Kind, Object, Point, Provenance, Site,
};

/// What a hall is to become.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    pub hall: ComponentId,
    /// Critical IT for hosting, MW.
    pub mw: f64,
    pub kw_per_rack: f64,
    pub resilience: Resilience,
    pub cooled: Cooled,
    pub chilling: Chilling,
    pub has_ups: bool,
    pub has_gensets: bool,
}

/// What would be added, and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// All of it as one step.
    pub edit: Edit,
    /// Every part that is added, then the fit-out.
    pub added: Vec<Added>,
    pub capex_usd: f64,
    /// The longest of all leads.
    pub lead_months: f64,
    /// The site with it.
    pub site: Site,
}

impl Conversion {
    /// What is filled in for a hall: as much of it as its floor takes, liquid-cooled, 2N.
    pub fn of(site: &Site, hall: &str) -> Self {
        let cooled = Cooled::default();
        let mut conversion = Self {
            hall: hall.to_owned(),
            mw: 0.0,
            kw_per_rack: cooled.usual_kw_per_rack(),
            resilience: Resilience::default(),
            cooled,
            chilling: Chilling::default(),
            has_ups: true,
            has_gensets: true,
        };
        if let Some(hall) = site.component(hall).and_then(Component::hall) {
            let most = largest_mw(hall);
            // A round number of megawatts reads better than the last tenth of the floor.
            conversion.mw = if most >= 1.0 { most.floor() } else { most };
        }
        conversion
    }

    /// Most hosting the hall of a proposal carries with every other hall empty, MW, by the program of capacity; what
    /// stands above the chain limits it, too. `None` where it could not be worked out.
    pub fn carries_mw(&self, proposal: &Proposal) -> Option<f64> {
        let carried = capacity(&proposal.site);
        carried.halls.iter().find(|known| known.id == self.hall).map(|known| known.hosting_alone_mw)
    }

    /// What to say where that is less than what was asked for.
    pub fn check_carried(&self, carries_mw: Option<f64>, report: &mut Report) {
        if let Some(carries) = carries_mw.filter(|carries| *carries < self.mw * 0.999) {
            report.warning(
                "carries-less",
                place(&self.hall),
                format!(
                    "the site then carries {} of hosting here, not {}",
                    format::mw(carries),
                    format::mw(self.mw)
                ),
                "what stands above the chain or the floor limits it; see the study of loading",
            );
        }
    }

    /// Works out what to add; without a proposal where the report has errors.
    pub fn propose(&self, site: &Site, stock: Stock<'_>) -> (Option<Proposal>, Report) {
        let mut report = Report::default();
        let Some((part, hall)) = self.check(site, &mut report) else { return (None, report) };
        let feeders = self.feeders(site, part, &mut report);
        if report.has_errors() {
            return (None, report);
        }
        let suffix = suffix_of(part);
        let wanted = Wanted {
            hall: &self.hall,
            suffix: &suffix,
            at: (part.at_schematic.x, part.at_schematic.y),
            mw: self.mw,
            resilience: self.resilience,
            cooled: self.cooled,
            chilling: self.chilling,
            has_ups: self.has_ups,
            has_gensets: self.has_gensets,
            low_kv: part.kv_in.unwrap_or_else(|| value("design", "low_kv")),
            feeders: &feeders,
        };
        let mut pen = Pen::new(stock);
        if draw(&mut pen, &wanted).is_none() {
            report.error(
                "load-too-large",
                place(&self.hall),
                format!(
                    "{} of hosting would take more than ten thousand units of one part",
                    format::mw(self.mw)
                ),
                "convert fewer megawatts",
            );
            return (None, report);
        }
        let sketch = put_clear(site, renamed(site, pen.sketch, Point::default()));
        let sketch = put_on_the_plan(site, sketch);
        (self.proposal(site, part, hall, sketch, &mut report), report)
    }

    /// The hall, if what is asked of it can be drawn.
    fn check<'a>(&self, site: &'a Site, report: &mut Report) -> Option<(&'a Component, &'a Hall)> {
        let Some((part, hall)) = site.component(&self.hall).and_then(|part| Some((part, part.hall()?)))
        else {
            let halls: Vec<&str> = site.halls().map(|(part, _)| part.id.as_str()).collect();
            let hint = if halls.is_empty() {
                "draw a hall first".into()
            } else {
                format!("there are: {}", halls.join(", "))
            };
            report.error("no-hall", place(&self.hall), format!("there is no hall `{}`", self.hall), hint);
            return None;
        };
        let name = site.object_name(&Object::Component(part.id.clone()));
        if !(self.mw.is_finite() && self.mw > 0.0 && self.mw <= hall.critical_mw) {
            report.error(
                "hosting-over-hall",
                place(&self.hall),
                format!("{} of hosting cannot be drawn in {name}", format::mw(self.mw)),
                format!(
                    "enter more than 0 and at most {}, what the hall holds",
                    format::mw(hall.critical_mw)
                ),
            );
        }
        let usual = estimate(self.cooled.key(), "kw_per_rack");
        if !(self.kw_per_rack.is_finite() && self.kw_per_rack > 0.0 && self.kw_per_rack <= MOST_KW_PER_RACK) {
            report.error(
                "density-impossible",
                place(&self.hall),
                format!("{} is no density of racks", format::with_unit(self.kw_per_rack, Unit::KwPerRack)),
                format!(
                    "enter more than 0 and at most {}",
                    format::with_unit(MOST_KW_PER_RACK, Unit::KwPerRack)
                ),
            );
        } else if let Some(usual) =
            usual.filter(|usual| !(usual.low..=usual.high).contains(&self.kw_per_rack))
        {
            let shown = |kw| format::with_unit(kw, Unit::KwPerRack);
            report.warning(
                "density-unusual",
                place(&self.hall),
                format!(
                    "{} is unusual for {}: {} to {}",
                    shown(self.kw_per_rack),
                    self.cooled.label(),
                    shown(usual.low),
                    shown(usual.high)
                ),
                usual.source.clone(),
            );
        }
        let floor_mw = floor_mw(hall);
        if self.mw > floor_mw * (1.0 + 1e-9) {
            report.warning(
                "floor-too-small",
                place(&self.hall),
                format!("the floor of {name} holds {} of hosting", format::mw(floor_mw)),
                format!("convert at most {}, or correct the area of the hall", format::mw(floor_mw)),
            );
        }
        check_rows(self, hall, &name, report);
        let has_chain = site.links.iter().any(|link| {
            link.to == self.hall
                && link.medium.is_power()
                && link.medium.serves() == crate::site::Serves::Hosting
        });
        if has_chain {
            report.warning(
                "chain-exists",
                place(&self.hall),
                format!("{name} has a chain for hosting already; this one comes beside it"),
                "take the other one out if this one is to stand in its place",
            );
        }
        (!report.has_errors()).then_some((part, hall))
    }

    /// What may feed the chain, nearest to the hall first: medium-voltage switchgear it hangs on, then the others of
    /// the same voltage; where there is none, what gives the hall's own voltage.
    fn feeders(&self, site: &Site, hall: &Component, report: &mut Report) -> Vec<(String, f64)> {
        let low_kv = hall.kv_in.unwrap_or_else(|| value("design", "low_kv"));
        let most_kv = value("design", "highest_medium_kv");
        let gives = |part: &Component| part.kv_out.or(part.kv_in);
        let is_bus = |part: &Component| matches!(part.kind, Kind::Switchgear(_));
        let is_medium = |part: &&Component| gives(part).is_some_and(|kv| kv > low_kv * 1.5 && kv <= most_kv);
        let upstream = upstream(site, &hall.id);
        let near: Vec<&Component> = upstream.iter().filter_map(|id| site.component(id)).collect();
        let all = || near.iter().copied().chain(site.components.iter());
        let first = all()
            .filter(|part| is_bus(part))
            .find(is_medium)
            .or_else(|| {
                all()
                    .filter(|part| matches!(part.kind, Kind::Transformer(_) | Kind::GridFeed(_)))
                    .find(is_medium)
            })
            .or_else(|| near.iter().copied().find(|part| is_bus(part)));
        let Some(first) = first else {
            report.error(
                "feeder-missing",
                place(&self.hall),
                format!(
                    "nothing drawn can feed {}: there is no switchgear of medium voltage",
                    site.object_name(&Object::Component(hall.id.clone()))
                ),
                "draw switchgear with its voltage and join it to the grid",
            );
            return Vec::new();
        };
        let kv = gives(first).unwrap_or(low_kv);
        let mut found = vec![(first.id.clone(), kv)];
        if self.resilience == Resilience::TwoN {
            let other = all().find(|part| {
                is_bus(part)
                    && part.id != first.id
                    && gives(part).is_some_and(|other| (other - kv).abs() < 0.01 * kv)
            });
            match other {
                Some(other) => found.push((other.id.clone(), kv)),
                None => report.warning(
                    "one-feeder",
                    place(&self.hall),
                    format!(
                        "both sides hang on {}, whose loss takes both",
                        site.object_name(&Object::Component(first.id.clone()))
                    ),
                    "draw a second switchgear section of the same voltage first",
                ),
            }
        }
        found
    }

    fn proposal(
        &self,
        site: &Site,
        part: &Component,
        hall: &Hall,
        sketch: Sketch,
        report: &mut Report,
    ) -> Option<Proposal> {
        let fit_out = self.fit_out();
        let mut added: Vec<Added> = sketch.parts.iter().map(added).collect();
        added.push(Added {
            id: part.id.clone(),
            tag: part.tag.clone(),
            name: format!("Fit-out for {}", format::with_unit(self.kw_per_rack, Unit::KwPerRack)),
            rating: format::mw(self.mw),
            rating_mw: self.mw,
            usd: fit_out.fixed_usd + fit_out.usd_per_mw * self.mw,
            lead_months: fit_out.lead_months,
        });
        let object = Object::Component(part.id.clone());
        let mut edits = vec![
            Edit::Draw(Stroke::Insert(Box::new(sketch))),
            Edit::SetFitOut {
                hall: part.id.clone(),
                convertible_share: (self.mw / hall.critical_mw).min(1.0),
                fit_out: Box::new(fit_out),
            },
        ];
        let asked = ["fit_out_kw_per_rack", "convertible_share"].into_iter().map(|field| Provenance {
            at: Address::new(object.clone(), field),
            source: "Asked for when the hall was made convertible".to_owned(),
            as_of: Some(super::pen::AS_OF),
            evidence: Evidence::Client,
            private: false,
            low: None,
            high: None,
        });
        edits.extend(
            sources(&object, self.cooled)
                .chain(asked)
                .map(|entry| Edit::SetProvenance { at: entry.at.clone(), entry: Some(entry) }),
        );
        let label = format!("Make {} convertible", site.object_name(&object));
        let edit = Edit::Together { label, edits };
        let after = match apply(site, &edit) {
            Ok((after, _)) => after,
            Err(why) => {
                report.error("cannot-draw", place(&self.hall), why, "");
                return None;
            }
        };
        if site.offers.is_empty() {
            report.info(
                "no-offer",
                "offers",
                "no customer's offer is in this file, so a plan has nothing to convert for",
                "put one of the library of offers in: with the assumptions on customers, or by `wattshift offers`",
            );
        }
        Some(Proposal {
            edit,
            capex_usd: added.iter().map(|part| part.usd).sum(),
            lead_months: added.iter().map(|part| part.lead_months).fold(0.0, f64::max),
            added,
            site: after,
        })
    }

    fn fit_out(&self) -> FitOut {
        FitOut { kw_per_rack: self.kw_per_rack, ..fit_out(self.cooled) }
    }
}

/// A fit-out at usual values, how much of the hall may turn, and where the values come from.
#[derive(Clone, Debug, PartialEq)]
pub struct UsualFitOut {
    pub fit_out: FitOut,
    /// As it is, or, where nothing may turn yet, as far as the floor goes.
    pub convertible_share: f64,
    pub sources: Vec<Provenance>,
}

/// What turning a hall into hosting usually takes, by the cooling of its racks; no chain is drawn for it.
pub fn usual_fit_out(id: &str, hall: &Hall, cooled: Cooled) -> UsualFitOut {
    let object = Object::Component(id.to_owned());
    let density =
        origin(Address::new(object.clone(), "fit_out_kw_per_rack"), cooled.key(), "kw_per_rack", 1.0, "");
    let all = if hall.critical_mw > 0.0 { largest_mw(hall) / hall.critical_mw } else { 1.0 };
    UsualFitOut {
        fit_out: fit_out(cooled),
        convertible_share: if hall.convertible_share > 0.0 { hall.convertible_share } else { all },
        sources: sources(&object, cooled).chain(density).collect(),
    }
}

/// A fit-out at the values of `assets/drawing/equipment.csv`.
fn fit_out(cooled: Cooled) -> FitOut {
    let lead_months = value("fit-out", "lead_months");
    FitOut {
        usd_per_mw: value("fit-out", "usd_per_mw"),
        fixed_usd: value("fit-out", "fixed_usd"),
        lead_months,
        works_outage_months: value("fit-out", "works_outage_months"),
        m2_per_mw: value("fit-out", "m2_per_mw"),
        liquid_share: value(cooled.key(), "liquid_share"),
        kw_per_rack: cooled.usual_kw_per_rack(),
        earliest: None,
        payments: payments(lead_months),
    }
}

/// Where those values come from, but for the density.
fn sources(hall: &Object, cooled: Cooled) -> impl Iterator<Item = Provenance> {
    let of = |field: &str, part: &str, quantity: &str| {
        origin(Address::new(hall.clone(), field), part, quantity, 1.0, "")
    };
    let liquid = of("fit_out_liquid_share", cooled.key(), "liquid_share");
    let others: Vec<Provenance> =
        FIT_OUT.iter().filter_map(|(field, quantity)| of(field, "fit-out", quantity)).collect();
    others.into_iter().chain(liquid)
}

/// Densest rack that can be typed, kW.
const MOST_KW_PER_RACK: f64 = 1000.0;

/// Numbers of the fit-out by their keys in the table of editable numbers, and in `equipment.csv`.
const FIT_OUT: [(&str, &str); 5] = [
    ("fit_out_usd_per_mw", "usd_per_mw"),
    ("fit_out_fixed_usd", "fixed_usd"),
    ("fit_out_lead_months", "lead_months"),
    ("fit_out_outage_months", "works_outage_months"),
    ("fit_out_m2_per_mw", "m2_per_mw"),
];

/// Hosting the floor holds, MW; unlimited where the hall has no area.
fn floor_mw(hall: &Hall) -> f64 {
    let m2_per_mw = value("fit-out", "m2_per_mw");
    if hall.area_m2 > 0.0 && m2_per_mw > 0.0 { hall.area_m2 / m2_per_mw } else { f64::INFINITY }
}

/// Most hosting that can be asked of a hall, MW.
fn largest_mw(hall: &Hall) -> f64 {
    hall.critical_mw.min(floor_mw(hall))
}

fn check_rows(conversion: &Conversion, hall: &Hall, name: &str, report: &mut Report) {
    if hall.row_groups.is_empty() {
        return;
    }
    let is_liquid = matches!(conversion.cooled, Cooled::Liquid | Cooled::Immersion);
    let offered = |group: &crate::site::RowGroup| {
        if is_liquid { group.liquid_kw_per_rack } else { group.air_kw_per_rack }
    };
    let densest = hall.row_groups.iter().map(offered).fold(0.0, f64::max);
    if densest < conversion.kw_per_rack {
        report.warning(
            "rows-less-dense",
            place(&conversion.hall),
            format!(
                "the rows of {name} take racks of {} at most by {}",
                format::with_unit(densest, Unit::KwPerRack),
                if is_liquid { "liquid" } else { "air" }
            ),
            "ask for that density, or correct the rows of the hall",
        );
    }
}

fn place(hall: &str) -> String {
    Object::Component(hall.to_owned()).to_string()
}

/// Parts a hall hangs on through closed links, nearest first.
fn upstream(site: &Site, hall: &str) -> Vec<ComponentId> {
    let mut seen: BTreeSet<&str> = BTreeSet::from([hall]);
    let mut found: Vec<&str> = vec![hall];
    let mut next = 0;
    while let Some(at) = found.get(next).copied() {
        next += 1;
        for link in &site.links {
            let is_closed = matches!(link.medium, crate::site::Medium::Power { normally_open: false, .. });
            if is_closed && link.to == at && seen.insert(&link.from) {
                found.push(&link.from);
            }
        }
    }
    found.into_iter().skip(1).map(str::to_owned).collect()
}

/// What is said of a hall in the tags of its chain: the number at its end, else its tag.
fn suffix_of(hall: &Component) -> String {
    let name = if hall.tag.trim().is_empty() { hall.id.as_str() } else { hall.tag.trim() };
    let number: String = name.chars().rev().take_while(char::is_ascii_digit).collect();
    let said: String = if number.is_empty() { name.to_owned() } else { number.chars().rev().collect() };
    said.chars().filter(|letter| letter.is_alphanumeric()).take(12).collect()
}
