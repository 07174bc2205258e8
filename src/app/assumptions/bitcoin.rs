//! Bitcoin: where the hashprice may go, what mining costs, and where a fleet survives.

use egui::{Align2, Pos2, Shape, Stroke, Ui, pos2};

use super::bars::{self, Bar, Mark, Part};
use super::fan::{Shown, nearest, recent};
use super::pictures::{KeyFigure, Picture, Scene, nothing};
use super::plot::{Plot, tooltip};
use crate::app::canvas::symbol::hatch;
use crate::app::chart::{Words, halving_dates, round_up};
use crate::app::state::Action;
use crate::app::theme;
use crate::market::economics::STRESS_HASHPRICE;
use crate::market::summary::Fan;
use crate::quantity::{date, format};

pub const PICTURES: &[Picture] = &[
    Picture { name: "Hashprice", paint: fan },
    Picture { name: "Survival map", paint: survival },
    Picture { name: "Hashcost", paint: hashcost },
    Picture { name: "Calibration", paint: super::calibration::table },
];

fn usd(value: f64) -> String {
    format!("{} $/PH/s/day", format::number(value, 1))
}

pub fn figures(scene: &Scene<'_>) -> Vec<KeyFigure> {
    let summary = &scene.outlook.summary;
    let given = &scene.site.assumptions.bitcoin;
    let (today, planned) = (summary.hashprice_usd_per_ph_day, summary.planned_hashprice_usd_per_ph_day);
    let mut figures = vec![KeyFigure {
        name: "Hashprice",
        value: format::number(planned, 1),
        detail: if (planned - today).abs() > 1e-6 {
            format!("set; chain {}", format::number(today, 1))
        } else {
            "$/PH/s/day".to_owned()
        },
        meaning: format!(
            "What a petahash per second earns in a day before pool fees: from a difficulty of {}, {} a bitcoin, the subsidy \
             and fees of {}",
            format::with_unit(given.difficulty, crate::quantity::Unit::None),
            format::usd(given.price_usd_per_btc),
            format::percent(given.fee_share_of_subsidy)
        ),
    }];
    let epoch = &summary.epoch;
    figures.push(KeyFigure {
        name: "Next retarget",
        value: format!("{} %", signed(epoch.expected_change * 100.0)),
        detail: format::date(epoch.retarget_date),
        meaning: format!(
            "Change of the difficulty if the epoch ends at its pace: {} of 2 016 blocks are left; hashprice is then {} at \
             the same price and fees",
            format::number(f64::from(epoch.blocks_left), 0),
            usd(epoch.next_hashprice_usd_per_ph_day)
        ),
    });
    figures.push(KeyFigure {
        name: "Next halving",
        value: format!("{} days", format::number(summary.days_to_halving, 0)),
        detail: format::date(summary.halving_date),
        meaning: format!(
            "Until block {} at {} minutes a block, counted from {}",
            format::number(f64::from(summary.halving_height), 0),
            format::number(given.block_minutes, 2),
            format::date(given.as_of)
        ),
    });
    let payback = summary
        .fleets
        .iter()
        .zip(&scene.site.fleets)
        .filter(|(_, fleet)| fleet.purchase_usd_per_th.is_some())
        .map(|(found, fleet)| (found.payback, fleet))
        .min_by(|a, b| {
            a.0.static_days.unwrap_or(f64::INFINITY).total_cmp(&b.0.static_days.unwrap_or(f64::INFINITY))
        });
    if let Some((payback, fleet)) = payback {
        figures.push(KeyFigure {
            name: "Payback",
            value: days(payback.static_days),
            detail: fleet.model.clone(),
            meaning: format!(
                "Price of a new machine over its daily margin while hashprice and power stay as today; along the median of \
                 the paths, halvings and network growth in it: {}",
                days(payback.median_path_days)
            ),
        });
    }
    if let Some(cost) = summary.hashcost_usd_per_ph_day {
        figures.push(KeyFigure {
            name: "Hashcost",
            value: format::number(cost.total, 1),
            detail: format!("median {}", format::number(summary.public_hashcost_usd_per_ph_day, 1)),
            meaning: "Against the median of public miners. Power with losses and cooling, charges on peaks, site, corporate and financing cost of a working petahash per second and day".to_owned(),
        });
    }
    figures
}

