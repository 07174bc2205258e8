//! The window. The only room that knows egui.
//!
//! `logic` polls the workers, `ui` draws and sends actions, `dispatch` alone carries them out.

mod assessment;
pub mod assumptions;
pub mod backdrop;
pub mod built_in;
pub mod canvas;
pub mod chart;
pub mod command;
mod difference;
mod dispatch;
pub mod document;
mod drawing;
mod editing;
pub mod equipment;
pub mod figures;
pub mod frontier;
mod gathered;
pub mod ground;
mod halls;
pub mod history;
mod inspector;
mod logic;
pub mod pages;
pub mod services;
mod since;
mod start;
pub mod state;
pub mod table;
pub mod theme;
pub mod tool;
pub mod trial;
mod ui;
mod weather;
mod widgets;

use std::cell::OnceCell;
use std::sync::Arc;

use assumptions::outlook::{Markets, Outlook};
pub use command::Command;
pub use document::Document;
pub use frontier::FrontierView;
pub use services::Services;
pub use start::{Renderer, run, run_with};
pub use state::{Action, Answer, View};

use crate::engineering::Study as Findings;
use crate::jobs::Worker;
use crate::plan::{Frontier, Plan};
use crate::quantity::Report;
use crate::site::Site;
use gathered::Gathered;
use services::FileOutcome;

/// The threads beside the window.
struct Workers {
    solver: Worker<Result<Plan, String>>,
    files: Worker<FileOutcome>,
    studies: Worker<Looked>,
    pictures: Worker<backdrop::Unpacked>,
    trials: Worker<Result<Vec<trial::Carried>, String>>,
    markets: Worker<Result<Outlook, String>>,
    frontier: Worker<Result<Frontier, String>>,
}

/// What was found by looking at a drawing.
struct Looked {
    problems: Report,
    /// Checks are there before the studies, which take longer.
    findings: Option<Findings>,
}

/// The whole window.
pub struct App {
    services: Services,
    workers: Option<Workers>,
    document: Option<Document>,
    /// What the checks found; of the revision before while a change is being checked.
    problems: Report,
    /// Of reading the file and of applying the scenario.
    remarks: Report,
    /// Studies of the drawing; of the revision before while a change is being studied.
    findings: Option<Arc<Findings>>,
    /// All of these, gathered when they are first asked for.
    gathered: OnceCell<Gathered>,
    markets: Markets,
    answer: Answer,
    frontier: FrontierView,
    pictures: backdrop::Pictures,
    view: View,
    /// Sent by panels, carried out after the frame is drawn.
    actions: Vec<Action>,
    /// Plans of recent documents, so that a scenario seen before shows at once.
    remembered: Vec<(Arc<Site>, Option<String>, Arc<Plan>)>,
    /// What to do once unsaved changes are in their file.
    after_save: Option<state::Next>,
    /// The window may close without a question.
    may_close: bool,
    title: String,
}

impl App {
    /// A window with the gallery open.
    pub fn new(services: Services) -> Self {
        Self {
            services,
            workers: None,
            document: None,
            problems: Report::default(),
            remarks: Report::default(),
            findings: None,
            gathered: OnceCell::new(),
            markets: Markets::default(),
            answer: Answer::default(),
            frontier: FrontierView::default(),
            pictures: backdrop::Pictures::default(),
            view: View { gallery: true, ..View::default() },
            actions: Vec::new(),
            remembered: Vec::new(),
            after_save: None,
            may_close: false,
            title: String::new(),
        }
    }

    /// A window on a site, without files, clock or threads.
    pub fn for_test(site: Site, services: Services) -> Self {
        let mut app = Self::new(services);
        app.show_document(Document::new(site, None));
        app.answer.progress = state::Progress::Idle;
        app
    }

    /// Puts a finished plan in place of one that would be worked out.
    pub fn inject_plan(&mut self, plan: Plan) {
        let revision = self.document.as_ref().map_or(0, Document::revision);
        self.answer.put(Arc::new(plan), revision, self.document.as_ref());
        self.answer.progress = state::Progress::Idle;
    }

    /// Carries an action out after the next frame.
    pub fn send(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Draws the window and does what was asked for in it.
    pub fn frame(&mut self, ui: &mut egui::Ui) {
        self.draw(ui);
        self.carry_out(ui.ctx());
    }

    pub fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// What is wrong or worth knowing: problems of the site, and what its studies found.
    fn gathered(&self) -> &Gathered {
        self.gathered.get_or_init(|| {
            let site = self.document.as_ref().map(|document| document.shown().as_ref());
            Gathered::new(site, [&self.problems, &self.remarks], self.findings.as_deref())
        })
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn view_mut(&mut self) -> &mut View {
        &mut self.view
    }

    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    pub fn frontier(&self) -> &FrontierView {
        &self.frontier
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.poll(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        start::remember(&self.view, storage);
    }
}
