//! What happens without a frame being drawn: messages of the workers, the timeline's run, the window's title.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

use egui::{Context, ViewportCommand};

use super::services::FileOutcome;
use super::state::{Action, Next, Overlay, Progress};
use super::{App, Document};
use crate::jobs::Message;
use crate::plan::{Options, Plan, Status};
use crate::quantity::Severity;

/// Seconds a change waits for the next one before a new plan is worked out.
pub const DEBOUNCE: f64 = 0.15;
/// Seconds in which the timeline runs through the horizon.
const PLAY_SECONDS: f64 = 14.0;
/// Seconds a message stays.
const TOAST_SECONDS: f64 = 4.0;
/// Plans kept for going back to a scenario.
const REMEMBERED: usize = 12;

impl App {
    pub(super) fn poll(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        self.poll_solver();
        self.poll_studies(now);
        self.poll_markets(now);
        self.poll_frontier();
        self.poll_pictures(ctx);
        self.poll_trials();
        self.poll_files(ctx, now);
        self.start_due_solve(ctx, now);
        self.run_timeline(ctx);
        self.drop_old_toasts(ctx, now);
        self.set_title(ctx);
        self.guard_close(ctx);
    }

    fn poll_solver(&mut self) {
        let Some(workers) = &self.workers else { return };
        for message in workers.solver.poll() {
            match message {
                Message::Progress { revision, stage, share } => {
                    if self.answer.asked == Some(revision) {
                        self.answer.progress = Progress::Working { stage, share };
                    }
                }
                Message::First { revision, outcome: Ok(plan), elapsed } => {
                    if self.answer.asked == Some(revision) {
                        self.answer.first_after = Some(elapsed);
                        self.show_plan(Arc::new(plan), revision, elapsed);
                    }
                }
                // Its failure is told when it is done.
                Message::First { outcome: Err(_), .. } => {}
                Message::Done { revision, outcome, elapsed, cancelled } => {
                    if self.answer.asked != Some(revision) || cancelled {
                        continue;
                    }
                    self.answer.asked = None;
                    match outcome {
                        Ok(Ok(plan)) => self.accept_plan(plan, revision, elapsed),
                        Ok(Err(text)) => self.answer.progress = Progress::Failed(text),
                        Err(panic) => {
                            self.answer.progress = Progress::Failed(format!(
                                "the calculation broke off: {panic}; the last answer stays"
                            ));
                        }
                    }
                }
            }
        }
    }

    fn poll_studies(&mut self, now: f64) {
        let Some(workers) = &self.workers else { return };
        let revision = self.document.as_ref().map(Document::revision);
        for message in workers.studies.poll() {
            let (of, outcome) = match message {
                Message::First { revision, outcome, .. } => (revision, Ok(outcome)),
                Message::Done { revision, outcome, cancelled: false, .. } => (revision, outcome),
                _ => continue,
            };
            match outcome {
                Ok(looked) if Some(of) == revision => self.take_looked(looked),
                Ok(_) => {}
                Err(panic) => {
                    self.toast(
                        now,
                        Severity::Error,
                        format!("The studies of the drawing broke off: {panic}"),
                    );
                }
            }
        }
    }

    fn accept_plan(&mut self, plan: Plan, revision: u64, elapsed: Duration) {
        let plan = Arc::new(plan);
        if let Some(document) = &self.document
            && plan.status != Status::Infeasible
        {
            let scenario = document.scenario().map(str::to_owned);
            self.remembered.insert(0, (Arc::clone(document.site()), scenario, Arc::clone(&plan)));
            self.remembered.truncate(REMEMBERED);
        }
        // What came after the plan itself was no wait.
        let waited = self.answer.first_after.take().unwrap_or(elapsed);
        self.show_plan(plan, revision, waited);
        self.answer.progress = Progress::Idle;
    }

    /// A plan of the document that is asked for; the work on it may go on.
    fn show_plan(&mut self, plan: Arc<Plan>, revision: u64, elapsed: Duration) {
        self.answer.put(plan, revision, self.document.as_ref());
        self.answer.elapsed = Some(elapsed);
    }

