//! Power: what the hours of a year cost, which of them a miner runs, and where the price may go.

use egui::{Align2, Color32, Stroke, Ui, pos2};

use super::fan::{Shown, recent};
use super::pictures::{KeyFigure, Picture, Scene, nothing};
use super::plot::{Plot, tooltip};
use crate::app::chart::{Words, round_up};
use crate::app::state::Action;
use crate::app::theme;
use crate::market::power::{StatusHours, deck_of};
use crate::market::summary::PowerBand;
use crate::quantity::{Date, HOURS_PER_MONTH, HOURS_PER_YEAR, date, format};
use crate::site::PriceBand;

pub const PICTURES: &[Picture] = &[
    Picture { name: "Price duration", paint: duration },
    Picture { name: "Price fan", paint: fan },
    Picture { name: "Bills", paint: super::bills::table },
    Picture { name: "Tariff", paint: super::tariff::picture },
];

fn price(value: f64) -> String {
    format!("{} $/MWh", format::number(value, 1))
}

/// The bands of all months at the delivered price, the dearest hours first.
fn falling(scene: &Scene<'_>) -> Vec<PowerBand> {
    let feed = scene.site.grid_feeds().find_map(|(_, feed)| Some((deck_of(scene.site, &feed.tariff)?, feed)));
    let Some((deck, feed)) = feed else { return Vec::new() };
    let band = |band: &PriceBand| PowerBand {
        hours: band.share * HOURS_PER_MONTH,
        usd_per_mwh: band.usd_per_mwh + feed.tariff.adder_usd_per_mwh,
    };
    let mut bands: Vec<PowerBand> = deck.months.iter().flatten().map(band).collect();
    bands.sort_by(|a, b| b.usd_per_mwh.total_cmp(&a.usd_per_mwh));
    bands
}

/// Price of the hour that so many are dearer than.
fn price_at(bands: &[PowerBand], hours: f64) -> f64 {
    let mut seen = 0.0;
    let found = bands.iter().find(|band| {
        seen += band.hours;
        seen >= hours
    });
    found.or(bands.last()).map_or(0.0, |band| band.usd_per_mwh)
}

/// A fleet and how its year is spent.
struct Strike {
    name: String,
    usd_per_mwh: f64,
    hours: StatusHours,
    margin_usd_per_mw_year: f64,
}

/// The lowest strike first.
fn strikes(scene: &Scene<'_>) -> Vec<Strike> {
    let found = scene.outlook.curtailment.iter().filter_map(|found| {
        Some(Strike {
            name: scene.site.fleet(&found.fleet)?.model.clone(),
            usd_per_mwh: found.strike_usd_per_mwh,
            hours: found.hours,
            margin_usd_per_mw_year: found.margin_usd_per_mw_year,
        })
    });
    let mut strikes: Vec<Strike> = found.collect();
    strikes.sort_by(|a, b| a.usd_per_mwh.total_cmp(&b.usd_per_mwh));
    strikes
}

/// Hours and price of the curve, dearest first: through the hours where they are kept, else in steps of the bands.
fn curve(scene: &Scene<'_>, bands: &[PowerBand]) -> Vec<(f64, f64)> {
    if let Some(duration) = scene.outlook.duration.as_ref().filter(|duration| duration.is_hourly) {
        return duration
            .points
            .iter()
            .map(|point| (point.share * HOURS_PER_YEAR, point.usd_per_mwh))
            .collect();
    }
    let mut outline = Vec::new();
    let mut from = 0.0;
    for band in bands {
        outline.push((from, band.usd_per_mwh));
        from += band.hours;
        outline.push((from, band.usd_per_mwh));
    }
    outline
}

/// The curve up to an hour, or from it on.
fn part_of(curve: &[(f64, f64)], from: f64, to: f64) -> Vec<(f64, f64)> {
    let inside = |hour: f64| (from..=to).contains(&hour);
    let mut part = Vec::new();
    for pair in curve.windows(2) {
        let [(a, price_a), (b, price_b)] = [pair[0], pair[1]];
        let at = |hour: f64| (hour, price_a + (price_b - price_a) * ((hour - a) / (b - a).max(1e-9)));
        if inside(a) {
            part.push((a, price_a));
        } else if a < from && from < b {
            part.push(at(from));
        }
        if a < to && to < b {
            part.push(at(to));
        }
    }
    if let Some(last) = curve.last().filter(|last| inside(last.0)) {
        part.push(*last);
    }
    part
}

