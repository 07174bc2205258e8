//! Power: what the hours of a year cost, which of them a miner runs, and where the price may go.

use egui::{Align2, Rect, Stroke, Ui, pos2};

use super::bitcoin::{nearest, quantiles};
use super::pictures::{KeyFigure, Picture, Scene, nothing};
use super::plot::{Plot, tooltip};
use crate::app::canvas::symbol::hatch;
use crate::app::chart::{Words, round_up};
use crate::app::theme;
use crate::market::summary::PowerBand;
use crate::quantity::{HOURS_PER_YEAR, date, format};

pub const PICTURES: &[Picture] = &[
    Picture { name: "Price duration", paint: duration },
    Picture { name: "Price over the horizon", paint: fan },
];

fn price(value: f64) -> String {
    format!("{} $/MWh", format::number(value, 1))
}

/// The dearest hours first.
fn falling(scene: &Scene<'_>) -> Vec<PowerBand> {
    let mut bands = scene.outlook.summary.power_bands.clone();
    bands.sort_by(|a, b| b.usd_per_mwh.total_cmp(&a.usd_per_mwh));
    bands
}

/// Hours of a year that cost more than a strike.
fn hours_above(bands: &[PowerBand], strike: f64) -> f64 {
    bands.iter().filter(|band| band.usd_per_mwh > strike).map(|band| band.hours).sum()
}

/// Name and strike of each fleet, the lowest strike first.
fn strikes(scene: &Scene<'_>) -> Vec<(String, f64)> {
    let mut strikes: Vec<(String, f64)> = scene
        .outlook
        .summary
        .fleets
        .iter()
        .zip(&scene.site.fleets)
        .map(|(found, fleet)| (fleet.model.clone(), found.breakeven_power_usd_per_mwh))
        .collect();
    strikes.sort_by(|a, b| a.1.total_cmp(&b.1));
    strikes
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
            detail: "$/MWh, a load that never stops".to_owned(),
            meaning: "Energy price of the deck with the adder; demand charges and transmission come on top".to_owned(),
        },
        KeyFigure {
            name: "Hours below zero",
            value: format::number(negative, 0),
            detail: format!("of {} a year", format::number(HOURS_PER_YEAR, 0)),
            meaning: "Hours of the price deck in which the delivered price is negative".to_owned(),
        },
    ];
    for (name, strike) in strikes(scene).into_iter().take(2) {
        let hours = hours_above(&bands, strike);
        figures.push(KeyFigure {
            name: if figures.len() == 2 { "First to stop" } else { "Next to stop" },
            value: price(strike),
            detail: format!("{name}, {} h a year", format::number(hours, 0)),
            meaning: format!("Strike of {name}: the power price at which it earns nothing at the planned hashprice"),
        });
    }
    figures
}

fn duration(ui: &mut Ui, scene: &Scene<'_>) {
    let bands = falling(scene);
    if bands.is_empty() {
        return nothing(ui, "The curve needs a grid feed that names a price deck of this file");
    }
    let strikes = strikes(scene);
    let summary = &scene.outlook.summary;
    // The dearest band would flatten all others: it is named where it leaves the plot.
    let dearest = bands.first().map_or(0.0, |band| band.usd_per_mwh);
    let usual = bands.iter().filter(|band| band.hours > 0.05 * HOURS_PER_YEAR).map(|band| band.usd_per_mwh);
    let wanted = usual.chain(strikes.iter().map(|(_, strike)| *strike)).fold(0.0, f64::max);
    let low = bands.last().map_or(0.0, |band| band.usd_per_mwh).min(0.0);
    let top = round_up(wanted * 1.1);
    let bottom = if low < 0.0 { -round_up(-low) } else { 0.0 };
    let words = Words {
        headline: duration_headline(&bands, &strikes),
        axis: "Delivered price of the hour, $/MWh".to_owned(),
        name: "Price-duration curve",
    };
    let Some((plot, response)) = Plot::new(ui, &words, &scene.footer, (0.0, HOURS_PER_YEAR), (bottom, top)) else {
        return;
    };
    let palette = plot.palette;
    let mut from = 0.0;
    let lowest = strikes.first().map_or(f64::INFINITY, |(_, strike)| *strike);
    let painter = plot.inside();
    for band in &bands {
        let to = from + band.hours;
        let (a, b) = (plot.at(from, band.usd_per_mwh.max(0.0)), plot.at(to, band.usd_per_mwh.min(0.0)));
        let rect = Rect::from_min_max(a, b);
        let stopped = band.usd_per_mwh > lowest;
        let colour = if stopped { palette.unused } else { theme::mix(palette.card, palette.mining, 0.45) };
        painter.rect_filled(rect, 0.0, colour);
        if stopped {
            hatch(&painter, rect.intersect(plot.rect), 6.0, Stroke::new(1.0, palette.works));
        }
        from = to;
    }
    let mut outline = Vec::new();
    let mut from = 0.0;
    for band in &bands {
        outline.push((from, band.usd_per_mwh.min(top)));
        from += band.hours;
        outline.push((from, band.usd_per_mwh.min(top)));
    }
    plot.line(outline, Stroke::new(1.8, palette.text), None);
    plot.x_axis("Hours of the year, dearest first");
    if bottom < 0.0 {
        plot.line([(0.0, 0.0), (HOURS_PER_YEAR, 0.0)], Stroke::new(1.0, palette.border_strong), None);
    }
    if dearest > top {
        let hours: f64 = bands.iter().filter(|band| band.usd_per_mwh > top).map(|band| band.hours).sum();
        let text = format!("{} h at {} on average", format::number(hours, 0), price(mean_above(&bands, top)));
        plot.note(pos2(plot.rect.left() + 10.0, plot.rect.top() + 2.0), Align2::LEFT_TOP, &text, palette.text);
    }
    for (name, strike) in &strikes {
        strike_line(&plot, name, *strike);
    }
    if let Some(mean) = summary.power_usd_per_mwh {
        let at = pos2(plot.rect.right() - 4.0, plot.y(mean));
        plot.line([(0.0, mean), (HOURS_PER_YEAR, mean)], Stroke::new(1.0, palette.text_weak), Some(2.5));
        plot.note(at, Align2::RIGHT_CENTER, &format!("mean {}", format::number(mean, 1)), palette.text_weak);
    }
    if let Some(at) = response.hover_pos() {
        let hour = plot.value_at(at).0;
        let mut seen = 0.0;
        let band = bands.iter().find(|band| {
            seen += band.hours;
            seen >= hour
        });
        if let Some(band) = band {
            let running: Vec<&str> = strikes
                .iter()
                .filter(|(_, strike)| *strike >= band.usd_per_mwh)
                .map(|(name, _)| name.as_str())
                .collect();
            let rows = [
                ("Price", price(band.usd_per_mwh)),
                ("Hours in the band", format::number(band.hours, 0)),
                ("Mining", if running.is_empty() { "none".to_owned() } else { running.join(", ") }),
            ];
            let title = format!("Hour {} of the year, by price", format::number(hour, 0));
            response.on_hover_ui_at_pointer(|ui| tooltip(ui, &title, &rows, &deck_source(scene)));
        }
    }
}

