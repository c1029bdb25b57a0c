//! What was entered: a command, an action, or text, and where it goes.

use std::io;

use super::actions::{self, LineCommand, Thing};
use super::chat::ToldChat;
use super::help;
use super::page::is_transcript;
use super::session::Session;
use crate::app::{Action, Code, Event, Focus, Key, Pane, TextInput, WebhookEvent};

impl Session {
    /// A line was entered.
    pub(super) fn entered(&mut self, line: &str) -> io::Result<()> {
        self.out.entered();
        if let Some(begun) = line.strip_suffix('\\') {
            self.unfinished.push_str(begun);
            self.unfinished.push('\n');
            return self.out.prompt();
        }
        let line = std::mem::take(&mut self.unfinished) + line;
        self.asked = true;
        self.tell_soon();
        match actions::read(&line, &self.state) {
            LineCommand::Nothing => Ok(()),
            LineCommand::Help(word) => help::tell(&self.state, &word, &mut self.out),
            LineCommand::Unknown(word) => {
                let word = word.split_whitespace().next().unwrap_or_default();
                self.out.say("Problem", &format!("\"{word}\" is no command here; /help lists them"))
            }
            LineCommand::Open(what) => self.open(&what),
            LineCommand::Act(action, text) => self.handle_action(action, &text),
            LineCommand::Edit => {
                let way = [Action::ExternalEditor, Action::EditRowOutside, Action::ReplayEdited];
                let bound = |action: &&Action| help::is_bound(&self.state.contexts(), **action);
                let action = way.iter().find(bound).copied().unwrap_or(Action::ExternalEditor);
                self.handle_action(action, "")
            }
            LineCommand::Draft(text) if !text.is_empty() => {
                self.show_chat()?;
                self.handle_event(Event::Click(Pane::Composer, 0))?;
                let text = if self.state.channel().composer.text.is_empty() { text } else { format!("\n{text}") };
                self.handle_event(Event::Text(TextInput::Paste(text)))?;
                self.out.line("It is a draft now: /send sends it.")
            }
            LineCommand::Draft(_) => {
                let text = self.state.channel().composer.text.as_str();
                self.out.say("Draft", if text.is_empty() { "none" } else { text })
            }
            LineCommand::Clear => self.clear(),
            LineCommand::Earlier => {
                self.chat.earlier();
                Ok(())
            }
            LineCommand::Again => {
                self.page.forget();
                if is_transcript(&self.state) {
                    self.chat = ToldChat::default();
                }
                Ok(())
            }
            LineCommand::Chat => self.show_chat(),
            LineCommand::Conversations => {
                self.handle_event(Event::Action(Action::ShowChat))?;
                self.state_focus(Focus::Roster)?;
                self.page.forget();
                Ok(())
            }
            LineCommand::Quit => {
                self.quitting = true;
                self.quit()
            }
            LineCommand::Text(text) => self.text(&text),
        }
    }

    /// Goes on quitting: a reply is stopped first, and where changes are staged it is asked about them.
    pub(super) fn quit(&mut self) -> io::Result<()> {
        if !self.quitting || self.ended.is_some() {
            return Ok(());
        }
        let stops = self.state.channel().active().is_some();
        for _ in 0..if stops { 1 } else { 2 } {
            if self.ended.is_none() && !self.state.window.is_asked() {
                self.handle_event(Event::Action(Action::Interrupt))?;
            }
        }
        self.quitting = !self.state.window.is_asked();
        self.tell_soon();
        Ok(())
    }

    /// Shows the open conversation.
    fn show_chat(&mut self) -> io::Result<()> {
        self.handle_event(Event::Action(Action::ShowChat))?;
        self.state_focus(self.state.channel().default_focus())
    }

    /// Goes on to the pane that is meant.
    fn state_focus(&mut self, focus: Focus) -> io::Result<()> {
        for _ in 0..3 {
            if self.state.window.focus != focus {
                self.handle_event(Event::Action(Action::NextPane))?;
            }
        }
        Ok(())
    }

    /// Text: for a line that has the keys, for a text of several lines, or a message.
    fn text(&mut self, text: &str) -> io::Result<()> {
        if let Some(answer) = self.state.webhooks.answer.as_ref().filter(|_| actions::writes_lines(&self.state)) {
            let drafted = WebhookEvent::Drafted(answer.request.clone(), text.to_owned());
            self.handle_event(Event::Webhooks(drafted))?;
            return self.out.line("That is the answer now; /send-answer sends it, /edit opens it.");
        }
        if actions::writes_lines(&self.state) {
            let last = self.state.channel().sources.editor.as_ref().is_none_or(|e| e.text.as_str().ends_with('\n'));
            let text = if last { text.to_owned() } else { format!("\n{text}") };
            self.handle_event(Event::Text(TextInput::Key(Key::ctrl_key(Code::End))))?;
            self.handle_event(Event::Text(TextInput::Paste(text)))?;
            return self.out.line("The line is added at the end; /edit opens the text, /apply-row applies it.");
        }
        if actions::writes(&self.state) {
            return self.line(text);
        }
        if !actions::sends(&self.state) {
            return self.out.say("Problem", "Nothing takes text here; /help tells what can be done.");
        }
        self.handle_event(Event::Click(Pane::Composer, 0))?;
        let draft = !self.state.channel().composer.text.is_empty();
        let text = if draft { format!("\n{text}") } else { text.to_owned() };
        self.handle_event(Event::Text(TextInput::Paste(text)))?;
        if draft {
            return self.out.line("There is a draft, so the line is added to it: /draft tells it, /send sends it.");
        }
        self.handle_event(Event::Action(Action::Send))
    }

