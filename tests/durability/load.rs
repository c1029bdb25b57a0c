//! Platforms that post without a pause, each sending again what was not acknowledged, and that write down what was.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::support::hooks::{Poster, klaunch, now_ms};
use crate::support::wait::wait;

/// How long an answer is waited for before it is asked again.
const PATIENCE: Duration = Duration::from_millis(700);

/// The load, until it is ended.
pub(crate) struct Load {
    over: Arc<AtomicBool>,
    acked: Arc<Mutex<Vec<String>>>,
    count: Arc<AtomicUsize>,
    /// Answers that were neither an acknowledgement nor "try again later".
    odd: Arc<Mutex<Vec<u16>>>,
    later: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn start(ear: &str, clients: usize) -> Self {
        let mut load = Self {
            over: Arc::default(),
            acked: Arc::default(),
            count: Arc::default(),
            odd: Arc::default(),
            later: Arc::default(),
            clients: Vec::new(),
        };
        for client in 0..clients {
            let (ear, over, acked) = (ear.to_owned(), Arc::clone(&load.over), Arc::clone(&load.acked));
            let (count, odd, later) = (Arc::clone(&load.count), Arc::clone(&load.odd), Arc::clone(&load.later));
            load.clients.push(thread::spawn(move || {
                let mut poster = None;
                'next: for n in 0.. {
                    let name = format!("l{client}n{n}.");
                    let body = klaunch("c", client as u64, &name, now_ms()).to_string();
                    loop {
                        if over.load(Ordering::Acquire) {
                            return;
                        }
                        if poster.is_none() {
                            poster = Poster::waiting(&ear, PATIENCE).ok();
                        }
                        let answered = poster.as_mut().map(|p| p.post("/hooks/flow/the-key", &[], body.as_bytes()));
                        match answered {
                            Some(Ok(answer)) if answer.status == 200 => {
                                acked.lock().expect("its list").push(name);
                                count.fetch_add(1, Ordering::AcqRel);
                                continue 'next;
                            }
                            Some(Ok(answer)) => {
                                if answer.status == 503 {
                                    later.fetch_add(1, Ordering::AcqRel);
                                } else {
                                    odd.lock().expect("its list").push(answer.status);
                                }
                            }
                            _ => poster = None,
                        }
                        // A platform's own pause, and nothing waits for it.
                        thread::sleep(Duration::from_millis(5));
                    }
                }
            }));
        }
        load
    }

    pub(crate) fn acked(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Waits for as many more acknowledgements as that.
    #[track_caller]
    pub(crate) fn wait_more(&self, many: usize) {
        let before = self.acked();
        wait("acknowledgements", || self.acked() >= before + many);
    }

    /// Ends it: all that was acknowledged, and how often it was told to come later.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Vec<String>, usize) {
        self.over.store(true, Ordering::Release);
        for client in self.clients.drain(..) {
            client.join().expect("a client's end");
        }
        assert_eq!(*self.odd.lock().expect("its list"), Vec::<u16>::new(), "odd answers");
        let acked = self.acked.lock().expect("its list").clone();
        (acked, self.later.load(Ordering::Acquire))
    }
}
