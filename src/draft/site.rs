//! A whole mining site from a few numbers: grid, substation in two sections, halls with their transformers and cooling,
//! fibre to a metro, machines, tariff.

use super::equipment::{Units, ladder, sized, value};
use super::fleet::fleet;
use super::numbers::{Entry, Numbers, cooling_word, entries};
use super::pen::{AS_OF, Label, Pen, power};
use super::{Stock, metro, on_the_plan};
use crate::quantity::{Report, format};
use crate::site::ground::on_its_way;
use crate::site::{
    Address, DatedMw, EnergyPrice, Evidence, FlatPrice, Kind, Medium, Metro, MinerCooling, Object,
    Provenance, Serves, Side, Site, Tariff, Use,
};

/// What of the main transformers stands by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transformers {
    /// Each section has what its halls take.
    N,
    /// Each section has one more.
    #[default]
    NPlus1,
}

impl Transformers {
    pub const ALL: [Self; 2] = [Self::N, Self::NPlus1];

    pub fn label(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::NPlus1 => "N+1",
        }
    }

    fn spare(self) -> u32 {
        match self {
            Self::N => 0,
            Self::NPlus1 => 1,
        }
    }
}

/// Rows and columns of the drawing, in its units; all multiples of the grid of eight.
const ROW_HV: f64 = 80.0;
const ROW_MAIN: f64 = 168.0;
const ROW_MV: f64 = 248.0;
const ROW_UNIT: f64 = 336.0;
const ROW_LV: f64 = 432.0;
const ROW_HALL: f64 = 792.0;
const ROW_COOLING: f64 = 936.0;
const ROW_REJECTION: f64 = 1024.0;
/// Id of the carrier that leads to the metro.
const CARRIER: &str = "carrier";
/// Between two halls: room for a chain for hosting on both sides.
const PITCH: f64 = 512.0;
const FIBRE_PITCH: f64 = 176.0;

/// Draws the site the numbers ask for, with what is unusual; without a site where the report has errors.
///
/// Sizing, from the load upwards: the hall's cooling takes all its heat; unit transformers carry the IT and that
/// cooling over what switchboards lose, with `design,margin_share`; main transformers carry the halls of their
/// section. Units come from `ladders.csv`, the fewest that carry the load.
pub fn drawn(numbers: &Numbers, stock: Stock<'_>) -> (Option<Site>, Report) {
    let mut report = numbers.check(&stock);
    if report.has_errors() {
        return (None, report);
    }
    let site = Draft { numbers, pen: Pen::new(stock), stock, utility_mw: 0.0 }.site(&mut report);
    (if report.has_errors() { None } else { site }, report)
}

struct Draft<'a> {
    numbers: &'a Numbers,
    pen: Pen<'a>,
    stock: Stock<'a>,
    /// What the unit transformers of all halls take at the design hour.
    utility_mw: f64,
}

/// A load that no ladder carries, which the range of the numbers all but excludes.
fn too_large(what: &str, report: &mut Report) {
    report.error(
        "load-too-large",
        "hall_mw",
        format!("{what} of this load would be more than ten thousand units"),
        "draw more and smaller halls",
    );
}

