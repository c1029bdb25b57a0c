//! Runs on the embedded sandbox.

use std::fs;

use tokio::sync::{mpsc, watch};

use super::*;
use crate::domain::{ChangeTotals, Version};
use crate::runtime::Setup;
use crate::runtime::folder::Watch;

/// A sandbox with a source of one row that answers one question, and a folder of it.
struct Stand {
    _dir: tempfile::TempDir,
    runtime: Runtime,
    source: SourceId,
    wanted: GuardedPush,
}

impl Stand {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = Some(dir.path().join("data"));
        let runtime = Runtime::open(&Setup { data_dir: data, sandbox: true, ..Setup::default() }).unwrap();
        let source = runtime.create_source().await.unwrap().id;
        let (_never, cancelled) = watch::channel(false);
        let version = Version { name: "zyzzyva".to_owned(), content: "A zyzzyva has eight legs.\n".to_owned() };
        runtime.add_row(&source, version, cancelled.clone()).await.unwrap();
        runtime.sync_to_the_end(&source, &mut |_| ()).await.unwrap();
        let (folder, suite) = (dir.path().join("docs"), dir.path().join("faq.toml"));
        let watch = Watch { to: mpsc::unbounded_channel().0, cancelled };
        runtime.pull(&source, &folder, false, watch).await.unwrap();
        let case = "say = \"zyzzyva legs?\"\nexpect.contains";
        let text =
            format!("[[cases]]\nname = \"a\"\n{case} = \"zyzzyva\"\n[[cases]]\nname = \"b\"\n{case} = \"eight\"\n");
        fs::write(&suite, text).unwrap();
        let suites = load_suites(&[suite]).unwrap();
        let wanted = GuardedPush { folder, suites, jobs: 2, undo_on_broken: true, ..GuardedPush::default() };
        Self { _dir: dir, runtime, source, wanted }
    }

    fn edit(&self, text: &str) {
        fs::write(self.wanted.folder.join("zyzzyva.md"), text).unwrap();
    }

    async fn row(&self) -> String {
        let page =
            self.runtime.rows(&self.source, &crate::domain::PageRequest { limit: 10, cursor: None }).await.unwrap();
        self.runtime.row(&self.source, &page.items[0].id).await.unwrap().content
    }

    /// Works until it is over, or is in that phase: then it is asked to wind up.
    async fn run(&self, resume: Option<GuardResume>, until: Option<GuardPhase>) -> Result<GuardReport, Failure> {
        let (to, mut from) = mpsc::unbounded_channel();
        let (cancel, cancelled) = watch::channel(false);
        let watch = GuardWatch { to, cancelled };
        let work = async {
            let done = match resume {
                None => self.runtime.push_guarded(&self.source, &self.wanted, &watch).await,
                Some(how) => self.runtime.resume_guarded(&self.source, &self.wanted, how, &watch).await,
            };
            drop(watch);
            done
        };
        let looking = async {
            while let Some(progress) = from.recv().await {
                if let GuardProgress::Phase(phase) = progress
                    && Some(phase) == until
                {
                    cancel.send_replace(true);
                }
            }
        };
        tokio::join!(work, looking).0
    }
}

fn counted(totals: ChangeTotals) -> Vec<(&'static str, usize)> {
    let all = CaseChange::ALL.map(|change| (change.as_str(), totals.how_many(change)));
    all.into_iter().filter(|(_, many)| *many > 0).collect()
}

#[tokio::test]
async fn a_change_that_breaks_nothing_stays() {
    let stand = Stand::open().await;
    stand.edit("A zyzzyva has eight long legs.\n");
    let report = stand.run(None, None).await.unwrap();
    assert_eq!((report.phase, report.outcome), (GuardPhase::Done, Some(GuardOutcome::Pushed)), "{report:?}");
    assert_eq!(counted(report.totals()), [("changed", 2)]);
    assert_eq!((report.messages, report.rows.len(), report.failure()), (4, 1, None));
    assert_eq!(stand.row().await, "A zyzzyva has eight long legs.\n");
    stand.runtime.close().await;
}

#[tokio::test]
async fn wound_up_in_each_phase_it_goes_on_from_there_and_asks_nothing_twice() {
    let stand = Stand::open().await;
    stand.edit("A zyzzyva has nine legs.\n");
    let phases = [
        GuardPhase::Before,
        GuardPhase::Applying,
        GuardPhase::Syncing,
        GuardPhase::After,
        GuardPhase::Undoing,
        GuardPhase::SyncingAgain,
    ];
    for (at, phase) in phases.into_iter().enumerate() {
        let resume = (at > 0).then_some(GuardResume::Continue);
        let report = stand.run(resume, Some(phase)).await.unwrap();
        // What was under way may have been finished before it wound up.
        assert!(report.phase >= phase, "{phase:?}: {report:?}");
        if report.phase != GuardPhase::Done {
            let failure = report.failure().unwrap();
            assert_eq!(failure.kind, Kind::Interrupted, "{phase:?}: {failure:?}");
            let refused = stand.runtime.no_guarded(&stand.source).unwrap_err();
            assert!(refused.message.contains("is unfinished"), "{refused:?}");
        }
    }
    let report = stand.run(Some(GuardResume::Continue), None).await.unwrap();
    assert_eq!((report.phase, report.outcome), (GuardPhase::Done, Some(GuardOutcome::Undone)), "{report:?}");
    assert_eq!(counted(report.totals()), [("broken", 1), ("changed", 1)]);
    assert_eq!(report.failure().map(|failure| failure.kind), Some(Kind::Tests));
    assert_eq!((report.messages, report.rows[0].returned.clone()), (4, Some(RowReturn::PutBack)));
    assert_eq!(stand.row().await, "A zyzzyva has eight legs.\n");
    assert_eq!(stand.run(Some(GuardResume::Continue), None).await.unwrap_err().kind, Kind::NotFound);
    stand.runtime.close().await;
}

#[tokio::test]
async fn a_suite_that_was_edited_since_has_other_questions() {
    let stand = Stand::open().await;
    stand.edit("A zyzzyva has nine legs.\n");
    let report = stand.run(None, Some(GuardPhase::Syncing)).await.unwrap();
    assert_eq!(report.phase, GuardPhase::Syncing);
    let suite = &stand.wanted.suites[0].path;
    fs::write(suite, fs::read_to_string(suite).unwrap().replace("eight", "nine")).unwrap();
    let report = stand.run(Some(GuardResume::Continue), None).await.unwrap();
    let failure = report.failure().unwrap();
    assert!(report.phase == GuardPhase::After && failure.message.contains("was edited"), "{failure:?}");
    let report = stand.run(Some(GuardResume::Undo), None).await.unwrap();
    assert_eq!((report.outcome, report.failure()), (Some(GuardOutcome::Undone), None), "{report:?}");
    assert_eq!(stand.row().await, "A zyzzyva has eight legs.\n");
    stand.runtime.close().await;
}
