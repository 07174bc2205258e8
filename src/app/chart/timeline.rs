//! The timeline: one scrubber for the drawing and the charts.

use egui::emath::GuiRounding as _;
use egui::{
    Align2, CursorIcon, Mesh, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{ChartInput, at, last_month, period_at, period_label, years};
use crate::app::command::Command;
use crate::app::state::Action;
use crate::app::theme;
use crate::app::widgets;
use crate::quantity::format;

const TRACK: f32 = 16.0;

/// Draws the play button, the period and the track in the rest of `ui`.
pub fn timeline(ui: &mut Ui, input: &ChartInput<'_>, playing: bool, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let period = period_at(plan, input.month);
    ui.horizontal_centered(|ui| {
        let name = if playing { "Pause timeline" } else { "Play timeline" };
        if widgets::play_button(ui, playing, name).clicked() {
            actions.push(Action::Do(Command::Play));
        }
        ui.add_space(2.0);
        let label = plan.periods.get(period).map(period_label).unwrap_or_default();
        let (rect, _) = ui.allocate_exact_size(vec2(196.0, ui.available_height()), Sense::hover());
        let painter = ui.painter();
        painter.text(
            rect.left_center() - vec2(0.0, 8.0),
            Align2::LEFT_CENTER,
            label,
            theme::bold(theme::TITLE + 1.0),
            palette.text,
        );
        let (mining, hosting) = plan.mw_in(period);
        let split = format!("{} hosting · {} mining", format::mw(hosting), format::mw(mining));
        painter.text(
            rect.left_center() + vec2(0.0, 10.0),
            Align2::LEFT_CENTER,
            split,
            theme::font(theme::SMALL),
            palette.text_weak,
        );
        let area = ui.available_rect_before_wrap();
        if area.width() < 60.0 {
            return;
        }
        track(ui, input, area.shrink2(vec2(10.0, 0.0)), period, actions);
    });
}

fn track(ui: &mut Ui, input: &ChartInput<'_>, area: Rect, period: usize, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let end = last_month(plan);
    let bar = Rect::from_center_size(area.center() - vec2(0.0, 6.0), vec2(area.width(), TRACK));
    let response = ui.interact(area, ui.scope_id().with("timeline"), Sense::click_and_drag());
    let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    let value = plan.periods.get(period).map(period_label).unwrap_or_default();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, format!("Timeline, {value}"));
        info.value = Some(input.month);
        info
    });
    let painter = ui.painter();
    let x = |month: f64| bar.left() + (month / end) as f32 * bar.width();
    painter.rect_filled(bar, 4.0, palette.unused);
    let mut uses = Mesh::default();
    for (index, period) in plan.periods.iter().enumerate() {
        let total = at(&plan.gross.contract_mw, index).max(1e-9);
        let hosting = (at(&plan.gross.hosting_mw, index) / total).clamp(0.0, 1.0) as f32;
        let mining = (at(&plan.gross.mining_mw, index) / total).clamp(0.0, 1.0) as f32;
        let left = x(period.first_month as f64);
        let right = x((period.first_month + period.months) as f64);
        let split = bar.bottom() - hosting * bar.height();
        let top = (split - mining * bar.height()).max(bar.top());
        for (from, to, colour) in [(top, split, palette.mining), (split, bar.bottom(), palette.hosting[0])] {
            let share = Rect::from_min_max(pos2(left, from), pos2(right, to));
            uses.add_colored_rect(share.round_to_pixels(painter.pixels_per_point()), colour);
        }
    }
    painter.add(Shape::mesh(uses));
    painter.rect_stroke(bar, 4.0, Stroke::new(1.0, palette.border_strong), StrokeKind::Outside);
    for (month, year) in years(plan, bar.width()) {
        let at = pos2(x(month), bar.bottom() + 4.0);
        painter.vline(at.x, bar.bottom()..=bar.bottom() + 3.0, Stroke::new(1.0, palette.border_strong));
        let align = if month < 1.0 {
            Align2::LEFT_TOP
        } else if month > end - 1.0 {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        painter.text(at, align, year, theme::font(theme::SMALL), palette.text_weak);
    }
    let knob = Rect::from_center_size(pos2(x(input.month), bar.center().y), vec2(9.0, TRACK + 10.0));
    painter.rect(knob, 4.5, palette.card, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    if (response.dragged() || response.clicked())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let share = f64::from((pointer.x - bar.left()) / bar.width().max(1.0));
        actions.push(Action::Scrub(share.clamp(0.0, 1.0) * end));
    }
}
