use super::*;
use crate::market::draw::Uniforms;

const NO_CURTAILMENT: Curtailment = Curtailment {
    mandated_hours_per_year: 0.0,
    four_cp_hours_per_year: 0.0,
    demand_response_usd_per_mw_hour: 0.0,
    called_hours_per_year: 0.0,
    called_usd_per_mwh: 0.0,
};

fn tariff(adder_usd_per_mwh: f64) -> Tariff {
    Tariff {
        price_deck: "deck".into(),
        adder_usd_per_mwh,
        demand_usd_per_kw_month: 0.0,
        ratchet_share: 0.0,
        four_cp_usd_per_kw_year: 0.0,
        peak_avoidance_share: 0.0,
        ..Tariff::default()
    }
}

fn deck(months: Vec<Vec<PriceBand>>) -> PriceDeck {
    PriceDeck { id: "deck".into(), name: "Deck".into(), source: "test".into(), months, hours: None }
}

/// A year of prices with negative hours and spikes: twelve months of 730 hours.
fn year_of_hours() -> Vec<Vec<f64>> {
    (0..MONTHS)
        .map(|month| {
            let mut uniforms = Uniforms::new(11, "hours", month);
            (0..730)
                .map(|_| {
                    let base = 30.0 + 4.0 * month as f64 + 25.0 * uniforms.next_normal();
                    if uniforms.next_uniform() > 0.985 {
                        base + 900.0 * uniforms.next_uniform()
                    } else {
                        base
                    }
                })
                .collect()
        })
        .collect()
}

fn mean_of(bands: &[PriceBand]) -> f64 {
    bands.iter().map(|band| band.share * band.usd_per_mwh).sum()
}

