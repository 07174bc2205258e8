//! What a user does to the energy price of a grid feed, as one edit: the tariff with everything that is said of its
//! prices elsewhere. Prices of periods are addressed by their place in the list, so that what scenarios and sources say of
//! them has to move with the list.

use crate::file::catalogue::planning;
use crate::market::decks;
use crate::market::power::{annual_mean, deck_of};
use crate::quantity::Date;
use crate::site::edit::Edit;
use crate::site::tariff::MOST_PERIODS;
use crate::site::{
    Address, Days, EnergyPrice, FixedBlock, FlatPrice, Object, Override, Provenance, Site, Tariff, TimeOfUse,
    TimeOfUsePeriod,
};

/// How the price of energy is set, without its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyKind {
    Index,
    Flat,
    TimeOfUse,
}

impl EnergyKind {
    pub const ALL: [Self; 3] = [Self::Index, Self::Flat, Self::TimeOfUse];

    pub fn of(energy: &EnergyPrice) -> Self {
        match energy {
            EnergyPrice::Index => Self::Index,
            EnergyPrice::Flat(_) => Self::Flat,
            EnergyPrice::TimeOfUse(_) => Self::TimeOfUse,
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Index => "Index",
            Self::Flat => "Flat",
            Self::TimeOfUse => "Time of use",
        }
    }
}

/// A change of one grid feed's tariff that is no number: numbers are edited like all others.
#[derive(Clone, Debug, PartialEq)]
pub enum TariffChange {
    Kind(EnergyKind),
    /// Id of a deck of the site, or of one that comes with the program and is then put into the site.
    Deck(String),
    /// A period at the end of the list that names every hour, at the price of the other hours: nothing costs more or less
    /// until the user says so.
    AddPeriod,
    RemovePeriod(usize),
    /// Two neighbours of the list change places: this one and the next.
    SwapWithNext(usize),
    /// Name, months, days and hours; the price stays.
    Describe(usize, Box<TimeOfUsePeriod>),
    /// A fixed-price block of no megawatts at the mean price of energy, to be filled in.
    AddBlock,
    RemoveBlock,
    BlockUntil(Option<Date>),
}

/// An edit, and how many values of scenarios it takes out since what they are about is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct TariffEdit {
    pub edit: Edit,
    pub lost: usize,
}

/// What becomes of a number's address.
enum Fate {
    Stays,
    Moves(String),
    Goes,
}

/// The key of the price of a period, counted from zero, in the table of numbers.
pub fn period_key(index: usize) -> String {
    format!("period_{}_usd_per_mwh", index + 1)
}

/// True for the numbers that the page of the tariff shows itself.
pub fn is_own(key: &str) -> bool {
    const OWN: [&str; 6] = [
        "flat_usd_per_mwh",
        "flat_market_share",
        "otherwise_usd_per_mwh",
        "time_of_use_market_share",
        "block_mw",
        "block_usd_per_mwh",
    ];
    OWN.contains(&key) || (0..MOST_PERIODS).any(|index| key == period_key(index))
}

