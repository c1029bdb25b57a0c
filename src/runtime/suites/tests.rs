//! Runs on the embedded sandbox.

use std::path::Path;

use super::*;
use crate::runtime::Setup;

fn open(data: &Path) -> Runtime {
    let setup = Setup { data_dir: Some(data.to_owned()), sandbox: true, ..Setup::default() };
    Runtime::open(&setup).unwrap()
}

fn suite(text: &str) -> Suite {
    config::parse_suite(text, Path::new("faq.toml")).unwrap_or_else(|errors| panic!("{errors}"))
}

fn run(text: &str) -> SuiteRun {
    SuiteRun { suites: vec![suite(text)], jobs: 4, ..SuiteRun::default() }
}

async fn report(runtime: &Runtime, run: &SuiteRun) -> (SuiteReport, Vec<SuiteProgress>) {
    let (to, mut from) = mpsc::unbounded_channel();
    let (_cancel, cancelled) = watch::channel(false);
    let report = runtime.run_suites(run, SuiteWatch { to, cancelled }).await.unwrap();
    let mut told = Vec::new();
    while let Ok(progress) = from.try_recv() {
        told.push(progress);
    }
    (report, told)
}

const ECHO: &str = "[[cases]]\nname = \"good\"\nsay = \"/echo eight planets\"\nexpect.contains = \"eight\"\n\
    [[cases]]\nname = \"bad\"\nsay = \"/echo nine\"\nexpect.contains = \"eight\"\nrepeat = 3\npass = 2\n\
    [[cases]]\nname = \"two\"\nturns = [{ say = \"/echo one\", expect = { one_of = \"one\" } }, { say = \"/echo two\" }]\n";

#[tokio::test]
async fn cases_are_asked_each_in_a_conversation_of_its_own() {
    let data = tempfile::tempdir().unwrap();
    let runtime = open(data.path());
    let wanted = run(ECHO);
    let plan = runtime.plan_suites(&wanted).unwrap();
    assert_eq!((plan.cases(), plan.messages()), (3, 6));
    let (report, told) = report(&runtime, &wanted).await;
    let verdicts: Vec<_> = report.results.iter().map(|result| (result.case.as_str(), result.verdict)).collect();
    assert_eq!(
        verdicts,
        [("good", CaseVerdict::Passed), ("bad", CaseVerdict::Failed), ("two", CaseVerdict::Passed)],
        "{report:#?}"
    );
    // Two of three can't hold any more after the second.
    assert_eq!((report.results[1].attempts.len(), report.totals().messages), (2, 5));
    assert_eq!(report.results[2].attempts[0].turns.len(), 2);
    assert_eq!(report.failure().map(|failure| failure.kind), Some(Kind::Tests));
    assert_eq!(told.iter().filter(|progress| matches!(progress, SuiteProgress::CaseEnded(_))).count(), 3);
    let attempts = report.results.iter().flat_map(|result| &result.attempts);
    let mut conversations: Vec<_> = attempts.map(|attempt| attempt.conversation().unwrap()).collect();
    let channel = runtime.channel().unwrap();
    for conversation in &conversations {
        assert!(runtime.store().conversation(&channel, conversation).await.unwrap().is_some());
    }
    conversations.sort();
    conversations.dedup();
    assert_eq!(conversations.len(), 4);
    runtime.close().await;
}

#[tokio::test]
async fn a_case_may_go_on_in_a_conversation_and_no_two_in_the_same() {
    let data = tempfile::tempdir().unwrap();
    let runtime = open(data.path());
    let (first, _) = report(&runtime, &SuiteRun { only: Some("good".to_owned()), ..run(ECHO) }).await;
    let id = first.results[0].attempts[0].conversation_id.clone().unwrap();
    let case = |name: &str| {
        format!("[[cases]]\nname = \"{name}\"\nsay = \"/echo on\"\nconversation = \"{id}\"\nrepeat = 2\n")
    };
    let (second, _) = report(&runtime, &run(&case("on"))).await;
    assert_eq!(second.results[0].verdict, CaseVerdict::Passed);
    assert!(second.results[0].attempts.iter().all(|attempt| attempt.conversation_id.as_ref() == Some(&id)));
    let failure = runtime.plan_suites(&run(&(case("one") + &case("two")))).unwrap_err();
    assert!(failure.message.contains("same conversation"), "{failure:?}");
    runtime.close().await;
}

