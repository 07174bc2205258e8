//! Bills worked out by hand against the tariff's.

use super::*;
use crate::market::decks;
use crate::market::power::curtailment::{curtailment, price_duration};
use crate::market::power::hours::{Readings, deck_of_hours};
use crate::market::{PreparedDeck, bitcoin};
use crate::site::{
    AsicFleet, Cohort, Component, Curtailment, DatedMw, Days, FixedBlock, FlatPrice, Kind, MeasuredLoad,
    MinerCooling, ResaleRule, Series, TimeOfUse, TimeOfUsePeriod,
};
use jiff::civil::date;

fn feed(tariff: Tariff) -> GridFeed {
    GridFeed {
        interconnection_mw: 30.0,
        contract_mw: Vec::new(),
        firm_mw: Vec::new(),
        tariff,
        minimum_take_share: 0.0,
        deposit_usd: 0.0,
        curtailment: Curtailment::default(),
        load: None,
        bills: Vec::new(),
    }
}

fn site(feed: GridFeed) -> Site {
    let mut site = Site::empty("test");
    (site.latitude, site.longitude) = (31.5, -102.1);
    site.components = vec![Component::standing("grid", Kind::GridFeed(feed))];
    site
}

fn bill(month: Date, kwh: f64, billed_kw: f64, total_usd: f64) -> BillMonth {
    BillMonth { month, kwh, billed_kw, total_usd, four_cp_kw: None }
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{value}, not {expected}");
}

fn flat() -> Tariff {
    Tariff {
        energy: EnergyPrice::Flat(FlatPrice { usd_per_mwh: 40.0, market_share: 0.0 }),
        adder_usd_per_mwh: 6.0,
        demand_usd_per_kw_month: 8.0,
        ratchet_share: 0.8,
        four_cp_usd_per_kw_year: 60.0,
        peak_avoidance_share: 0.9,
        fixed_usd_per_month: 1_500.0,
        ..Tariff::default()
    }
}

#[test]
fn a_bill_worked_out_by_hand() {
    let mut grid = feed(flat());
    // 10 GWh: 400,000 + 60,000; 20 MW: 160,000; 4CP on 2 MW: 10,000; fixed 1,500.
    let mut january = bill(date(2025, 1, 31), 10e6, 20_000.0, 631_500.0);
    january.four_cp_kw = Some(2_000.0);
    // 12 MW billed as 16 MW by the ratchet: 96,000 and 32,000; 5 GWh: 200,000 + 30,000.
    let mut february = bill(date(2025, 2, 1), 5e6, 12_000.0, 380_000.0);
    february.four_cp_kw = Some(2_000.0);
    grid.bills = vec![january, february];
    let site = site(grid);
    let rebuilt = rebuild_bills(&site);
    let parts = &rebuilt[0].parts;
    for (part, expected) in [
        (parts.energy, 400_000.0),
        (parts.adder, 60_000.0),
        (parts.demand, 160_000.0),
        (parts.ratchet, 0.0),
        (parts.four_cp, 10_000.0),
        (parts.fixed, 1_500.0),
        (parts.block + parts.minimum_take, 0.0),
        (rebuilt[0].recomputed_usd, 631_500.0),
        (rebuilt[1].parts.demand, 96_000.0),
        (rebuilt[1].parts.ratchet, 32_000.0),
        (rebuilt[1].recomputed_kw, 16_000.0),
        (rebuilt[1].recomputed_usd, 369_500.0),
        (rebuilt[1].difference_share.unwrap(), -10_500.0 / 380_000.0),
    ] {
        near(part, expected);
    }
    assert!(rebuilt[0].is_within && !rebuilt[1].is_within && rebuilt[0].assumed.is_empty());
    assert_eq!(rebuilt[0].month, date(2025, 1, 1));
    let summary = &sum_up(&site, &rebuilt)[0];
    assert_eq!((summary.months, summary.within), (2, 1));
    // 10,500 USD short on 15 GWh: 0.70 USD/MWh.
    near(summary.implied_adder_usd_per_mwh.unwrap(), 6.7);
}

