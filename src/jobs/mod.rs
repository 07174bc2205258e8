//! Work beside the window: one named thread, one job running, the newest wins.
//!
//! A worker keeps at most one waiting job; submitting another replaces it and asks the running one to stop.
//! Results carry the revision of the document they were made from, so that a late answer is recognised.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Called after every message, so that a sleeping window looks at its messages.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Least time between two progress messages.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);
/// Messages that wait for the window; progress beyond it is dropped, results never are.
const WAITING_MESSAGES: usize = 64;

/// What a worker tells.
#[derive(Debug)]
pub enum Message<T> {
    Progress {
        revision: u64,
        stage: String,
        share: f32,
    },
    /// Something to show already; the outcome follows.
    First {
        revision: u64,
        outcome: T,
        elapsed: Duration,
    },
    /// The outcome; an error is the text of a panic in the job.
    Done {
        revision: u64,
        outcome: Result<T, String>,
        elapsed: Duration,
        cancelled: bool,
    },
}

/// What a running job may ask and say.
pub struct Reporter<T> {
    cancelled: Arc<AtomicBool>,
    say: Box<dyn Fn(String, f32) + Send>,
    show: Box<dyn Fn(T) + Send>,
}

impl<T> Reporter<T> {
    /// Tells how far the job is; false when it should stop.
    pub fn progress(&self, stage: &str, share: f32) -> bool {
        (self.say)(stage.to_owned(), share);
        !self.is_cancelled()
    }

    /// Gives something to show before the job is done; nothing once it should stop.
    pub fn first(&self, outcome: T) {
        if !self.is_cancelled() {
            (self.show)(outcome);
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

type Work<T> = Box<dyn FnOnce(&Reporter<T>) -> T + Send>;

struct Job<T> {
    revision: u64,
    cancelled: Arc<AtomicBool>,
    work: Work<T>,
}

/// The place where the next job waits.
struct Slot<T> {
    state: Mutex<SlotState<T>>,
    changed: Condvar,
}

struct SlotState<T> {
    next: Option<Job<T>>,
    closed: bool,
}

/// A named thread that does one job at a time.
pub struct Worker<T> {
    slot: Arc<Slot<T>>,
    messages: Receiver<Message<T>>,
    current: Option<Arc<AtomicBool>>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(name: &str, wake: Wake) -> std::io::Result<Self> {
        let slot = Arc::new(Slot {
            state: Mutex::new(SlotState { next: None, closed: false }),
            changed: Condvar::new(),
        });
        let (sender, messages) = sync_channel(WAITING_MESSAGES);
        let waiting = Arc::clone(&slot);
        thread::Builder::new().name(name.to_owned()).spawn(move || work_off(&waiting, &sender, &wake))?;
        Ok(Self { slot, messages, current: None })
    }

    /// Puts a job in place of the one that runs or waits.
    pub fn submit(&mut self, revision: u64, work: impl FnOnce(&Reporter<T>) -> T + Send + 'static) {
        self.cancel();
        let cancelled = Arc::new(AtomicBool::new(false));
        self.current = Some(Arc::clone(&cancelled));
        let mut state = self.slot.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.next = Some(Job { revision, cancelled, work: Box::new(work) });
        drop(state);
        self.slot.changed.notify_one();
    }

    /// Asks the running job to stop and drops the waiting one.
    pub fn cancel(&mut self) {
        if let Some(current) = self.current.take() {
            current.store(true, Ordering::Relaxed);
        }
        self.slot.state.lock().unwrap_or_else(PoisonError::into_inner).next = None;
    }

    /// Messages that have come since the last call.
    pub fn poll(&self) -> Vec<Message<T>> {
        self.messages.try_iter().collect()
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        if let Some(current) = self.current.take() {
            current.store(true, Ordering::Relaxed);
        }
        self.slot.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.slot.changed.notify_one();
    }
}

/// The thread's life: waits for a job, does it, tells.
fn work_off<T: Send + 'static>(slot: &Slot<T>, sender: &SyncSender<Message<T>>, wake: &Wake) {
    while let Some(job) = next_job(slot) {
        let revision = job.revision;
        let cancelled = Arc::clone(&job.cancelled);
        let begun = Instant::now();
        let reporter = reporter_for(&job, begun, sender.clone(), Arc::clone(wake));
        let work = job.work;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&reporter))).map_err(|panic| panic_text(&*panic));
        let done = Message::Done {
            revision,
            outcome,
            elapsed: begun.elapsed(),
            cancelled: cancelled.load(Ordering::Relaxed),
        };
        if sender.send(done).is_err() {
            return;
        }
        wake();
    }
}