/// Days in words; machines may never earn their price.
pub fn days(value: Option<f64>) -> String {
    value.map_or_else(|| "never".to_owned(), |days| format!("{} days", format::number(days, 0)))
}

fn signed(value: f64) -> String {
    format!("{}{}", if value > 0.0 { "+" } else { "" }, format::number(value, 1))
}

fn months_of(fan: &Fan) -> Vec<f64> {
    (0..fan.p50.len()).map(|month| month as f64).collect()
}

fn fan(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let outlook = scene.outlook;
    let (summary, series) = (&outlook.summary, &outlook.summary.hashprice);
    if series.p50.is_empty() {
        return nothing(ui, "The horizon has no months: set it under Plan");
    }
    let months = months_of(series);
    let halvings: Vec<(f64, crate::quantity::Date)> = halving_dates(&scene.site.assumptions.bitcoin)
        .into_iter()
        .map(|day| (date::days_between(outlook.start, day) / (365.25 / 12.0), day))
        .filter(|(month, _)| (0.0..months.len() as f64).contains(month))
        .collect();
    let public = summary.public_hashcost_usd_per_ph_day;
    let past = recent(&outlook.history);
    let shown = Shown {
        start: outlook.start,
        fan: series,
        past: &past,
        past_name: "Hashprice",
        past_source: &outlook.calibration.source,
        in_words: usd,
    };
    let high = series.p95.iter().copied().chain(past.iter().map(|(_, value)| *value)).fold(public, f64::max);
    let words = Words {
        headline: fan_headline(scene, &halvings),
        axis: "Hashprice, $/PH/s/day: 5 to 95 % of the paths, half of them in the darker band".to_owned(),
        name: "Hashprice over the horizon",
    };
    let x = (shown.first(), (months.len() as f64 - 1.0).max(1.0));
    let Some((plot, response)) = Plot::new(ui, &words, &scene.footer, x, (0.0, round_up(high * 1.06))) else {
        return;
    };
    plot.year_axis(outlook.start);
    shown.paint_past(&plot);
    if let Some(last) = past.last() {
        let ink = plot.palette.text;
        // No month is known between the history and the day of the assumptions.
        let now = date::days_between(outlook.start, summary.as_of) / (365.25 / 12.0);
        let today = (now, summary.hashprice_usd_per_ph_day);
        plot.line([*last, today], Stroke::new(1.2, ink), Some(2.5));
    }
    plot.fan(&months, series, plot.palette.mining);
    let weak = plot.palette.text;
    plot.level(public, 0.0, &format!("public median hashcost {}", format::number(public, 1)), weak);
    if let Some(cost) = summary.hashcost_usd_per_ph_day {
        // The two names would lie on one another where the levels are close.
        if (plot.y(cost.total) - plot.y(public)).abs() > 16.0 {
            plot.level(
                cost.total,
                0.0,
                &format!("hashcost of this site {}", format::number(cost.total, 1)),
                weak,
            );
        }
    }
    for (month, day) in &halvings {
        let short = plot.rect.width() < 420.0;
        let name = if short { day.year().to_string() } else { date::month_label(*day) };
        plot.mark(*month, &format!("halving {name}"));
    }
    shown.tell(&plot, response);
}

fn fan_headline(scene: &Scene<'_>, halvings: &[(f64, crate::quantity::Date)]) -> String {
    let summary = &scene.outlook.summary;
    let series = &summary.hashprice;
    let last = series.p50.len().saturating_sub(1);
    let (month, when) = match halvings.first() {
        // Half a year later the network has answered the first shock.
        Some((month, day)) => (
            nearest(month + 6.0, last + 1),
            format!("half a year after the halving of {}", date::month_label(*day)),
        ),
        None => (last, "at the end of the horizon".to_owned()),
    };
    let at = |series: &[f64]| format::number(series.get(month).copied().unwrap_or(0.0), 0);
    format!(
        "From {} today the median hashprice goes to {} {when}; one path in twenty is below {}",
        format::number(summary.planned_hashprice_usd_per_ph_day, 0),
        at(&series.p50),
        at(&series.p5)
    )
}