#[tokio::test]
async fn what_was_judged_is_not_asked_again_where_a_run_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let runtime = open(data.path());
    let (first, _) = report(&runtime, &run(ECHO)).await;
    // A case that was edited meanwhile is another one.
    let edited = ECHO.replace("/echo nine", "/echo eight");
    let (second, told) = report(&runtime, &SuiteRun { resume: true, ..run(&edited) }).await;
    assert_eq!(second.results[0], first.results[0]);
    assert_eq!(second.results[2], first.results[2]);
    assert_eq!((first.sent, second.sent), (5, 2), "what is sent is counted once");
    assert_eq!(second.results[1].verdict, CaseVerdict::Passed);
    assert!(matches!(told[0], SuiteProgress::Began { cases: 3, judged: 2, .. }), "{told:?}");
    runtime.close().await;
}

#[tokio::test]
async fn what_is_not_begun_when_it_is_to_wind_up_is_skipped_and_gone_on_with() {
    let data = tempfile::tempdir().unwrap();
    let runtime = open(data.path());
    let wanted = SuiteRun { jobs: 1, ..run(ECHO) };
    let (to, mut from) = mpsc::unbounded_channel();
    let (cancel, cancelled) = watch::channel(false);
    let running = runtime.run_suites(&wanted, SuiteWatch { to, cancelled });
    let stopping = async {
        while let Some(progress) = from.recv().await {
            if matches!(progress, SuiteProgress::CaseEnded(_)) {
                cancel.send_replace(true);
            }
        }
    };
    let (report, ()) = tokio::join!(running, stopping);
    let report = report.unwrap();
    assert_eq!(report.results[0].verdict, CaseVerdict::Passed);
    assert_eq!(report.results[2].verdict, CaseVerdict::Skipped);
    assert_eq!(report.failure().map(|failure| failure.kind), Some(Kind::Interrupted));
    let (again, _) = self::report(&runtime, &SuiteRun { resume: true, ..wanted }).await;
    assert_eq!((again.results[0].clone(), again.totals().skipped), (report.results[0].clone(), 0));
    runtime.close().await;
}

#[tokio::test]
async fn a_platform_that_can_not_says_so_and_nothing_is_sent() {
    let data = tempfile::tempdir().unwrap();
    let runtime = open(data.path());
    let say = "[[cases]]\nname = \"a\"\nsay = \"hi\"\n";
    let request = "[[cases]]\nname = \"a\"\nrequest = { key = \"k\" }\n";
    let config = runtime.config();
    let mut refused = 0;
    for channel in &config.channels {
        let can = runtime.on(&channel.name).capabilities().unwrap();
        for (text, wanted) in [(say, can.send && !can.is_bot && (can.start || can.local)), (request, can.requests)] {
            let planned = runtime.plan_suites(&SuiteRun { channel: Some(channel.name.clone()), ..run(text) });
            assert_eq!(planned.is_ok(), wanted, "{}: {text}: {planned:?}", channel.name);
            refused += usize::from(planned.is_err());
        }
    }
    assert!(refused > 4);
    for (wanted, told) in [
        (SuiteRun { max_messages: Some(5), ..run(ECHO) }, "could cost 6 messages"),
        (SuiteRun { only: Some("nothing".to_owned()), ..run(ECHO) }, "No case"),
    ] {
        let failure = runtime.plan_suites(&wanted).unwrap_err();
        assert!(failure.kind == Kind::Invalid && failure.message.contains(told), "{failure:?}");
    }
    assert_eq!(runtime.plan_suites(&SuiteRun { only: Some("FAQ/b".to_owned()), ..run(ECHO) }).unwrap().cases(), 1);
    runtime.close().await;
}
