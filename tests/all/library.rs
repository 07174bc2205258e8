//! The offers library against what was announced, and against the arithmetic of the market room.

use std::collections::BTreeSet;
use wattshift::file::library::{
    Choices, level_first_year, offer, offers, rating, ratings, sla_schedule, sla_schedules,
};
use wattshift::file::{read_text, write_text};
use wattshift::market::OfferFigures;
use wattshift::market::hosting::{
    Surroundings, first_year_from_total, gpu_system, offer_figures, rent_years,
};
use wattshift::quantity::Severity;
use wattshift::site::edit::{Edit, apply};
use wattshift::site::{OfferAddition, Site, Terms};

fn figures(addition: &OfferAddition, mw: f64) -> OfferFigures {
    let mut site = Site::empty("test");
    site.gpu_systems.extend(addition.gpu_system.clone());
    let around = Surroundings { mw, ..Surroundings::default() };
    offer_figures(&addition.offer, gpu_system(&site, &addition.offer), &around)
}

#[test]
fn the_lists_are_complete_and_every_value_has_range_source_and_date() {
    assert_eq!((offers().len(), sla_schedules().len(), ratings().len()), (23, 11, 9));
    let mut keys = BTreeSet::new();
    for entry in offers() {
        assert!(keys.insert(&entry.key), "{}", entry.key);
        assert!(!entry.summary.is_empty() && !entry.source.is_empty(), "{}", entry.key);
        for value in entry.facts.iter().chain(&entry.values) {
            assert!(!value.source.is_empty() && value.as_of.year() >= 2024, "{} {}", entry.key, value.key);
            assert!(value.low.is_none_or(|low| low <= value.value), "{} {}", entry.key, value.key);
            assert!(value.high.is_none_or(|high| high >= value.value), "{} {}", entry.key, value.key);
        }
    }
    let kinds: BTreeSet<&str> = offers().iter().take(5).map(|entry| entry.kind.key()).collect();
    assert_eq!(kinds.len(), 5, "the five usual kinds come first");
    for schedule in sla_schedules() {
        assert!(!schedule.source.is_empty() && !schedule.bands.is_empty(), "{}", schedule.key);
        let rises = schedule.bands.windows(2).all(|pair| {
            pair[0].from_hours < pair[1].from_hours && pair[0].credit_share <= pair[1].credit_share
        });
        assert!(rises && schedule.bands.iter().all(|band| band.credit_share <= 1.0), "{}", schedule.key);
    }
    for rating in ratings() {
        assert!(
            rating.low <= rating.default_per_year && rating.default_per_year <= rating.high,
            "{}",
            rating.name
        );
        assert!(!rating.source.is_empty());
    }
}

#[test]
fn schedules_are_as_published() {
    let bands = |key: &str| -> Vec<(f64, f64)> {
        sla_schedule(key).unwrap().bands.iter().map(|band| (band.from_hours, band.credit_share)).collect()
    };
    let level3 = bands("level3");
    assert_eq!((level3.len(), level3[1].0 * 60.0, level3[7]), (8, 5.0, (24.0, 1.0)));
    let hourly = bands("element-critical");
    assert_eq!((hourly.len(), hourly[1]), (34, (1.0, 0.06)));
    assert_eq!(hourly[33], (33.0, 1.0));
    // 99.9 % of 730 hours.
    let gpu = bands("gpu-typical");
    assert!((gpu[0].0 - 0.73).abs() < 1e-9 && (gpu[2].0 - 36.5).abs() < 1e-9);
    let daily = bands("day-per-event");
    assert!((daily[0].1 - 12.0 / 365.0).abs() < 1e-15 && daily[1].0 == 24.0);
}