fn hashcost(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let summary = &scene.outlook.summary;
    let Some(cost) = summary.hashcost_usd_per_ph_day else {
        return nothing(ui, "Hashcost needs machines in the site and a grid feed that names a price deck");
    };
    let palette = theme::of(ui);
    let planned = summary.planned_hashprice_usd_per_ph_day;
    let public = summary.public_hashcost_usd_per_ph_day;
    let gap = planned - cost.total;
    let words = Words {
        headline: format!(
            "A petahash costs this site {} a day in all, {} {} than it brings at {}",
            format::number(cost.total, 1),
            format::number(gap.abs(), 1),
            if gap < 0.0 { "more" } else { "less" },
            format::number(planned, 1)
        ),
        axis: "Cost of a working petahash per second, $/PH/s/day".to_owned(),
        name: "Hashcost against hashprice",
    };
    let part = |value: f64, name, share: f32, hatched| Part {
        value,
        name,
        colour: theme::mix(palette.mining, palette.text, share),
        hatched,
    };
    let shown = |value: f64| format::number(value, 1);
    let site = Bar {
        name: scene.site.name.clone(),
        parts: vec![
            part(cost.power, "power", 0.0, false),
            part(cost.charges, "charges", 0.15, false),
            part(cost.site, "site", 0.3, false),
            part(cost.corporate, "corporate", 0.45, false),
            part(cost.financing, "financing", 0.6, false),
        ],
        total: shown(cost.total),
        tooltip: vec![
            ("Power, losses and cooling in it", usd(cost.power)),
            ("Charges on peaks not avoided", usd(cost.charges)),
            ("Running cost, pool fee, site", usd(cost.site)),
            ("Overhead", usd(cost.corporate)),
            ("Interest of loans", usd(cost.financing)),
            ("In all", usd(cost.total)),
        ],
        source: "From the fleets, the tariff and the company's cost in this file".to_owned(),
    };
    let source = scene
        .source_of(crate::site::Address::new(crate::site::Object::Bitcoin, "public_hashcost_usd_per_ph_day"));
    let median = Bar {
        name: "Median of public miners".to_owned(),
        parts: vec![Part { value: public, name: "", colour: palette.works, hatched: true }],
        total: shown(public),
        tooltip: vec![("In all", usd(public))],
        source,
    };
    let mut marks = vec![Mark { value: planned, name: format!("hashprice {}", shown(planned)) }];
    if (planned - STRESS_HASHPRICE).abs() > 0.5 {
        marks.push(Mark {
            value: STRESS_HASHPRICE,
            name: format!("low of November 2025 {}", shown(STRESS_HASHPRICE)),
        });
    }
    bars::show(ui, &words, &scene.footer, &[site, median], &marks, 1);
}

/// Lines and points of the map.
struct Map {
    hashprice: (f64, f64),
    power: (f64, f64),
    /// Name of a fleet and its break-even power price at both ends of the hashprice axis.
    rays: Vec<(String, f64, f64)>,
    points: Vec<(String, f64)>,
}

impl Map {
    fn new(scene: &Scene<'_>) -> Self {
        let map = &scene.outlook.summary.survival_map;
        let ends = |axis: &[f64]| (axis.first().copied().unwrap_or(0.0), axis.last().copied().unwrap_or(1.0));
        let rays = map.fleets.iter().map(|fleet| {
            let name =
                scene.site.fleet(&fleet.id).map_or_else(|| fleet.id.clone(), |fleet| fleet.model.clone());
            let (low, high) = ends(&fleet.break_even_usd_per_mwh);
            (name, low, high)
        });
        // Today stands for the plan's level where the two are the same.
        let planned = scene.outlook.summary.planned_hashprice_usd_per_ph_day;
        let words = |key: &str| match key {
            "planned" => "plan",
            "today" => "today",
            "stress" => "low of 2025",
            _ => "after the halving",
        };
        let points = map
            .points
            .iter()
            .filter(|point| point.key == "planned" || (point.hashprice_usd_per_ph_day - planned).abs() > 0.05)
            .map(|point| {
                let hashprice = point.hashprice_usd_per_ph_day;
                let is_today = (hashprice - scene.outlook.summary.hashprice_usd_per_ph_day).abs() < 0.05;
                let word = if is_today { "today" } else { words(point.key) };
                (format!("{word} {}", format::number(hashprice, 0)), hashprice)
            })
            .collect();
        // The map goes on to where the best machine stops at half as much again; what matters is nearer.
        let price = scene.outlook.summary.power_usd_per_mwh.unwrap_or(0.0);
        let highest = ends(&map.hashprice_usd_per_ph_day).1;
        let best = map.fleets.iter().map(|fleet| ends(&fleet.break_even_usd_per_mwh).1).fold(0.0, f64::max);
        let top = (best * planned / highest.max(1e-9) * 1.3).max(price * 1.6).max(40.0);
        Self {
            hashprice: ends(&map.hashprice_usd_per_ph_day),
            power: (0.0, round_up(top)),
            rays: rays.collect(),
            points,
        }
    }