/// The edit of a change to the base case of `site`: its tariff is the same in every scenario.
///
/// # Errors
/// A sentence where the feed, the period or the deck does not exist, or the list is full.
pub fn edit(site: &Site, feed: &str, change: &TariffChange) -> Result<TariffEdit, String> {
    let object = Object::Component(feed.to_owned());
    let name = site.object_name(&object);
    let found = site.grid_feeds().find(|(component, _)| component.id == feed);
    let (_, grid) = found.ok_or_else(|| format!("there is no grid feed `{feed}` any more"))?;
    let mut tariff = grid.tariff.clone();
    let mut edits = Vec::new();
    let mut fate: Box<dyn Fn(&str) -> Fate> = Box::new(|_| Fate::Stays);
    let label = match change {
        TariffChange::Kind(kind) => {
            let before = EnergyKind::of(&tariff.energy);
            if *kind != before {
                tariff.energy = energy_of(site, &tariff, *kind);
                fate = Box::new(|key| {
                    if is_own(key) && !key.starts_with("block_") { Fate::Goes } else { Fate::Stays }
                });
            }
            match kind {
                EnergyKind::Index => format!("Buy the energy of {name} at an index"),
                EnergyKind::Flat => format!("Buy the energy of {name} at a flat price"),
                EnergyKind::TimeOfUse => format!("Buy the energy of {name} by time of use"),
            }
        }
        TariffChange::Deck(id) => {
            let deck = match site.price_deck(id) {
                Some(deck) => deck.clone(),
                None => {
                    let shipped = decks::built_in().into_iter().find(|deck| deck.id == *id);
                    let deck = shipped.ok_or_else(|| format!("there is no price deck `{id}`"))?;
                    edits.push(Edit::PutPriceDeck(Box::new(deck.clone())));
                    deck
                }
            };
            tariff.price_deck.clone_from(id);
            format!("Buy the energy of {name} at {}", deck.name)
        }
        TariffChange::AddPeriod => {
            let periods = &mut time_of_use(&mut tariff, &name)?.periods;
            if periods.len() >= MOST_PERIODS {
                return Err(format!(
                    "a tariff has {MOST_PERIODS} periods at most: join two, or use the price of other hours"
                ));
            }
            let number =
                (1..).find(|number| periods.iter().all(|period| period.name != period_name(*number)));
            let prices = time_of_use(&mut tariff, &name)?;
            prices.periods.push(TimeOfUsePeriod {
                name: period_name(number.unwrap_or(1)),
                from_month: 1,
                to_month: 12,
                days: Days::All,
                from_hour: 0,
                to_hour: 24,
                usd_per_mwh: prices.otherwise_usd_per_mwh,
            });
            format!("Add a period to the tariff of {name}")
        }
        TariffChange::RemovePeriod(index) => {
            period(&mut tariff, &name, *index)?;
            let gone = *index;
            let removed = time_of_use(&mut tariff, &name)?.periods.remove(gone);
            fate = Box::new(move |key| match index_of(key) {
                Some(index) if index == gone => Fate::Goes,
                Some(index) if index > gone => Fate::Moves(period_key(index - 1)),
                _ => Fate::Stays,
            });
            format!("Remove the period {} of {name}", removed.name)
        }
        TariffChange::SwapWithNext(index) => {
            let first = *index;
            let one = period(&mut tariff, &name, first)?.name.clone();
            let other = period(&mut tariff, &name, first + 1)?.name.clone();
            time_of_use(&mut tariff, &name)?.periods.swap(first, first + 1);
            fate = Box::new(move |key| match index_of(key) {
                Some(index) if index == first => Fate::Moves(period_key(first + 1)),
                Some(index) if index == first + 1 => Fate::Moves(period_key(first)),
                _ => Fate::Stays,
            });
            format!("Swap the periods {one} and {other} of {name}")
        }
        TariffChange::Describe(index, words) => {
            let period = period(&mut tariff, &name, *index)?;
            *period = TimeOfUsePeriod { usd_per_mwh: period.usd_per_mwh, ..words.as_ref().clone() };
            format!("Change the period {} of {name}", period.name)
        }
        TariffChange::AddBlock => {
            let usd_per_mwh = mean_price(site, &tariff);
            tariff.block.get_or_insert(FixedBlock { mw: 0.0, usd_per_mwh, until: None });
            format!("Add a fixed-price block to {name}")
        }
        TariffChange::RemoveBlock => {
            tariff.block = None;
            fate = Box::new(|key| if key.starts_with("block_") { Fate::Goes } else { Fate::Stays });
            format!("Remove the fixed-price block of {name}")
        }
        TariffChange::BlockUntil(until) => {
            let block = tariff.block.as_mut().ok_or_else(|| format!("{name} has no fixed-price block"))?;
            block.until = *until;
            format!("Change the end of the fixed-price block of {name}")
        }
    };
    edits.push(Edit::SetTariff { feed: feed.to_owned(), tariff: Box::new(tariff) });
    let (mut all, after, lost) = elsewhere(site, &object, fate.as_ref());
    all.extend(edits);
    all.extend(after);
    Ok(TariffEdit { edit: Edit::Together { label, edits: all }, lost })
}