/// The derived unit economics as the trade computes them (published table of contracts, 2024 to 2026): mean M$ per MW
/// and year and $/kW-month, first-year M$ per MW at 3 % and $/kW-month. The GPU contract is flat.
#[test]
fn the_derived_rows_of_the_public_contracts_are_reproduced() {
    let rows: [(&str, f64, f64, f64, f64); 18] = [
        ("core-coreweave-200", 1.458, 122.0, 1.233, 103.0),
        ("core-coreweave-500", 1.450, 121.0, 1.226, 102.0),
        ("core-coreweave-590", 1.441, 120.0, 1.218, 101.0),
        ("core-coreweave-120", 1.389, 116.0, 1.174, 98.0),
        ("terawulf-core42", 1.720, 143.0, 1.500, 125.0),
        ("terawulf-fluidstack", 1.850, 154.0, 1.614, 134.0),
        ("terawulf-cb5", 1.875, 156.0, 1.636, 136.0),
        ("terawulf-abernathy", 2.262, 188.0, 1.551, 129.0),
        ("cipher-fluidstack", 1.786, 149.0, 1.558, 130.0),
        ("cipher-fluidstack-39", 2.128, 177.0, 1.856, 155.0),
        ("cipher-aws", 1.222, 102.0, 0.986, 82.0),
        ("iren-microsoft", 9.70, 808.0, 9.70, 808.0),
        ("galaxy-phase-1", 2.256, 188.0, 1.819, 150.0),
        ("galaxy-helios", 1.901, 158.0, 1.533, 128.0),
        ("applied-pf1", 1.833, 153.0, 1.479, 123.0),
        ("applied-pf2", 1.667, 139.0, 1.344, 112.0),
        ("hut8-river-bend", 1.905, 159.0, 1.536, 128.0),
        ("riot-amd", 1.244, 104.0, 1.085, 90.0),
    ];
    for (key, mean, mean_kw, first, first_kw) in rows {
        let entry = offer(key).unwrap();
        let fact = |key: &str| entry.fact(key).map(|fact| fact.value);
        let mw = fact("critical_mw").or(fact("gross_mw")).unwrap();
        let months = (fact("term_years").unwrap() * 12.0) as usize;
        let tcv = match fact("year1_usd_per_mw") {
            // The announced 1.03 B$ is the stated rent's, rounded.
            Some(first) => first * mw * rent_years(0.03, months),
            None => fact("tcv_usd").unwrap(),
        };
        let escalator = if key == "iren-microsoft" { 0.0 } else { 0.03 };
        let year1 = first_year_from_total(tcv, escalator, months) / mw;
        let average = tcv / mw / (months as f64 / 12.0);
        // Half a digit of the table, and a hair: it rounds what was rounded.
        assert!((average / 1e6 - mean).abs() <= 0.000_51, "{key}: {average}");
        assert!((average / 12_000.0 - mean_kw).abs() <= 0.52, "{key}: {average}");
        assert!((year1 / 1e6 - first).abs() <= 0.000_51, "{key}: {year1}");
        // Of Helios Phase I the first year was announced.
        let kw = fact("stated_year1_usd_per_mw").unwrap_or(year1) / 12_000.0;
        assert!((kw - first_kw).abs() <= 0.52, "{key}: {kw}");
        assert!((level_first_year(tcv, escalator, months as f64 / 12.0) / mw / year1 - 1.0).abs() < 1e-12);
        if let Some(announced) = fact("tcv_usd") {
            assert!((announced / tcv - 1.0).abs() < 0.005, "{key}");
        }
    }
}

/// The closed form of the level-escalator solve, and the offers that come of it.
#[test]
fn a_contract_put_into_a_site_has_its_announced_value() {
    let closed = 3.7e9 * 0.03 / (1.03_f64.powi(10) - 1.0);
    assert!((first_year_from_total(3.7e9, 0.03, 120) / closed - 1.0).abs() < 1e-12);
    let site = Site::empty("test");
    for entry in offers().iter().filter(|entry| entry.fact("tcv_usd").is_some()) {
        let fact = |key: &str| entry.fact(key).map(|fact| fact.value);
        let mw = fact("critical_mw")
            .unwrap_or_else(|| fact("gross_mw").unwrap() / fact("gross_to_critical").unwrap());
        let addition = entry.addition(&site, mw, Choices::default()).unwrap();
        let found = figures(&addition, mw);
        let announced = fact("tcv_usd").unwrap();
        assert!((found.tcv_usd / announced - 1.0).abs() < 0.005, "{}: {}", entry.key, found.tcv_usd);
        // Net income before a power bill the landlord pays.
        if let (Some(margin), 0.0) = (fact("noi_margin"), addition.offer.power_share) {
            assert!((found.noi_margin().unwrap() - margin).abs() < 1e-9, "{}", entry.key);
        }
    }
    // Half the megawatts are half the money.
    let cipher = offer("cipher-fluidstack").unwrap();
    let half = figures(&cipher.addition(&site, 84.0, Choices::default()).unwrap(), 84.0);
    assert!((half.tcv_usd / 1.5e9 - 1.0).abs() < 1e-9);
    let backstop = half.backstop.unwrap();
    assert!((backstop.share - 1.4 / 3.0).abs() < 1e-9);
    // IREN: 76,000 GPUs at 2.91 $ an hour, a fifth of the value before.
    let iren = offer("iren-microsoft").unwrap().addition(&site, 200.0, Choices::default()).unwrap();
    let Terms::GpuCloud { usd_per_gpu_hour, .. } = iren.offer.terms else { panic!("a GPU offer") };
    assert!((usd_per_gpu_hour - 2.91).abs() < 0.005, "{usd_per_gpu_hour}");
    let found = figures(&iren, 200.0);
    assert!((found.gpus.unwrap() / 76_000.0 - 1.0).abs() < 0.001);
    assert!((found.prepayment.unwrap().share_of_tcv - 0.2).abs() < 1e-9);
}