    /// Fills in the line that has the keys, and enters it.
    fn line(&mut self, text: &str) -> io::Result<()> {
        for event in actions::on_line(text) {
            self.handle_event(event)?;
        }
        match actions::enter(&self.state) {
            Some(event) => self.handle_event(event),
            None => Ok(()),
        }
    }

    fn clear(&mut self) -> io::Result<()> {
        if actions::writes(&self.state) && !actions::writes_lines(&self.state) {
            for event in actions::on_line("") {
                self.handle_event(event)?;
            }
            return Ok(());
        }
        if actions::sends(&self.state) && !self.state.channel().composer.text.is_empty() {
            self.handle_event(Event::Click(Pane::Composer, 0))?;
            return self.handle_event(Event::Edited(Ok(Some(String::new()))));
        }
        self.out.line("Nothing is written here.")
    }

    /// Does an action, from the pane of the view where it works; with a text for the line that it opens.
    fn handle_action(&mut self, action: Action, text: &str) -> io::Result<()> {
        if action == Action::Send {
            self.show_chat()?;
            self.handle_event(Event::Click(Pane::Composer, 0))?;
            if !text.is_empty() {
                return self.text(text);
            }
            return self.handle_event(Event::Action(Action::Send));
        }
        let focus = self.state.window.focus;
        for _ in 0..3 {
            let Some(way) = actions::way_to(&self.state, action) else { break };
            self.handle_event(way)?;
        }
        if actions::way_to(&self.state, action).is_some() {
            if actions::is_chat(&self.state) {
                self.state_focus(focus)?;
            }
            let name = help::name_of(action);
            return self.out.say("Problem", &format!("/{name} can't be done here; /help {name} tells where"));
        }
        self.handle_event(Event::Action(action))?;
        if !text.is_empty() && actions::writes(&self.state) {
            return self.line(text);
        }
        Ok(())
    }

    /// Opens an entry by its number, or what has those words: an entry, a channel, a conversation.
    fn open(&mut self, what: &str) -> io::Result<()> {
        let number = what.parse().ok().or_else(|| {
            let listed = !is_transcript(&self.state);
            self.page.find(what).filter(|_| listed)
        });
        if let Some(number) = number {
            let Some(entry) = self.page.entry(number).filter(|_| !is_transcript(&self.state)) else {
                return self.out.say("Problem", &format!("there is no entry {number} here"));
            };
            let before = (self.state.contexts(), self.state.channel().chat.place.clone(), self.state.window.view);
            self.handle_event(actions::click(entry))?;
            let same =
                before == (self.state.contexts(), self.state.channel().chat.place.clone(), self.state.window.view);
            if entry.0 == Pane::Channels {
                return self.show_chat();
            }
            if entry.0 == Pane::Roster {
                return self.state_focus(self.state.channel().default_focus());
            }
            if (same || entry.0 != Pane::Overlay) && help::is_bound(&self.state.contexts(), Action::Open) {
                self.handle_event(Event::Action(Action::Open))?;
            }
            return Ok(());
        }
        match actions::find(&self.state, what) {
            Some(Thing::Channel(at)) => {
                self.show_chat()?;
                let steps = (at + self.state.channels.len() - self.state.open_at()) % self.state.channels.len();
                for _ in 0..steps {
                    self.handle_event(Event::Action(Action::NextChannel))?;
                }
                self.show_chat()
            }
            Some(Thing::Conversation(at)) => {
                self.show_chat()?;
                // The list is looked at from its beginning, and then so far that the row is seen.
                self.handle_event(Event::Wheel(Pane::Roster, i64::MIN / 2))?;
                self.handle_event(Event::Wheel(Pane::Roster, i64::try_from(at).unwrap_or(0)))?;
                let top = self.state.channel().roster.view.top;
                self.handle_event(Event::Click(Pane::Roster, at.saturating_sub(top)))?;
                self.state_focus(self.state.channel().default_focus())
            }
            None => self.out.say("Problem", &format!("nothing here is called \"{what}\"")),
        }
    }
}
