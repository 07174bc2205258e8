//! How far the price of a limit holds, as a bar around what the limit is today, with what a unit of it is worth.

use egui::{Align2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme;
use crate::plan::{Binding, Holds};
use crate::quantity::format;

const HEIGHT: f32 = 17.0;
/// Columns beside the bar: the range to both sides, and the worth.
const SIDE: f32 = 58.0;
const WORTH: f32 = 86.0;
/// Below this the words at the ends of the bar give way to it.
const NARROW: f32 = 300.0;

/// A bar in the rest of the line; nothing where the solver does not tell how far the price holds.
pub fn bar(ui: &mut Ui, bound: &Binding) {
    let Some(holds) = bound.holds else { return };
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let spoken = words(bound, holds);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {spoken}", bound.object)));
    let painter = ui.painter_at(rect);
    let small = theme::font(theme::SMALL - 0.5);
    let worth = worth(bound);
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, &worth, theme::bold(theme::SMALL), palette.text);
    let side = if rect.width() < NARROW { 0.0 } else { SIDE };
    let line = Rect::from_min_max(
        pos2(rect.left() + side, rect.top()),
        pos2(rect.right() - WORTH - side, rect.bottom()),
    );
    if line.width() < 24.0 {
        response.on_hover_text(spoken);
        return;
    }
    let scale = scale(bound, holds);
    let middle = line.center();
    let x = |amount: f64| {
        let share = (amount / scale).clamp(-1.0, 1.0) as f32;
        middle.x + share * line.width() / 2.0
    };
    painter.hline(line.x_range(), middle.y, Stroke::new(1.0, palette.border_strong));
    let (left, right) = (x(-holds.less), x(holds.more));
    let range = Rect::from_min_max(pos2(left, middle.y - 3.5), pos2(right, middle.y + 3.5));
    painter.rect_filled(range, 1.0, palette.plan_line.gamma_multiply(0.75));
    for (end, is_open, way) in
        [(left, holds.less.is_infinite(), -1.0), (right, holds.more.is_infinite(), 1.0)]
    {
        if is_open {
            let head = vec![
                pos2(end, middle.y),
                pos2(end - way * 9.0, middle.y - 7.0),
                pos2(end - way * 9.0, middle.y + 7.0),
            ];
            painter.add(Shape::convex_polygon(head, palette.plan_line, Stroke::new(1.0, palette.card)));
        }
    }
    // What a step is, filled where its worth was worked out by solving again.
    let step = pos2(x(bound.step()), middle.y);
    let corners =
        vec![step - vec2(0.0, 4.5), step + vec2(4.5, 0.0), step + vec2(0.0, 4.5), step - vec2(4.5, 0.0)];
    let fill = if bound.step_worth_usd.is_some() { palette.text } else { palette.card };
    painter.add(Shape::convex_polygon(corners, fill, Stroke::new(1.3, palette.text)));
    painter.vline(middle.x, middle.y - 7.0..=middle.y + 7.0, Stroke::new(1.6, palette.text));
    if side > 0.0 {
        let ends = [(pos2(line.left() - 6.0, middle.y), Align2::RIGHT_CENTER, -holds.less)];
        let ends =
            ends.into_iter().chain([(pos2(line.right() + 6.0, middle.y), Align2::LEFT_CENTER, holds.more)]);
        for (at, align, change) in ends {
            let text = if change.is_infinite() { "no end".to_owned() } else { change_words(bound, change) };
            if text != NONE {
                painter.text(at, align, text, small.clone(), palette.text_weak);
            }
        }
    }
    response.on_hover_text(spoken);
}

/// What is said where there is no bar.
pub const UNTOLD: &str =
    "How far this price holds is not known: it is worked out after the plan, and not every solver tells";

/// Half of the axis: all that holds and a step, where they end.
fn scale(bound: &Binding, holds: Holds) -> f64 {
    let ends = [holds.less, holds.more, bound.step().abs()];
    ends.into_iter().filter(|end| end.is_finite()).fold(0.0, f64::max).max(f64::MIN_POSITIVE) * 1.08
}

/// An amount of a limit, without a sign.
fn amount(bound: &Binding, amount: f64) -> String {
    if amount.is_infinite() {
        return "any amount".to_owned();
    }
    if bound.is_money() {
        return format::usd(amount);
    }
    let (amount, unit) = match bound.unit.as_str() {
        "USD per share" => (amount * 100.0, " %"),
        _ => (amount, " MW"),
    };
    let decimals = match amount {
        _ if amount < 0.005 => 0,
        _ if amount < 0.995 => 2,
        _ if amount < 99.5 => 1,
        _ => 0,
    };
    format!("{}{unit}", format::number(amount, decimals))
}

