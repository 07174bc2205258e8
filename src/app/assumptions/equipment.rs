//! Equipment: which machines pay, and what GPU systems cost.

use egui::Ui;

use super::bars::{self, Bar, Mark, Part};
use super::bitcoin::days;
use super::pictures::{KeyFigure, Picture, Scene, nothing};
use crate::app::chart::Words;
use crate::app::state::Action;
use crate::app::theme;
use crate::market::summary::FleetSummary;
use crate::quantity::{Unit, format};
use crate::site::{Address, AsicFleet, Object};

pub const PICTURES: &[Picture] = &[
    Picture { name: "Margin", paint: margin },
    Picture { name: "Payback", paint: payback },
    Picture { name: "GPU systems", paint: systems },
];

fn energy(value: f64) -> String {
    format!("{} $/MWh", format::number(value, 1))
}

pub fn figures(scene: &Scene<'_>) -> Vec<KeyFigure> {
    let fleets = &scene.site.fleets;
    let owned: f64 = fleets.iter().map(AsicFleet::owned_mw).sum();
    let hashrate: f64 = fleets.iter().map(|fleet| fleet.owned_mw() * fleet.th_per_mw()).sum();
    let mut figures = Vec::new();
    if hashrate > 0.0 {
        figures.push(KeyFigure {
            name: "Machines owned",
            value: format::mw(owned),
            detail: format!("{} EH/s nameplate", format::number(hashrate / 1e6, 2)),
            meaning: "IT power of the machines of all fleets, and their nameplate hashrate".to_owned(),
        });
        figures.push(KeyFigure {
            name: "Fleet efficiency",
            value: format::with_unit(owned * 1e6 / hashrate, Unit::JPerTh),
            detail: "weighted by hashrate".to_owned(),
            meaning:
                "Energy of a terahash over all machines owned; public miners stood at 16 to 22 J/TH in 2025"
                    .to_owned(),
        });
    }
    let price = scene.outlook.summary.power_usd_per_mwh;
    let paying =
        scene.outlook.summary.fleets.iter().filter(|fleet| fleet.margin_usd_per_mwh.is_some_and(|m| m > 0.0));
    if let Some(price) = price
        && !fleets.is_empty()
    {
        figures.push(KeyFigure {
            name: "Fleets that pay",
            value: format!("{} of {}", paying.count(), fleets.len()),
            detail: format!("at {}", energy(price)),
            meaning: "Fleets whose revenue covers power with losses and cooling, charges on peaks and running cost at the mean delivered price"
                .to_owned(),
        });
    }
    figures
}

fn margin(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let summary = &scene.outlook.summary;
    if summary.fleets.is_empty() {
        return nothing(ui, "No fleet is in this site");
    }
    let palette = theme::of(ui);
    let bars: Vec<Bar> = summary
        .fleets
        .iter()
        .zip(&scene.site.fleets)
        .map(|(found, fleet)| Bar {
            name: format!("{}, {} J/TH", fleet.model, format::number(fleet.efficiency_j_per_th, 1)),
            parts: vec![Part {
                value: found.breakeven_power_usd_per_mwh,
                name: "",
                colour: palette.mining,
                hatched: false,
            }],
            total: energy(found.breakeven_power_usd_per_mwh),
            tooltip: vec![
                ("Break-even power price", energy(found.breakeven_power_usd_per_mwh)),
                ("Strike, charges on peaks aside", energy(found.strike_usd_per_mwh)),
                (
                    "Judged in",
                    match &found.plug.hall {
                        Some(hall) => format!(
                            "{hall}: {} MWh at the meter for one of IT",
                            format::number(found.plug.gross_factor, 3)
                        ),
                        None => "no hall takes it: its own plug, without losses and cooling".to_owned(),
                    },
                ),
                ("Margin", found.margin_usd_per_mwh.map_or_else(|| "–".to_owned(), energy)),
                ("Owned", format::mw(fleet.owned_mw())),
                ("Availability", format::percent(fleet.availability)),
            ],
            source: scene.source_of(Address::new(Object::Fleet(fleet.id.clone()), "efficiency_j_per_th")),
        })
        .collect();
    let marks: Vec<Mark> = summary
        .power_usd_per_mwh
        .map(|price| Mark { value: price, name: format!("mean delivered price {}", energy(price)) })
        .into_iter()
        .collect();
    let best = summary
        .fleets
        .iter()
        .zip(&scene.site.fleets)
        .max_by(|a, b| a.0.breakeven_power_usd_per_mwh.total_cmp(&b.0.breakeven_power_usd_per_mwh));
    let headline = match (best, summary.power_usd_per_mwh) {
        (Some((found, fleet)), Some(price)) => format!(
            "{} pays for power up to {}, {} {} what the site pays",
            fleet.model,
            energy(found.breakeven_power_usd_per_mwh),
            energy((found.breakeven_power_usd_per_mwh - price).abs()),
            if found.breakeven_power_usd_per_mwh >= price { "above" } else { "below" }
        ),
        (Some((found, fleet)), None) => {
            format!("{} pays for power up to {}", fleet.model, energy(found.breakeven_power_usd_per_mwh))
        }
        (None, _) => String::new(),
    };
    let words = Words {
        headline,
        axis: "Delivered power price at which a machine earns nothing where it stands, $/MWh".to_owned(),
        name: "Break-even power price by fleet",
    };
    bars::show(ui, &words, &scene.footer, &bars, &marks, 1);
}