fn next_job<T>(slot: &Slot<T>) -> Option<Job<T>> {
    let mut state = slot.state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if state.closed {
            return None;
        }
        if let Some(job) = state.next.take() {
            return Some(job);
        }
        state = slot.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn reporter_for<T: Send + 'static>(
    job: &Job<T>,
    begun: Instant,
    sender: SyncSender<Message<T>>,
    wake: Wake,
) -> Reporter<T> {
    let revision = job.revision;
    let (shown, shown_wake) = (sender.clone(), Arc::clone(&wake));
    let show = move |outcome: T| {
        // An error is the window's having gone.
        if shown.send(Message::First { revision, outcome, elapsed: begun.elapsed() }).is_ok() {
            shown_wake();
        }
    };
    let last = Mutex::new(None::<Instant>);
    let say = move |stage: String, share: f32| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|at| at.elapsed() < PROGRESS_INTERVAL) {
            return;
        }
        *last = Some(Instant::now());
        match sender.try_send(Message::Progress { revision, stage, share }) {
            Ok(()) => wake(),
            // A window that does not look now will see the next one, or the result.
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    };
    Reporter { cancelled: Arc::clone(&job.cancelled), say: Box::new(say), show: Box::new(show) }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the work stopped without a reason".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker() -> Worker<u32> {
        Worker::start("test-worker", Arc::new(|| {})).unwrap()
    }

    /// The first finished job, waited for.
    fn done(worker: &Worker<u32>) -> (u64, Result<u32, String>, bool) {
        loop {
            if let Message::Done { revision, outcome, cancelled, .. } = worker.messages.recv().unwrap() {
                return (revision, outcome, cancelled);
            }
        }
    }

    #[test]
    fn a_result_carries_the_revision_it_was_made_from() {
        let mut worker = worker();
        worker.submit(7, |_| 42);
        assert_eq!(done(&worker), (7, Ok(42), false));
    }

    #[test]
    fn the_newest_job_cancels_the_running_one() {
        let mut worker = worker();
        let (started, wait) = sync_channel(1);
        worker.submit(1, move |reporter| {
            started.send(()).unwrap();
            while reporter.progress("turning", 0.5) {
                thread::yield_now();
            }
            1
        });
        wait.recv().unwrap();
        worker.submit(2, |_| 2);
        assert_eq!(done(&worker), (1, Ok(1), true));
        assert_eq!(done(&worker), (2, Ok(2), false));
    }

    #[test]
    fn a_panic_becomes_a_message_and_the_worker_lives_on() {
        let mut worker = worker();
        worker.submit(1, |_| panic!("broken bus"));
        assert_eq!(done(&worker), (1, Err("broken bus".to_owned()), false));
        worker.submit(2, |_| 5);
        assert_eq!(done(&worker), (2, Ok(5), false));
    }

    #[test]
    fn something_comes_before_the_outcome_unless_the_job_is_cancelled() {
        let mut worker = worker();
        worker.submit(3, |reporter| {
            reporter.first(1);
            2
        });
        let heard: Vec<_> = (0..2).map(|_| worker.messages.recv().unwrap()).collect();
        assert!(matches!(heard[0], Message::First { revision: 3, outcome: 1, .. }), "{heard:?}");
        assert!(matches!(heard[1], Message::Done { revision: 3, outcome: Ok(2), cancelled: false, .. }));
        worker.submit(4, |reporter| {
            while !reporter.is_cancelled() {
                thread::yield_now();
            }
            reporter.first(1);
            2
        });
        worker.cancel();
        // It may have been dropped before it began.
        worker.submit(5, |_| 3);
        while let Message::Done { revision, .. } = worker.messages.recv().unwrap() {
            if revision == 5 {
                return;
            }
        }
        panic!("a cancelled job shows nothing");
    }

    #[test]
    fn progress_is_limited() {
        let mut worker = worker();
        worker.submit(1, |reporter| {
            for _ in 0..1000 {
                reporter.progress("fast", 0.1);
            }
            0
        });
        let mut heard = 0;
        while let Message::Progress { .. } = worker.messages.recv().unwrap() {
            heard += 1;
        }
        assert!((1..10).contains(&heard), "{heard} messages");
    }
}
