//! Why this plan: what a steadier income costs, what else is worth as much, and what binds.

use egui::{Align, Button, Layout, ProgressBar, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::app::chart::{self, ChartInput, FrontierInput};
use crate::app::frontier::{FINE_POINTS, FrontierView};
use crate::app::state::{Action, AnswerPage, Progress};
use crate::app::{Command, Document, theme, widgets};
use crate::plan::{Detail, Status};
use crate::quantity::format;

/// Height of the line of pages above the answer.
pub const PAGES: f32 = 34.0;
/// Share of the width that the pictures take beside what binds.
const PICTURES: f32 = 0.62;
/// Share of their height that the frontier takes.
const FRONTIER: f32 = 0.64;

/// Height of the card under it that has a sentence alone.
const SENTENCE: f32 = 56.0;

/// What the page is drawn from.
pub struct Why<'a> {
    pub document: &'a Document,
    pub frontier: &'a FrontierView,
    /// The grid of time that plans are made on.
    pub detail: Detail,
    pub can_draw: bool,
    /// A plan is being worked out.
    pub is_busy: bool,
    /// Scenario, as-of date and revision of the file.
    pub footer: String,
}

/// The pages of the answer, and on this one what can be done about the frontier.
pub fn pages(ui: &mut Ui, page: AnswerPage, why: &Why<'_>, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        let choices = [(AnswerPage::Decision, "Decision"), (AnswerPage::Why, "Why")];
        if let Some(chosen) = widgets::segmented(ui, page, &choices) {
            actions.push(Action::ShowPage(chosen));
        }
        if page == AnswerPage::Why {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| controls(ui, why, actions));
        }
    });
}

fn controls(ui: &mut Ui, why: &Why<'_>, actions: &mut Vec<Action>) {
    let frontier = why.frontier;
    if let Progress::Working { stage, share } = &frontier.progress {
        let stop = ui.button("Stop").on_hover_text(Command::CancelFrontier.tooltip());
        stop.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, Command::CancelFrontier.text())
        });
        if stop.clicked() {
            actions.push(Action::Do(Command::CancelFrontier));
        }
        super::bar::progress_bar(ui, stage, *share, 190.0);
        return;
    }
    let Some(found) = &frontier.found else { return };
    let is_fine = found.points.len() >= FINE_POINTS;
    let (again, fine) = if frontier.is_current(why.detail) { (is_fine, !is_fine) } else { (true, true) };
    for (wanted, command, text) in
        [(fine, Command::DrawFineFrontier, "With 21 points"), (again, Command::DrawFrontier, "Draw again")]
    {
        if wanted && draw_button(ui, why, command, text) {
            actions.push(Action::Do(command));
        }
    }
    if !frontier.is_current(why.detail) {
        let (text, hint) = match found.detail == why.detail {
            true => ("Of an earlier state", "The site has changed since the frontier was drawn"),
            false => ("On another grid of time", "Plans are now made by other periods than the frontier was"),
        };
        let colour = theme::of(ui).warning;
        widgets::chip(ui, text, colour).on_hover_text(hint);
    }
}

fn draw_button(ui: &mut Ui, why: &Why<'_>, command: Command, text: &str) -> bool {
    let response = ui.add_enabled(why.can_draw, Button::new(text)).on_hover_text(command.tooltip());
    response.clicked()
}

/// The page; without a plan the frontier stands alone.
pub fn show(ui: &mut Ui, why: &Why<'_>, input: Option<&ChartInput<'_>>, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    let Some(input) = input else {
        frontier(ui, why, None, actions);
        return;
    };
    let (pictures, list) = area.split_left_right_at_fraction(PICTURES);
    let list = list.with_min_x(list.left() + theme::GAP);
    // A sentence that says why there is no picture needs no room for one.
    let height = match input.plan.alternatives.is_empty() {
        true => pictures.height() - SENTENCE,
        false => pictures.height() * FRONTIER,
    };
    let (upper, lower) = pictures.split_top_bottom_at_y(pictures.top() + height);
    let lower = lower.with_min_y(lower.top() + theme::GAP);
    let mut child = ui.new_child(UiBuilder::new().max_rect(upper).id_salt("frontier"));
    if !why.frontier.is_current(why.detail) && why.frontier.found.is_some() {
        child.set_opacity(0.72);
    }
    frontier(&mut child, why, Some(input), actions);
    let mut child = ui.new_child(UiBuilder::new().max_rect(lower).id_salt("alternatives"));
    chart::alternatives(&mut child, input, why.is_busy, actions);
    super::answer::card(ui, list, "What binds, and how far its price holds", |ui| {
        super::answer::binding(ui, input.plan, why.document);
    });
    ui.advance_cursor_after_rect(area);
}