fn payback(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let summary = &scene.outlook.summary;
    let palette = theme::of(ui);
    let sold: Vec<_> = summary
        .fleets
        .iter()
        .zip(&scene.site.fleets)
        .filter(|(found, fleet)| fleet.purchase_usd_per_th.is_some() || found.payback.static_days.is_some())
        .collect();
    if sold.is_empty() {
        return nothing(ui, "No fleet has a price of a new machine: enter one to see its payback");
    }
    let bar = |name: String, value: Option<f64>, hatched: bool, found: &FleetSummary, source: &str| Bar {
        name,
        parts: value
            .map(|value| Part { value, name: "", colour: palette.mining, hatched })
            .into_iter()
            .collect(),
        total: days(value),
        tooltip: vec![
            ("While nothing changes", days(found.payback.static_days)),
            ("Along the mean path", days(found.payback.mean_path_days)),
            ("Along the median path", days(found.payback.median_path_days)),
            ("Margin", found.margin_usd_per_mwh.map_or_else(|| "–".to_owned(), energy)),
        ],
        source: source.to_owned(),
    };
    let mut bars = Vec::new();
    for (found, fleet) in &sold {
        let name = match fleet.purchase_usd_per_th {
            Some(price) => format!("{} at {} $/TH", fleet.model, format::number(price, 1)),
            None => format!("{} at the catalogue's price", fleet.model),
        };
        let source = scene.source_of(Address::new(Object::Fleet(fleet.id.clone()), "purchase_usd_per_th"));
        let payback = &found.payback;
        bars.push(bar(format!("{name}, while nothing changes"), payback.static_days, false, found, &source));
        bars.push(bar(
            format!("{}, along the median path", fleet.model),
            payback.median_path_days,
            true,
            found,
            &source,
        ));
    }
    // Paybacks count from the delivery; the earliest of them, where machines differ.
    let lead = sold.iter().map(|(found, _)| found.payback.delivery_days).fold(f64::INFINITY, f64::min);
    let to_halving = (summary.days_to_halving_from_start - lead).max(0.0);
    let halving =
        Mark { value: to_halving, name: format!("halving {} after delivery", days(Some(to_halving))) };
    let first = sold
        .iter()
        .filter_map(|(found, fleet)| Some((found.payback.static_days?, &found.payback, fleet)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let headline = match first {
        Some((value, payback, fleet)) => format!(
            "{} pays back in {} while nothing changes, along the median path {}",
            fleet.model,
            days(Some(value)),
            match payback.median_path_days {
                Some(value) => format!("in {}", days(Some(value))),
                None => "never".to_owned(),
            }
        ),
        None => "No machine on sale earns its price at today's hashprice and power".to_owned(),
    };
    let words = Words {
        headline,
        axis: "Days from the start of the plan until a new machine has earned its price".to_owned(),
        name: "Payback by fleet",
    };
    bars::show(ui, &words, &scene.footer, &bars, &[halving], 0);
}

fn systems(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let systems = &scene.site.gpu_systems;
    if systems.is_empty() {
        return nothing(ui, "No GPU system is in this site: colocation customers bring their own");
    }
    let palette = theme::of(ui);
    let million_per_mw = |system: &crate::site::GpuSystem| system.usd_per_gpu / system.kw_per_gpu / 1000.0;
    let bars: Vec<Bar> = systems
        .iter()
        .map(|system| Bar {
            name: format!("{}, {} kW a GPU", system.model, format::number(system.kw_per_gpu, 2)),
            parts: vec![Part {
                value: million_per_mw(system),
                name: "",
                colour: palette.hosting[0],
                hatched: false,
            }],
            total: format!("{} M$/MW", format::number(million_per_mw(system), 1)),
            tooltip: vec![
                ("Price of one GPU", format::usd(system.usd_per_gpu)),
                ("GPUs in a MW", format::number(1000.0 / system.kw_per_gpu, 0)),
                ("Rack", format::with_unit(system.kw_per_rack, Unit::KwPerRack)),
                ("Life", format::with_unit(system.life_months, Unit::Months)),
            ],
            source: scene.source_of(Address::new(Object::GpuSystem(system.id.clone()), "usd_per_gpu")),
        })
        .collect();
    let dearest = systems.iter().max_by(|a, b| million_per_mw(a).total_cmp(&million_per_mw(b)));
    let headline = dearest.map_or_else(String::new, |system| {
        format!(
            "A megawatt of {} costs {} M$ to fill",
            system.model,
            format::number(million_per_mw(system), 0)
        )
    });
    let words = Words {
        headline,
        axis: "Capital cost of the GPUs in a critical MW, M$".to_owned(),
        name: "GPU systems",
    };
    bars::show(ui, &words, &scene.footer, &bars, &[], 1);
}
