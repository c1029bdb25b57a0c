//! kill -9 while a message is on its way, at moments that the server knows of.

use std::env;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::chat_thing::{ChatThing, id};
use crate::support::command::Call;
use crate::support::files::holds;
use crate::support::home::Home;
use crate::support::origin::{Script, Stamp};
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;
use crate::{
    Dice, NOT_SENT, SIZE, UNKNOWN, copies, desk, end, head, held, in_new_conversation, says, start, tail, text, visit,
};

/// When the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// So many milliseconds after its start, or, in the terminal, after Enter.
    Early(u64),
    /// It has connected.
    Connected,
    /// It has asked for a new conversation, and is not answered.
    Conversation,
    /// The server has the message in its hands, and loses it.
    Lost,
    /// The server has taken the message, and has written so many steps of its answer.
    Answer(usize),
}

struct Kill {
    name: String,
    moment: Moment,
    /// The place in the server's list; none for a conversation of its own.
    known: Option<usize>,
}

/// Makes the server come to that moment with that text, and stay there.
fn arrange(server: &ChatThing, moment: Moment, text: &str) -> Stamp {
    let (come, text) = (Stamp::default(), text.to_owned());
    let seen = come.clone();
    server.bend(move |request, answer| match moment {
        Moment::Conversation if request.path.ends_with("/conversation") => held(Script::default(), 0, &seen),
        Moment::Lost if says(request, &text) => held(Script::default(), 0, &seen),
        Moment::Answer(steps) if says(request, &text) => held(answer(), steps, &seen),
        _ => answer(),
    });
    come
}

fn wait_moment(server: &ChatThing, moment: Moment, connections: usize, come: &Stamp) {
    match moment {
        // The fault's own time, and nothing waits for it.
        Moment::Early(ms) => thread::sleep(Duration::from_millis(ms)),
        Moment::Connected => wait("a connection", || server.origin.connections() > connections),
        _ => wait(&format!("{moment:?}"), || come.at().is_some()),
    }
}

fn moment(dice: &mut Dice, n: usize) -> Moment {
    match n % 7 {
        0 => Moment::Early(dice.below(120) as u64),
        1 => Moment::Connected,
        2 => Moment::Conversation,
        3 => Moment::Lost,
        // Nothing; the head; some of the words; all of it, so that the program is killed while it puts things away.
        4 => Moment::Answer(0),
        5 => Moment::Answer(1 + dice.below(8)),
        _ => Moment::Answer(100),
    }
}

/// Kills a command.
fn kill_command(home: &Home, server: &ChatThing, kill: &Kill, dice: &mut Dice) {
    let text = text(&kill.name);
    let come = arrange(server, kill.moment, &text);
    let connections = server.origin.connections();
    let conversation = kill.known.map(id);
    let mut args = vec!["chat", "--json"];
    args.extend(conversation.iter().flat_map(|id| ["--conversation", id.as_str()]));
    if kill.known.is_some() && dice.below(4) == 0 && !matches!(kill.moment, Moment::Answer(_)) {
        args.push("--no-stream");
    }
    args.push(&text);
    let running = Call::new(home, &args).start();
    wait_moment(server, kill.moment, connections, &come);
    // What the server saw may be the last words of the program that was killed before, so this one gets its time.
    if !matches!(kill.moment, Moment::Early(_)) {
        wait("the outbox", || holds(&home.data(), tail(&kill.name)));
    }
    if dice.below(3) == 0 {
        thread::sleep(Duration::from_micros(dice.below(3_000) as u64));
    }
    // This is its SIGKILL.
    drop(running);
    server.unbend();
}

/// Kills the terminal interface, starts it again, and sees the text at once, whatever it is by then.
fn kill_screen(home: &Home, server: &ChatThing, kill: &Kill) -> Shown {
    let text = text(&kill.name);
    let mut pty = if kill.moment == Moment::Conversation {
        let pty = start(home);
        pty.wait_for("Question number 0?");
        let come = arrange(server, kill.moment, &text);
        pty.key(Key::Ctrl('n'));
        wait_moment(server, kill.moment, 0, &come);
        pty
    } else {
        in_new_conversation(home)
    };
    pty.paste(&text);
    pty.wait_for(&tail(&kill.name));
    wait("the draft", || holds(&home.data(), tail(&kill.name)));
    match kill.moment {
        Moment::Conversation => {
            pty.key(Key::Enter);
            pty.wait_for("queued");
        }
        moment => {
            let come = arrange(server, moment, &text);
            let connections = server.origin.connections();
            pty.key(Key::Enter);
            // The connection is there already.
            let moment = if moment == Moment::Connected { Moment::Early(1) } else { moment };
            wait_moment(server, moment, connections, &come);
        }
    }
    pty.kill9();
    server.unbend();
    let mut again = start(home);
    again.wait_until("the text, or its head in the list of what is held", |screen| {
        let text = screen.contents();
        text.contains(&tail(&kill.name)) || is_held(&text, &kill.name)
    });
    if server.keeps(&text) {
        // With this, what the platform has of the conversation is on the screen.
        again.wait_for("how can I help you?");
    }
    let shown = look(&again, &kill.name);
    again.kill9();
    shown
}

