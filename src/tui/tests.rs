//! Keys that come together mean what they mean one by one.

mod world;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use termina::Event as Raw;
use termina::event::{KeyCode, KeyEvent, Modifiers, MouseButton, MouseEvent, MouseEventKind};

use self::world::World;
use super::{Stale, input, measured};
use crate::app::{ChannelEvent, Effect, Event, Restored, RosterRow, State, begin, update};
use crate::domain::{ConversationId, Timestamp};
use crate::ui::{Drawn, View};

/// The terminal's door without a terminal: the same steps as the loop's.
struct Door {
    state: State,
    view: View,
    screen: Terminal<TestBackend>,
    drawn: Drawn,
    stale: Stale,
    world: World,
    /// All that was asked of the floors below, in order: by what came in, and by what frames measured.
    asked: Vec<String>,
    measured: Vec<String>,
    drawing: bool,
}

impl Door {
    fn open((width, height): (u16, u16)) -> Self {
        let mut door = Self {
            state: World::state(),
            view: View::new(false),
            screen: Terminal::new(TestBackend::new(width, height)).unwrap(),
            drawn: Drawn::default(),
            stale: Stale::All,
            world: World::default(),
            asked: Vec::new(),
            measured: Vec::new(),
            drawing: false,
        };
        door.frame();
        let first = begin(&mut door.state);
        door.perform(first);
        door.answers();
        door.answers();
        door
    }

    fn now() -> Timestamp {
        Timestamp::from_millis(1_760_000_000_000)
    }

    fn event(&mut self, event: Event) {
        self.stale = Stale::All;
        let effects = update(&mut self.state, event, Self::now());
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let asked = if self.drawing { &mut self.measured } else { &mut self.asked };
            asked.push(format!("{effect:?}"));
            self.world.perform(&self.state.channel().info.name, effect);
        }
    }

    fn frame(&mut self) {
        self.drawing = true;
        for _ in 0..2 {
            let (mut drawn, view, state) = (Drawn::default(), &mut self.view, &self.state);
            self.screen.draw(|frame| drawn = view.draw(frame, state, Self::now())).unwrap();
            let (events, again) = measured(&self.state, std::mem::replace(&mut self.drawn, drawn), drawn);
            for event in events {
                self.event(event);
            }
            if !again {
                break;
            }
        }
        (self.stale, self.drawing) = (Stale::Nothing, false);
    }

    /// What came in one read, as the loop takes it.
    fn read(&mut self, came: &[Raw]) {
        for raw in came {
            let hangs = input::hangs_on(raw, &self.state);
            if self.stale.matters_to(hangs) {
                self.frame();
            }
            let stale = self.stale.after(hangs);
            for event in input::events(raw.clone(), &self.state, &mut self.view) {
                self.event(event);
                self.stale = stale;
            }
        }
        self.frame();
    }

    /// What the store and the platforms answer to all that was asked until now.
    fn answers(&mut self) {
        for event in self.world.answers() {
            self.event(event);
        }
        self.frame();
    }
}

/// What happens at the terminal: input, or a moment in which answers come.
#[derive(Debug, Clone)]
enum Happening {
    Input(Raw),
    Answers,
    /// A person writes in that conversation.
    News(u8),
}

fn key(code: KeyCode, modifiers: Modifiers) -> Raw {
    Raw::Key(KeyEvent::new(code, modifiers))
}

fn happening() -> impl Strategy<Value = Happening> {
    let plain = |code| key(code, Modifiers::NONE);
    let ctrl = |code| key(code, Modifiers::CONTROL);
    let alt = |code| key(code, Modifiers::ALT);
    let named = prop::sample::select(vec![
        plain(KeyCode::Enter),
        plain(KeyCode::Enter),
        plain(KeyCode::Tab),
        plain(KeyCode::Escape),
        plain(KeyCode::Backspace),
        plain(KeyCode::Delete),
        plain(KeyCode::Up),
        plain(KeyCode::Down),
        plain(KeyCode::Left),
        plain(KeyCode::Right),
        plain(KeyCode::Home),
        plain(KeyCode::End),
        plain(KeyCode::PageUp),
        plain(KeyCode::PageDown),
        key(KeyCode::Tab, Modifiers::SHIFT),
        key(KeyCode::Enter, Modifiers::SHIFT),
        alt(KeyCode::Enter),
        alt(KeyCode::Left),
        ctrl(KeyCode::PageDown),
        ctrl(KeyCode::PageUp),
        ctrl(KeyCode::Home),
    ]);
    let letters = prop::sample::select("abejknGgdsuyYmriopAx/?12日é ".chars().collect::<Vec<_>>());
    let with_ctrl = prop::sample::select("jntfsruwkaeo_yl".chars().collect::<Vec<_>>());
    let with_alt = prop::sample::select("1234bfd".chars().collect::<Vec<_>>());
    let paste =
        prop::sample::select(vec!["two\nlines", "a paste", "wide 日本 and more words than a row has on a screen"]);
    let mouse = prop::sample::select(vec![
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
    ]);
    let mouse = (mouse, 0..120_u16, 0..40_u16)
        .prop_map(|(kind, column, row)| Raw::Mouse(MouseEvent { kind, column, row, modifiers: Modifiers::NONE }));
    prop_oneof![
        30 => letters.prop_map(move |c| Happening::Input(plain(KeyCode::Char(c)))),
        30 => named.prop_map(Happening::Input),
        8 => with_ctrl.prop_map(move |c| Happening::Input(ctrl(KeyCode::Char(c)))),
        6 => with_alt.prop_map(move |c| Happening::Input(alt(KeyCode::Char(c)))),
        4 => paste.prop_map(|text| Happening::Input(Raw::Paste(text.to_owned()))),
        8 => mouse.prop_map(Happening::Input),
        12 => Just(Happening::Answers),
        2 => (0..4_u8).prop_map(Happening::News),
    ]
}