/// What scenarios and sources say of the numbers whose address changes: edits that take it out, to be made before the
/// tariff changes, those that say it at the new address, and the count of what falls away.
fn elsewhere(site: &Site, object: &Object, fate: &dyn Fn(&str) -> Fate) -> (Vec<Edit>, Vec<Edit>, usize) {
    let (mut before, mut after, mut lost) = (Vec::new(), Vec::new(), 0);
    for scenario in &site.scenarios {
        for change in &scenario.overrides {
            let Override::Value { at, value } = change else { continue };
            let fate = if at.object == *object { fate(&at.field) } else { Fate::Stays };
            if matches!(fate, Fate::Stays) {
                continue;
            }
            let scenario = scenario.name.clone();
            before.push(Edit::ClearOverride { scenario: scenario.clone(), like: change.clone() });
            match fate {
                Fate::Moves(key) => {
                    let change = Override::Value { at: Address::new(object.clone(), &key), value: *value };
                    after.push(Edit::Override { scenario, change });
                }
                _ => lost += 1,
            }
        }
    }
    for known in site.provenance.iter().filter(|known| known.at.object == *object) {
        let fate = fate(&known.at.field);
        if matches!(fate, Fate::Stays) {
            continue;
        }
        before.push(Edit::SetProvenance { at: known.at.clone(), entry: None });
        if let Fate::Moves(key) = fate {
            let at = Address::new(object.clone(), &key);
            let entry = Provenance { at: at.clone(), ..known.clone() };
            after.push(Edit::SetProvenance { at, entry: Some(entry) });
        }
    }
    (before, after, lost)
}

/// Another kind of price at the level of the one before.
fn energy_of(site: &Site, tariff: &Tariff, kind: EnergyKind) -> EnergyPrice {
    let level = mean_price(site, tariff);
    // A share that was agreed goes along; that of an index is of another thing.
    let market_share = match &tariff.energy {
        EnergyPrice::Index => 0.0,
        EnergyPrice::Flat(price) => price.market_share,
        EnergyPrice::TimeOfUse(prices) => prices.market_share,
    };
    match kind {
        EnergyKind::Index => EnergyPrice::Index,
        EnergyKind::Flat => EnergyPrice::Flat(FlatPrice { usd_per_mwh: level, market_share }),
        EnergyKind::TimeOfUse => EnergyPrice::TimeOfUse(TimeOfUse {
            periods: Vec::new(),
            otherwise_usd_per_mwh: level,
            market_share,
        }),
    }
}

/// Mean price of energy over the year in whole cents; the planning value where the tariff has none.
fn mean_price(site: &Site, tariff: &Tariff) -> f64 {
    let planned = || planning().values.iter().find(|known| known.key == "grid_feeds.flat_usd_per_mwh");
    let mean = deck_of(site, tariff).map(|deck| annual_mean(&deck)).filter(|mean| mean.is_finite());
    let mean = mean.or_else(|| planned().map(|known| known.value)).unwrap_or(0.0);
    (mean * 100.0).round() / 100.0
}

fn period_name(number: usize) -> String {
    format!("Period {number}")
}

fn index_of(key: &str) -> Option<usize> {
    (0..MOST_PERIODS).find(|index| key == period_key(*index))
}

fn time_of_use<'a>(tariff: &'a mut Tariff, name: &str) -> Result<&'a mut TimeOfUse, String> {
    match &mut tariff.energy {
        EnergyPrice::TimeOfUse(prices) => Ok(prices),
        _ => Err(format!("{name} has no prices by period any more")),
    }
}