#[test]
fn a_ratchet_forgets_after_eleven_months_and_a_summer_sets_the_next_year() {
    let mut grid = feed(flat());
    grid.bills = (0..14)
        .map(|month| {
            let day = date::add_months(date(2024, 7, 1), month);
            bill(day, 1e6, if month == 0 { 20_000.0 } else { 10_000.0 }, 1.0)
        })
        .collect();
    let rebuilt = rebuild_bills(&site(grid));
    let kw: Vec<f64> = rebuilt.iter().map(|bill| bill.recomputed_kw).collect();
    assert_eq!(kw[0], 20_000.0);
    assert!(kw[1..=11].iter().all(|kw| *kw == 16_000.0), "{kw:?}");
    assert_eq!((kw[12], kw[13]), (10_000.0, 10_000.0));
    // 2024 has no summer before it: the month's own peak; 2025 has July to September 2024.
    near(rebuilt[1].parts.four_cp, 5.0 * 10_000.0 * 0.1);
    near(rebuilt[6].parts.four_cp, 5.0 * (40_000.0 / 3.0) * 0.1);
    assert!(rebuilt[6].assumed[0].contains("last summer"), "{:?}", rebuilt[6].assumed);
}

fn series(minutes: u32, readings: Vec<Option<i64>>) -> Series {
    Series {
        start: date(2025, 1, 1).at(0, 0, 0, 0),
        minutes,
        zone: "America/Chicago".into(),
        readings: Series::text_of(&readings),
    }
}