pub fn figures(scene: &Scene<'_>) -> Vec<KeyFigure> {
    let summary = &scene.outlook.summary;
    let Some(mean) = summary.power_usd_per_mwh else { return Vec::new() };
    let bands = falling(scene);
    let negative: f64 = bands.iter().filter(|band| band.usd_per_mwh < 0.0).map(|band| band.hours).sum();
    let mut figures = vec![
        KeyFigure {
            name: "Mean delivered price",
            value: format::number(mean, 1),
            detail: "$/MWh, never stopping".to_owned(),
            meaning: "Of a load that never stops: energy price with the adder; demand charges and transmission come on top".to_owned(),
        },
        KeyFigure {
            name: "Hours below zero",
            value: format::number(negative, 0),
            detail: format!("of {} a year", format::number(HOURS_PER_YEAR, 0)),
            meaning: "Hours of the price deck in which the delivered price is negative".to_owned(),
        },
    ];
    for strike in strikes(scene).into_iter().take(2) {
        let Strike { name, usd_per_mwh, hours, margin_usd_per_mw_year } = strike;
        figures.push(KeyFigure {
            name: if figures.len() == 2 { "First to stop" } else { "Next to stop" },
            value: price(usd_per_mwh),
            detail: format!("{name}, {} h a year", format::number(hours.price, 0)),
            meaning: format!(
                "Strike of {name}: the power price at which it earns nothing at the planned hashprice. Of a year {} h run, \
                 {} stand for the price, {} for mandates, {} for 4CP, {} for calls; a MW of IT earns {} a year before charges on peaks",
                format::number(hours.running, 0),
                format::number(hours.price, 0),
                format::number(hours.mandated, 0),
                format::number(hours.four_cp, 0),
                format::number(hours.called, 0),
                format::usd(margin_usd_per_mw_year)
            ),
        });
    }
    figures
}

fn duration(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let bands = falling(scene);
    if bands.is_empty() {
        return nothing(
            ui,
            "The curve needs a grid feed whose energy has a price: name a price deck or a tariff",
        );
    }
    let (strikes, curve) = (strikes(scene), curve(scene, &bands));
    // The dearest twentieth of the hours would flatten all others: it is named where it leaves the plot.
    let wanted = [price_at(&bands, 0.05 * HOURS_PER_YEAR)]
        .into_iter()
        .chain(strikes.iter().map(|strike| strike.usd_per_mwh))
        .fold(0.0, f64::max);
    let low = price_at(&bands, 0.99 * HOURS_PER_YEAR).min(0.0);
    let top = round_up(wanted * 1.1);
    let bottom = if low < -0.5 { -round_up(-low) } else { 0.0 };
    let words = Words {
        headline: duration_headline(&strikes),
        axis: "Delivered price of the hour, $/MWh".to_owned(),
        name: "Price-duration curve",
    };
    let (across, year) = ("Hours of the year, dearest first", (0.0, HOURS_PER_YEAR));
    let Some((plot, response)) = Plot::titled(ui, &words, across, &scene.footer, year, (bottom, top)) else {
        return;
    };
    let palette = plot.palette;
    // What the first fleet to stop does not run is hatched.
    let lowest = strikes.first().map_or(f64::INFINITY, |strike| strike.usd_per_mwh);
    let stopped = curve.iter().take_while(|point| point.1 > lowest).last().map_or(0.0, |point| point.0);
    let fill = |from: f64, to: f64, colour: Color32| {
        let part = part_of(&curve, from, to);
        let hours: Vec<f64> = part.iter().map(|point| point.0).collect();
        let floor: Vec<f64> = part.iter().map(|point| point.1.min(0.0)).collect();
        let ceiling: Vec<f64> = part.iter().map(|point| point.1.max(0.0).min(top)).collect();
        plot.band(&hours, &floor, &ceiling, colour);
    };
    fill(0.0, stopped, theme::mix(palette.card, palette.works, 0.35));
    fill(stopped, HOURS_PER_YEAR, theme::mix(palette.card, palette.mining, 0.45));
    plot.line(
        curve.iter().map(|(hour, price)| (*hour, price.min(top))),
        Stroke::new(1.8, palette.text),
        None,
    );
    if bottom < 0.0 {
        plot.line([(0.0, 0.0), (HOURS_PER_YEAR, 0.0)], Stroke::new(1.0, palette.border_strong), None);
    }
    let above: f64 = bands.iter().filter(|band| band.usd_per_mwh > top).map(|band| band.hours).sum();
    if above > 0.0 {
        let text = format!("{} h at {} on average", format::number(above, 0), price(mean_above(&bands, top)));
        plot.note(
            pos2(plot.rect.left() + 10.0, plot.rect.top() + 2.0),
            Align2::LEFT_TOP,
            &text,
            palette.text,
        );
    }
    for strike in &strikes {
        strike_line(&plot, &strike.name, strike.usd_per_mwh, scene.outlook.summary.power_usd_per_mwh);
    }
    if let Some(mean) = scene.outlook.summary.power_usd_per_mwh {
        let at = pos2(plot.rect.right() - 4.0, plot.y(mean) - 2.0);
        plot.line([(0.0, mean), (HOURS_PER_YEAR, mean)], Stroke::new(1.0, palette.text_weak), Some(2.5));
        let text = format!("mean {}", format::number(mean, 1));
        plot.note(at, Align2::RIGHT_BOTTOM, &text, palette.text_weak);
    }
    if let Some(at) = response.hover_pos() {
        let hour = plot.value_at(at).0;
        let Some((_, value)) = curve.iter().rev().find(|point| point.0 <= hour).or(curve.first()).copied()
        else {
            return;
        };
        let running: Vec<&str> = strikes
            .iter()
            .filter(|strike| strike.usd_per_mwh >= value)
            .map(|strike| strike.name.as_str())
            .collect();
        let rows = [
            ("Price", price(value)),
            ("Mining at this price", if running.is_empty() { "none".to_owned() } else { running.join(", ") }),
        ];
        let title = format!("Hour {} of the year, by price", format::number(hour, 0));
        response.on_hover_ui_at_pointer(|ui| tooltip(ui, &title, &rows, &deck_source(scene)));
    }
}