fn period<'a>(tariff: &'a mut Tariff, name: &str, index: usize) -> Result<&'a mut TimeOfUsePeriod, String> {
    let prices = time_of_use(tariff, name)?;
    prices.periods.get_mut(index).ok_or_else(|| format!("{name} has no period {} any more", index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{read_text, templates};
    use crate::site::edit::apply;
    use crate::site::{Evidence, Scenario};

    fn template() -> Site {
        read_text(templates()[0].text).0.unwrap()
    }

    fn changed(site: &Site, change: &TariffChange) -> Site {
        apply(site, &edit(site, "feed", change).unwrap().edit).unwrap().0
    }

    fn tariff(site: &Site) -> Tariff {
        site.grid_feeds().next().unwrap().1.tariff.clone()
    }

    fn value(site: &Site, key: &str) -> Option<f64> {
        site.value(&Address::new(Object::Component("feed".into()), key)).flatten()
    }

    /// Three periods of 10, 20 and 30 $/MWh, a scenario that says 11, 21 and 31, and a source of the second.
    fn three_periods() -> Site {
        let mut site = changed(&template(), &TariffChange::Kind(EnergyKind::TimeOfUse));
        let object = Object::Component("feed".into());
        let mut overrides = Vec::new();
        for index in 0..3 {
            site = changed(&site, &TariffChange::AddPeriod);
            let at = Address::new(object.clone(), &period_key(index));
            let price = (index as f64 + 1.0) * 10.0;
            site.set_value(&at, Some(price)).unwrap();
            overrides.push(Override::Value { at, value: Some(price + 1.0) });
        }
        site.scenarios = vec![Scenario { name: "dear".into(), note: String::new(), overrides }];
        site.provenance = vec![Provenance {
            at: Address::new(object, &period_key(1)),
            source: "sheet 7".into(),
            as_of: None,
            evidence: Evidence::Document,
            private: false,
            low: None,
            high: None,
        }];
        site
    }

    fn said(site: &Site) -> Vec<(String, Option<f64>)> {
        let mut said: Vec<(String, Option<f64>)> = site.scenarios[0]
            .overrides
            .iter()
            .filter_map(|change| match change {
                Override::Value { at, value } => Some((at.field.clone(), *value)),
                _ => None,
            })
            .collect();
        said.sort_by(|a, b| a.0.cmp(&b.0));
        said
    }

    #[test]
    fn another_kind_of_price_stays_at_the_level_of_the_one_before() {
        let site = template();
        let level = annual_mean(&deck_of(&site, &tariff(&site)).unwrap());
        let flat = changed(&site, &TariffChange::Kind(EnergyKind::Flat));
        assert!((value(&flat, "flat_usd_per_mwh").unwrap() - level).abs() <= 0.005);
        let by_time = changed(&flat, &TariffChange::Kind(EnergyKind::TimeOfUse));
        let again = annual_mean(&deck_of(&by_time, &tariff(&by_time)).unwrap());
        assert!((again - level).abs() <= 0.0051, "{again} {level}");
        let back = changed(&by_time, &TariffChange::Kind(EnergyKind::Index));
        assert_eq!(tariff(&back), tariff(&site));
        // Without any price the planning value stands in, not zero.
        let mut bare = site;
        bare.assumptions.price_decks.clear();
        let flat = changed(&bare, &TariffChange::Kind(EnergyKind::Flat));
        assert_eq!(value(&flat, "flat_usd_per_mwh"), Some(45.0));
    }

    #[test]
    fn a_new_period_changes_no_price_and_the_ninth_is_refused() {
        let mut site = changed(&template(), &TariffChange::Kind(EnergyKind::TimeOfUse));
        let level = annual_mean(&deck_of(&site, &tariff(&site)).unwrap());
        for _ in 0..MOST_PERIODS {
            site = changed(&site, &TariffChange::AddPeriod);
        }
        assert_eq!(annual_mean(&deck_of(&site, &tariff(&site)).unwrap()), level);
        let why = edit(&site, "feed", &TariffChange::AddPeriod).unwrap_err();
        assert!(why.contains("8 periods at most"), "{why}");
        let EnergyPrice::TimeOfUse(prices) = tariff(&site).energy else { panic!("by time of use") };
        assert_eq!(prices.periods[7].name, "Period 8");
    }

    #[test]
    fn what_scenarios_and_sources_say_of_a_price_moves_with_its_period() {
        let site = three_periods();
        let moved = changed(&site, &TariffChange::SwapWithNext(0));
        assert_eq!(value(&moved, "period_1_usd_per_mwh"), Some(20.0));
        let expected = [(0, 21.0), (1, 11.0), (2, 31.0)].map(|(index, usd)| (period_key(index), Some(usd)));
        assert_eq!(said(&moved), expected);
        assert_eq!(moved.provenance[0].at.field, "period_1_usd_per_mwh");
        assert_eq!(moved.provenance[0].source, "sheet 7");

        let removal = edit(&site, "feed", &TariffChange::RemovePeriod(0)).unwrap();
        assert_eq!(removal.lost, 1);
        let removed = changed(&site, &TariffChange::RemovePeriod(0));
        assert_eq!(said(&removed), [(period_key(0), Some(21.0)), (period_key(1), Some(31.0))]);
        assert_eq!(removed.provenance[0].at.field, "period_1_usd_per_mwh");

        let flat = edit(&site, "feed", &TariffChange::Kind(EnergyKind::Flat)).unwrap();
        assert_eq!(flat.lost, 3);
        let flat = apply(&site, &flat.edit).unwrap().0;
        assert!(said(&flat).is_empty() && flat.provenance.is_empty());
    }

    #[test]
    fn a_period_is_described_without_its_price() {
        let site = three_periods();
        let words = TimeOfUsePeriod {
            name: "Summer peak".into(),
            from_month: 6,
            to_month: 9,
            days: Days::Weekdays,
            from_hour: 13,
            to_hour: 19,
            usd_per_mwh: f64::NAN,
        };
        let site = changed(&site, &TariffChange::Describe(1, Box::new(words)));
        let EnergyPrice::TimeOfUse(prices) = tariff(&site).energy else { panic!("by time of use") };
        assert_eq!((prices.periods[1].name.as_str(), prices.periods[1].usd_per_mwh), ("Summer peak", 20.0));
    }

    #[test]
    fn a_deck_of_the_program_is_put_into_the_site_with_its_name() {
        let site = changed(&template(), &TariffChange::Deck("nyiso-north".into()));
        assert_eq!(tariff(&site).price_deck, "nyiso-north");
        assert!(site.price_deck("nyiso-north").is_some_and(|deck| !deck.source.is_empty()));
    }

    #[test]
    fn a_block_comes_and_goes_with_what_is_said_of_it() {
        let mut site = changed(&template(), &TariffChange::AddBlock);
        assert_eq!(value(&site, "block_mw"), Some(0.0));
        let at = Address::new(Object::Component("feed".into()), "block_mw");
        let overrides = vec![Override::Value { at, value: Some(20.0) }];
        site.scenarios = vec![Scenario { name: "hedged".into(), note: String::new(), overrides }];
        let until = Some(Date::constant(2028, 1, 1));
        let ended = changed(&site, &TariffChange::BlockUntil(until));
        assert_eq!(tariff(&ended).block.unwrap().until, until);
        let removal = edit(&ended, "feed", &TariffChange::RemoveBlock).unwrap();
        assert_eq!(removal.lost, 1);
        let without = apply(&ended, &removal.edit).unwrap().0;
        assert!(tariff(&without).block.is_none() && said(&without).is_empty());
    }

    #[test]
    fn what_is_not_there_is_refused_in_words() {
        let site = template();
        for (feed, change) in [
            ("nowhere", TariffChange::AddPeriod),
            ("feed", TariffChange::AddPeriod),
            ("feed", TariffChange::RemovePeriod(0)),
            ("feed", TariffChange::BlockUntil(None)),
            ("feed", TariffChange::Deck("no such".into())),
        ] {
            assert!(!edit(&site, feed, &change).unwrap_err().is_empty());
        }
        let site = three_periods();
        assert!(edit(&site, "feed", &TariffChange::SwapWithNext(2)).unwrap_err().contains("no period 4"));
    }
}