    /// Break-even of a fleet at a hashprice: a straight line.
    fn break_even(&self, ray: &(String, f64, f64), hashprice: f64) -> f64 {
        let share = (hashprice - self.hashprice.0) / (self.hashprice.1 - self.hashprice.0);
        ray.1 + share * (ray.2 - ray.1)
    }
}

/// Steps of margin that are shaded, $/MWh.
const MARGINS: [f64; 4] = [0.0, 20.0, 40.0, 60.0];

fn survival(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let summary = &scene.outlook.summary;
    if scene.site.fleets.is_empty() {
        return nothing(ui, "The survival map needs a fleet in the site");
    }
    let map = Map::new(scene);
    if map.hashprice.1 <= map.hashprice.0 || map.power.1 <= map.power.0 {
        return nothing(ui, "The map needs a hashprice above zero");
    }
    let words = Words {
        headline: survival_headline(scene, &map),
        axis: "Delivered power price, $/MWh; shaded by the best fleet's margin, losses and charges counted"
            .to_owned(),
        name: "Survival map",
    };
    let across = "Hashprice, $/PH/s/day";
    let found = Plot::titled(ui, &words, across, &scene.footer, map.hashprice, map.power);
    let Some((plot, response)) = found else { return };
    let palette = plot.palette;
    let inside = plot.inside();
    // The best fleet's margin, in steps that differ in grey as well; above its ray no machine pays.
    let best = map.rays.iter().max_by(|a, b| a.2.total_cmp(&b.2));
    hatch(&inside, plot.rect, 9.0, Stroke::new(1.0, palette.border));
    if let Some(best) = best {
        for (step, margin) in MARGINS.iter().enumerate() {
            let at = |hashprice: f64| plot.at(hashprice, map.break_even(best, hashprice) - margin);
            let colour = theme::mix(palette.card, palette.mining, 0.16 + 0.2 * step as f32);
            inside.add(under(&plot, at(map.hashprice.0), at(map.hashprice.1), colour));
        }
        for margin in &MARGINS[1..] {
            let Some(place) = crossing(&map, best, *margin, map.power.0 + 0.06 * (map.power.1 - map.power.0))
            else {
                continue;
            };
            let at = plot.at(place, map.power.0) - egui::vec2(0.0, 4.0);
            plot.note(at, Align2::LEFT_BOTTOM, &format!("+{}", format::number(*margin, 0)), palette.text);
        }
    }
    for ray in &map.rays {
        let line = [(map.hashprice.0, ray.1), (map.hashprice.1, ray.2)];
        plot.line(line, Stroke::new(1.8, palette.text), None);
        // Named where the ray leaves the plot.
        let end = plot.at(map.hashprice.1, ray.2);
        if ray.2 <= map.power.1 {
            // Above the ray; beneath it where that would leave the plot.
            let (shift, align) = if end.y > plot.rect.top() + 20.0 {
                (-3.0, Align2::RIGHT_BOTTOM)
            } else {
                (14.0, Align2::RIGHT_TOP)
            };
            plot.note(pos2(end.x - 4.0, end.y + shift), align, &ray.0, palette.text);
        } else if let Some(hashprice) = crossing(&map, ray, 0.0, map.power.1) {
            let at = plot.at(hashprice, map.power.1);
            plot.note(pos2(at.x - 6.0, at.y + 3.0), Align2::RIGHT_TOP, &ray.0, palette.text);
        }
    }
    let public = summary.public_hashcost_usd_per_ph_day;
    plot.mark(public, &format!("public median hashcost {}", format::number(public, 1)));
    if let Some(price) = summary.power_usd_per_mwh {
        let line = [(map.hashprice.0, price), (map.hashprice.1, price)];
        plot.line(line, Stroke::new(1.3, palette.accent), Some(5.0));
        let end = plot.at(map.hashprice.1, price) - egui::vec2(4.0, 3.0);
        let words = format!("this site {} $/MWh", format::number(price, 1));
        plot.note(end, Align2::RIGHT_BOTTOM, &words, palette.accent);
        for (index, (name, hashprice)) in map.points.iter().enumerate() {
            let at = plot.at(*hashprice, price);
            inside.circle(at, 5.0, palette.accent, Stroke::new(1.5, palette.card));
            // Above and below in turn, since today and the low may lie close.
            let (shift, align) =
                if index % 2 == 0 { (-8.0, Align2::CENTER_BOTTOM) } else { (8.0, Align2::CENTER_TOP) };
            plot.note(at + egui::vec2(0.0, shift), align, name, palette.text);
        }
    }
    if let Some(at) = response.hover_pos() {
        let included = counted(scene);
        let (hashprice, power) = plot.value_at(at);
        let mut rows = vec![
            ("Hashprice", usd(hashprice)),
            ("Delivered power", format!("{} $/MWh", format::number(power, 1))),
        ];
        let margins: Vec<(String, f64)> =
            map.rays.iter().map(|ray| (ray.0.clone(), map.break_even(ray, hashprice) - power)).collect();
        for (name, margin) in &margins {
            rows.push((name.as_str(), format!("{} $/MWh", format::number(*margin, 1))));
        }
        response.on_hover_ui_at_pointer(|ui| {
            tooltip(ui, "Margin of a running machine", &rows, &included);
        });
    }
}