#[test]
fn every_entry_makes_an_offer_that_reads_back_without_a_problem() {
    for entry in offers() {
        let mut site = Site::empty("test");
        for round in 1..=2 {
            let addition = entry.addition(&site, 12.5, Choices::default()).unwrap();
            site = apply(&site, &Edit::AddOffer(Box::new(addition))).unwrap().0;
            assert_eq!(site.offers.len(), round);
        }
        assert_ne!(site.offers[0].id, site.offers[1].id);
        assert!(site.gpu_systems.len() <= 1, "the second offer sells the same machines");
        assert!(site.provenance.len() >= 12, "{}: {}", entry.key, site.provenance.len());
        for provenance in &site.provenance {
            assert!(site.value(&provenance.at).is_some(), "{}", provenance.at);
        }
        let text = write_text(&site);
        let (read, report) = read_text(&text);
        let worst: Vec<_> =
            report.problems.iter().filter(|problem| problem.severity > Severity::Info).collect();
        assert!(worst.is_empty(), "{}: {worst:#?}", entry.key);
        let read = read.unwrap();
        assert_eq!(read.offers, site.offers, "{}", entry.key);
        // Reading pins the catalogue; from then on the text stays.
        let pinned = write_text(&read);
        assert_eq!(read_text(&pinned).0.map(|site| write_text(&site)), Some(pinned));
        let found = offer_figures(
            &site.offers[0],
            gpu_system(&site, &site.offers[0]),
            &Surroundings { mw: 12.5, ..Surroundings::default() },
        );
        assert!(found.tcv_usd > 0.0 && found.year1().noi_usd > 0.0, "{}", entry.key);
    }
}

#[test]
fn choices_take_the_place_of_what_the_entry_says() {
    let site = Site::empty("test");
    let entry = offer("gpu-cloud-on-demand").unwrap();
    let choices = Choices { gpu_model: "HGX H100", sla: "aws-instance", rating: "BB" };
    let addition = entry.addition(&site, 5.0, choices).unwrap();
    let Terms::GpuCloud { usd_per_gpu_hour, indexed, .. } = addition.offer.terms else {
        panic!("a GPU offer")
    };
    assert!(indexed && usd_per_gpu_hour == 2.1);
    assert_eq!(addition.gpu_system.unwrap().rental.generation, "Hopper");
    assert_eq!(addition.offer.sla_terms.schedule, "aws-instance");
    assert_eq!(addition.offer.default_rate(), 0.006);
    let error = |mw, choices| entry.addition(&site, mw, choices).unwrap_err();
    assert!(error(5.0, Choices { gpu_model: "HGX H10", ..choices }).contains("did you mean `HGX H100`"));
    assert!(error(5.0, Choices { gpu_model: "Vera Rubin NVL144", ..choices }).contains("no rental price"));
    assert!(error(5.0, Choices { sla: "levels3", ..choices }).contains("did you mean `level3`"));
    assert!(error(5.0, Choices { rating: "Z", ..choices }).contains("there is no rating `Z`"));
    for mw in [0.0, -3.0, f64::NAN, f64::INFINITY, 2e5] {
        assert!(error(mw, choices).contains("cannot be added"), "{mw}");
    }
    assert!(offer("cipher-fluidstacks").unwrap_err().contains("did you mean `cipher-fluidstack`"));
}

#[test]
fn service_credits_and_rating_are_edits() {
    let mut site = Site::empty("test");
    let addition = offer("bitcoin-hosting").unwrap().addition(&site, 5.0, Choices::default()).unwrap();
    site = apply(&site, &Edit::AddOffer(Box::new(addition.clone()))).unwrap().0;
    assert!(apply(&site, &Edit::AddOffer(Box::new(addition))).unwrap_err().contains("already an offer"));
    let schedule = sla_schedule("colohouse").unwrap();
    let edit = Edit::SetServiceCredits {
        offer: "bitcoin-hosting".into(),
        bands: schedule.bands.clone(),
        terms: schedule.terms(),
    };
    site = apply(&site, &edit).unwrap().0;
    assert_eq!((site.offers[0].sla.len(), site.offers[0].sla_terms.cap_share), (7, Some(0.5)));
    assert_eq!(site.offers[0].default_rate(), 0.10);
    let edit =
        Edit::SetRating { offer: "bitcoin-hosting".into(), rating: Some(rating("bbb").unwrap().rating()) };
    let (rated, label) = apply(&site, &edit).unwrap();
    assert_eq!((rated.offers[0].default_rate(), label.as_str()), (0.0015, "Rate Bitcoin hosting BBB"));
    let edit = Edit::SetRating { offer: "bitcoin-hostin".into(), rating: None };
    assert!(apply(&site, &edit).unwrap_err().contains("did you mean `bitcoin-hosting`"));
}