/// July 2025 has 23 weekdays; a load that runs only in their peak hours pays the peak price, an even one the mean.
#[test]
fn periods_are_those_of_the_wall_clock_and_the_calendar() {
    let peak = TimeOfUsePeriod {
        name: "peak".into(),
        from_month: 6,
        to_month: 9,
        days: Days::Weekdays,
        from_hour: 13,
        to_hour: 19,
        usd_per_mwh: 140.0,
    };
    let prices = TimeOfUse { periods: vec![peak], otherwise_usd_per_mwh: 35.0, market_share: 0.0 };
    let mut grid = feed(Tariff { energy: EnergyPrice::TimeOfUse(prices), ..Tariff::default() });
    grid.bills = vec![bill(date(2025, 7, 1), 744_000.0, 0.0, 36_000.0)];
    let even = &rebuild_bills(&site(grid.clone()))[0];
    near(even.parts.energy, 744.0 * (35.0 + 105.0 * 23.0 * 6.0 / 744.0));
    assert_eq!(even.basis, "even load, periods of the tariff");

    let zone = Zone::named("America/Chicago").unwrap();
    let start = zone.standard(date(2025, 1, 1).at(0, 0, 0, 0));
    let in_peak = |quarter: i64| {
        let clock = zone.clock(start + 15 * quarter);
        let weekday = !matches!(clock.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        weekday && (13..19).contains(&clock.hour())
    };
    let load = (0..35_040).map(|quarter| Some(if in_peak(quarter) { 5_391 } else { 0 })).collect();
    grid.load = Some(MeasuredLoad { source: "meter".into(), kw: series(15, load) });
    grid.tariff.demand_usd_per_kw_month = 10.0;
    let metered = &rebuild_bills(&site(grid))[0];
    near(metered.parts.energy, 744.0 * 140.0);
    near(metered.parts.demand, 53_910.0);
    assert_eq!(metered.basis, "metered load, periods of the tariff");
    assert!(metered.assumed.is_empty());
}

/// The load pays each hour's price: worked out here hour by hour, through the month in which an hour is skipped.
#[test]
fn an_index_is_weighed_by_the_metered_load() {
    let price = |hour: usize| 1_000 + (hour * 37 % 9_000) as i64;
    let kw = |hour: usize| 500 + (hour * 11 % 700) as i64;
    let prices = series(60, (0..8_760).map(|hour| Some(price(hour))).collect());
    let mut grid = feed(Tariff { price_deck: "d".into(), ..Tariff::default() });
    grid.load = Some(MeasuredLoad {
        source: "meter".into(),
        kw: series(60, (0..8_760).map(|hour| Some(kw(hour))).collect()),
    });
    // March of the wall clock: hours 1,416 to 2,158 of the year, 743 of them.
    let march = 1_416..2_159;
    let energy: i64 = march.clone().map(kw).sum();
    let usd: f64 = march.clone().map(|hour| kw(hour) as f64 * price(hour) as f64 / 1e5).sum();
    grid.bills = vec![bill(date(2025, 3, 1), energy as f64, 0.0, usd)];
    grid.tariff.block = Some(FixedBlock { mw: 2.0, usd_per_mwh: 30.0, until: None });
    let mut site = site(grid);
    site.assumptions.price_decks = vec![deck_of_hours("d", "D", "made up", prices).unwrap()];
    let rebuilt = &rebuild_bills(&site)[0];
    near(rebuilt.parts.energy, usd);
    let even: f64 = march.clone().map(|hour| price(hour) as f64 / 100.0).sum::<f64>() / 743.0;
    near(rebuilt.parts.block, 2.0 * 743.0 * (30.0 - even));
    assert_eq!(rebuilt.basis, "metered load, hourly prices");
    // A month of which nothing is known but the deck.
    let Kind::GridFeed(grid) = &mut site.components[0].kind else { panic!() };
    grid.bills = vec![bill(date(2026, 3, 1), 1e6, 0.0, 0.0)];
    let rebuilt = &rebuild_bills(&site)[0];
    let typical: f64 =
        site.assumptions.price_decks[0].months[2].iter().map(|band| band.share * band.usd_per_mwh).sum();
    near(rebuilt.parts.energy, 1_000.0 * typical);
    assert_eq!((rebuilt.difference_share, rebuilt.is_within), (None, false));
}

#[test]
fn the_least_that_is_billed_and_bills_of_nothing() {
    let mut grid =
        feed(Tariff { price_deck: "missing".into(), fixed_usd_per_month: 100.0, ..Tariff::default() });
    grid.bills = vec![bill(date(2025, 6, 1), 0.0, 0.0, 0.0), bill(Date::MAX, 1.0, 1.0, 1.0)];
    let rebuilt = rebuild_bills(&site(grid.clone()));
    near(rebuilt[0].recomputed_usd, 100.0);
    assert!(rebuilt[0].assumed[0].contains("no price deck") && !rebuilt[0].is_within);
    assert!(rebuilt.iter().all(|bill| bill.recomputed_usd.is_finite()));

    grid.tariff =
        Tariff { four_cp_usd_per_kw_year: 0.0, fixed_usd_per_month: 0.0, ratchet_share: 0.0, ..flat() };
    grid.minimum_take_share = 0.5;
    grid.contract_mw = vec![DatedMw { from: date(2025, 1, 1), mw: 20.0 }];
    grid.bills = vec![bill(date(2025, 6, 1), 5.2e6, 0.0, 0.0)];
    let rebuilt = &rebuild_bills(&site(grid))[0];
    // Half of 20 MW for 720 h is 7,200 MWh; 2,000 short at 46.
    near(rebuilt.parts.minimum_take, 2_000.0 * 46.0);
}

fn fleet(j_per_th: f64) -> AsicFleet {
    AsicFleet {
        id: "fleet".into(),
        model: "model".into(),
        efficiency_j_per_th: j_per_th,
        cohorts: vec![Cohort { mw: 20.0, bought: date(2024, 6, 1) }],
        cooling: MinerCooling::Air,
        availability: 0.95,
        pool_fee_share: 0.01,
        stale_share: 0.0,
        variable_usd_per_mwh: 3.0,
        purchase_usd_per_th: None,
        purchase_lead_months: 3.0,
        purchase_max_mw: 0.0,
        life_months: 60.0,
        install_usd_per_mw: 0.0,
        resale: ResaleRule { margin_days: 400.0, scrap_usd_per_th: 1.0, buyer_usd_per_mwh: 50.0 },
        wear: Default::default(),
    }
}

/// The shipped hours walked one by one, each with its status, against the thirteen bands the plan uses. An hour whose
/// price is in the same band as the strike is the only one they can differ in.
#[test]
fn bands_earn_what_the_shipped_hours_earn() {
    let curtailment = Curtailment {
        mandated_hours_per_year: 24.0,
        four_cp_hours_per_year: 16.0,
        demand_response_usd_per_mw_hour: 4.0,
        called_hours_per_year: 36.0,
        called_usd_per_mwh: 150.0,
    };
    let sample = crate::site::Series {
        start: date(2025, 1, 1).at(0, 0, 0, 0),
        minutes: 60,
        zone: "UTC-06:00".into(),
        readings: Series::text_of(
            &include_str!("../../../../tests/files/power/ercot_sample_year.csv")
                .lines()
                .map(|line| line.trim().parse::<f64>().ok().map(|usd| (usd * 100.0).round() as i64))
                .collect::<Vec<_>>(),
        ),
    };
    let mut shipped = decks::built_in();
    shipped.retain(|deck| deck.hours.is_some());
    shipped.push(deck_of_hours("ercot-sample", "ERCOT, a sample year", "NREL ssc", sample).unwrap());
    assert_eq!(shipped.len(), 3);
    let tariff = Tariff { adder_usd_per_mwh: 6.0, ..Tariff::default() };
    let mut worst: f64 = 0.0;
    for deck in shipped {
        let prepared = PreparedDeck::new(&deck, &tariff, &curtailment);
        let readings = Readings::of_prices(deck.hours.as_ref().unwrap()).unwrap();
        for hashprice in [30.0, 42.0, 60.0] {
            for j_per_th in [13.5, 17.5, 22.0, 29.5] {
                let r = bitcoin::revenue_usd_per_mwh(hashprice, j_per_th, 0.01, 0.0);
                let (g, v, availability) = (1.04, 3.0, 0.95);
                let mut by_hours = 0.0;
                let mut by_bands = 0.0;
                let (mut energy_by_hours, mut energy_by_bands) = (0.0, 0.0);
                for (index, mut hours) in readings.by_calendar_month().into_iter().enumerate() {
                    // Months of the plan have 730 h: each hour of the month stands for a little more or less.
                    let weight = 730.0 / hours.len() as f64;
                    hours.sort_by(|a, b| b.total_cmp(a));
                    let peaks = if (5..9).contains(&index) { 4.0 } else { 0.0 };
                    let (mut mandated, mut called) = (2.0 + peaks, 3.0);
                    let (mut margin, mut response) = (0.0, 0.0);
                    for price in hours {
                        // Dearest first: an hour may be split between two statuses.
                        let stopped = weight.min(mandated);
                        mandated -= stopped;
                        let on_call = (weight - stopped).min(called);
                        called -= on_call;
                        let free = weight - stopped - on_call;
                        let net = r - (price + 6.0) * g - v;
                        if net > 0.0 {
                            margin += availability * free * net;
                            response += availability * g * (4.0 * (free + on_call) + 150.0 * on_call);
                        }
                    }
                    by_hours += margin + response;
                    energy_by_hours += margin;
                    let month = i8::try_from(index + 1).unwrap();
                    let month = prepared.mining_month(month, r, 1.0, g, v, availability);
                    by_bands += month.margin_usd_per_mw;
                    energy_by_bands += month.margin_usd_per_mw - month.other_usd_per_mw;
                }
                let difference = (by_bands - by_hours) / by_hours.abs();
                assert!(
                    energy_by_bands <= energy_by_hours * (1.0 + 1e-9),
                    "{}: {energy_by_bands} above {energy_by_hours}",
                    deck.id
                );
                worst = worst.max(difference.abs());
            }
        }
    }
    assert!(worst < 0.02, "{worst}");
}

#[test]
fn the_curve_and_the_year_of_a_fleet_agree() {
    let mut grid =
        feed(Tariff { price_deck: "nyiso-west".into(), adder_usd_per_mwh: 10.0, ..Tariff::default() });
    grid.curtailment.mandated_hours_per_year = 48.0;
    let mut site = site(grid);
    site.assumptions.price_decks = decks::built_in();
    site.fleets = vec![fleet(29.5)];
    let curve = price_duration(&site).unwrap();
    assert!(curve.is_hourly && curve.points.len() == 201);
    assert!(curve.points.windows(2).all(|pair| pair[0].usd_per_mwh >= pair[1].usd_per_mwh));
    let year = &curtailment(&site, 38.0, &[])[0];
    let hours = &year.hours;
    near(hours.mandated + hours.four_cp + hours.called + hours.price + hours.running, 8_760.0);
    near(hours.mandated, 48.0);
    // The share of the curve above the strike is the share of hours that stand still for the price, nearly: months of
    // the curve are as long as they were, a band is cut at no hour.
    let above = curve.points.iter().find(|point| point.usd_per_mwh <= year.strike_usd_per_mwh).unwrap().share;
    assert!((above - (hours.price + hours.mandated) / 8_760.0).abs() < 0.05, "{above} {hours:?}");
    let hourly = year.hourly_margin_usd_per_mw_year.unwrap();
    assert!(hourly >= year.margin_usd_per_mw_year && year.margin_usd_per_mw_year > 0.97 * hourly);
    assert!(year.margin_usd_per_mw_year > year.never_stopping_usd_per_mw_year);
    // Without the hours the bands draw the curve.
    site.assumptions.price_decks.iter_mut().for_each(|deck| deck.hours = None);
    let bands = price_duration(&site).unwrap();
    assert!(!bands.is_hourly && bands.points.len() == 13);
    assert_eq!(curtailment(&site, 38.0, &[])[0].hourly_margin_usd_per_mw_year, None);
    site.components.clear();
    assert_eq!((price_duration(&site), curtailment(&site, 38.0, &[])), (None, Vec::new()));
}