fn strike_line(plot: &Plot<'_>, name: &str, strike: f64) {
    let palette = plot.palette;
    plot.line([(0.0, strike), (HOURS_PER_YEAR, strike)], Stroke::new(1.4, palette.accent), Some(5.0));
    let at = pos2(plot.rect.center().x, plot.y(strike) - 2.0);
    let text = format!("strike of {name} {}", format::number(strike, 1));
    plot.note(at, Align2::LEFT_BOTTOM, &text, palette.accent);
}

fn mean_above(bands: &[PowerBand], limit: f64) -> f64 {
    let above = || bands.iter().filter(|band| band.usd_per_mwh > limit);
    let hours: f64 = above().map(|band| band.hours).sum();
    above().map(|band| band.hours * band.usd_per_mwh).sum::<f64>() / hours.max(1e-9)
}

fn deck_source(scene: &Scene<'_>) -> String {
    let feed = scene.site.grid_feeds().next();
    feed.and_then(|(_, feed)| scene.site.price_deck(&feed.tariff.price_deck))
        .map(|deck| deck.source.clone())
        .unwrap_or_default()
}

fn duration_headline(bands: &[PowerBand], strikes: &[(String, f64)]) -> String {
    let Some((name, strike)) = strikes.first() else {
        return "What the hours of a year cost, dearest first".to_owned();
    };
    let hours = hours_above(bands, *strike);
    if hours < 1.0 {
        return format!("No hour of the typical year costs more than the strike of {name}: mining never stops");
    }
    if hours > HOURS_PER_YEAR - 1.0 {
        return format!("{name} pays in no hour of the typical year");
    }
    format!(
        "{name} stands still in {} of {} hours, those above {} $/MWh",
        format::number(hours, 0),
        format::number(HOURS_PER_YEAR, 0),
        format::number(*strike, 0)
    )
}

fn fan(ui: &mut Ui, scene: &Scene<'_>) {
    let outlook = scene.outlook;
    let Some(series) = outlook.power.as_ref().filter(|fan| !fan.p50.is_empty()) else {
        return nothing(ui, "The fan needs a grid feed that names a price deck of this file");
    };
    let months: Vec<f64> = (0..series.p50.len()).map(|month| month as f64).collect();
    let last = months.len() - 1;
    let high = series.p95.iter().copied().fold(0.0, f64::max);
    let low = series.p5.iter().copied().fold(0.0, f64::min);
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
    let Some((plot, response)) = Plot::new(ui, &words, &scene.footer, (0.0, (last as f64).max(1.0)), y) else {
        return;
    };
    plot.year_axis(outlook.start);
    plot.fan(&months, series, plot.palette.side_a);
    if let Some(at) = response.hover_pos() {
        let month = nearest(plot.value_at(at).0, months.len());
        response.on_hover_ui_at_pointer(|ui| {
            quantiles(ui, &date::month_label(date::add_months(outlook.start, month as i32)), series, month, price);
        });
    }
}
