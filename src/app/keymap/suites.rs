//! The keys of the Tests view.

use super::{Binding, c, k, row};
use crate::app::action::Action as A;
use crate::app::key::{Code, Key};
use crate::app::keymap::Context as X;

/// In the order in which help shows them.
pub(super) const TABLE: &[Binding] = &[
    row(X::Suite, &[k(Code::Enter)], A::Open, "open", "read it whole"),
    row(X::Suite, &[c('r')], A::RunCase, "run", "ask the case, or all of the selected suite"),
    row(X::Suite, &[c('s')], A::RunSuite, "suite", "ask all cases of the suite"),
    row(X::Suites, &[c('R')], A::RunAllSuites, "all", "ask all cases of all suites"),
    row(X::Suites, &[c('m')], A::RunMissed, "missed", "ask those that did not pass when they were asked last"),
    row(X::Suite, &[c('o')], A::ToConversation, "conversation", "open the conversation in which it was asked"),
    row(X::Suite, &[c('e')], A::EditSuite, "edit", "write the suite's file in $VISUAL or $EDITOR"),
    row(X::Suites, &[c('/')], A::Filter, "filter", "filter: words, failed"),
    row(X::Suites, &[c('f')], A::OnlyFailed, "", "those that did not pass alone; again: all"),
    row(X::Suites, &[c('U')], A::UndoAnswer, "", "let an answer wait again that was taken or refused last"),
    row(X::Suites, &[Key::ctrl('r')], A::Refresh, "", "read the suites' files again"),
    row(X::Suites, &[k(Code::Up), c('k')], A::Up, "", "up"),
    row(X::Suites, &[k(Code::Down), c('j')], A::Down, "", "down"),
    row(X::Suites, &[k(Code::PageUp), Key::ctrl('u')], A::PageUp, "", "one screen up"),
    row(X::Suites, &[k(Code::PageDown), Key::ctrl('d')], A::PageDown, "", "one screen down"),
    row(X::Suites, &[k(Code::Home), c('g')], A::Top, "", "to the first"),
    row(X::Suites, &[k(Code::End), c('G')], A::Bottom, "", "to the last"),
    row(X::Suites, &[k(Code::Esc)], A::Back, "back", "clear the filter; else to the view before"),
    row(X::ChangedAnswer, &[c('y')], A::AcceptAnswer, "keep answer", "keep the new answer in place of the kept one"),
    row(X::ChangedAnswer, &[c('n')], A::RefuseAnswer, "refuse", "refuse the new answer: what is kept stays"),
    row(X::SuitesUnderWay, &[c('x')], A::StopRun, "stop", "finish what is being asked, and begin nothing else"),
    row(X::CaseDetail, &[k(Code::Esc), k(Code::Left)], A::Back, "back", "back to the list"),
    row(X::CaseDetail, &[k(Code::PageDown), c(' '), k(Code::Enter)], A::PageDown, "", "one screen down"),
    row(X::CaseDetail, &[k(Code::PageUp), c('b')], A::PageUp, "", "one screen up"),
    row(X::CaseDetail, &[k(Code::Home), c('g')], A::Top, "", "to its beginning"),
    row(X::CaseDetail, &[k(Code::End), c('G')], A::Bottom, "", "to its end"),
    row(X::SuiteFilter, &[k(Code::Enter)], A::Open, "keep", "keep the filter"),
    row(X::SuiteFilter, &[k(Code::Up)], A::Up, "", "up"),
    row(X::SuiteFilter, &[k(Code::Down)], A::Down, "", "down"),
    row(X::SuiteFilter, &[k(Code::Esc)], A::Back, "clear", "clear the filter"),
    row(
        X::NewCase,
        &[k(Code::Enter)],
        A::Confirm,
        "go on",
        "write the case into the suite, or go on to a new one's file",
    ),
    row(X::NewCase, &[k(Code::Up)], A::Up, "", "up"),
    row(X::NewCase, &[k(Code::Down)], A::Down, "suite", "down"),
    row(X::NewCase, &[k(Code::Esc)], A::Back, "cancel", "make no case"),
    row(X::NewSuite, &[k(Code::Enter)], A::Confirm, "write", "make the file with the case in it"),
    row(X::NewSuite, &[k(Code::Esc)], A::Back, "back", "back to the name and the suites"),
    row(X::RunSuites, &[c('y')], A::Confirm, "ask", "ask them"),
    row(X::RunSuites, &[k(Code::Esc), c('n')], A::Back, "cancel", "ask nobody"),
];