/// What the screen says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nowhere,
    Said,
    NotSent,
    Unknown,
    Draft,
}

/// Whether a text is listed among what is held until the user says so.
fn is_held(screen: &str, name: &str) -> bool {
    screen.lines().any(|line| line.contains('▮') && line.contains(&head(name)))
}

/// Looks for a text on the screen. In the transcript, the line above its head says what it is; in the composer there is
/// none such. A program that ends between the outbox and the draft leaves a text in both.
fn look(pty: &Pty, name: &str) -> Shown {
    let screen = pty.screen_text();
    if is_held(&screen, name) {
        return Shown::NotSent;
    }
    let lines: Vec<&str> = screen.lines().collect();
    let mut shown = Shown::Nowhere;
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.contains(&tail(name))) {
        let pane = lines[..at].iter().rev().take_while(|line| !line.contains('╮'));
        match pane.take(4).find(|line| line.contains("you  ")) {
            Some(line) if line.contains(UNKNOWN) => return Shown::Unknown,
            Some(line) if line.contains(NOT_SENT) => return Shown::NotSent,
            Some(_) => return Shown::Said,
            None => shown = Shown::Draft,
        }
    }
    shown
}

/// Asserts that a message's fate on the screen is what the server knows of it.
#[track_caller]
fn judge(kill: &Kill, kept: bool, copies: usize, shown: Shown, seed: u64) {
    let fits = match (kept, copies) {
        // The server has it, and says so when it is asked.
        (true, 1) => shown == Shown::Said,
        // It left, and nobody can say more.
        (false, 1) => shown == Shown::Unknown,
        (false, 0) => {
            matches!(shown, Shown::Unknown | Shown::NotSent | Shown::Draft)
                || (shown == Shown::Nowhere && matches!(kill.moment, Moment::Early(_)))
        }
        _ => false,
    };
    assert!(
        fits,
        "{} killed at {:?} in {:?}: kept {kept}, copies {copies}, shown {shown:?}; SEED={seed}",
        kill.name, kill.moment, kill.known
    );
}

#[test]
fn killed_while_sending_nothing_is_lost_and_nothing_is_doubled() {
    let kills: usize = env::var("KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(30);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| u64::from(time.subsec_nanos()));
    let seed: u64 = env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(now) | 1;
    println!("SEED={seed} KILLS={kills}");
    let mut dice = Dice(seed);
    let (home, server) = desk();
    let _ = Call::new(&home, &["conversations", "list", "--all"]).run().expect_code(0);
    let mut done = Vec::new();
    for n in 0..kills {
        let moment = moment(&mut dice, n);
        let alone = match moment {
            Moment::Early(_) => false,
            Moment::Conversation => true,
            _ => dice.below(3) == 0,
        };
        let screen = n % 5 == 4;
        let known = (!alone && !screen).then_some(100 + n % 150);
        let kill = Kill { name: format!("{n:05}"), moment, known };
        let mut at_once = None;
        if screen {
            // In a home of its own: a draft that one run left would stand before the text of the next.
            let own = Home::new();
            own.configure(&server.config());
            at_once = Some(kill_screen(&own, &server, &kill));
        } else {
            kill_command(&home, &server, &kill, &mut dice);
            if dice.below(4) == 0 {
                let _ = Call::new(&home, &["conversations", "list", "--limit", "1"]).run().expect_code(0);
            }
        }
        done.push((kill, at_once));
    }
    // All that wait in the conversation that never got an id are to be on one screen.
    let rows = u16::try_from(kills * 4).expect("fewer kills").max(SIZE.1);
    let mut pty = Pty::patchcord(&home, &[], (SIZE.0, rows));
    pty.wait_for("Question number 0?");
    let mut unknown = 0;
    let mut early = 0;
    for (kill, at_once) in &done {
        let shown = at_once.unwrap_or_else(|| find(&pty, kill));
        let text = text(&kill.name);
        let kept = server.keeps(&text);
        judge(kill, kept, copies(&server, &text), shown, seed);
        unknown += usize::from(shown == Shown::Unknown);
        early += usize::from(shown == Shown::Nowhere);
    }
    end(&mut pty);
    for (kill, _) in &done {
        assert!(copies(&server, &text(&kill.name)) <= 1, "{} was sent again; SEED={seed}", kill.name);
    }
    assert_eq!(server.complaints(), Vec::<String>::new());
    println!("PASS kill_send n={kills} lost=0 doubled=0 unknown={unknown} before_the_store={early} seed={seed}");
}

/// Finds a message on the screen: in its conversation, or among those whose conversation never got an id.
fn find(pty: &Pty, kill: &Kill) -> Shown {
    if let Some(at) = kill.known {
        visit(pty, &format!("{at}?"));
        // The history is there, and with it what it says of the message.
        pty.wait_for(&format!("Answer number {at}."));
    } else if visit(pty, &head(&kill.name)) {
        pty.wait_until("the conversation", |screen| {
            let text = screen.contents();
            text.contains("how can I help you?") && text.contains(&tail(&kill.name))
        });
    } else {
        pty.key(Key::Ctrl('n'));
        pty.wait_for("how can I help you?");
        pty.wait_for(&tail(&kill.name));
    }
    look(pty, &kill.name)
}