impl Draft<'_> {
    fn site(mut self, report: &mut Report) -> Option<Site> {
        let metro = metro(&self.numbers.metro)?;
        let (latitude, longitude) = self.numbers.place.unwrap_or((metro.latitude, metro.longitude));
        let halls = self.numbers.halls();
        let sections = sections(halls);
        let mut loads = vec![0.0; sections.len()];
        let mut feeds = Vec::new();
        for hall in 0..halls {
            let section = usize::from(f64::from(hall) >= f64::from(halls.div_ceil(2)) && sections.len() > 1);
            let (unit, load) = self.hall(hall, report)?;
            loads[section] += load;
            feeds.push((section, unit));
        }
        let buses = self.substation(&sections, &loads, report)?;
        for (section, unit) in feeds {
            self.pen.join(&buses[section], &unit, power(Serves::Mining));
        }
        if let [one, other] = buses.as_slice() {
            self.pen.join(one, other, Medium::Power { serves: Serves::Both, normally_open: true });
        }
        self.fibre(halls, metro);
        self.check_grid(report);
        let mut site = Site::empty(self.numbers.name.trim());
        site.note = self.note(metro.name.as_str());
        (site.latitude, site.longitude) = (latitude, longitude);
        site.fleets = vec![fleet(self.numbers, &self.stock, &site)?];
        site.company.opening_cash_usd = self.numbers.get("opening_cash_usd");
        // Failure data as a file that is read has them: of every kind, as parts of any kind may be added.
        site.catalogue.clone_from(&self.stock.parts.catalogue);
        let sketch = self.pen.sketch;
        (site.components, site.links, site.provenance) = (sketch.parts, sketch.links, sketch.provenance);
        // In the order people read a one-line: from the grid down.
        site.components.sort_by_key(|part| row_of(&part.kind));
        for (id, at) in on_the_plan(&site) {
            if let Some(part) = site.component_mut(&id) {
                part.at_plan = Some(at);
            }
        }
        let at = on_its_way(&site, CARRIER);
        if let Some(carrier) = site.component_mut(CARRIER) {
            carrier.at_map = at;
        }
        for (at, key) in [
            (Address::new(Object::Component("grid".into()), "interconnection_mw"), "gross_mw"),
            (Address::new(Object::Component("grid".into()), "flat_usd_per_mwh"), "flat_usd_per_mwh"),
            (
                Address::new(Object::Component("grid".into()), "demand_usd_per_kw_month"),
                "demand_usd_per_kw_month",
            ),
            (Address::new(Object::Company, "opening_cash_usd"), "opening_cash_usd"),
        ] {
            site.provenance.extend(entered(self.numbers, at, key));
        }
        for fleet in &site.fleets {
            site.provenance.push(Provenance {
                at: Address::new(Object::Fleet(fleet.id.clone()), "purchase_max_mw"),
                source: "Drawn from numbers: the halls may be filled again when the machines have come to their end".to_owned(),
                as_of: Some(AS_OF),
                evidence: Evidence::Assumed,
                private: false,
                low: None,
                high: None,
            });
        }
        for hall in 0..halls {
            for (field, key) in [("critical_mw", "hall_mw"), ("area_m2", "hall_m2_per_mw")] {
                let at = Address::new(Object::Component(format!("hall-{}", hall + 1)), field);
                site.provenance
                    .extend(entered(self.numbers, at, key).map(|origin| per_hall(origin, self.numbers, key)));
            }
        }
        Some(site)
    }

    /// A hall with what feeds and cools it; gives the id of its unit transformers and what they take, MW.
    fn hall(&mut self, index: u32, report: &mut Report) -> Option<(String, f64)> {
        let number = index + 1;
        let (x, it_mw) = (f64::from(index) * PITCH, self.numbers.get("hall_mw"));
        let low_kv = value("design", "low_kv");
        let hall_id = format!("hall-{number}");
        let mut part = self.pen.typical("hall");
        if let Kind::Hall(hall) = &mut part.kind {
            hall.critical_mw = it_mw;
            hall.area_m2 = it_mw * self.numbers.get("hall_m2_per_mw");
            hall.convertible_share = 0.0;
            hall.present_use = Use::Mining;
        }
        (part.kv_in, part.power_factor) = (Some(low_kv), 1.0);
        self.pen.place(
            part,
            Label::new(hall_id.clone(), format!("HALL {number}"), format!("Hall {number}"), (x, ROW_HALL)),
        );

        let board_id = format!("lv-{number}");
        let cooling_mw = self.cooling(number, x, it_mw, &board_id, report)?;
        let margin = 1.0 + value("design", "margin_share");
        let board_loss = self.pen.typical("switchboard").loss_share();
        let unit_loss = self.pen.typical("unit-transformer").loss_share();
        let board_mw = (it_mw + cooling_mw) / (1.0 - board_loss);
        let unit_mw = board_mw / (1.0 - unit_loss);
        let board = self.units("switchboard", board_mw * margin, 0);
        let unit = self.units("unit-transformer", unit_mw * margin, 0);
        let (Some(board), Some(unit)) = (board, unit) else {
            too_large("the transformers of a hall", report);
            return None;
        };
        let unit_id = format!("xf-{number}");
        let (medium_kv, low_kv) = (self.medium_kv(), value("design", "low_kv"));
        let name = format!("Unit transformers of hall {number}, {} kV", voltages(medium_kv, low_kv));
        self.pen.part(
            "unit-transformer",
            Label::new(unit_id.clone(), format!("X{number}"), name, (x, ROW_UNIT)),
            unit,
        );
        self.set_kv(medium_kv, low_kv);
        let name = format!("Switchboards of hall {number}");
        self.pen.part(
            "switchboard",
            Label::new(board_id.clone(), format!("LV {number}"), name, (x, ROW_LV)),
            board,
        );
        self.set_kv(low_kv, low_kv);
        self.pen.join(&unit_id, &board_id, power(Serves::Mining));
        self.pen.join(&board_id, &hall_id, power(Serves::Mining));
        self.utility_mw += unit_mw;
        Some((unit_id, unit_mw * margin))
    }

    /// Cooling for miners by its kind: fan walls; dry coolers at the machines' own water; or tanks before dry coolers.
    /// Gives the electric power it takes at the design hour, MW.
    fn cooling(&mut self, number: u32, x: f64, it_mw: f64, board: &str, report: &mut Report) -> Option<f64> {
        let hall = format!("hall-{number}");
        let chain: &[(&str, &str, &str, &str, f64)] = match self.numbers.cooling {
            MinerCooling::Air => &[("fan-wall", "fans", "FAN", "Fan walls", ROW_COOLING)],
            MinerCooling::Hydro => &[("dry-cooler", "dry", "DRY", "Dry coolers", ROW_COOLING)],
            MinerCooling::Immersion => &[
                ("immersion", "tanks", "IMM", "Immersion tanks", ROW_COOLING),
                ("dry-cooler", "dry", "DRY", "Dry coolers", ROW_REJECTION),
            ],
        };
        let margin = 1.0 + value("design", "margin_share");
        let (mut from, mut heat_mw, mut taken_mw) = (hall, it_mw, 0.0);
        for (part, id, tag, name, row) in chain {
            let cooling = self.pen.typical(part).kind.cooling().cloned()?;
            let Some(units) = self.units(part, heat_mw * margin, 0) else {
                too_large("the cooling of a hall", report);
                return None;
            };
            let label = Label::new(
                format!("{id}-{number}"),
                format!("{tag} {number}"),
                format!("{name} of hall {number}"),
                (x, *row),
            );
            let to = self.pen.part(part, label, units);
            self.set_kv_in(value("design", "low_kv"));
            let medium = match *part {
                "fan-wall" => Medium::Air { serves: Serves::Mining },
                _ => Medium::Liquid { serves: Serves::Mining },
            };
            self.pen.join(&from, &to, medium);
            self.pen.join(board, &to, power(Serves::Mining));
            let power_mw = heat_mw * cooling.design_hour_power_share;
            taken_mw += power_mw;
            heat_mw += power_mw;
            from = to;
        }
        Some(taken_mw)
    }

    /// Grid feed, and a section of switchgear and main transformers for each load; gives the buses halls hang on.
    fn substation(&mut self, sections: &[f64], loads: &[f64], report: &mut Report) -> Option<Vec<String>> {
        let (grid_kv, medium_kv) = (self.numbers.get("grid_kv"), self.medium_kv());
        let mut feed = self.pen.typical("grid-feed");
        let gross_mw = self.numbers.get("gross_mw");
        if let Kind::GridFeed(grid) = &mut feed.kind {
            grid.interconnection_mw = gross_mw;
            let firm = self.numbers.get("firm_share");
            if firm < 1.0 {
                let from = crate::site::PlanSettings::default().start;
                grid.firm_mw = vec![DatedMw { from, mw: gross_mw * firm }];
            }
            grid.tariff = Tariff {
                energy: EnergyPrice::Flat(FlatPrice {
                    usd_per_mwh: self.numbers.get("flat_usd_per_mwh"),
                    market_share: 0.0,
                }),
                demand_usd_per_kw_month: self.numbers.get("demand_usd_per_kw_month"),
                ..Tariff::default()
            };
        }
        (feed.kv_in, feed.kv_out) = (None, Some(grid_kv));
        let name = format!("Grid, {} kV point of interconnection", kv_words(grid_kv));
        let middle = on_grid(sections.iter().sum::<f64>() / sections.len() as f64);
        self.pen.place(feed, Label::new("grid".into(), "GRID".into(), name, (middle, 0.0)));
        let mut buses = Vec::new();
        for (index, (x, load_mw)) in sections.iter().zip(loads).enumerate() {
            let (letter, side) = [("A", Side::A), ("B", Side::B)][index.min(1)];
            let lower = letter.to_lowercase();
            let (hv, main, mv) = (format!("hv-{lower}"), format!("t-{lower}"), format!("mv-{lower}"));
            let section_mw = load_mw / self.kept_above();
            let units = self.units("transformer", section_mw, self.numbers.transformers.spare());
            let gear = self.units("switchgear", section_mw, 0);
            let (Some(units), Some(gear)) = (units, gear) else {
                too_large("the main transformers", report);
                return None;
            };
            let mut above = "grid".to_owned();
            if self.has_main_transformers() {
                let name = format!("{} kV switchgear {letter}", kv_words(grid_kv));
                self.pen.part(
                    "switchgear",
                    Label::new(hv.clone(), format!("HV {letter}"), name, (*x, ROW_HV)).on(side),
                    gear,
                );
                self.set_kv(grid_kv, grid_kv);
                self.pen.join(&above, &hv, power(Serves::Both));
                let name = format!("Main transformers {letter}, {} kV", voltages(grid_kv, medium_kv));
                let label =
                    Label::new(main.clone(), format!("T{}", index + 1), name, (*x, ROW_MAIN)).on(side);
                self.pen.part("transformer", label, units);
                self.set_kv(grid_kv, medium_kv);
                self.pen.join(&hv, &main, power(Serves::Both));
                above = main;
            }
            let name = format!("{} kV switchgear {letter}", kv_words(medium_kv));
            self.pen.part(
                "switchgear",
                Label::new(mv.clone(), format!("MV {letter}"), name, (*x, ROW_MV)).on(side),
                gear,
            );
            self.set_kv(medium_kv, medium_kv);
            self.pen.join(&above, &mv, power(Serves::Both));
            buses.push(mv);
        }
        Some(buses)
    }

    fn fibre(&mut self, halls: u32, metro: &super::MetroPlace) {
        let x = on_grid(f64::from(halls - 1) * PITCH + PITCH * 0.75);
        let at = |column: f64| (x + column * FIBRE_PITCH, ROW_HALL);
        let place = |pen: &mut Pen<'_>, part: &str, id: &str, tag: &str, name: String, at: (f64, f64)| {
            let mut drawn = pen.typical(part);
            if let Kind::Metro(known) = &mut drawn.kind {
                *known = Metro { latitude: metro.latitude, longitude: metro.longitude };
                // The typical part's own source is of another city.
                drawn.id = String::new();
            }
            pen.place(drawn, Label::new(id.to_owned(), tag.to_owned(), name, at))
        };
        let room = place(&mut self.pen, "meet-me-room", "mmr", "MMR", "Meet-me room".to_owned(), at(0.0));
        let carrier =
            place(&mut self.pen, "carrier", CARRIER, "CAR 1", format!("Carrier to {}", metro.name), at(1.0));
        let tag: String = metro.name.chars().filter(char::is_ascii_alphabetic).take(3).collect();
        let city = place(&mut self.pen, "metro", &metro.id, &tag.to_uppercase(), metro.name.clone(), at(2.0));
        let fibre = |km: f64| Medium::Fibre { km: Some(km), trench: None };
        for hall in 1..=halls {
            // On the site; its length says little beside the route.
            self.pen.join(&format!("hall-{hall}"), &room, fibre(0.5));
        }
        self.pen.join(&room, &carrier, fibre(1.0));
        self.pen.join(&carrier, &city, fibre(self.numbers.get("metro_km")));
    }

    /// What of a section's power reaches its bus: main transformers and the switchgear on both their sides lose the rest.
    fn kept_above(&self) -> f64 {
        let gear = 1.0 - self.pen.typical("switchgear").loss_share();
        if self.has_main_transformers() {
            gear * gear * (1.0 - self.pen.typical("transformer").loss_share())
        } else {
            gear
        }
    }

    fn check_grid(&self, report: &mut Report) {
        let gross_mw = self.numbers.get("gross_mw");
        let utility_mw = self.utility_mw / self.kept_above();
        if utility_mw > gross_mw {
            report.warning(
                "halls-over-grid",
                "gross_mw",
                format!(
                    "the halls take {} with their cooling, but the grid gives {}: some of the machines stand still",
                    format::mw(utility_mw),
                    format::mw(gross_mw)
                ),
                format!(
                    "enter at most {} of IT a hall, or {} from the grid",
                    format::mw((self.numbers.get("hall_mw") * gross_mw / utility_mw * 10.0).floor() / 10.0),
                    format::mw(utility_mw.ceil())
                ),
            );
        }
    }

    fn note(&self, metro: &str) -> String {
        let numbers = self.numbers;
        format!(
            "Drawn from numbers: {} at {} kV, {} halls of {} cooled by {}, {} of fibre to {metro}. Sizes follow from the load; \
             what was not entered is a planning value with its source{}.",
            format::mw(numbers.get("gross_mw")),
            kv_words(numbers.get("grid_kv")),
            numbers.halls(),
            format::mw(numbers.get("hall_mw")),
            cooling_word(numbers.cooling),
            format::with_unit(numbers.get("metro_km"), crate::quantity::Unit::Km),
            if numbers.place.is_none() {
                format!("; weather and place are those of {metro}")
            } else {
                String::new()
            },
        )
    }

    /// Units of a ladder for a power or a heat, MW.
    fn units(&self, part: &str, need_mw: f64, spare: u32) -> Option<Units> {
        units_of(&self.pen, part, need_mw, spare)
    }

    fn has_main_transformers(&self) -> bool {
        self.numbers.get("grid_kv") > value("design", "highest_medium_kv")
    }

    fn medium_kv(&self) -> f64 {
        if self.has_main_transformers() { value("design", "medium_kv") } else { self.numbers.get("grid_kv") }
    }

    fn set_kv(&mut self, kv_in: f64, kv_out: f64) {
        if let Some(part) = self.pen.last() {
            (part.kv_in, part.kv_out) = (Some(kv_in), Some(kv_out));
        }
    }

    fn set_kv_in(&mut self, kv_in: f64) {
        if let Some(part) = self.pen.last() {
            (part.kv_in, part.kv_out) = (Some(kv_in), None);
        }
    }
}

