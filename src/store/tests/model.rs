//! The outbox against a small model: random commands of several instances that die and come back.

use proptest::prelude::*;

use super::*;

/// What one instance does next.
#[derive(Debug, Clone)]
enum ModelStep {
    Enqueue,
    Claim(usize),
    Settle(usize, OutState),
    Requeue(usize),
    Drop(usize),
    SendAgain(usize),
    Reply(usize, bool),
    Recover,
    /// Ends without a word and is started again.
    Die,
    /// The platform's history tells that a turn arrived.
    Read(usize),
}

/// What is expected of one turn.
#[derive(Debug, Clone)]
struct Expected {
    state: OutState,
    /// Which instance has it in hand, by number and by life.
    holder: Option<(usize, u32)>,
    replied: bool,
    finished: bool,
    found: bool,
    /// How often an instance was told to send it without being told since that it hadn't left.
    sends: u32,
}

fn steps() -> impl Strategy<Value = Vec<(usize, ModelStep)>> {
    let at = 0..6_usize;
    let settle = prop::sample::select(OutState::ALL.to_vec());
    let step = prop_oneof![
        3 => Just(ModelStep::Enqueue),
        6 => at.clone().prop_map(ModelStep::Claim),
        6 => (at.clone(), settle).prop_map(|(at, state)| ModelStep::Settle(at, state)),
        2 => at.clone().prop_map(ModelStep::Requeue),
        2 => at.clone().prop_map(ModelStep::Drop),
        2 => at.clone().prop_map(ModelStep::SendAgain),
        4 => (at.clone(), any::<bool>()).prop_map(|(at, end)| ModelStep::Reply(at, end)),
        2 => Just(ModelStep::Recover),
        2 => Just(ModelStep::Die),
        2 => at.prop_map(ModelStep::Read),
    ];
    prop::collection::vec((0..2_usize, step), 1..40)
}

struct ModelWorld {
    dir: TempDir,
    stores: Vec<Store>,
    lives: Vec<u32>,
    turns: Vec<Expected>,
}

impl ModelWorld {
    fn new() -> Self {
        let dir = dir();
        let stores = vec![Store::open(dir.path()), Store::open(dir.path())];
        Self { dir, stores, lives: vec![0, 0], turns: Vec::new() }
    }

    fn name(at: usize) -> TurnId {
        turn_id(&format!("turn {at}"))
    }

    fn queued(&self, who: usize) -> Expected {
        let holder = Some((who, self.lives[who]));
        Expected { state: OutState::Queued, holder, replied: false, finished: false, found: false, sends: 0 }
    }

    fn is_dead(&self, holder: Option<(usize, u32)>) -> bool {
        holder.is_some_and(|(who, life)| self.lives[who] != life)
    }

    async fn step(&mut self, who: usize, step: ModelStep) {
        let store = self.stores[who].clone();
        let me = Some((who, self.lives[who]));
        let at = match step {
            ModelStep::Enqueue | ModelStep::Recover | ModelStep::Die => None,
            ModelStep::Claim(at)
            | ModelStep::Settle(at, _)
            | ModelStep::Requeue(at)
            | ModelStep::Drop(at)
            | ModelStep::SendAgain(at)
            | ModelStep::Reply(at, _)
            | ModelStep::Read(at) => Some(at),
        };
        if at.is_some_and(|at| at >= self.turns.len()) {
            return;
        }
        match step {
            ModelStep::Enqueue => {
                let name = Self::name(self.turns.len());
                store.enqueue(&turn(name.as_str())).await.unwrap();
                self.turns.push(self.queued(who));
            }
            ModelStep::Claim(at) => {
                let claimed = store.claim(&Self::name(at), NOW).await.unwrap();
                let expected = &mut self.turns[at];
                assert_eq!(claimed, expected.state == OutState::Queued);
                if claimed {
                    (expected.state, expected.holder) = (OutState::Sending, me);
                    expected.sends += 1;
                }
            }
            ModelStep::Settle(at, to) => self.settle(&store, me, at, to).await,
            ModelStep::Requeue(at) => {
                let done = store.requeue_unsent(&Self::name(at), None).await.is_ok();
                let expected = &mut self.turns[at];
                assert_eq!(done, expected.state == OutState::Sending && expected.holder == me);
                if done {
                    expected.state = OutState::Queued;
                    expected.sends -= 1;
                }
            }
            ModelStep::Drop(at) => {
                let done = store.drop_turn(&Self::name(at)).await.is_ok();
                self.cancel(at, done);
            }
            ModelStep::SendAgain(at) => {
                let new = Self::name(self.turns.len());
                let done = store.send_again(&Self::name(at), &new, NOW).await.is_ok();
                self.cancel(at, done);
                if done {
                    self.turns.push(self.queued(who));
                }
            }
            ModelStep::Reply(at, end) => self.reply(&store, me, at, end).await,
            ModelStep::Recover => self.recover(&store).await,
            ModelStep::Die => {
                store.close().await.unwrap();
                self.lives[who] += 1;
                self.stores[who] = Store::open(self.dir.path());
            }
            ModelStep::Read(at) => self.read(&store, at).await,
        }
    }