/// No change at all.
const NONE: &str = "±0";

/// A change of a limit with its sign: `−0.53 MW`, `+$2.26M`.
fn change_words(bound: &Binding, change: f64) -> String {
    let text = amount(bound, change.abs());
    let is_none = !text.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0') && change.is_finite();
    match change {
        _ if is_none => NONE.to_owned(),
        _ if change < 0.0 => format!("\u{2212}{text}"),
        _ => format!("+{text}"),
    }
}

/// What a unit is worth, as in the sentence of the limit.
fn worth(bound: &Binding) -> String {
    let price = match bound.step_worth_usd {
        Some(usd) => usd / bound.step().abs(),
        None => bound.shadow_price.abs(),
    };
    match bound.unit.as_str() {
        Binding::PER_DOLLAR => format!("${} / $1", format::number(price, 2)),
        "USD per share" => format!("{} / 1 %", format::usd(price / 100.0)),
        _ => format!("{} / MW", format::usd(price)),
    }
}

fn words(bound: &Binding, holds: Holds) -> String {
    let none = |change: f64| change_words(bound, change) == NONE;
    let range = match (none(holds.less), none(holds.more)) {
        (true, true) => "The price holds for this amount alone".to_owned(),
        (true, false) => {
            format!("The price holds for up to {} more, and for no less", amount(bound, holds.more))
        }
        (false, true) => {
            format!("The price holds for up to {} less, and for no more", amount(bound, holds.less))
        }
        (false, false) => format!(
            "The price holds from {} less to {} more",
            amount(bound, holds.less),
            amount(bound, holds.more)
        ),
    };
    let step = change_words(bound, bound.step());
    match bound.step_worth_usd {
        Some(usd) => {
            format!("{range}; {step} was solved again and is worth {}", format::usd(usd))
        }
        None => format!("{range}; the mark is {step}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(unit: &str, price: f64, holds: Option<Holds>, step_worth_usd: Option<f64>) -> Binding {
        Binding {
            constraint: "C2".to_owned(),
            object: "T2".to_owned(),
            shadow_price: price,
            unit: unit.to_owned(),
            holds,
            step_worth_usd,
            sentence: String::new(),
        }
    }

    #[test]
    fn a_range_and_a_worth_are_told_in_the_unit_of_the_limit() {
        let transformer = bound("USD per MW", 286_000.0, None, Some(17_000.0));
        let holds = Holds { less: 0.534, more: 0.0589 };
        assert_eq!(worth(&transformer), "$17k / MW");
        assert_eq!(change_words(&transformer, -0.534), "\u{2212}0.53 MW");
        assert_eq!(change_words(&transformer, 1.8e-14), "±0");
        assert_eq!(change_words(&transformer, f64::INFINITY), "+any amount");
        assert_eq!(
            words(&transformer, holds),
            "The price holds from 0.53 MW less to 0.06 MW more; +1.0 MW was solved again and is worth $17k"
        );
        let budget = bound("USD per USD", 0.054, None, None);
        assert_eq!(worth(&budget), "$0.05 / $1");
        assert_eq!(change_words(&budget, 2_262_208.0), "+$2.26M");
        let floor = bound("USD per USD", -1.336, None, None);
        assert_eq!((floor.step(), worth(&floor).as_str()), (-1e6, "$1.34 / $1"));
        let positions = bound("USD per share", 5e6, None, None);
        assert_eq!(
            (worth(&positions).as_str(), change_words(&positions, 0.2).as_str()),
            ("$50k / 1 %", "+20.0 %")
        );
        let nowhere = words(&budget, Holds { less: 0.0, more: 0.0 });
        assert!(nowhere.starts_with("The price holds for this amount alone"), "{nowhere}");
    }

    #[test]
    fn the_axis_holds_all_that_ends() {
        let holds = |less, more| Holds { less, more };
        let limit = bound("USD per MW", 1.0, None, None);
        assert!(scale(&limit, holds(0.2, 0.3)) >= 1.0, "a step is on it");
        assert!(scale(&limit, holds(4.0, f64::INFINITY)) >= 4.0);
        assert!(scale(&limit, holds(f64::INFINITY, f64::INFINITY)).is_finite());
    }
}
