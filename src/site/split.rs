//! A set of identical units drawn as several parts: N single ones, or two sets.
//!
//! What the parts carry together is what the set carried: ratings of its links are shared out by the units that carry load,
//! money by all units. What is left after a loss is another matter. Single parts have no spares, as each of them carries
//! load; of two sets each falls back on its own spares alone, and one outlives the other.

mod pieces;

use super::{Address, Component, Kind, Object, Override, Site};
use pieces::pieces;

/// Most parts that one is split into: more cannot be told apart on a drawing.
pub const MOST_PARTS: u32 = 200;

/// Identical units of a set, and how many of them stand by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    pub units: u32,
    pub spare_units: u32,
}

impl Units {
    pub fn of(part: &Component) -> Self {
        Self { units: part.units, spare_units: part.spare_units }
    }

    /// Units that carry load.
    pub fn working(self) -> u32 {
        self.units.saturating_sub(self.spare_units)
    }

    /// Units that carry load once one is lost.
    pub fn after_a_loss(self) -> u32 {
        self.working().min(self.units.saturating_sub(1))
    }

    /// About half of the set: the spares stay with the first half, which is the larger one.
    pub fn second_half(self) -> Self {
        Self { units: self.working() / 2, spare_units: 0 }
    }

    /// What is left of the set without a part of it; `None` where one of the two would carry nothing.
    pub fn without(self, second: Self) -> Option<Self> {
        let first = Self {
            units: self.units.checked_sub(second.units)?,
            spare_units: self.spare_units.checked_sub(second.spare_units)?,
        };
        (first.working() > 0 && second.working() > 0).then_some(first)
    }
}

/// Whether a set can be split at all.
fn can_be_parts(site: &Site, id: &str) -> Result<Units, String> {
    let part = site.component(id).ok_or_else(|| format!("there is no part `{id}`"))?;
    let name = name_of(site, id);
    if part.units < 2 {
        return Err(format!("{name} is one unit already"));
    }
    if matches!(part.kind, Kind::GridFeed(_)) {
        return Err(format!(
            "{name} has one contract, tariff and set of bills; draw a second feed with those of its own"
        ));
    }
    if site.scenarios.iter().any(|scenario| scenario.overrides.iter().any(|change| is_units(change, id))) {
        return Err(format!("a scenario changes how many units {name} has; take that back first"));
    }
    Ok(Units::of(part))
}

/// Whether a part can be split into single ones, and into how many.
///
/// # Errors
/// Why not, with what would do.
pub fn can_split(site: &Site, id: &str) -> Result<u32, String> {
    let set = can_be_parts(site, id)?;
    let name = name_of(site, id);
    // Each of N parts carries load, so N parts in place of N-1 and a spare would carry more.
    if set.spare_units > 0 {
        return Err(format!(
            "{name} keeps {} of its {} units as spare, which single parts cannot; split it into two sets, or set its \
             spare units to 0 first",
            set.spare_units, set.units
        ));
    }
    if set.units > MOST_PARTS {
        return Err(format!(
            "{name} has {} units; a drawing shows at most {MOST_PARTS} of them one by one",
            set.units
        ));
    }
    Ok(set.units)
}

/// Whether a set can give up so many of its units to a second one; what the first keeps.
///
/// # Errors
/// Why not, with what would do.
pub fn can_split_in_two(site: &Site, id: &str, second: Units) -> Result<Units, String> {
    let set = can_be_parts(site, id)?;
    let name = name_of(site, id);
    let words = |of: Units| format!("{} units, {} of them spare", of.units, of.spare_units);
    if set.working() < 2 {
        return Err(format!("only one unit of {name} carries load; a set of its own would leave it none"));
    }
    set.without(second).ok_or_else(|| {
        format!(
            "{name} has {}: a second set of {} leaves no two sets that carry load; give it 1 to {} units that do, and \
             at most {} spare",
            words(set),
            words(second),
            set.working() - 1,
            set.spare_units
        )
    })
}

fn name_of(site: &Site, id: &str) -> String {
    site.object_name(&Object::Component(id.to_owned()))
}

fn is_units(change: &Override, id: &str) -> bool {
    let about = |at: &Address| at.object == Object::Component(id.to_owned());
    matches!(change, Override::Value { at, .. } if about(at) && matches!(at.field.as_str(), "units" | "spare_units"))
}

/// Draws a set of N units as N parts of one unit: side by side, each with the links of the set, a price, a block and a
/// rating of its links of which N make those of the set, and what scenarios and sources say of it. The first keeps
/// the id.
///
/// # Errors
/// [`can_split`]'s.
pub(super) fn split(site: &mut Site, id: &str) -> Result<String, String> {
    let count = can_split(site, id)?;
    let label = format!("Split {} into {count}", name_of(site, id));
    pieces(site, id, &vec![Units { units: 1, spare_units: 0 }; count as usize])?;
    Ok(label)
}