#[test]
fn bands_keep_the_mean_of_the_hours_for_any_number_of_hours() {
    for count in [1, 2, 11, 12, 13, 100, 672, 730, 744, 745] {
        let hours: Vec<f64> = year_of_hours().concat().into_iter().take(count).collect();
        let bands = bands_from_hours(&hours);
        assert_eq!(bands.len(), 13);
        let mean = hours.iter().sum::<f64>() / count as f64;
        assert!((mean_of(&bands) - mean).abs() < 1e-9, "{count} hours");
        assert!((bands.iter().map(|band| band.share).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(bands.windows(2).all(|pair| pair[0].usd_per_mwh <= pair[1].usd_per_mwh + 1e-9));
    }
    assert!(bands_from_hours(&[]).is_empty());
}

#[test]
fn the_top_band_is_the_dearest_hundredth() {
    let hours: Vec<f64> = (1..=1200).map(f64::from).collect();
    let bands = bands_from_hours(&hours);
    // Hours 1189 to 1200, and the first 99 hours.
    assert!((bands[12].usd_per_mwh - 1194.5).abs() < 1e-9);
    assert!((bands[0].usd_per_mwh - 50.0).abs() < 1e-9);
}

/// With one band an hour the closed form is the sum over 8,760 hours, each given its status one by one.
#[test]
fn the_closed_form_is_the_sum_over_8760_hours() {
    let curtailment = Curtailment {
        mandated_hours_per_year: 60.0,
        four_cp_hours_per_year: 16.0,
        demand_response_usd_per_mw_hour: 8.0,
        called_hours_per_year: 36.0,
        called_usd_per_mwh: 150.0,
    };
    let (scale, g, v, availability, adder) = (1.3, 1.05, 4.0, 0.94, 6.5);
    let year = year_of_hours();
    let hourly = deck(
        year.iter()
            .map(|hours| {
                hours.iter().map(|price| PriceBand { share: 1.0 / 730.0, usd_per_mwh: *price }).collect()
            })
            .collect(),
    );
    let prepared = PreparedDeck::new(&hourly, &tariff(adder), &curtailment);
    // Below, among and above the prices of the hours that are called.
    let revenues = [15.0, 95.0, 500.0, 700.0, 2_000.0];
    let mut calls = [0; 5];
    for (index, hours) in year.iter().enumerate() {
        let month = index + 1;
        let mut dearest_first = hours.clone();
        dearest_first.sort_by(|a, b| b.total_cmp(a));
        let peaks = if (6..=9).contains(&month) { 4 } else { 0 };
        let month = i8::try_from(month).unwrap();
        for (r, calls) in revenues.into_iter().zip(&mut calls) {
            let mut margin = 0.0;
            let mut twin = StatusHours::default();
            for (rank, price) in dearest_first.iter().copied().enumerate() {
                let delivered = if price > 0.0 { price * scale } else { price } + adder;
                let earned = r - delivered * g - v;
                if rank < 5 {
                    twin.mandated += 1.0;
                } else if rank < 5 + peaks {
                    twin.four_cp += 1.0;
                } else if earned <= 0.0 {
                    // Off for the price: not on offer, and a call finds nothing.
                    twin.price += 1.0;
                } else if rank < 5 + peaks + 3 {
                    margin += availability * g * (8.0 + 150.0);
                    twin.called += 1.0;
                    *calls += 1;
                } else {
                    margin += availability * (earned + g * 8.0);
                    twin.running += 1.0;
                }
            }
            let closed = prepared.mining_month(month, r, scale, g, v, availability);
            assert!((closed.margin_usd_per_mw - margin).abs() < 1e-6, "{month}, {r}: {closed:?} {margin}");
            assert!((closed.running_hours - availability * twin.running).abs() < 1e-6);
            let hours = prepared.status_hours(month, r, scale, g, v);
            for (found, expected) in [
                (hours.mandated, twin.mandated),
                (hours.four_cp, twin.four_cp),
                (hours.called, twin.called),
                (hours.price, twin.price),
                (hours.running, twin.running),
            ] {
                assert!((found - expected).abs() < 1e-6, "{month}, {r}: {hours:?} {twin:?}");
            }
            let parts = closed.revenue_usd_per_mw + closed.other_usd_per_mw
                - closed.power_cost_usd_per_mw
                - closed.running_hours * v;
            assert!((parts - closed.margin_usd_per_mw).abs() < 1e-6);
        }
    }
    // The cases are all met: no call, some, every one.
    assert!(
        calls[0] == 0 && calls[4] == 36 && calls.iter().any(|calls| (1..36).contains(calls)),
        "{calls:?}"
    );
}

/// Thirteen bands against every hour: never above it, since inside a band a miner could still choose, and
/// within 2 % of it.
#[test]
fn thirteen_bands_stay_within_two_percent_of_the_hours() {
    let year = year_of_hours();
    let banded = deck(year.iter().map(|hours| bands_from_hours(hours)).collect());
    let prepared = PreparedDeck::new(&banded, &tariff(5.0), &NO_CURTAILMENT);
    for r in [60.0, 83.3, 110.0] {
        let by_bands: f64 = (1..=12)
            .map(|month| prepared.mining_month(month, r, 1.0, 1.04, 2.0, 1.0).margin_usd_per_mw)
            .sum();
        let by_hours: f64 =
            year.iter().flatten().map(|price| (r - (price + 5.0) * 1.04 - 2.0).max(0.0)).sum();
        assert!(by_bands <= by_hours + 1e-6 && by_bands > 0.98 * by_hours, "{r}: {by_bands} {by_hours}");
    }
}

#[test]
fn a_flat_load_pays_every_hour_and_negative_prices_do_not_scale() {
    let band = |share, usd_per_mwh| PriceBand { share, usd_per_mwh };
    let months = vec![vec![band(0.25, -20.0), band(0.5, 40.0), band(0.25, 100.0)]; MONTHS];
    let curtailment = Curtailment { mandated_hours_per_year: 2000.0, ..NO_CURTAILMENT };
    let prepared = PreparedDeck::new(&deck(months), &tariff(3.0), &curtailment);
    assert!((prepared.mean_price(1, 1.0) - (-5.0 + 20.0 + 25.0 + 3.0)).abs() < 1e-9);
    assert!((prepared.mean_price(13, 2.0) - (-5.0 + 90.0 + 3.0)).abs() < 1e-9);
    assert!((prepared.annual_mean_price(2.0) - 88.0).abs() < 1e-9);
}

#[test]
fn curtailment_beyond_the_month_leaves_nothing_to_run_or_to_offer() {
    let months = vec![vec![PriceBand { share: 1.0, usd_per_mwh: 20.0 }]; MONTHS];
    let all = Curtailment {
        mandated_hours_per_year: 8760.0,
        four_cp_hours_per_year: 8760.0,
        demand_response_usd_per_mw_hour: 10.0,
        called_hours_per_year: 8760.0,
        called_usd_per_mwh: 100.0,
    };
    let prepared = PreparedDeck::new(&deck(months.clone()), &tariff(0.0), &all);
    assert_eq!(prepared.mining_month(7, 90.0, 1.0, 1.0, 0.0, 1.0), MiningMonth::default());
    // A machine that never pays to run has no load to offer.
    let some = Curtailment { mandated_hours_per_year: 0.0, called_hours_per_year: 100.0, ..all };
    let prepared = PreparedDeck::new(&deck(months), &tariff(0.0), &some);
    assert_eq!(prepared.mining_month(1, 10.0, 1.0, 1.0, 0.0, 1.0), MiningMonth::default());
    assert!(prepared.mining_month(1, 30.0, 1.0, 1.0, 0.0, 1.0).other_usd_per_mw > 0.0);
    // A deck without months, and a month far outside the calendar.
    let empty = PreparedDeck::new(&deck(Vec::new()), &tariff(2.0), &some);
    assert_eq!(empty.mining_month(i8::MIN, 90.0, 1.0, 1.0, 0.0, 1.0), MiningMonth::default());
    assert_eq!(empty.mean_price(i8::MAX, 1.0), 2.0);
}

/// By hand: 600 hours at 20 and 130 at 200 USD/MWh, of which ten are called. At a strike of 100 the dear hours stand
/// still for the price: the machine offers 600 hours and no call finds it. At 300 it offers all and ten are called.
#[test]
fn availability_is_paid_for_hours_in_which_a_machine_would_run() {
    let band = |hours: f64, usd_per_mwh| PriceBand { share: hours / 730.0, usd_per_mwh };
    let months = vec![vec![band(600.0, 20.0), band(130.0, 200.0)]; MONTHS];
    let curtailment = Curtailment {
        demand_response_usd_per_mw_hour: 3.0,
        called_hours_per_year: 120.0,
        called_usd_per_mwh: 90.0,
        ..NO_CURTAILMENT
    };
    let prepared = PreparedDeck::new(&deck(months), &tariff(0.0), &curtailment);
    let month = |r| prepared.mining_month(1, r, 1.0, 1.0, 0.0, 1.0);
    assert!((month(100.0).other_usd_per_mw - 3.0 * 600.0).abs() < 1e-9, "{:?}", month(100.0));
    assert!((month(300.0).other_usd_per_mw - 3.0 * 730.0 - 90.0 * 10.0).abs() < 1e-9, "{:?}", month(300.0));
    assert!((month(300.0).running_hours - 720.0).abs() < 1e-9);
    assert_eq!(month(10.0), MiningMonth::default());
}

#[test]
fn energy_not_taken_costs_the_mean_delivered_price_and_is_never_paid_for() {
    let months = vec![vec![PriceBand { share: 1.0, usd_per_mwh: 20.0 }]; MONTHS];
    let price = |adder| {
        PreparedDeck::new(&deck(months.clone()), &tariff(adder), &NO_CURTAILMENT).minimum_take_price(5)
    };
    assert!((price(6.0) - 26.0).abs() < 1e-12);
    assert_eq!(price(-30.0), 0.0);
}
