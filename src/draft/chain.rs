//! The electrical and cooling chain of a hosting hall, sized from the IT load upwards.
//!
//! Power, from the hall up: PDU, UPS, switchboard, transfer switch with gensets, transformer. Heat, from the hall out:
//! what takes it from the racks, then what gives it to the outdoors. Each stage carries what the one below takes at
//! the design hour, its losses included: `in = out / (1 - loss)`.

use super::equipment::{Units, value};
use super::pen::{Label, Pen, power};
use super::site::{units_of, voltages};
use crate::site::{Medium, Serves, Side};

/// What may fail without hosting being lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resilience {
    /// One chain without a spare.
    N,
    /// One chain with a spare unit in each set.
    NPlus1,
    /// Two chains, each for the whole load, and a spare genset.
    #[default]
    TwoN,
}

impl Resilience {
    pub const ALL: [Self; 3] = [Self::N, Self::NPlus1, Self::TwoN];

    pub fn label(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::NPlus1 => "N+1",
            Self::TwoN => "2N",
        }
    }

    fn sides(self) -> &'static [(&'static str, Side, f64)] {
        match self {
            Self::N | Self::NPlus1 => &[("", Side::None, -1.0)],
            Self::TwoN => &[("A", Side::A, -1.0), ("B", Side::B, 1.0)],
        }
    }

    fn spare(self) -> u32 {
        u32::from(self == Self::NPlus1)
    }

    fn spare_genset(self) -> u32 {
        u32::from(self != Self::N)
    }
}

/// How the racks are cooled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cooled {
    Air,
    RearDoor,
    /// Cold plates, and air for the rest of the heat.
    #[default]
    Liquid,
    Immersion,
}

impl Cooled {
    pub const ALL: [Self; 4] = [Self::Air, Self::RearDoor, Self::Liquid, Self::Immersion];

    pub fn label(self) -> &'static str {
        match self {
            Self::Air => "Air (CRAH)",
            Self::RearDoor => "Rear doors",
            Self::Liquid => "Liquid (cold plate)",
            Self::Immersion => "Immersion",
        }
    }

    /// The word in the tables, and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::RearDoor => "rear-door",
            Self::Liquid => "liquid",
            Self::Immersion => "immersion",
        }
    }

    /// Rack density that is usual, kW.
    pub fn usual_kw_per_rack(self) -> f64 {
        value(self.key(), "kw_per_rack")
    }

    /// What takes the heat the racks give to liquid, and what they give to air.
    fn indoors(self) -> (Option<Indoor>, Option<Indoor>) {
        const CRAH: Indoor = Indoor { part: "crah", tag: "CRAH", name: "CRAHs" };
        const DOORS: Indoor = Indoor { part: "rear-door", tag: "RDHX", name: "Rear doors" };
        const CDU: Indoor = Indoor { part: "cdu", tag: "CDU", name: "CDUs" };
        const TANKS: Indoor = Indoor { part: "immersion", tag: "IMM", name: "Immersion tanks" };
        match self {
            Self::Air => (None, Some(CRAH)),
            Self::RearDoor => (None, Some(DOORS)),
            Self::Liquid => (Some(CDU), Some(CRAH)),
            Self::Immersion => (Some(TANKS), None),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Indoor {
    part: &'static str,
    tag: &'static str,
    name: &'static str,
}

/// What gives the heat of the liquid loop to the outdoors. The air loop, at 24 to 27 °C, has chillers: summer air is
/// warmer than that at most sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chilling {
    #[default]
    DryCooler,
    Adiabatic,
    CoolingTower,
    Chiller,
}

impl Chilling {
    pub const ALL: [Self; 4] = [Self::DryCooler, Self::Adiabatic, Self::CoolingTower, Self::Chiller];

    pub fn label(self) -> &'static str {
        match self {
            Self::DryCooler => "Dry coolers",
            Self::Adiabatic => "Adiabatic coolers",
            Self::CoolingTower => "Cooling towers",
            Self::Chiller => "Chillers",
        }
    }

    /// The typical part, which is also the word on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::DryCooler => "dry-cooler",
            Self::Adiabatic => "adiabatic-cooler",
            Self::CoolingTower => "cooling-tower",
            Self::Chiller => "chiller",
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::DryCooler => "DRY",
            Self::Adiabatic => "ADI",
            Self::CoolingTower => "CT",
            Self::Chiller => "CH",
        }
    }
}

/// What a chain is made for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted<'a> {
    /// Id of the hall.
    pub hall: &'a str,
    /// What stands for the hall in ids, tags and names: `1`, `WEST`.
    pub suffix: &'a str,
    pub at: (f64, f64),
    pub mw: f64,
    pub resilience: Resilience,
    pub cooled: Cooled,
    pub chilling: Chilling,
    pub has_ups: bool,
    pub has_gensets: bool,
    pub low_kv: f64,
    /// What feeds each side, with its voltage: one entry, or one a side.
    pub feeders: &'a [(String, f64)],
}