/// Draws a set as two, each with the links of the set.
///
/// # Errors
/// [`can_split_in_two`]'s.
pub(super) fn split_in_two(site: &mut Site, id: &str, second: Units) -> Result<String, String> {
    let first = can_split_in_two(site, id, second)?;
    let label = format!("Split {} into sets of {} and {}", name_of(site, id), first.units, second.units);
    pieces(site, id, &[first, second])?;
    Ok(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::{
        Electrical, Evidence, Link, Medium, Planned, Point, Provenance, Removal, Scenario, Serves, State,
    };

    fn part(id: &str, units: u32, kind: Kind, at: f64) -> Component {
        Component {
            tag: id.to_uppercase(),
            units,
            at_schematic: Point { x: at, y: 0.0 },
            ..Component::standing(id, kind)
        }
    }

    /// A set of four between two buses, with a link that limits, a source and a scenario.
    fn set_of_four() -> Site {
        let bus = || Kind::Switchgear(Electrical { rating_mva: 50.0, loss_share: 0.0 });
        let unit = Kind::Transformer(Electrical { rating_mva: 3.0, loss_share: 0.01 });
        let mut site = Site::empty("four");
        site.components =
            vec![part("bus", 1, bus(), 0.0), part("x", 4, unit, 200.0), part("lv", 1, bus(), 400.0)];
        site.components[1].state = State::Planned(Planned {
            fixed_usd: 400.0,
            usd_per_mw: 7.0,
            block_mw: Some(6.0),
            ..Planned::default()
        });
        let link = |from: &str, to: &str, rating_mw| Link {
            id: format!("{from}_{to}"),
            from: from.into(),
            to: to.into(),
            medium: Medium::Power { serves: Serves::Both, normally_open: false },
            rating_mw,
            note: "cable".into(),
        };
        site.links = vec![link("bus", "x", Some(10.0)), link("x", "lv", None)];
        let at = |field: &str| Address::new(Object::Component("x".into()), field);
        site.provenance.push(Provenance {
            at: at("usd_per_mw"),
            source: "quote".into(),
            as_of: None,
            evidence: Evidence::Quote,
            private: false,
            low: None,
            high: None,
        });
        let overrides = vec![
            Override::Value { at: at("fixed_usd"), value: Some(800.0) },
            Override::State {
                component: "x".into(),
                state: State::Existing(Some(Removal {
                    cost_usd: 40.0,
                    salvage_usd: 0.0,
                    months: 1.0,
                    earliest: None,
                })),
            },
        ];
        site.scenarios.push(Scenario { name: "dear".into(), overrides, note: String::new() });
        site
    }

    #[test]
    fn four_single_parts_keep_links_totals_and_what_is_said_of_them() {
        let site = set_of_four();
        let (after, label) = apply(&site, &Edit::Split("x".into())).unwrap();
        assert_eq!(label, "Split X into 4");
        let ids: Vec<&str> = after.components.iter().map(|part| part.id.as_str()).collect();
        assert_eq!(ids, ["bus", "x", "x-2", "x-3", "x-4", "lv"]);
        let of = |site: &Site, what: &dyn Fn(&Component) -> f64| -> f64 {
            site.components.iter().filter(|part| part.id.starts_with('x')).map(what).sum()
        };
        let planned = |part: &Component| {
            part.planned().map_or(0.0, |planned| planned.fixed_usd + planned.usd_per_mw * part.rating_mw())
        };
        assert_eq!(of(&after, &Component::rating_mw), of(&site, &Component::rating_mw));
        assert_eq!(of(&after, &planned), of(&site, &planned));
        assert_eq!(after.components[2].planned().unwrap().block_mw, Some(3.0));
        let into: Vec<&Link> = after.links.iter().filter(|link| link.from == "bus").collect();
        assert_eq!((into.len(), into.iter().filter_map(|link| link.rating_mw).sum::<f64>()), (4, 10.0));
        assert_eq!(after.links.iter().filter(|link| link.to == "lv").count(), 4);
        assert_eq!(after.provenance.len(), 4);
        let said = &after.scenarios[0].overrides;
        assert_eq!(said.len(), 8);
        let fixed: f64 = said
            .iter()
            .filter_map(|change| match change {
                Override::Value { value, .. } => *value,
                _ => None,
            })
            .sum();
        assert_eq!(fixed, 800.0);
        // Nothing lies on anything in the row.
        let mut row: Vec<f64> = after.components.iter().map(|part| part.at_schematic.x).collect();
        row.sort_by(f64::total_cmp);
        assert!(row.windows(2).all(|pair| pair[1] - pair[0] >= 100.0), "{row:?}");
    }

    #[test]
    fn what_cannot_be_split_says_why() {
        let mut site = set_of_four();
        let refused = |site: &Site, id: &str| apply(site, &Edit::Split(id.into())).unwrap_err();
        assert!(refused(&site, "bus").contains("BUS is one unit"));
        assert!(refused(&site, "gone").contains("no part `gone`"));
        site.components[1].spare_units = 1;
        assert!(refused(&site, "x").contains("spare"));
        site.components[1].spare_units = 0;
        site.components[1].units = u32::MAX;
        assert!(refused(&site, "x").contains("at most 200"));
        site.components[1].units = 4;
        let at = Address::new(Object::Component("x".into()), "units");
        site.scenarios[0].overrides.push(Override::Value { at, value: Some(5.0) });
        assert!(refused(&site, "x").contains("a scenario changes"));
        site.components[0].kind = feed();
        site.components[0].units = 2;
        assert!(refused(&site, "bus").contains("one contract"));
    }

    fn feed() -> Kind {
        Kind::GridFeed(crate::site::GridFeed {
            interconnection_mw: 10.0,
            contract_mw: Vec::new(),
            firm_mw: Vec::new(),
            tariff: crate::site::Tariff::default(),
            minimum_take_share: 0.0,
            deposit_usd: 0.0,
            curtailment: crate::site::Curtailment::default(),
            load: None,
            bills: Vec::new(),
        })
    }

    fn in_two(site: &Site, units: u32, spare_units: u32) -> Result<(Site, String), String> {
        let second = Units { units, spare_units };
        apply(site, &Edit::SplitInTwo { part: "x".into(), second })
    }

    /// 7 x 2.5 and a spare become 4 with the spare and 3: what they carry, cost and let through is that of the set.
    #[test]
    fn two_sets_have_the_units_spares_ratings_and_prices_of_one_among_them() {
        let mut site = set_of_four();
        (site.components[1].units, site.components[1].spare_units) = (8, 1);
        let rate = Address::new(Object::Link("bus_x".into()), "rating_mw");
        site.scenarios[0].overrides.push(Override::Value { at: rate, value: Some(14.0) });
        let price = Address::new(Object::Component("x".into()), "usd_per_mw");
        site.scenarios[0].overrides.push(Override::Value { at: price, value: Some(70.0) });
        site.provenance[0].low = Some(5.0);
        let (after, label) = in_two(&site, 3, 0).unwrap();
        assert_eq!(label, "Split X into sets of 5 and 3");
        let [first, second] = [&after.components[1], &after.components[2]];
        assert_eq!((first.units, first.spare_units, second.units, second.spare_units), (5, 1, 3, 0));
        assert_eq!((first.id.as_str(), second.id.as_str()), ("x", "x-2"));
        assert_eq!(first.rating_mw() + second.rating_mw(), site.components[1].rating_mw());
        let price = |part: &Component| {
            part.planned().map_or(0.0, |planned| planned.fixed_usd + planned.usd_per_mw * part.rating_mw())
        };
        let near = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} is not {b}");
        near(price(first) + price(second), price(&site.components[1]));
        // A unit costs the same in both: 8 of them were 7 x 3 MW at 7 a usable MW.
        near(second.planned().unwrap().usd_per_mw * second.rating_mw() / 3.0, 7.0 * 21.0 / 8.0);
        let into: f64 =
            after.links.iter().filter(|link| link.from == "bus").filter_map(|link| link.rating_mw).sum();
        near(into, 10.0);
        let said = &after.scenarios[0].overrides;
        let sum = |key: &str| -> f64 {
            let values = said.iter().filter_map(|change| match change {
                Override::Value { at, value } if at.field == key => *value,
                _ => None,
            });
            values.sum()
        };
        near(sum("rating_mw"), 14.0);
        near(sum("fixed_usd"), 800.0);
        near(after.provenance[0].low.unwrap(), 5.0 * (5.0 / 8.0) / (4.0 / 7.0));
        // The other way round the spare goes with the second set.
        let (other, _) = in_two(&site, 4, 1).unwrap();
        assert_eq!((other.components[1].units, other.components[1].spare_units), (4, 0));
    }

    #[test]
    fn what_makes_no_two_sets_says_what_would() {
        let mut site = set_of_four();
        (site.components[1].units, site.components[1].spare_units) = (8, 1);
        let huge = u32::MAX;
        for (units, spare) in
            [(0, 0), (8, 0), (8, 1), (7, 0), (1, 1), (3, 2), (huge, 0), (huge, huge), (0, 1)]
        {
            let why = in_two(&site, units, spare).unwrap_err();
            assert!(why.contains("give it 1 to 6 units that do"), "{units} {spare}: {why}");
        }
        assert_eq!(Units::of(&site.components[1]).second_half(), Units { units: 3, spare_units: 0 });
        assert!(in_two(&site, 1, 0).is_ok() && in_two(&site, 6, 0).is_ok() && in_two(&site, 7, 1).is_ok());
        (site.components[1].units, site.components[1].spare_units) = (2, 1);
        assert!(in_two(&site, 1, 0).unwrap_err().contains("only one unit of X carries load"));
        // A set that is too large to be drawn one by one is still two.
        (site.components[1].units, site.components[1].spare_units) = (10_000, 0);
        assert_eq!(in_two(&site, 2_500, 0).unwrap().0.components[1].units, 7_500);
    }
}
