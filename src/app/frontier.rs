//! The frontier of the document: asked of its worker, kept, and known when it is of an earlier document.

use std::sync::Arc;

use super::App;
use super::state::{AnswerPage, Place, Progress};
use crate::jobs::Message;
use crate::plan::{Detail, FloorUnit, Frontier, Options};
use crate::quantity::Severity;
use crate::site::Site;

/// Points of a frontier that is drawn, and of one that is drawn finely.
pub const POINTS: usize = 11;
pub const FINE_POINTS: usize = 21;

/// What a frontier depends on: the site that is shown but for its floor, which the frontier varies, and for what no plan
/// reads.
#[derive(Clone, Debug, PartialEq)]
struct Ground {
    site: Site,
    unit: FloorUnit,
}

impl Ground {
    fn of(shown: &Site) -> Self {
        let unit = FloorUnit::of(&shown.limits);
        let mut site = shown.clone();
        (site.limits.worst_year_floor_share, site.limits.worst_year_floor_usd) = (None, None);
        site.scenarios.clear();
        site.provenance.clear();
        Self { site, unit }
    }
}

/// The frontier in hand and the one being drawn.
#[derive(Clone, Debug, Default)]
pub struct FrontierView {
    pub found: Option<Arc<Frontier>>,
    pub progress: Progress,
    found_on: Option<Arc<Ground>>,
    /// Of the document as it is.
    ground: Option<Arc<Ground>>,
    /// Number and ground of the running job.
    asked: Option<(u64, Arc<Ground>)>,
    count: u64,
}

impl FrontierView {
    /// The frontier in hand is that of the site shown, on the plan's grid of time.
    pub fn is_current(&self, detail: Detail) -> bool {
        self.found_on == self.ground && self.found.as_ref().is_some_and(|found| found.detail == detail)
    }

    pub fn is_drawing(&self) -> bool {
        self.asked.is_some()
    }
}

impl App {
    /// Puts a finished frontier in place of one that would be drawn.
    pub fn inject_frontier(&mut self, frontier: Frontier) {
        self.frontier.found_on.clone_from(&self.frontier.ground);
        self.frontier.found = Some(Arc::new(frontier));
        self.frontier.progress = Progress::Idle;
    }

    /// Shows the page and has the frontier drawn; one that is being drawn gives way.
    pub(super) fn draw_frontier(&mut self, points: usize) {
        self.show_answer(AnswerPage::Why);
        let (Some(workers), Some(document), Some(ground)) =
            (&mut self.workers, &self.document, &self.frontier.ground)
        else {
            return;
        };
        self.frontier.count += 1;
        let number = self.frontier.count;
        let (site, scenario) = (Arc::clone(document.site()), document.scenario().map(str::to_owned));
        let options = Options { detail: self.answer.detail, ..Options::default() };
        let work = Arc::clone(&self.services.frontier);
        workers
            .frontier
            .submit(number, move |reporter| work(&site, scenario.as_deref(), options, points, reporter));
        self.frontier.asked = Some((number, Arc::clone(ground)));
        self.frontier.progress = Progress::Working { stage: "Starting".to_owned(), share: 0.0 };
    }

    pub(super) fn cancel_frontier(&mut self) {
        if let Some(workers) = &mut self.workers {
            workers.frontier.cancel();
        }
        self.frontier.asked = None;
        if matches!(self.frontier.progress, Progress::Working { .. }) {
            self.frontier.progress = Progress::Idle;
        }
    }

    /// No document, or another.
    pub(super) fn forget_frontier(&mut self) {
        self.cancel_frontier();
        let count = self.frontier.count;
        self.frontier = FrontierView { count, ..FrontierView::default() };
    }

    /// After a change of the document: one that is being drawn of another site is not wanted any more.
    pub(super) fn look_at_frontier(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let ground = Ground::of(document.shown());
        if self.frontier.ground.as_deref() == Some(&ground) {
            return;
        }
        self.frontier.ground = Some(Arc::new(ground));
        if let Progress::Failed(_) = self.frontier.progress {
            self.frontier.progress = Progress::Idle;
        }
        if self.frontier.is_drawing() {
            self.cancel_frontier();
            let text = "The frontier is no longer drawn: the site has changed".to_owned();
            self.toast(now, Severity::Info, text);
        }
    }

    pub(super) fn poll_frontier(&mut self) {
        let Some(workers) = &self.workers else { return };
        for message in workers.frontier.poll() {
            let asked = self.frontier.asked.as_ref().map(|(number, _)| *number);
            match message {
                Message::Progress { revision, stage, share } if asked == Some(revision) => {
                    self.frontier.progress = Progress::Working { stage, share };
                }
                Message::Done { revision, outcome, cancelled: false, .. } if asked == Some(revision) => {
                    let ground = self.frontier.asked.take().map(|(_, ground)| ground);
                    match outcome {
                        Ok(Ok(found)) => {
                            self.frontier.found = Some(Arc::new(found));
                            self.frontier.found_on = ground;
                            self.frontier.progress = Progress::Idle;
                        }
                        Ok(Err(why)) => self.frontier.progress = Progress::Failed(why),
                        Err(panic) => {
                            self.frontier.progress =
                                Progress::Failed(format!("drawing the frontier broke off: {panic}"));
                        }
                    }
                }
                // Late, or stopped.
                _ => {}
            }
        }
    }

    pub(super) fn show_answer(&mut self, page: AnswerPage) {
        self.view.page = page;
        self.show_place(Place::Answer);
    }
}