/// Rows of a chain above and below the middle of its hall, in drawing units.
const ROW_UNIT: f64 = -456.0;
const ROW_ATS: f64 = -368.0;
const ROW_BOARD: f64 = -280.0;
const ROW_UPS: f64 = -192.0;
const ROW_PDU: f64 = -112.0;
const ROW_COOLING: f64 = 144.0;
const ROW_REJECTION: f64 = 232.0;
/// Columns of a chain beside the middle of its hall: liquid and power, air, gensets.
const COLUMN: f64 = 136.0;
const COLUMN_AIR: f64 = 216.0;

/// Draws the chain; `None` where a load is larger than any set of units.
pub(super) fn draw(pen: &mut Pen<'_>, wanted: &Wanted<'_>) -> Option<()> {
    let margin = 1.0 + value("design", "margin_share");
    let mut boards = Vec::new();
    let mut standby_mw = 0.0_f64;
    for (letter, side, way) in wanted.resilience.sides() {
        let side = Chain { wanted, letter, side: *side, way: *way, margin };
        let (board, entry, taken_mw) = side.draw(pen)?;
        standby_mw = standby_mw.max(taken_mw);
        boards.push((board, entry));
    }
    if wanted.has_gensets {
        let units = units_of(pen, "genset", standby_mw, wanted.resilience.spare_genset())?;
        let at = match wanted.resilience {
            Resilience::TwoN => (wanted.at.0 + COLUMN_AIR, wanted.at.1 + ROW_UNIT),
            _ => (wanted.at.0 - COLUMN_AIR, wanted.at.1 + ROW_UNIT),
        };
        let gensets = place(pen, wanted, "genset", "gen", "GEN", "Gensets", "", Side::None, at, units);
        if let Some(part) = pen.last() {
            (part.kv_in, part.kv_out) = (None, Some(wanted.low_kv));
        }
        for (_, entry) in &boards {
            pen.join(&gensets, entry, power(Serves::Hosting));
        }
    }
    Some(())
}

/// One side of a chain.
struct Chain<'a> {
    wanted: &'a Wanted<'a>,
    letter: &'a str,
    side: Side,
    /// Left or right of the hall.
    way: f64,
    margin: f64,
}