fn frontier(ui: &mut Ui, why: &Why<'_>, input: Option<&ChartInput<'_>>, actions: &mut Vec<Action>) {
    let view = why.frontier;
    let is_current = view.is_current(why.detail);
    match (&view.found, &view.progress) {
        (Some(found), Progress::Idle | Progress::Due { .. } | Progress::Working { .. }) => {
            let plan = input.map(|input| (input.plan, input.stale));
            let plan_usd = plan.and_then(|(plan, is_stale)| {
                let is_of_it = !is_stale && plan.detail == found.detail && plan.status != Status::Infeasible;
                is_of_it.then_some(plan.npv.expected_usd)
            });
            let is_whole = input.is_some_and(|input| input.plan.certificate.whole.is_some());
            let drawn = FrontierInput {
                frontier: found,
                site: why.document.shown(),
                scenario: why.document.scenario(),
                plan_usd: plan_usd.filter(|_| is_current),
                is_current,
                footer: footer(why, found.detail, is_current, is_whole),
            };
            chart::frontier(ui, &drawn, actions);
        }
        (_, progress) => empty(ui, why, progress, actions),
    }
}

/// Which of the site's states the picture is of, and how finely it sees time.
fn footer(why: &Why<'_>, detail: Detail, is_current: bool, is_whole: bool) -> String {
    let grid = match (detail, is_whole) {
        (Detail::Quick, false) => "by quarters and years",
        (Detail::Full, false) => "by months",
        // The plan beside it keeps them whole.
        (Detail::Quick, true) => "decisions split, by quarters and years",
        (Detail::Full, true) => "decisions split, by months",
    };
    match is_current {
        true => format!("{grid} · {}", why.footer),
        false => format!("{grid} · of an earlier state of the site"),
    }
}

/// The card of a frontier that is not there: what it would tell, how far it is, or why it failed.
fn empty(ui: &mut Ui, why: &Why<'_>, progress: &Progress, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let area = ui.available_rect_before_wrap();
    theme::card(palette).show(ui, |ui| {
        ui.set_min_size(area.size() - vec2(26.0, 18.0));
        ui.set_max_size(area.size() - vec2(26.0, 18.0));
        ui.label(theme::strong("What a steadier income costs", theme::BODY + 1.0));
        let room = ui.available_rect_before_wrap();
        let height = if matches!(progress, Progress::Failed(_)) { room.height() } else { 84.0 };
        let top = (room.center().y - height / 2.0).max(room.top());
        let middle = Rect::from_min_max(pos2(room.left(), top), room.max);
        let mut child = ui.new_child(UiBuilder::new().max_rect(middle).id_salt("middle"));
        child.vertical_centered(|ui| match progress {
            Progress::Working { stage, share } => {
                ui.label(stage);
                ui.add(ProgressBar::new(*share).desired_width(240.0).desired_height(8.0));
                ui.weak(format!("{} %", format::number(f64::from(*share) * 100.0, 0)));
            }
            Progress::Failed(problem) => {
                ScrollArea::vertical().id_salt("failed").show(ui, |ui| {
                    ui.label(RichText::new("The frontier was not drawn").color(palette.error));
                    for line in problem.lines() {
                        ui.add(egui::Label::new(line).wrap());
                    }
                    ui.add_space(6.0);
                    if draw_button(ui, why, Command::DrawFrontier, "Draw again") {
                        actions.push(Action::Do(Command::DrawFrontier));
                    }
                });
            }
            Progress::Idle | Progress::Due { .. } => {
                let words = "The best plans from no worst-year floor to the highest there is: how much NPV each step of \
                             steadier income costs, and where it becomes dear";
                ui.set_max_width(ui.available_width().min(440.0));
                ui.add(egui::Label::new(RichText::new(words).color(palette.text_weak)).wrap());
                ui.add_space(4.0);
                let text = RichText::new(Command::DrawFrontier.text()).color(palette.on_accent);
                let button = Button::new(text.font(theme::bold(theme::BODY))).fill(palette.accent);
                let response = ui.add_enabled(why.can_draw, button);
                if response.on_hover_text(Command::DrawFrontier.tooltip()).clicked() {
                    actions.push(Action::Do(Command::DrawFrontier));
                }
            }
        });
    });
}
