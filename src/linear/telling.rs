//! What is told of what happened: the conversation or the page, what was said, what is new elsewhere.

use std::io;
use std::time::Instant;

use super::chat::told_at;
use super::page::is_transcript;
use super::session::Session;
use crate::app::{Action, Event};
use crate::domain::Timestamp;

impl Session {
    /// Tells what happened since.
    pub(super) fn tell(&mut self) -> io::Result<()> {
        (self.due, self.happened) = (None, Instant::now());
        // A second time where the first one told the core something that changes what is seen.
        for _ in 0..2 {
            for event in self.plain.draw(&self.state, Timestamp::now()) {
                self.handle_event(event)?;
            }
        }
        let now = Timestamp::now();
        let asked = std::mem::take(&mut self.asked);
        if is_transcript(&self.state) {
            self.page.forget();
            self.chat.tell(&self.state, &mut self.out, now)?;
            if self.chat.waits() {
                self.tell_soon();
            }
            if self.chat.wants_older(&self.state) {
                self.handle_event(Event::Action(Action::Top))?;
            }
            self.marks(now)?;
        } else {
            let lines = self.plain.lines(&self.state);
            self.page.tell(&self.state, lines, asked, &mut self.out)?;
        }
        self.notices()?;
        self.quit()?;
        if !self.state.channels.iter().any(|channel| channel.turns.values().any(|turn| turn.live)) {
            self.out.prompt()?;
        }
        Ok(())
    }

    /// What is picked or found in the conversation.
    fn marks(&mut self, now: Timestamp) -> io::Result<()> {
        let picked = self.state.channel().chat.picked.map(|picked| picked.key);
        if picked != self.picked
            && let Some(message) = picked.and_then(|key| told_at(&self.state, key, now))
        {
            self.out.say("Picked", &message)?;
        }
        self.picked = picked;
        let find = self.state.channel().chat.find.as_ref();
        let found = find.filter(|find| find.query.is_some()).map(|find| find.count);
        let at = find.and_then(|find| find.current).map(|place| place.item);
        if found != self.found
            && let Some((nth, all)) = found
        {
            let message = at.and_then(|key| told_at(&self.state, key, now));
            let text = message.map(|message| format!(": {message}")).unwrap_or_default();
            self.out.say("Found", &format!("{} of {all}{text}", nth.unwrap_or(0)))?;
        }
        self.found = found;
        Ok(())
    }

    /// What was just said, and what is new elsewhere.
    fn notices(&mut self) -> io::Result<()> {
        let notice = self.state.window.notice.clone();
        if notice != self.notice
            && let Some(notice) = &notice
        {
            self.out.say(if notice.bad { "Problem" } else { "Notice" }, notice.text.as_str())?;
        }
        self.notice = notice;
        // What is new elsewhere can wait until a reply is told.
        if self.out.is_amid_reply() {
            return Ok(());
        }
        let unread = self.state.channels.iter().map(|channel| channel.unread).sum();
        let waiting = self.state.webhooks.requests.waiting();
        if unread > self.news.0 {
            let told: Vec<String> = self
                .state
                .channels
                .iter()
                .filter(|channel| channel.unread > 0)
                .map(|channel| format!("{} in {}", channel.unread, channel.info.label.as_str()))
                .collect();
            self.out.say("New", &format!("conversations with something new: {}", told.join(", ")))?;
        }
        if waiting > self.news.1 {
            let wait = if waiting == 1 { "data request waits" } else { "data requests wait" };
            self.out.say("Waiting", &format!("{waiting} {wait} for an answer: /webhooks"))?;
        }
        self.news = (unread, waiting);
        Ok(())
    }
}