/// Middles of the sections' halls: two sections where there are two halls to feed.
fn sections(halls: u32) -> Vec<f64> {
    let middle = |from: u32, to: u32| on_grid(f64::from(from + to - 1) / 2.0 * PITCH);
    let half = halls.div_ceil(2);
    if halls > 1 { vec![middle(0, half), middle(half, halls)] } else { vec![0.0] }
}

/// Units of a typical part that carry a power or a heat, MW: MVA through the power factor, heat at the design hour.
pub(super) fn units_of(pen: &Pen<'_>, part: &str, need_mw: f64, spare: u32) -> Option<Units> {
    let typical = pen.typical(part);
    let usable = match (typical.kind.electrical(), typical.kind.cooling()) {
        (Some(_), _) => typical.power_factor,
        (_, Some(cooling)) => cooling.design_hour_share,
        _ => 1.0,
    };
    if usable > 0.0 { sized(need_mw / usable, ladder(part), spare) } else { None }
}

/// Where an entered number comes from: the table, or whoever entered it.
fn entered(numbers: &Numbers, at: Address, key: &str) -> Option<Provenance> {
    let entry: &Entry = entries().iter().find(|entry| entry.key == key)?;
    let filled_in = numbers.is_filled_in(key);
    Some(Provenance {
        at,
        source: if filled_in {
            entry.source.clone()
        } else {
            "Entered when the site was drawn from numbers".to_owned()
        },
        as_of: Some(AS_OF),
        evidence: if filled_in { Evidence::Assumed } else { Evidence::Client },
        private: false,
        low: filled_in.then_some(entry.low),
        high: filled_in.then_some(entry.high),
    })
}

/// The floor is entered by the MW and kept by the hall.
fn per_hall(origin: Provenance, numbers: &Numbers, key: &str) -> Provenance {
    let factor = if key == "hall_m2_per_mw" { numbers.get("hall_mw") } else { 1.0 };
    Provenance {
        low: origin.low.map(|low| low * factor),
        high: origin.high.map(|high| high * factor),
        ..origin
    }
}

/// The order of a one-line.
fn row_of(kind: &Kind) -> u8 {
    match kind {
        Kind::GridFeed(_) => 0,
        Kind::Switchgear(_) | Kind::Transformer(_) => 1,
        Kind::Hall(_) => 2,
        Kind::MeetMeRoom | Kind::Carrier | Kind::Metro(_) => 4,
        _ => 3,
    }
}

pub(super) fn on_grid(at: f64) -> f64 {
    (at / 8.0).round() * 8.0
}

fn kv_words(kv: f64) -> String {
    format::in_unit(kv, crate::quantity::Unit::Kv)
}

/// `138/34.5`
pub(super) fn voltages(high: f64, low: f64) -> String {
    format!("{}/{}", kv_words(high), kv_words(low))
}