/// What the margins of the map count, and which fleets no hall takes.
fn counted(scene: &Scene<'_>) -> String {
    let map = &scene.outlook.summary.survival_map;
    let homeless: Vec<&str> =
        map.fleets.iter().filter(|fleet| fleet.hall.is_none()).map(|fleet| fleet.id.as_str()).collect();
    let mut text = map.counts.to_owned();
    if !homeless.is_empty() {
        text.push_str(&format!(
            ". No hall takes {}: at its own plug, without losses and cooling",
            homeless.join(", ")
        ));
    }
    text
}

/// Hashprice at which a fleet's break-even less a margin crosses a power price.
fn crossing(map: &Map, ray: &(String, f64, f64), margin: f64, power: f64) -> Option<f64> {
    let rise = (ray.2 - ray.1) / (map.hashprice.1 - map.hashprice.0);
    let found = map.hashprice.0 + (power + margin - ray.1) / rise;
    (rise > 0.0 && (map.hashprice.0..map.hashprice.1).contains(&found)).then_some(found)
}

/// Everything under a line across the plot.
fn under(plot: &Plot<'_>, left: Pos2, right: Pos2, colour: egui::Color32) -> Shape {
    let floor = plot.rect.bottom();
    let points = if left.y >= floor {
        // The line comes up out of the floor inside the plot.
        let share = ((floor - left.y) / (right.y - left.y)).clamp(0.0, 1.0);
        vec![pos2(left.x + share * (right.x - left.x), floor), right, pos2(right.x, floor)]
    } else {
        vec![left, right, pos2(right.x, floor), pos2(left.x, floor)]
    };
    if right.y >= floor {
        return Shape::Noop;
    }
    Shape::convex_polygon(points, colour, Stroke::NONE)
}

fn survival_headline(scene: &Scene<'_>, map: &Map) -> String {
    let summary = &scene.outlook.summary;
    let Some(price) = summary.power_usd_per_mwh else {
        return "Where each fleet survives; the site has no power price yet".to_owned();
    };
    let alive = |hashprice: f64| map.rays.iter().filter(|ray| map.break_even(ray, hashprice) > price).count();
    let halved = summary.survival_map.points.iter().find(|point| point.key == "after_halving");
    let of = map.rays.len();
    let mut text = format!(
        "At {} $/MWh {} of {of} fleets {} today, {} at {}",
        format::number(price, 0),
        alive(summary.planned_hashprice_usd_per_ph_day),
        if of == 1 { "pays its power" } else { "pay their power" },
        alive(STRESS_HASHPRICE),
        format::number(STRESS_HASHPRICE, 0)
    );
    if let Some(halved) = halved {
        text.push_str(&format!(", {} once the subsidy halves", alive(halved.hashprice_usd_per_ph_day)));
    }
    text
}