impl Chain<'_> {
    /// Gives the switchboard, what gensets are joined to, and what that takes, MW.
    fn draw(&self, pen: &mut Pen<'_>) -> Option<(String, String, f64)> {
        let wanted = self.wanted;
        let liquid_mw = wanted.mw * value(wanted.cooled.key(), "liquid_share");
        let (liquid, air) = wanted.cooled.indoors();
        let loops = [
            liquid.map(|indoor| (indoor, liquid_mw, wanted.chilling, COLUMN)),
            air.map(|indoor| (indoor, wanted.mw - liquid_mw, Chilling::Chiller, COLUMN_AIR)),
        ];
        let mut devices: Vec<(String, f64)> = Vec::new();
        let mut rejectors: Vec<(String, f64)> = Vec::new();
        for (indoor, heat_mw, chilling, column) in loops.into_iter().flatten() {
            if heat_mw <= 0.0 {
                continue;
            }
            let column = if liquid.is_none() { COLUMN } else { column };
            let (device, device_mw) =
                self.cooler(pen, indoor.part, indoor.tag, indoor.name, heat_mw, column, ROW_COOLING)?;
            let medium = match indoor.part {
                "crah" | "rear-door" => Medium::Air { serves: Serves::Hosting },
                _ => Medium::Liquid { serves: Serves::Hosting },
            };
            pen.join(wanted.hall, &device, medium);
            let onward_mw = heat_mw + device_mw;
            // Both loops may have chillers; the air loop always does.
            let is_second =
                chilling == Chilling::Chiller && matches!(indoor.part, "cdu" | "immersion") && air.is_some();
            let (tag, name) = if is_second {
                ("LCH", "Chillers of the liquid loop")
            } else {
                (chilling.tag(), chilling.label())
            };
            let (last, last_mw) =
                self.cooler(pen, chilling.key(), tag, name, onward_mw, column, ROW_REJECTION)?;
            pen.join(&device, &last, Medium::Liquid { serves: Serves::Hosting });
            devices.push((device, device_mw));
            rejectors.push((last, last_mw));
        }

        // From the hall up. What the racks need without a break hangs on the UPS; the outdoors may wait for the gensets.
        let mut out_mw = wanted.mw + devices.iter().map(|(_, mw)| mw).sum::<f64>();
        let pdu = self.stage(pen, "pdu", "PDU", "PDU and busway", ROW_PDU, &mut out_mw)?;
        pen.join(&pdu, wanted.hall, power(Serves::Hosting));
        for (device, _) in &devices {
            pen.join(&pdu, device, power(Serves::Hosting));
        }
        let mut below = pdu;
        if wanted.has_ups {
            let ups = self.stage(pen, "ups", "UPS", "UPS", ROW_UPS, &mut out_mw)?;
            pen.join(&ups, &below, power(Serves::Hosting));
            below = ups;
        }
        out_mw += rejectors.iter().map(|(_, mw)| mw).sum::<f64>();
        let board =
            self.stage(pen, "switchboard", "SB", "Switchboards for hosting", ROW_BOARD, &mut out_mw)?;
        pen.join(&board, &below, power(Serves::Hosting));
        for (rejector, _) in &rejectors {
            pen.join(&board, rejector, power(Serves::Hosting));
        }
        let mut entry = board.clone();
        if wanted.has_gensets {
            let ats = self.stage(pen, "ats", "ATS", "Transfer switches", ROW_ATS, &mut out_mw)?;
            pen.join(&ats, &board, power(Serves::Hosting));
            entry = ats;
        }
        let standby_mw = out_mw * self.margin;
        let first = usize::from(self.side == Side::B).min(wanted.feeders.len().saturating_sub(1));
        let (feeder, feeder_kv) = wanted.feeders.get(first)?;
        let needs_transformer = (feeder_kv - wanted.low_kv).abs() > 0.01 * feeder_kv.max(wanted.low_kv);
        if needs_transformer {
            let unit =
                self.stage(pen, "unit-transformer", "TX", "Transformers for hosting", ROW_UNIT, &mut out_mw)?;
            if let Some(part) = pen.last() {
                part.name = format!("{}, {} kV", part.name, voltages(*feeder_kv, wanted.low_kv));
                (part.kv_in, part.kv_out) = (Some(*feeder_kv), Some(wanted.low_kv));
            }
            pen.join(feeder, &unit, power(Serves::Hosting));
            pen.join(&unit, &entry, power(Serves::Hosting));
        } else {
            pen.join(feeder, &entry, power(Serves::Hosting));
        }
        Some((board, entry, standby_mw))
    }

    /// A stage of the power chain that gives `out_mw`, which becomes what it takes.
    fn stage(
        &self,
        pen: &mut Pen<'_>,
        part: &str,
        tag: &str,
        name: &str,
        row: f64,
        out_mw: &mut f64,
    ) -> Option<String> {
        let typical = pen.typical(part);
        *out_mw /= 1.0 - typical.loss_share();
        // A rating is of what comes in.
        let units = units_of(pen, part, *out_mw * self.margin, self.wanted.resilience.spare())?;
        let at = (self.wanted.at.0 + self.way * COLUMN, self.wanted.at.1 + row);
        let id = tag.to_lowercase();
        let id = place(pen, self.wanted, part, &id, tag, name, self.letter, self.side, at, units);
        if let Some(part) = pen.last() {
            (part.kv_in, part.kv_out) = (Some(self.wanted.low_kv), Some(self.wanted.low_kv));
        }
        Some(id)
    }

    /// A stage of the way of the heat; gives its id and the power it takes at the design hour, MW.
    #[expect(
        clippy::too_many_arguments,
        reason = "what it is, what it is called, what it carries and where it goes"
    )]
    fn cooler(
        &self,
        pen: &mut Pen<'_>,
        part: &str,
        tag: &str,
        name: &str,
        heat_mw: f64,
        column: f64,
        row: f64,
    ) -> Option<(String, f64)> {
        let share = pen.typical(part).kind.cooling().map_or(0.0, |cooling| cooling.design_hour_power_share);
        let units = units_of(pen, part, heat_mw * self.margin, self.wanted.resilience.spare())?;
        let at = (self.wanted.at.0 + self.way * column, self.wanted.at.1 + row);
        let id =
            place(pen, self.wanted, part, &tag.to_lowercase(), tag, name, self.letter, self.side, at, units);
        if let Some(part) = pen.last() {
            (part.kv_in, part.kv_out) = (Some(self.wanted.low_kv), None);
        }
        Some((id, heat_mw * share))
    }
}

/// Draws units that may be built; gives their id.
#[expect(clippy::too_many_arguments, reason = "what it is, what it is called and where it goes")]
fn place(
    pen: &mut Pen<'_>,
    wanted: &Wanted<'_>,
    part: &str,
    id: &str,
    tag: &str,
    name: &str,
    letter: &str,
    side: Side,
    at: (f64, f64),
    units: Units,
) -> String {
    let suffix = wanted.suffix;
    let lower = format!("{}{}", suffix.to_lowercase(), letter.to_lowercase());
    let side_words = if letter.is_empty() { String::new() } else { format!(", side {letter}") };
    let label = Label::new(
        format!("{id}-{lower}"),
        format!("{tag} {suffix}{letter}"),
        format!("{name} of hall {suffix}{side_words}"),
        at,
    );
    let id = pen.part(part, label.on(side), units);
    pen.may_be_built(part);
    id
}