    fn poll_files(&mut self, ctx: &Context, now: f64) {
        let Some(workers) = &self.workers else { return };
        for message in workers.files.poll() {
            let Message::Done { outcome, .. } = message else { continue };
            match outcome {
                Ok(FileOutcome::Read { path, site: Some(site), report, stamp }) => {
                    self.remember_path(&path);
                    let notes = report.problems.len();
                    let mut document = Document::new(*site, Some(path));
                    document.set_stamp(stamp);
                    self.show_document(document);
                    if notes > 0 {
                        self.remarks.extend(report);
                        self.gathered = OnceCell::new();
                        self.toast(
                            now,
                            Severity::Warning,
                            format!("Opened with {notes} remarks: see Problems"),
                        );
                        self.view.problems = true;
                    }
                }
                Ok(FileOutcome::Read { path, site: None, report, .. }) => {
                    let first = report.problems.first();
                    let why = first.map_or_else(
                        || "it cannot be read".to_owned(),
                        |problem| format!("{}: {}", problem.place, problem.message),
                    );
                    self.toast(now, Severity::Error, format!("{} was not opened. {why}", path.display()));
                }
                Ok(FileOutcome::Saved { path, site, outcome: Ok(()), stamp }) => {
                    self.remember_path(&path);
                    self.toast(now, Severity::Info, format!("Saved {}", path.display()));
                    if let Some(document) = &mut self.document {
                        document.mark_saved(path, site);
                        document.set_stamp(stamp);
                    }
                    if let Some(next) = self.after_save.take() {
                        self.go_on(next, ctx);
                    }
                }
                Ok(FileOutcome::Saved { path, outcome: Err(why), .. }) => {
                    self.after_save = None;
                    self.toast(now, Severity::Error, format!("{} was not saved: {why}", path.display()));
                }
                Ok(FileOutcome::Changed { path }) => {
                    let next = self.after_save.take();
                    self.view.overlay = Some(Overlay::Changed { path, next });
                }
                Ok(FileOutcome::Weather(import)) => self.show_weather(*import, now),
                Ok(FileOutcome::Series(found)) => self.show_series(*found, now),
                Ok(FileOutcome::Equipment(found)) => self.show_equipment(*found, now),
                Ok(FileOutcome::History(found)) => self.show_history(*found, now),
                Ok(FileOutcome::Picture(found)) => self.take_picture(*found, now),
                Ok(FileOutcome::Cancelled) => self.after_save = None,
                Ok(FileOutcome::NoDialog) => {
                    self.after_save = None;
                    let mend = "install xdg-desktop-portal or zenity; a file can also be dropped onto the window, or \
                                named when the program is started";
                    self.toast(now, Severity::Error, format!("The desktop shows no file dialog: {mend}"));
                }
                Err(panic) => {
                    self.after_save = None;
                    self.toast(now, Severity::Error, format!("The file dialog broke off: {panic}"));
                }
            }
        }
    }

    fn start_due_solve(&mut self, ctx: &Context, now: f64) {
        let Progress::Due { at } = self.answer.progress else { return };
        if now < at {
            ctx.request_repaint_after_secs((at - now) as f32);
            return;
        }
        let (Some(workers), Some(document)) = (&mut self.workers, &self.document) else {
            self.answer.progress = Progress::Idle;
            return;
        };
        let revision = document.revision();
        let site = Arc::clone(document.site());
        let scenario = document.scenario().map(str::to_owned);
        let (detail, whole) = (self.answer.detail, self.view.whole);
        let options = Options { detail, whole, ..Options::default() };
        let solve = Arc::clone(&self.services.solve);
        workers.solver.submit(revision, move |reporter| solve(&site, scenario.as_deref(), options, reporter));
        self.answer.asked = Some(revision);
        self.answer.first_after = None;
        self.answer.progress = Progress::Working { stage: "Starting".to_owned(), share: 0.0 };
    }

    fn run_timeline(&mut self, ctx: &Context) {
        let Some(plan) = &self.answer.plan else { return };
        let end = plan.periods.last().map_or(0.0, |period| (period.first_month + period.months) as f64);
        if !self.view.playing {
            return;
        }
        let step = f64::from(ctx.input(|input| input.stable_dt)).min(0.1) * end / PLAY_SECONDS;
        self.view.month += step;
        if self.view.month >= end {
            self.view.month = end;
            self.view.playing = false;
        }
        ctx.request_repaint();
    }

    fn drop_old_toasts(&mut self, ctx: &Context, now: f64) {
        self.view.toasts.retain(|toast| toast.until.is_none_or(|until| until > now));
        if let Some(next) = self.view.toasts.iter().filter_map(|toast| toast.until).reduce(f64::min) {
            ctx.request_repaint_after_secs((next - now) as f32);
        }
    }

    fn set_title(&mut self, ctx: &Context) {
        let title = match &self.document {
            Some(document) => {
                format!(
                    "{}{} – Wattshift",
                    if document.is_modified() { "• " } else { "" },
                    document.site().name
                )
            }
            None => "Wattshift".to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// A window with unsaved changes asks before it closes.
    fn guard_close(&mut self, ctx: &Context) {
        let wants_to_close = ctx.input(|input| input.viewport().close_requested());
        let modified = self.document.as_ref().is_some_and(Document::is_modified);
        if wants_to_close && modified && !self.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.view.overlay = Some(Overlay::Unsaved(Next::Quit));
        }
    }

    pub(super) fn toast(&mut self, now: f64, severity: Severity, text: String) {
        let id = self.view.next_toast;
        self.view.next_toast += 1;
        let until = (severity != Severity::Error).then_some(now + TOAST_SECONDS);
        self.view.toasts.retain(|toast| toast.text != text);
        self.view.toasts.push(super::state::Toast { id, severity, text, until });
    }

    /// Files dropped on the window are opened.
    pub(super) fn take_dropped_files(&mut self, ctx: &Context) {
        let dropped =
            ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_path_buf()));
        if let Some(path) = dropped {
            self.actions.push(Action::OpenPath(path));
        }
    }
}