fn strike_line(plot: &Plot<'_>, name: &str, strike: f64, mean: Option<f64>) {
    let palette = plot.palette;
    plot.line([(0.0, strike), (HOURS_PER_YEAR, strike)], Stroke::new(1.4, palette.accent), Some(5.0));
    let text = format!("strike of {name} {}", format::number(strike, 1));
    // Beneath its line where the mean lies just above it, whose name would stand in the same place.
    let is_close = mean.is_some_and(|mean| (0.0..20.0).contains(&(plot.y(strike) - plot.y(mean))));
    let (shift, align) = if is_close { (2.0, Align2::LEFT_TOP) } else { (-2.0, Align2::LEFT_BOTTOM) };
    plot.note(pos2(plot.rect.center().x, plot.y(strike) + shift), align, &text, palette.accent);
}

fn mean_above(bands: &[PowerBand], limit: f64) -> f64 {
    let above = || bands.iter().filter(|band| band.usd_per_mwh > limit);
    let hours: f64 = above().map(|band| band.hours).sum();
    above().map(|band| band.hours * band.usd_per_mwh).sum::<f64>() / hours.max(1e-9)
}

fn deck_source(scene: &Scene<'_>) -> String {
    let feed = scene.site.grid_feeds().next();
    feed.and_then(|(_, feed)| deck_of(scene.site, &feed.tariff))
        .map(|deck| deck.source.clone())
        .unwrap_or_default()
}

fn duration_headline(strikes: &[Strike]) -> String {
    let Some(first) = strikes.first() else {
        return "What the hours of a year cost, dearest first".to_owned();
    };
    let (name, strike) = (&first.name, first.usd_per_mwh);
    if first.hours.price < 0.5 {
        return format!(
            "No hour costs more than the {} $/MWh at which {name} stops",
            format::number(strike, 0)
        );
    }
    if first.hours.running < 0.5 {
        return format!("{name} pays in no hour of the typical year");
    }
    format!(
        "{name} stops for the price in {} of {} hours, those above {} $/MWh",
        format::number(first.hours.price, 0),
        format::number(HOURS_PER_YEAR, 0),
        format::number(strike, 0)
    )
}

fn fan(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let outlook = scene.outlook;
    let Some(series) = outlook.power.as_ref().filter(|fan| !fan.p50.is_empty()) else {
        return nothing(ui, "The fan needs a grid feed that names a price deck of this file");
    };
    let months: Vec<f64> = (0..series.p50.len()).map(|month| month as f64).collect();
    let last = months.len() - 1;
    let past = recent(&outlook.power_history);
    let source = deck_source(scene);
    let shown = Shown {
        start: outlook.start,
        fan: series,
        past: &past,
        past_name: "Mean of the month, with the adder",
        past_source: &source,
        in_words: price,
    };
    let of_past = || past.iter().map(|(_, value)| *value);
    let high = series.p95.iter().copied().chain(of_past()).fold(0.0, f64::max);
    let low = series.p5.iter().copied().chain(of_past()).fold(0.0, f64::min);
    let years = format::number(months.len() as f64 / 12.0, 0);
    let words = Words {
        headline: format!(
            "In {years} years delivered power costs {} $/MWh on average; one path in twenty is above {}",
            format::number(series.mean[last], 0),
            format::number(series.p95[last], 0)
        ),
        axis: "Mean delivered price of a typical year at the month's market, $/MWh".to_owned(),
        name: "Power price over the horizon",
    };
    let y = (if low < 0.0 { -round_up(-low) } else { 0.0 }, round_up(high * 1.06));
    let Some((plot, response)) =
        Plot::new(ui, &words, &scene.footer, (shown.first(), (last as f64).max(1.0)), y)
    else {
        return;
    };
    plot.year_axis(outlook.start);
    shown.paint_past(&plot);
    plot.fan(&months, series, plot.palette.side_a);
    // A history that ended long before the plan is named and not drawn.
    if let (true, Some(span)) = (past.is_empty(), history_span(&outlook.power_history, outlook.start)) {
        let at = plot.rect.left_top() + egui::vec2(6.0, 2.0);
        plot.note(at, Align2::LEFT_TOP, &format!("the deck's months are of {span}"), plot.palette.text_weak);
    }
    shown.tell(&plot, response);
}

/// `2019 to 2020`; none where nothing is known.
fn history_span(history: &[(f64, f64)], start: Date) -> Option<String> {
    let year = |point: &(f64, f64)| date::add_days(start, point.0 * 365.25 / 12.0).year();
    let (first, last) = (year(history.first()?), year(history.last()?));
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}
