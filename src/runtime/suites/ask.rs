//! One case, asked as often as it wants, and judged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::{Judge, PlannedCase, SuiteProgress};
use crate::domain::{
    Asks, Attempt, CaseRequest, CaseResult, CaseTurn, CaseVerdict, Check, ConversationId, DataRequest, Expectation,
    Failure, Finish, Kind, RequestId, RequestState, SuiteReply, SuiteTurn, Timestamp, Trust,
};
use crate::runtime::{ChatProgress, ChatReply, ChatRequest, Runtime, rules};

/// How long a rule may take: a platform would wait for its answer no longer where people chat.
const RULE_MS: i64 = 60_000;

/// A case that is to be asked.
pub(super) struct Asking {
    /// With the channel that is asked.
    pub(super) runtime: Runtime,
    pub(super) planned: PlannedCase,
    /// Where a case needs one.
    pub(super) judge: Option<Arc<Judge>>,
    pub(super) to: mpsc::UnboundedSender<SuiteProgress>,
    pub(super) cancelled: watch::Receiver<bool>,
}

/// A turn of which nothing is known, and whether its message may have gone out.
struct NotAsked {
    failure: Failure,
    went_out: bool,
    /// What came, where a reply did.
    turn: Option<Box<SuiteTurn>>,
}

impl Asking {
    /// Asks it until it is decided: so often passed as it has to, or can't any more.
    pub(super) async fn run(&self) -> CaseResult {
        let began = Instant::now();
        let case = &self.planned.case;
        let _ = self.to.send(SuiteProgress::CaseBegan { case: case.name.clone() });
        let (mut attempts, mut messages) = (Vec::new(), 0);
        let (mut passed, mut failed) = (0, 0);
        let verdict = loop {
            if self.is_cancelled() {
                break CaseVerdict::Skipped;
            }
            let attempt = match &case.asks {
                Asks::Conversation(turns) => self.conversation(turns, &mut messages).await,
                Asks::Request(request) => self.request(request).await,
            };
            let verdict = attempt.verdict;
            attempts.push(attempt);
            match verdict {
                CaseVerdict::Passed => passed += 1,
                CaseVerdict::Failed => failed += 1,
                other => break other,
            }
            if passed >= case.pass {
                break CaseVerdict::Passed;
            }
            if failed > case.repeat - case.pass {
                break CaseVerdict::Failed;
            }
        };
        result(&self.planned, verdict, attempts, messages, began)
    }

    fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    async fn conversation(&self, turns: &[CaseTurn], messages: &mut u64) -> Attempt {
        let mut attempt =
            Attempt { verdict: CaseVerdict::Passed, conversation_id: None, turns: Vec::new(), error: None };
        let mut conversation = self.planned.case.conversation.clone();
        for turn in turns {
            // What isn't asked to its end isn't judged.
            if self.is_cancelled() {
                attempt.verdict = CaseVerdict::Skipped;
                break;
            }
            let asked = self.turn(turn, &mut conversation).await;
            attempt.conversation_id = conversation.as_ref().map(|id| id.as_str().to_owned());
            match asked {
                Ok(turn) => {
                    *messages += 1;
                    let holds = turn.holds();
                    attempt.turns.push(turn);
                    if !holds {
                        attempt.verdict = CaseVerdict::Failed;
                        break;
                    }
                }
                Err(NotAsked { failure, went_out, turn }) => {
                    *messages += u64::from(went_out);
                    attempt.turns.extend(turn.map(|turn| *turn));
                    attempt.verdict = CaseVerdict::Error;
                    attempt.error = Some(failure);
                    break;
                }
            }
        }
        attempt
    }

    /// Says one thing and judges the reply.
    async fn turn(&self, turn: &CaseTurn, conversation: &mut Option<ConversationId>) -> Result<SuiteTurn, NotAsked> {
        let request = ChatRequest {
            conversation: conversation.clone(),
            text: turn.say.clone(),
            attach: Vec::new(),
            stream: true,
            timeout: None,
        };
        let began = Instant::now();
        let (mut first, mut last) = (None, None);
        let mut on = |progress| match progress {
            ChatProgress::Conversation(id) => *conversation = Some(id),
            ChatProgress::Delta(_) | ChatProgress::Corrected(_) => {
                first.get_or_insert_with(|| millis(began));
                last = Some(millis(began));
            }
            ChatProgress::Waiting { seconds, why } => {
                let case = self.planned.case.name.clone();
                let _ = self.to.send(SuiteProgress::Waiting { case, seconds, why });
            }
            ChatProgress::Finished(_) | ChatProgress::Accepted => {}
        };
        let reply = self.runtime.chat(request, &mut on).await.map_err(|failure| NotAsked {
            went_out: matches!(failure.kind, Kind::UnknownDelivery | Kind::Cut | Kind::Platform),
            failure,
            turn: None,
        })?;
        if let Some(id) = &reply.conversation {
            *conversation = Some(id.clone());
        }
        self.judged(turn, reply, (first, last)).await
    }