/// Plays it: inputs that follow each other come in reads of at most so many.
fn play(size: (u16, u16), happenings: &[Happening], reads: &[usize]) -> Door {
    let mut door = Door::open(size);
    let mut waiting: Vec<Raw> = Vec::new();
    let mut reads = reads.iter().copied().cycle();
    let mut most = reads.next().unwrap_or(1);
    for happening in happenings {
        if !matches!(happening, Happening::Input(_)) && !waiting.is_empty() {
            door.read(&std::mem::take(&mut waiting));
        }
        match happening {
            Happening::Input(raw) => {
                waiting.push(raw.clone());
                if waiting.len() >= most {
                    door.read(&std::mem::take(&mut waiting));
                    most = reads.next().unwrap_or(1);
                }
            }
            Happening::Answers => door.answers(),
            Happening::News(n) => {
                door.event(Event::Open(ChannelEvent::News(ConversationId::new(format!("c{n}")))));
                door.frame();
            }
        }
    }
    door.read(&waiting);
    door
}

/// All that a state holds. Maps have no order of their own, so that lines are sorted.
fn facts(state: &State) -> String {
    let all = format!("{state:#?}");
    let mut lines: Vec<&str> = all.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Where two texts begin to differ, with what stands around that.
fn difference(one: &str, other: &str) -> String {
    let same: usize = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let around = |text: &str| {
        let from = text.floor_char_boundary(same.saturating_sub(200));
        text[from..text.floor_char_boundary(same + 200)].to_owned()
    };
    format!("one by one: {}\ntogether:   {}", around(one), around(other))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_together_means_what_it_means_one_by_one(
        happenings in prop::collection::vec(happening(), 1..60),
        reads in prop::collection::vec(2..20_usize, 1..6),
        size in prop::sample::select(vec![(120, 40), (80, 24), (40, 12)]),
    ) {
        let one = play(size, &happenings, &[1]);
        let together = play(size, &happenings, &reads);
        for asked in [|door: &Door| door.asked.join("\n"), |door: &Door| door.measured.join("\n")] {
            let [one, together] = [&one, &together].map(asked);
            prop_assert!(one == together, "{}", difference(&one, &together));
        }
        let [one, together] = [&one, &together].map(|door| facts(&door.state));
        prop_assert!(one == together, "{}", difference(&one, &together));
    }
}

/// A door at which these conversations are known and the first one is open.
fn at_work() -> Door {
    let mut door = Door::open((120, 40));
    let rows = ["c0", "c1", "c2"].map(|id| RosterRow::new(ConversationId::new(id), id, None)).to_vec();
    door.event(Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))));
    door.answers();
    door
}

fn typed(text: &str) -> Vec<Raw> {
    let of = |c| match c {
        '\n' => key(KeyCode::Enter, Modifiers::NONE),
        '\t' => key(KeyCode::Tab, Modifiers::NONE),
        '↓' => key(KeyCode::Down, Modifiers::NONE),
        c => key(KeyCode::Char(c), Modifiers::NONE),
    };
    text.chars().map(of).collect()
}

#[test]
fn messages_that_are_typed_ahead_are_each_sent_as_they_were_typed() {
    let mut door = at_work();
    door.read(&typed("one\ntwo\nthree\n"));
    assert_eq!(door.world.sent("c0"), ["one", "two", "three"]);
}

#[test]
fn what_is_typed_for_another_conversation_is_no_part_of_the_draft_of_the_first() {
    let mut door = at_work();
    door.read(&typed("draft of A"));
    door.read(&typed("\t↓\nhi B\n"));
    door.answers();
    assert_eq!((door.world.sent("c0"), door.world.sent("c1")), (Vec::new(), vec!["hi B".to_owned()]));
    assert_eq!(door.world.draft("c0").as_deref(), Some("draft of A"));
}

#[test]
fn a_long_text_says_how_much_is_above_and_the_mouse_moves_in_it() {
    let mut door = at_work();
    let lines: Vec<String> = (0..40).map(|n| format!("line {n}")).collect();
    door.read(&[Raw::Paste(lines.join("\n"))]);
    let shown = |door: &Door| door.screen.backend().to_string();
    let row_of = |door: &Door, text: &str| shown(door).lines().position(|row| row.contains(text));
    assert!(shown(&door).contains("rows above"), "{}", shown(&door));
    let last = u16::try_from(row_of(&door, "line 39").unwrap()).unwrap();
    let mouse = |kind, row| Raw::Mouse(MouseEvent { kind, column: 43, row, modifiers: Modifiers::NONE });
    // Everything comes in one read: the wheel goes up to where the first line is seen, and the click is in that.
    let up = std::iter::repeat_n(mouse(MouseEventKind::ScrollUp, last), 20);
    door.read(&up.collect::<Vec<_>>());
    assert_eq!(door.state.channel().composer.text.at(), "line 0".len());
    let first = u16::try_from(row_of(&door, "line 1").unwrap()).unwrap();
    let press = mouse(MouseEventKind::Down(MouseButton::Left), first);
    door.read(&[press, key(KeyCode::Char('|'), Modifiers::NONE)]);
    let written = door.state.channel().composer.text.as_str();
    assert_eq!(written.matches('|').count(), 1);
    assert!(written.lines().nth(1).is_some_and(|line| line.contains('|')), "{written}");
}