    async fn settle(&mut self, store: &Store, me: Option<(usize, u32)>, at: usize, to: OutState) {
        use OutState::{Rejected, Sending, Sent, Unknown};
        let expected = &mut self.turns[at];
        let legal = match expected.state {
            // Queued and Cancelled have methods of their own, and the same permission stands behind them.
            Sending => matches!(to, Sent | Rejected | Unknown) && expected.holder == me,
            Sent => to == Sent,
            Unknown => matches!(to, Sent | Unknown),
            _ => false,
        };
        if matches!(to, OutState::Queued | OutState::Cancelled) {
            return;
        }
        let outcome = store.settle(&Self::name(at), to, None).await;
        assert_eq!(outcome.is_ok(), legal, "{expected:?} to {to:?}: {outcome:?}");
        if let Ok(state) = outcome {
            assert_eq!(state, if to == Unknown && expected.found { Sent } else { to });
            expected.state = state;
            if state != Sent || expected.finished {
                expected.holder = None;
            }
        }
    }

    fn cancel(&mut self, at: usize, done: bool) {
        let expected = &mut self.turns[at];
        let legal = matches!(expected.state, OutState::Queued | OutState::Rejected | OutState::Unknown);
        assert_eq!(done, legal, "{expected:?}");
        if done {
            (expected.state, expected.holder) = (OutState::Cancelled, None);
        }
    }

    async fn reply(&mut self, store: &Store, me: Option<(usize, u32)>, at: usize, end: bool) {
        let expected = &mut self.turns[at];
        let written = reply("some text", end.then_some(Finish::Stop));
        let done = store.write_reply(&Self::name(at), &written).await.is_ok();
        let legal = matches!(expected.state, OutState::Sending | OutState::Sent)
            && (expected.holder.is_none() || expected.holder == me);
        assert_eq!(done, legal, "{expected:?}");
        if done {
            (expected.replied, expected.finished) = (true, end);
            if end && expected.state == OutState::Sent {
                expected.holder = None;
            }
        }
    }

    /// What becomes of a turn whose holder died.
    fn abandon(expected: &mut Expected) {
        if expected.state == OutState::Sending && !expected.replied && !expected.found {
            expected.state = OutState::Unknown;
        } else {
            (expected.state, expected.replied, expected.finished) = (OutState::Sent, true, true);
        }
        expected.holder = None;
    }

    async fn recover(&mut self, store: &Store) {
        let left: Vec<TurnId> = store.recover().await.unwrap().into_iter().map(|turn| turn.id).collect();
        let dead: Vec<usize> = (0..self.turns.len()).filter(|&at| self.is_dead(self.turns[at].holder)).collect();
        assert_eq!(left, dead.iter().map(|&at| Self::name(at)).collect::<Vec<_>>());
        for at in dead {
            if self.turns[at].state != OutState::Queued {
                Self::abandon(&mut self.turns[at]);
            }
        }
    }

    /// The texts differ, so that exactly one turn can be meant.
    async fn read(&mut self, store: &Store, at: usize) {
        let text = store.turn(&Self::name(at)).await.unwrap().unwrap().text;
        let told = user(&format!("message of {at}"), &text);
        // A turn that was sent again says the same: the one that the store finds is the one that is told.
        let settled = store.merge_messages(&docs(), &id("c"), &[told], None).await.unwrap().settled;
        for found in settled {
            let at = (0..self.turns.len()).find(|&at| Self::name(at) == found).unwrap();
            let dead = self.is_dead(self.turns[at].holder);
            let expected = &mut self.turns[at];
            let may = matches!(expected.state, OutState::Sending | OutState::Sent | OutState::Unknown);
            assert!(may, "{expected:?}");
            expected.found = true;
            if expected.state == OutState::Unknown {
                expected.state = OutState::Sent;
            } else if dead {
                Self::abandon(expected);
            }
        }
    }

    async fn check(&self) {
        for (at, expected) in self.turns.iter().enumerate() {
            let turn = self.stores[0].turn(&Self::name(at)).await.unwrap().expect("nothing is lost");
            assert_eq!(turn.state, expected.state, "{expected:?}");
            assert!(expected.sends <= 1, "told to send twice: {expected:?}");
            assert_eq!(turn.reply.is_some(), expected.replied, "{expected:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_outbox_keeps_to_its_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = ModelWorld::new();
            for (who, step) in steps {
                world.step(who, step).await;
                world.check().await;
            }
        });
    }
}