    async fn judged(
        &self,
        turn: &CaseTurn,
        came: ChatReply,
        (first, last): (Option<u64>, Option<u64>),
    ) -> Result<SuiteTurn, NotAsked> {
        let why = came.failure.as_ref().map(|failure| failure.message.clone());
        let end = Check::of_the_end(&turn.expect, came.finish, why);
        let reply = SuiteReply {
            text: came.text,
            finish: came.finish,
            quick_replies: came.quick_replies,
            first_word_ms: came.first_word_ms.or(first),
            reply_ms: came.took_ms.or(last),
        };
        let checks = turn.expect.iter().filter_map(|expectation| expectation.check(&reply));
        let mut checks: Vec<Check> = end.into_iter().chain(checks).collect();
        // A model costs, so it is asked only where all else holds.
        if let Some(judge) = self.judge.as_ref().filter(|_| checks.iter().all(|check| check.holds)) {
            for expectation in &turn.expect {
                let Expectation::Judge(statement) = expectation else { continue };
                match judge.ask(statement, &turn.say, &reply.text).await {
                    Ok((holds, reason)) => checks.push(expectation.judged(holds, reason)),
                    Err(failure) => {
                        let turn = asked(turn.say.clone(), reply, checks);
                        return Err(NotAsked { failure, went_out: true, turn: Some(Box::new(turn)) });
                    }
                }
            }
        }
        Ok(asked(turn.say.clone(), reply, checks))
    }

    /// Has the channel's rules answer a request that no platform posted.
    async fn request(&self, request: &CaseRequest) -> Attempt {
        let began = Instant::now();
        let answered = self.answer(request).await;
        let ms = millis(began);
        let (verdict, turns, error) = match answered {
            Ok(text) => {
                let reply = SuiteReply {
                    text,
                    finish: Finish::Stop,
                    quick_replies: Vec::new(),
                    first_word_ms: None,
                    reply_ms: Some(ms),
                };
                let checks = request.expect.iter().filter_map(|expectation| expectation.check(&reply)).collect();
                let turn = asked(request.key.clone(), reply, checks);
                let verdict = if turn.holds() { CaseVerdict::Passed } else { CaseVerdict::Failed };
                (verdict, vec![turn], None)
            }
            Err(NoAnswer::Rule(why)) => {
                let check = Check {
                    expect: "answer".to_owned(),
                    wanted: "an answer by rule".to_owned(),
                    holds: false,
                    came: Some(why),
                    reason: None,
                    against: None,
                };
                let reply = SuiteReply {
                    text: String::new(),
                    finish: Finish::Cut,
                    quick_replies: Vec::new(),
                    first_word_ms: None,
                    reply_ms: Some(ms),
                };
                (CaseVerdict::Failed, vec![asked(request.key.clone(), reply, vec![check])], None)
            }
            Err(NoAnswer::Channel(failure)) => (CaseVerdict::Error, Vec::new(), Some(failure)),
        };
        Attempt { verdict, conversation_id: None, turns, error }
    }

    async fn answer(&self, request: &CaseRequest) -> Result<String, NoAnswer> {
        let channel = self.runtime.chosen().map_err(NoAnswer::Channel)?;
        let now = Timestamp::now();
        let data = DataRequest {
            id: RequestId::new(super::new_id()),
            channel: channel.name,
            key: request.key.clone(),
            inputs: request.inputs.to_string(),
            link: None,
            trust: Trust::Verified,
            received: now,
            deadline: now.plus_millis(RULE_MS),
            state: RequestState::Received,
            answer: None,
            failure: None,
        };
        let none = || NoAnswer::Rule(format!("no rule answers {:?}", request.key));
        let rule = rules::webhook_rule(channel.rules, Timestamp::now).ok_or_else(none)?;
        let answering = rule(&data).ok_or_else(none)?;
        let longest = Duration::from_millis(RULE_MS.unsigned_abs());
        match tokio::time::timeout(longest, answering).await {
            Ok(answer) => answer.map_err(NoAnswer::Rule),
            Err(_) => Err(NoAnswer::Rule("its time was up".to_owned())),
        }
    }
}

/// Why there is no answer to a request.
enum NoAnswer {
    /// Since the rules give none.
    Rule(String),
    /// Since the channel isn't there.
    Channel(Failure),
}

fn asked(say: String, reply: SuiteReply, checks: Vec<Check>) -> SuiteTurn {
    SuiteTurn {
        say,
        reply: reply.text,
        finish: reply.finish.as_str().to_owned(),
        first_word_ms: reply.first_word_ms,
        reply_ms: reply.reply_ms,
        quick_replies: reply.quick_replies,
        checks,
    }
}

/// What came of a case.
pub(super) fn result(
    planned: &PlannedCase,
    verdict: CaseVerdict,
    attempts: Vec<Attempt>,
    messages: u64,
    began: Instant,
) -> CaseResult {
    CaseResult {
        suite: planned.suite.clone(),
        case: planned.case.name.clone(),
        channel: planned.channel.as_str().to_owned(),
        verdict,
        messages,
        ms: if attempts.is_empty() { 0 } else { millis(began) },
        attempts,
    }
}

pub(super) fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
